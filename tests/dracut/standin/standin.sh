#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# standin - "saves the dump": says when, and which ports there are, then ends the machine or fails

# shellcheck source=/dev/null # dracut's
type getarg >/dev/null 2>&1 || . /lib/dracut-lib.sh

standin_say() {
	echo "<5>standin: $*" >/dev/kmsg
}

standin_ports() {
	for standin_port in /sys/class/net/*; do
		printf ' %s:%s' "${standin_port##*/}" "$(cat "$standin_port/flags")"
	done
}

# What the sender took of the processor by now, its children that have ended included.
standin_ticks() (
	ticks=0
	for stat in /proc/[0-9]*/stat; do
		# shellcheck disable=SC2046 # numbers; the name, which is the second, may be anything
		set -- $(cat "$stat" 2>/dev/null)
		[ "${2-}" != '(beside)' ] || ticks=$((ticks + ${14} + ${15} + ${16} + ${17}))
	done
	echo "$ticks"
)

read -r standin_uptime _ </proc/uptime
standin_say "the dump begins after $standin_uptime s, ports$(standin_ports), $(standin_ticks) ticks"
sleep "$(getarg standin.seconds= || echo 0)"
if getarg standin.fails >/dev/null; then
	standin_say 'the dump fails'
	if [ -n "${DRACUT_SYSTEMD-}" ]; then
		exit 1
	fi
	emergency_shell 'the dump failed'
elif [ ! -e /standin/next-init ]; then
	standin_say "the dump is saved, ports$(standin_ports)"
	echo b >/proc/sysrq-trigger
fi
