# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# state - what is armed: NAME=value lines in /run/lastwords/armed
#
#   version, since, uptime, boot    by which of us, when (since 1970, since the start), in which boot
#   kernel, image, image_sum        the capture kernel: version, our copy of it, its checksum
#   initrd, initrd_bytes, key       the initrd, and the checksum of all it was built from
#   cmdline, method                 how both were loaded: kexec_file_load or kexec_load
#   settings, ports, port_names     the words but lastwords.if, MAC addresses, names
#   layout                          checksum of the CPUs and memory that the core header describes

state_get() {
	sed -n "s/^$1=//p" "$run/armed" 2>/dev/null || :
}

# Whether this boot was armed by us; that the image is still there is another question.
state_armed() {
	[ -f "$run/armed" ] && [ "$(state_get boot)" = "$(value "$proc/sys/kernel/random/boot_id")" ]
}

checksum() {
	sha256sum | cut -c -16
}

# Writes what was just loaded. Whoever reads it sees the old or the new one.
state_write() {
	mkdir -p "$run"
	file_put "$run/armed" <<END
version=$program_version
since=$(date +%s)
uptime=$(value "$proc/uptime" | sed 's/\..*//')
boot=$(value "$proc/sys/kernel/random/boot_id")
kernel=$kernel_version
image=$load_image
image_sum=$image_sum
initrd=$load_initrd
initrd_bytes=$(file_bytes "$load_initrd")
key=$image_key
cmdline=$load_cmdline
method=$load_method
settings=$image_settings
ports=$(ports_set)
port_names=$(paste -sd ' ' "$work/ports")
layout=$(memory_layout | checksum)
END
}

differs() {
	[ "$(state_get "$1")" = "$2" ] || printf '%s\n' "$3"
}

# Prints why what is armed does not fit any more, a reason a line. image_inputs comes before it.
state_stale() {
	differs version "$program_version" "Lastwords is $program_version now"
	differs kernel "$kernel_version" "the capture kernel would be $kernel_version"
	differs image_sum "$image_sum" "$kernel_image was replaced"
	differs ports "$(ports_set)" "the network ports are $(paste -sd ' ' "$work/ports") now"
	differs settings "$image_settings" \
		"settings in $etc/lastwords.conf, or the address they mean, changed"
	differs key "$image_key" 'what the initrd is built from changed'
	differs layout "$(memory_layout | checksum)" 'CPUs or memory came or went'
}
