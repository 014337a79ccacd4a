# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# physical - the network ports that are hardware

# Prints the names of the Ethernet ports that have a device below them, no wireless ones. $1 sysfs
physical_ports() {
	for port in "$1"/class/net/*; do
		[ -e "$port/device" ] || continue
		[ ! -e "$port/phy80211" ] || continue
		! grep -qs '^DEVTYPE=wwan' "$port/uevent" || continue
		[ "$(value "$port/type")" != 1 ] || printf '%s\n' "${port##*/}"
	done
}
