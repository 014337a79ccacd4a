# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# kernel - what is known of the kernel: its version, configuration and modules

# Without a version: the one --modules-dir names, the only one under --root, or the running one.
kernel_find_version() {
	[ -z "$version" ] || return 0
	if [ -n "$modules_dir" ]; then
		version=${modules_dir##*/}
	elif [ -n "$root" ]; then
		for dir in "$root"/lib/modules/*/ "$root"/usr/lib/modules/*/; do
			[ -d "$dir" ] || continue
			dir=${dir%/}
			case $version in
			'' | "${dir##*/}") version=${dir##*/} ;;
			*) die "$root holds several kernels: name one (${dir##*/}, $version, ...)" ;;
			esac
		done
		[ -n "$version" ] || die "$root has no modules of any kernel" \
			'looked in lib/modules and usr/lib/modules there'
	else
		version=$(uname -r)
	fi
}

kernel_find_config() {
	if [ -n "$config" ]; then
		[ -f "$config" ] || die "--config $config: no such file"
	else
		for file in "$root/boot/config-$version" "$modules_dir/config" \
			"$root/lib/modules/$version/config" "$root/usr/lib/modules/$version/config"; do
			[ -n "$config" ] || [ ! -f "$file" ] || config=$file
		done
		if [ -z "$config" ] && [ "$version" = "$(uname -r)" ] && [ -f /proc/config.gz ]; then
			config=/proc/config.gz
		fi
	fi
	: >"$work/config"
	[ -n "$config" ] || return 0
	file_unpacked "$config" >"$work/config"
	grep -q '^CONFIG_' "$work/config" || die "$config: not a kernel configuration"
	kernel_has BLK_DEV_INITRD ||
		die "kernel $version takes no initrd: CONFIG_BLK_DEV_INITRD is not set in $config"
}

kernel_has() {
	grep -qx "CONFIG_$1=y" "$work/config"
}

kernel_find_modules() {
	if [ -z "$modules_dir" ]; then
		for dir in "$root/lib/modules/$version" "$root/usr/lib/modules/$version"; do
			[ -n "$modules_dir" ] || [ ! -d "$dir" ] || modules_dir=$dir
		done
	fi
}

# Makes $index a directory with modules.dep and its companions. Package trees come without them:
# depmod then works on a tree of links, so that nothing is written beside the modules.
kernel_index() {
	index=$modules_dir
	if [ -z "$modules_dir" ]; then
		kernel_index_empty
	elif [ ! -f "$modules_dir/modules.builtin" ]; then
		die "$modules_dir has no modules.builtin, so what is built in cannot be known" \
			"install or unpack all packages of kernel $version"
	elif [ ! -f "$modules_dir/modules.dep" ] || [ ! -f "$modules_dir/modules.alias" ]; then
		kernel_index_made
	fi
}

# No modules at all is right for one kind of kernel, and only its configuration can say so.
kernel_index_empty() {
	if [ ! -s "$work/config" ] || kernel_has MODULES; then
		die "no modules of kernel $version (looked in $root/lib/modules, $root/usr/lib/modules)" \
			'install its package, or give --modules-dir or --root'
	fi
	index=$work/index
	mkdir "$index"
	: >"$index/modules.dep"
	: >"$index/modules.alias"
	# Which drivers are built in is not written down anywhere; the ones named are taken to be.
	options_words "$drivers" >"$index/modules.builtin"
	! kernel_has PACKET || echo af_packet >>"$index/modules.builtin"
}

kernel_index_made() {
	need_tool depmod "$modules_dir has no modules.dep; install kmod"
	index=$work/base/lib/modules/$version
	mkdir -p "$work/base/usr/lib/modules/$version"
	ln -s usr/lib "$work/base/lib" # newer versions of depmod may look in usr/lib alone
	for file in "$modules_dir"/*; do
		case ${file##*/} in
		build | source) ;;
		*) ln -s "$(readlink -f "$file")" "$index/" ;;
		esac
	done
	depmod -b "$work/base" "$version" 2>"$work/depmod" || {
		cat "$work/depmod" >&2
		die "depmod failed on $modules_dir"
	}
}
