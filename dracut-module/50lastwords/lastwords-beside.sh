#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lastwords-beside - hook of an initrd without systemd: starts to send, and waits for nothing
#
# Where there is neither a root nor a dump to wait for, and the command line says how the machine is
# to end, this is all that is done: the program ends it.

if [ -e /proc/vmcore ] && [ -x /lastwords/beside ]; then
	/lastwords/beside
	case $(getarg root=)$(getarg lastwords.then=) in
	reboot | poweroff | halt)
		while sleep 60; do
			:
		done
		;;
	esac
fi
