# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# ports - network ports: which are meant, their addresses and networks
#
# A bond, bridge or VLAN stands for the physical ports below it: those are there in the capture
# kernel, under names of its own, so all go by their MAC addresses.

port_field() {
	value "$sys/class/net/$1/$2"
}

# Physical Ethernet ports, as lastwords-mkinitrd takes them.
ports_physical() {
	for port in "$sys"/class/net/*; do
		[ -e "$port/device" ] || continue
		[ ! -e "$port/phy80211" ] || continue
		! grep -qs '^DEVTYPE=wwan' "$port/uevent" || continue
		[ "$(value "$port/type")" != 1 ] || printf '%s\n' "${port##*/}"
	done
}

# Prints the physical ports that a port stands for, itself or those below it.
port_members() (
	if [ -e "$sys/class/net/$1/device" ]; then
		printf '%s\n' "$1"
	fi
	for lower in "$sys/class/net/$1"/lower_*; do
		[ ! -e "$lower" ] || port_members "${lower##*/lower_}"
	done
)

# The address that the card has by itself, which is the one it has in the capture kernel: members of
# a bond have the bond's meanwhile.
port_mac() {
	mac=$(port_field "$1" bonding_slave/perm_hwaddr)
	# 3: set by somebody. The kernel tells the card's own since 5.6.
	if [ -z "$mac" ] && [ -z "$root" ] && [ "$(port_field "$1" addr_assign_type)" = 3 ]; then
		mac=$(ip -o link show dev "$1" 2>/dev/null | sed -n 's/.* permaddr \([0-9a-f:]*\).*/\1/p')
	fi
	printf '%s\n' "${mac:-$(port_field "$1" address)}"
}

port_driver() {
	driver=$(readlink "$sys/class/net/$1/device/driver" || :)
	printf '%s\n' "${driver##*/}"
}

port_carrier() {
	[ "$(port_field "$1" carrier)" = 1 ]
}

# Reads names; prints those with carrier first, otherwise in the same order.
ports_by_carrier() {
	cat >"$work/ports.unsorted"
	while read -r port; do
		! port_carrier "$port" || printf '%s\n' "$port"
	done <"$work/ports.unsorted"
	while read -r port; do
		port_carrier "$port" || printf '%s\n' "$port"
	done <"$work/ports.unsorted"
}

# Prints the ports that a word of IF means: a name, a MAC address, a driver, or all.
ports_named() {
	if [ "$1" = all ]; then
		ports_physical | ports_by_carrier
	elif [ -e "$sys/class/net/$1" ]; then
		port_members "$1"
	else
		ports_physical | while read -r port; do
			case $(printf '%s' "$1" | tr 'A-F' 'a-f') in
			"$(port_mac "$port")" | "$(port_field "$port" address)") printf '%s\n' "$port" ;;
			*) [ "$(port_driver "$port")" != "$1" ] || printf '%s\n' "$port" ;;
			esac
		done
	fi
}

# Writes the chosen ports to $work/ports, in the order to try, and sets ports_words, what goes on as
# lastwords.if=, and ports_unknown, the words of IF that mean no port here.
ports_choose() {
	ports_unknown='' ports_all=''
	: >"$work/ports.chosen"
	: >"$work/ports.named"
	set -f # a word is no pattern
	# shellcheck disable=SC2046 # words
	set -- $(printf '%s' "${conf_IF:-all}" | tr ',' ' ')
	set +f
	for word; do
		ports_named "$word" >"$work/ports.word"
		[ "$word" != all ] || ports_all=yes
		[ -s "$work/ports.word" ] || ports_unknown="$ports_unknown $word"
		cat "$work/ports.word" >>"$work/ports.chosen"
		[ "$word" = all ] || cat "$work/ports.word" >>"$work/ports.named"
	done
	awk '!seen[$0]++' "$work/ports.chosen" >"$work/ports"
	ports_make_words
}

# The list has room for 256 characters: 13 addresses and "all". Those that only "all" means need no
# address there if they have no carrier.
ports_make_words() {
	ports_words='' count=0
	while read -r port; do
		grep -qxF "$port" "$work/ports.named" || port_carrier "$port" || continue
		count=$((count + 1))
		[ $count -gt 13 ] || ports_words=$ports_words${ports_words:+,}$(port_mac "$port")
	done <"$work/ports"
	[ -z "$ports_all" ] || ports_words=$ports_words${ports_words:+,}all
}

# What must be the same for an image to fit: addresses in any order.
ports_set() {
	while read -r port; do
		port_mac "$port"
	done <"$work/ports" | sort | paste -sd , -
}

# ---- addresses: lines of "PORT ADDRESS/LENGTH"

addresses() {
	if [ -n "$root" ]; then
		cat "$root/addresses" 2>/dev/null || :
	else
		ip -4 -o addr show scope global 2>/dev/null || :
	fi | awk '$3 == "inet" { print $2, $4 }'
}

# Prints a port, and what it is a member of: bond, team, bridge, in order. VLANs on it are not: what
# goes out untagged does not reach their networks.
port_uppers() (
	printf '%s\n' "$1"
	for upper in "$sys/class/net/$1"/upper_*; do
		name=${upper##*/upper_}
		[ -e "$upper" ] || continue
		! grep -qs '^DEVTYPE=\(vlan\|macvlan\)' "$sys/class/net/$name/uevent" || continue
		port_uppers "$name"
	done
)

# Prints ADDRESS/LENGTH of a port, the nearest first.
port_addresses() {
	[ -e "$work/addresses" ] || addresses >"$work/addresses"
	port_uppers "$1" | while read -r name; do
		sed -n "s|^$name ||p" "$work/addresses"
	done
}

# Prints the network of ADDRESS/LENGTH.
network() {
	length=${1#*/}
	number=0
	for byte in $(printf '%s' "${1%/*}" | tr '.' ' '); do
		number=$((number * 256 + byte))
	done
	number=$((length ? number >> (32 - length) << (32 - length) : 0))
	printf '%d.%d.%d.%d/%d\n' $((number >> 24)) $((number >> 16 & 255)) $((number >> 8 & 255)) \
		$((number & 255)) "$length"
}

# Prints what is set of the sender's, as lines of "name=value" by the sender's own names; the address
# that SOURCE_IP=armed means is in its place.
ports_settings() {
	for name in $config_sender; do
		eval "setting=\$conf_$name"
		# shellcheck disable=SC2154 # set by eval
		[ "$name=$setting" != SOURCE_IP=armed ] || setting=$(ports_source_ip)
		[ -z "$setting" ] || printf '%s=%s\n' "$(config_word "$name")" "$setting"
	done
}

# SOURCE_IP=armed: the sender has one address for all ports, so it is that of the first port in the
# order to try that has one. Prints it, or nothing.
ports_source_ip() {
	while read -r port; do
		port_addresses "$port"
	done <"$work/ports" | sed -n '1s|/.*||p'
}
