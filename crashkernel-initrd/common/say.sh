# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # program: set by the program that reads this
# say - what is said, and how programs end

# What is wrong, and what to do about it.
die() {
	printf '%s: %s\n' "$program" "$1${2:+; $2}" >&2
	exit 1
}

usage_error() {
	printf '%s: %s (%s --help shows what there is)\n' "$program" "$1" "$program" >&2
	exit 2
}

note() {
	[ -n "${quiet:-}" ] || printf '%s: note: %s\n' "$program" "$1" >&2
}

have() {
	command -v "$1" >/dev/null 2>&1
}

need_tool() {
	have "$1" || die "the program $1 is missing" "$2"
}
