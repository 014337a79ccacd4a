# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# image - kernel, initrd and command line: what they are made from, loading and unloading
#
# Initrds are kept in /var/cache/lastwords under the checksum of all that they are built from, and
# so is a copy of the kernel: both are there to be loaded again, whatever became of /boot meanwhile.

# What a capture kernel needs (Documentation/admin-guide/kdump): one CPU, devices reset, nothing
# that takes memory; no IPv6, so that nothing of the kernel's own goes out; if it dies, the machine
# restarts.
image_words='nr_cpus=1 reset_devices cgroup_disable=memory panic=10 nokaslr ipv6.disable=1
acpi_no_memhotplug transparent_hugepage=never cma=0 hugetlb_cma=0 novmcoredd'

# Words of this machine's command line that its hardware may need.
image_inherited='console earlycon earlyprintk acpi acpi_osi acpi_rsdp pci pcie_aspm pcie_ports iommu
intel_iommu amd_iommu noapic nolapic nox2apic no_timer_check notsc tsc clocksource hpet efi idle
lockdown module.sig_enforce mitigations'

image_machine_words() {
	case $(uname -m) in
	x86_64 | i?86) printf 'irqpoll mce=off numa=off' ;;
	esac
	value "$proc/cmdline" | image_words_inherited
}

