# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# modules - from needs to modules, in loading order, with their parameters
#
# Lines in $work/modules: NAME, PATH and PARAMETERS, with tabs between.

# Options and soft dependencies an administrator gave, for this machine only: what is built for
# named drivers does not depend on where it is built.
modules_options() {
	: >"$work/options"
	[ -n "$machine" ] || return 0
	need_tool modprobe 'install kmod'
	if [ -n "$root" ]; then
		mkdir -p "$work/empty"
		dir=$root/etc/modprobe.d
		[ -d "$dir" ] || dir=$work/empty
		modprobe -C "$dir" --showconfig >"$work/modprobe" 2>/dev/null || :
	else
		modprobe --showconfig >"$work/modprobe" 2>/dev/null || :
	fi
	grep -E '^(options|softdep) ' "$work/modprobe" >"$work/options" || :
}

# Writes them to $work/modules, and to $work/resolved what is built in, too.
modules_resolve() {
	for file in modules.softdep modules.weakdep; do
		[ ! -f "$index/$file" ] || cat "$index/$file"
	done >"$work/softdep"
	awk -f "$library/mkinitrd/dependencies.awk" \
		kind=builtin "$index/modules.builtin" kind=dep "$index/modules.dep" \
		kind=soft "$work/softdep" "$work/options" kind=alias "$index/modules.alias" \
		kind=need "$work/needs" >"$work/resolved"
	modules_check
}

modules_check() {
	missing=$(sed -n "s/^missing$tab//p" "$work/resolved" | sort -u | paste -sd ' ' -)
	[ -z "$missing" ] || die "kernel $version has no module $missing, nor is it built in" \
		"looked in ${modules_dir:-$config}"
	sed -n "s/^module$tab//p" "$work/resolved" >"$work/modules"
	while IFS=$tab read -r name path _; do
		file=$(modules_file "$path")
		[ -f "$file" ] || die "module $name of kernel $version: $file is missing" \
			"run depmod $version, or install the kernel again"
	done <"$work/modules"
}

# modules.dep names files relative to itself, or absolutely.
modules_file() {
	case $1 in
	/*) echo "$1" ;;
	*) echo "$modules_dir/$1" ;;
	esac
}

# Modules stay as they are: signatures cover every byte.
modules_stage() {
	mkdir -p "$tree/lastwords/modules.d"
	: >"$tree/lastwords/modules"
	while IFS=$tab read -r _ path parameters; do
		file=${path##*/}
		file=/lastwords/modules.d/${file%.ko*}.ko
		file_unpacked "$(modules_file "$path")" >"$tree$file"
		echo "$file${parameters:+ $parameters}" >>"$tree/lastwords/modules"
	done <"$work/modules"
}
