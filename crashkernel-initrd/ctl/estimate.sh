# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# estimate - the memory that a capture kernel needs here, and how this boot loader reserves it
#
#   kernel      what it takes while it starts (init_size, image_size)
#   initrd      packed, and unpacked
#   system      page structures, what a kernel allocates by itself, and our report: measured, see
#               docs/machines.md; below that a capture kernel dies without a word
#   ports       rings of the drivers, for each port
#
# What is recommended has 16M more, for cards that take more than those that were measured, in steps
# of 16M.

estimate_system=$((16 * 1048576))
estimate_port=1048576
estimate_margin=$((16 * 1048576))
estimate_step=$((16 * 1048576))

# Sets estimate_least, estimate_bytes and estimate_words, from what check found.
estimate_make() {
	estimate_kernel=$((48 * 1048576)) estimate_initrd=0 estimate_unpacked=0
	estimate_guess=', taken as this: its image cannot be read' estimate_missing='; it cannot be built yet'
	if [ -n "$kernel_image" ] && [ -r "$kernel_image" ]; then
		estimate_kernel=$(kernel_bytes) estimate_guess=
	fi
	if [ -n "${image_initrd:-}" ]; then
		estimate_missing=
		estimate_initrd=$(file_bytes "$image_initrd") estimate_unpacked=$(image_unpacked_bytes)
	fi
	estimate_ports=$(($(wc -l <"$work/ports") * estimate_port))
	estimate_least=$((estimate_kernel + estimate_initrd + estimate_unpacked))
	estimate_least=$((estimate_least + estimate_system + estimate_ports))
	steps=$(((estimate_least + estimate_margin + estimate_step - 1) / estimate_step))
	estimate_bytes=$((steps * estimate_step))
	estimate_words=crashkernel=$(mib "$estimate_bytes")
}

# Prints the command that puts a word on this machine's kernel command line. $1 the word
loader_command() {
	if [ -e "$root/usr/sbin/grubby" ] || [ -e "$root/sbin/grubby" ]; then
		printf '%s' "grubby --update-kernel=ALL --args=$1"
	elif [ -e "$etc/default/grub" ] && [ -e "$root/usr/sbin/update-grub" ]; then
		printf "mkdir -p %s; echo '%s=\"\$%s %s\"' >%s/zz-lastwords.cfg; update-grub" \
			/etc/default/grub.d GRUB_CMDLINE_LINUX_DEFAULT GRUB_CMDLINE_LINUX_DEFAULT "$1" \
			/etc/default/grub.d
	elif [ -e "$etc/kernel/cmdline" ]; then
		printf '%s' "sed -i '1s/\$/ $1/' /etc/kernel/cmdline; " \
			"kernel-install add $(kernel_running) $kernel_image"
	elif [ -e "$etc/default/grub" ]; then
		grub=grub
		[ ! -d "$root/boot/grub2" ] || grub=grub2
		printf '%s' "add $1 to GRUB_CMDLINE_LINUX in /etc/default/grub; " \
			"$grub-mkconfig -o /boot/$grub/grub.cfg"
	else
		printf '%s' "add $1 to the kernel's command line in the boot loader's configuration"
	fi
	printf '; reboot\n'
}

# Whether there is nothing to do: what somebody reserved for a larger dump must not become less.
estimate_enough() {
	[ "$(memory_reserved)" -ge "$estimate_bytes" ]
}

estimate_json() {
	printf '{"crashkernel": %s, "bytes": %s, "least_bytes": %s, "kernel_bytes": %s, ' \
		"$(json_string "${estimate_words#*=}")" "$estimate_bytes" "$estimate_least" "$estimate_kernel"
	printf '"initrd_bytes": %s, "unpacked_bytes": %s, "system_bytes": %s, "ports_bytes": %s, ' \
		"$estimate_initrd" "$estimate_unpacked" "$estimate_system" "$estimate_ports"
	set_command=null
	estimate_enough || set_command=$(json_string "$(loader_command "$estimate_words")")
	printf '"reserved_bytes": %s, "command": %s}\n' "$(memory_reserved)" "$set_command"
}

estimate_line() {
	printf '%9d KiB  %s\n' $(($1 / 1024)) "$2"
}

command_estimate() {
	json_option "$@"
	check_all
	[ -z "$json" ] || {
		estimate_json
		return 0
	}
	estimate_line "$estimate_kernel" "kernel $kernel_version while it starts$estimate_guess"
	estimate_line $((estimate_initrd + estimate_unpacked)) "initrd, packed and unpacked$estimate_missing"
	estimate_line "$estimate_system" 'page structures and what the kernel allocates by itself'
	estimate_line "$estimate_ports" 'network ports'
	estimate_line "$estimate_least" 'the least that is needed'
	[ -z "$estimate_guess$estimate_missing" ] ||
		echo 'not all of it is known: lastwordsctl check says what is missing'
	echo "$estimate_words, with some room; $(mib "$(memory_reserved)") reserved now"
	if estimate_enough; then
		echo 'that is enough: nothing to do'
	else
		echo "do: $(loader_command "$estimate_words")"
	fi
}