# Prints those words of a command line that are for the capture kernel, too. As the kernel reads it
# (next_arg in lib/cmdline.c): spaces between double quotes belong to a word, which may begin with
# one. What follows a quote that is never closed is left out: it would swallow our words.
image_words_inherited() {
	awk -v names=" $(printf '%s' "$image_inherited" | tr '\n' ' ') " '
		function end_word(name) {
			name = word
			sub(/^"/, "", name)
			sub(/[=" ].*/, "", name)
			if (index(names, " " name " "))
				printf " %s", word
			word = ""
		}
		{
			for (i = 1; i <= length($0); i++) {
				c = substr($0, i, 1)
				if (c == "\"")
					quoted = !quoted
				if (c != " " || quoted)
					word = word c
				else
					end_word()
			}
			if (!quoted)
				end_word()
		}'
}

# The words of the settings, but lastwords.if: its order may change without need to load anew.
image_setting_words() {
	ports_settings | sed '/^if=/d; s/^/lastwords./' | tr '\n' ' '
	printf '%s' "$conf_CMDLINE"
}

# Prints the program that the initrd starts; nothing if it is not there.
image_init() {
	(product_file init 2>/dev/null) || :
}

# The builder takes none for --driver alone, unless it is told to.
image_firmware_option() {
	case $conf_FIRMWARE in
	no) echo --no-firmware ;;
	*) echo --firmware ;;
	esac
}

# Runs the builder with what is configured, and the options given.
image_builder() {
	set -- "$@" --quiet --init "$(image_init)" --if "$(paste -sd , "$work/ports")"
	[ -z "$conf_DRIVERS" ] || set -- "$@" --driver "$conf_DRIVERS"
	[ -z "$root" ] || set -- "$@" --root "$root" --sysfs "$sys"
	set -- "$@" "$(image_firmware_option)"
	"$here/lastwords-mkinitrd" "$@" "$kernel_version"
}

# Sets image_settings, image_cmdline, image_sum (of the kernel) and image_key (of all that the
# initrd is built from: us, the choice of ports and drivers, each module and firmware file). Returns
# 1 if the modules cannot be told; $work/image.errors then has the reason.
image_inputs() {
	image_settings=$(image_setting_words)
	image_cmdline="$(printf '%s' "$image_words" | tr '\n' ' ') $(image_machine_words)"
	image_cmdline="$image_cmdline lastwords.if=$ports_words $image_settings"
	image_sum='' image_key=''
	[ ! -r "$kernel_image" ] || image_sum=$(checksum <"$kernel_image")
	image_builder --list >"$work/image.files" 2>"$work/image.errors" || return 1
	sed '/^firmware /d' "$work/image.files" >"$work/image.modules"
	{
		echo "$program_version $kernel_version $conf_DRIVERS $conf_FIRMWARE"
		cat "$work/kernel.config" "$work/image.files" "$(image_init)"
		sed 's/^firmware //' "$work/image.files" | while read -r path _; do
			cat "$path" || exit 1
		done
	} >"$work/image.inputs" 2>"$work/image.errors" || return 1
	image_key=$(checksum <"$work/image.inputs")
	rm "$work/image.inputs"
}

# Prints the initrd that fits, if it was built before.
image_cached() {
	[ ! -s "$cache/initrd-$image_key.img" ] || printf '%s\n' "$cache/initrd-$image_key.img"
}

# Makes sure that there is an initrd: sets image_initrd to the one that was built before, or to a
# new one in $work. Returns 1 if it cannot be built.
image_prepare() {
	image_initrd=$(image_cached)
	[ -z "$image_initrd" ] || return 0
	image_initrd=$work/initrd.img
	image_builder --output "$image_initrd" 2>"$work/image.errors"
}

# Prints why there is no initrd, on one line.
image_why() {
	sed 's/^lastwords-mkinitrd: //' "$work/image.errors" | head -n 4 | tr -s '\t\n' '  ' |
		sed 's/ *$//'
}

# The uncompressed size of $image_initrd, which memory is needed for, too.
image_unpacked_bytes() {
	archive_print "$image_initrd" | wc -c
}

# Print the room that $cache has, and what is to be written there, in KiB. The room is empty where
# there is no limit, as on ramfs.
image_space() {
	path=$cache
	while [ ! -d "$path" ]; do
		path=$(dirname "$path")
	done
	stat -f -c '%b %a %S' "$path" | awk '$1 { printf "%d", $2 * $3 / 1024 }'
}

image_space_wanted() {
	wanted=1024
	[ -e "$cache/kernel-$image_sum" ] || wanted=$((wanted + $(file_bytes "$kernel_image") / 1024))
	[ -n "$(image_cached)" ] || wanted=$((wanted + $(file_bytes "$image_initrd") / 1024))
	echo $wanted
}

# Puts a file into $cache under a name, whole or not at all.
image_keep() {
	[ ! -s "$cache/$2" ] || return 0
	file_put "$cache/$2" <"$1" || die "$cache/$2: cannot be written" \
		'make room there; nothing was changed'
}

image_store() {
	mkdir -p "$cache"
	chmod 700 "$cache"
	image_keep "$kernel_image" "kernel-$image_sum"
	image_keep "$image_initrd" "initrd-$image_key.img"
}

# Removes what the armed state does not name.
image_tidy() {
	for path in "$cache"/kernel-* "$cache"/initrd-*; do
		case $path in
		"$(state_get image)" | "$(state_get initrd)") ;;
		*) rm -f "$path" ;;
		esac
	done
}

# ---- loading. kexec_file_load(2) first: with Secure Boot or lockdown nothing else is allowed.
# Either call frees the image that was there before.

image_loaded() {
	[ "$(value "$sys/kernel/kexec_crash_loaded" 0)" = 1 ]
}

# kexec's option for a system call.
load_option() {
	case $1 in
	kexec_file_load) printf '%s\n' -s ;;
	*) printf '%s\n' -c ;;
	esac
}

# $1 kernel, $2 initrd, $3 command line. Sets load_method. What kexec said is in $work/kexec.
image_load() {
	: >"$work/kexec"
	for load_method in kexec_file_load kexec_load; do
		call=$(load_option "$load_method")
		if kexec -p "$call" --initrd="$2" --command-line="$3" "$1" >"$work/kexec.$load_method" 2>&1 &&
			image_loaded; then
			return 0
		fi
		sed "s/^/kexec -p $call: /" "$work/kexec.$load_method" >>"$work/kexec"
		! locked_down || return 1
	done
	return 1
}

image_unload() {
	kexec -p "$(load_option "$(state_get method)")" -u >"$work/kexec" 2>&1
}
