# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# drill - test and crash: whether a receiver hears this machine

hostname_here() {
	value "$proc/sys/kernel/hostname"
}

# The options of lastwords-send that say what the settings say: without those that only process 1 of
# a capture kernel knows, and with two rounds only.
drill_options() {
	ports_settings | sed -e '/^if=/d' -e '/^repeat=/d' -e '/^deadline=/d' -e '/^then=/d' -e 's/^/--/'
}

command_test() {
	no_options "$@"
	this_machine
	need_root
	config_read || die "$(cat "$work/config.errors")"
	ports_choose
	up=''
	while read -r port; do
		! port_carrier "$port" || up=$up${up:+,}$port
	done <"$work/ports"
	[ -n "$up" ] || die 'no port has carrier, so nobody would hear' \
		"ports: $(paste -sd ' ' "$work/ports" | sed 's/^$/none/')"
	drill_options >"$work/drill"
	set --
	while IFS= read -r option; do
		set -- "$@" "$option"
	done <"$work/drill"
	sender=$(product_file lastwords-send)
	"$sender" --drill --if="$up" --repeat=0,1 "$@" ||
		die "the drill was not sent through $up" 'what lastwords-send says above tells why'
	echo "sent as a drill by $(hostname_here), through $up, in clear"
	printf '%s; ' 'heard by each lastwords-recv on those networks, which says DRILL'
	echo 'or by: tcpdump -A ip proto 255'
}

# $1 the host name that was given with --yes
crash_confirm() {
	host=$(hostname_here)
	if [ -z "$1" ]; then
		echo "$host will panic now, and restart. What is not saved is lost."
		printf 'Type the host name to go on: '
		read -r answer || answer=''
	else
		answer=$1
	fi
	[ "$answer" = "$host" ] || die "'$answer' is not the name of this host, $host" 'nothing was done'
}

command_crash() {
	yes=''
	while [ $# -gt 0 ]; do
		case $1 in
		--yes=?*) yes=${1#*=} ;;
		--yes)
			[ $# -ge 2 ] || usage_error 'crash --yes: needs the host name'
			shift
			yes=$1
			;;
		*) usage_error "crash $1: no such option" ;;
		esac
		shift
	done
	this_machine
	need_root
	joined >/dev/null || [ "$(image_owner)" = us ] ||
		die 'not armed, so nothing would be sent' "$program arm"
	crash_confirm "$yes"
	(echo "<4>$program: a drill: this panic was asked for" >/dev/kmsg) || :
	sync
	(echo c >/proc/sysrq-trigger) || :
	die 'the kernel did not panic' 'is CONFIG_MAGIC_SYSRQ set, and this no container? dmesg | tail'
}
