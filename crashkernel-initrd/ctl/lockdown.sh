# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# lockdown - Secure Boot, and what of itself the running kernel lets nobody change

# Prints on, off or not known: the firmware's variable is in a file system that may not be mounted.
# Its value is the fifth byte, and the file cannot be sought in.
secure_boot() {
	file=$(printf '%s\n' "$sys"/firmware/efi/efivars/SecureBoot-*)
	if [ -r "$file" ]; then
		od -An -t u1 "$file" | awk '{ print $5 == 1 ? "on" : "off" }'
	elif [ -d "$sys/firmware/efi" ]; then
		echo 'not known (no efivarfs)'
	else
		echo off
	fi
}

# Prints none, integrity or confidentiality.
lockdown() {
	value "$sys/kernel/security/lockdown" '[none]' | sed 's/.*\[\(.*\)\].*/\1/'
}

locked_down() {
	[ "$(lockdown)" != none ]
}
