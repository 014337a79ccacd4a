# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# needs - what the ports and their devices ask for, by sysfs, and the drivers that are named
#
# Lines in $work/needs: "need NAME", "named NAME" (with its bus), "alias MODALIAS".

# Each device has its driver, and so has all it hangs on: bus, bridge, host controller, and what it
# takes power or clocks from. The top of the tree comes first.
needs_of_device() (
	device=$1
	case $device in
	"$sysfs"/devices/*) ;;
	*) exit 0 ;;
	esac
	! grep -qxF "$device" "$work/seen" || exit 0
	printf '%s\n' "$device" >>"$work/seen"
	needs_of_device "${device%/*}"
	for other in "$device/physfn" "$device"/supplier:*/supplier; do
		[ ! -e "$other" ] || needs_of_device "$(readlink -f "$other")"
	done
	[ -e "$device/driver" ] || exit 0
	# Built-in drivers have a directory in /sys/module too, all of them since kernel commit
	# f95bbfe18512 (6.15), but no state there. Another kernel may have them as modules, found by
	# the device's alias.
	if [ -e "$device/driver/module/initstate" ]; then
		module=$(readlink -f "$device/driver/module")
		echo "need ${module##*/}"
	elif [ "$foreign" = yes ] && [ -f "$device/modalias" ]; then
		printf 'alias %s\n' "$(cat "$device/modalias")"
	fi
)

# Prints the devices behind a port: its own, its PHY, and those of the ports it is made of (bond,
# bridge, VLAN; a netvsc's virtual function).
needs_devices() (
	port=$sysfs/class/net/$1
	for device in "$port/device" "$port/phydev"; do
		[ ! -e "$device" ] || readlink -f "$device"
	done
	for lower in "$port"/lower_*; do
		[ ! -e "$lower" ] || needs_devices "${lower##*/lower_}"
	done
)

needs_of_port() {
	case $1 in
	*/* | . | ..) die "$1: not the name of a network port" ;;
	esac
	[ -d "$sysfs/class/net/$1" ] || die "$1: no such network port (looked in $sysfs/class/net)"
	needs_devices "$1" >"$work/devices"
	[ -s "$work/devices" ] || die "$1: a virtual port with no hardware below it" \
		'name another with --if, or a driver with --driver'
	while read -r device; do
		needs_of_device "$device"
	done <"$work/devices"
}

needs_find() {
	machine=
	if [ -n "$ports" ] || [ -z "$drivers" ]; then machine=yes; fi
	: >"$work/seen"
	echo 'need af_packet' >"$work/needs"
	options_words "$drivers" | sed 's/^/named /' >>"$work/needs"
	options_words "$ports" >"$work/ports"
	if [ -n "$machine" ]; then
		needs_sysfs
		while read -r port; do
			needs_of_port "$port" >>"$work/needs"
		done <"$work/ports"
		[ -n "$append$into" ] || needs_of_watchdog >>"$work/needs"
	fi
}

# The hardware watchdog, which may be running when the machine crashes. Its driver comes last. The
# distribution's own crash initrd sees to it itself.
needs_of_watchdog() {
	for watchdog in "$sysfs"/class/watchdog/watchdog*; do
		[ ! -e "$watchdog/device" ] || needs_of_device "$(readlink -f "$watchdog/device")"
	done
}

needs_sysfs() {
	[ -d "$sysfs/class/net" ] || die "$sysfs/class/net: no such directory" \
		'name drivers with --driver'
	sysfs=$(readlink -f "$sysfs")
	foreign=yes
	[ "$sysfs" != /sys ] || [ "$version" != "$(uname -r)" ] || foreign=no
	[ -s "$work/ports" ] || physical_ports "$sysfs" >"$work/ports"
	[ -s "$work/ports" ] || die "no physical Ethernet port in $sysfs/class/net" \
		'name drivers with --driver'
}
