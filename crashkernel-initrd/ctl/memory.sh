# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# memory - what crashkernel= reserved, and what of the machine a loaded image describes

# Prints the bytes reserved for the capture kernel.
memory_reserved() {
	value "$sys/kernel/kexec_crash_size" 0
}

# Prints what of the command line counts: the last crashkernel=, else all that end in ,high or ,low,
# which only then do (Documentation/admin-guide/kernel-parameters.txt).
memory_asked() {
	value "$proc/cmdline" | tr ' ' '\n' | awk '
		!/^crashkernel=/ { next }
		/,(high|low|cma)$/ { parts = parts (parts ? " " : "") $0; next }
		{ last = $0 }
		END { print last ? last : parts }'
}

# Whether the kernel itself keeps the core header up to date when a CPU or memory comes or goes:
# since Linux 6.6.
memory_followed() {
	[ "$(value "$sys/devices/system/$1/crash_hotplug")" = 1 ]
}

# Prints what of CPUs and memory the core header has, and nobody else keeps up to date. Addresses in
# /proc/iomem are for root alone.
memory_layout() {
	memory_followed cpu || printf 'cpus %s\n' "$(value "$sys/devices/system/cpu/present")"
	memory_followed memory || grep -s ' : System RAM' "$proc/iomem" || :
}
