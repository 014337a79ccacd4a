# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# kernel - the capture kernel: its version, image, configuration and needs

kernel_running() {
	value "$proc/sys/kernel/osrelease"
}

# Sets kernel_version and kernel_image, empty if there is none, and writes the configuration to
# $work/kernel.config, empty if it is not known.
kernel_find() {
	kernel_version=${conf_KERNEL:-$(kernel_running)}
	kernel_image=''
	for path in "$root/boot/vmlinuz-$kernel_version" "$root/boot/vmlinux-$kernel_version" \
		"$root/boot/Image-$kernel_version" "$root/boot/kernel-$kernel_version" \
		"$root/lib/modules/$kernel_version/vmlinuz" \
		"$root/usr/lib/modules/$kernel_version/vmlinuz"; do
		[ -n "$kernel_image" ] || [ ! -f "$path" ] || kernel_image=$(readlink -f "$path")
	done
	: >"$work/kernel.config"
	for path in "$root/boot/config-$kernel_version" "$root/lib/modules/$kernel_version/config" \
		"$root/usr/lib/modules/$kernel_version/config"; do
		[ -s "$work/kernel.config" ] || [ ! -r "$path" ] || cat "$path" >"$work/kernel.config"
	done
	if [ ! -s "$work/kernel.config" ] && [ "$kernel_version" = "$(kernel_running)" ] &&
		[ -r "$proc/config.gz" ]; then
		gzip -dc "$proc/config.gz" >"$work/kernel.config"
	fi
}

# Whether the configuration has an option; true if no configuration is known.
kernel_has() {
	[ -s "$work/kernel.config" ] || return 0
	grep -qx "CONFIG_$1=y" "$work/kernel.config"
}

# Prints the command that installs a kernel of that version again.
kernel_install_command() {
	if [ -e "$root/usr/bin/apt-get" ]; then
		echo "apt-get install --reinstall linux-image-$kernel_version"
	elif [ -e "$root/usr/bin/dnf" ]; then
		echo "dnf reinstall kernel-core-$kernel_version kernel-modules-core-$kernel_version"
	else
		echo "install kernel $kernel_version with its modules again"
	fi
}

# Prints the kernels of which there are modules, but the one that was looked for, as a choice.
kernel_others() {
	for path in "$root"/lib/modules/*/modules.builtin "$root"/usr/lib/modules/*/modules.builtin; do
		path=${path%/modules.builtin}
		[ ! -d "$path" ] || printf '%s\n' "${path##*/}"
	done | grep -vxF "$kernel_version" | sort -u | paste -sd ' ' - |
		sed 's/./, or set KERNEL= in lastwords.conf to one of: &/'
}

# Prints a number of $3 bytes at offset $2 of a file. The machine's own byte order.
kernel_number() {
	od -An -v -j "$2" -N "$3" -t "u$3" "$1" | tr -d ' \n'
}

kernel_is_x86() {
	[ "$(od -An -c -j 514 -N 4 "$kernel_image" | tr -d ' \n')" = HdrS ]
}

# Prints how many bytes an x86 image lacks, if it was cut, as by a full /boot: setup_sects at 0x1f1,
# syssize in 16 bytes at 0x1f4. kexec loads it all the same, and it dies without a word.
kernel_short() {
	kernel_is_x86 || return 0
	sectors=$(kernel_number "$kernel_image" 497 1) paragraphs=$(kernel_number "$kernel_image" 500 4)
	whole=$(((sectors + 1) * 512 + paragraphs * 16))
	size=$(file_bytes "$kernel_image")
	[ "$size" -ge "$whole" ] || echo $((whole - size))
}

# Prints how many bytes the kernel takes while it unpacks itself and starts:
#   x86    "HdrS" at 0x202, init_size at 0x260 (boot protocol 2.10, Linux 2.6.35)
#   arm64  "ARM\x64" at 56, image_size at 16
# and of others four times the image, for want of a header that tells.
kernel_bytes() {
	if kernel_is_x86; then
		kernel_number "$kernel_image" 608 4
		return 0
	fi
	head -c 1024 "$kernel_image" >"$work/kernel.head"
	! gzip -dc "$kernel_image" 2>/dev/null | head -c 1024 >"$work/kernel.unpacked" ||
		[ ! -s "$work/kernel.unpacked" ] || mv "$work/kernel.unpacked" "$work/kernel.head"
	case $(od -An -c -j 56 -N 4 "$work/kernel.head" | tr -d ' \n') in
	ARMd) kernel_number "$work/kernel.head" 16 8 ;;
	*) echo $(($(file_bytes "$kernel_image") * 4)) ;;
	esac
}
