# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# lines - lines of ours in a file of the distribution's, and the file as it was without them
#
# A line of ours comes after a mark, a comment, which tells what it stands in place of: a line of the
# file, or, where the file did not end with a line's end, that.

lines_mark='# added by lastwordsctl join, removed by lastwordsctl leave'
lines_instead="$lines_mark; in place of: "
lines_open="$lines_mark; no end of a line before it"

# Whether a file has lines of ours.
lines_there() {
	[ -f "$1" ] && grep -q "^$lines_mark" "$1"
}

# Ends standard input as file $1 ends: with a line's end, or without one.
lines_end_as() {
	if [ -s "$1" ] && [ -n "$(tail -c 1 "$1")" ]; then
		head -c -1
	else
		cat
	fi
}

# Prints a file without our lines.
lines_without() {
	awk -v mark="$lines_mark" -v instead="$lines_instead" '
		ours { ours = 0; next }
		index($0, mark) == 1 {
			ours = 1
			if (index($0, instead) == 1)
				print substr($0, length(instead) + 1)
			next
		}
		{ print }' "$1" | lines_end_as "$1" >"$work/without"
	if [ "$(tail -n 2 "$1" | head -n 1)" = "$lines_open" ]; then
		head -c -1 "$work/without"
	else
		cat "$work/without"
	fi
}

# Prints a file with a line of ours at its end.
lines_with() {
	cat "$1"
	if [ -s "$1" ] && [ -n "$(tail -c 1 "$1")" ]; then
		printf '\n%s\n' "$lines_open"
	else
		printf '%s\n' "$lines_mark"
	fi
	printf '%s\n' "$2"
}

# Puts what $2 holds in the place of file $1: whole, or not at all. Owner, mode and
# security label stay.
lines_put() {
	target=$(readlink -f "$1")
	part=$target.lastwords.$$
	if ! cp -a "$target" "$part" || ! cat "$2" >"$part" || ! cmp -s "$2" "$part" ||
		! mv -f "$part" "$target"; then
		rm -f "$part"
		die "$1: cannot be written" 'make room, or make it writable; nothing was changed'
	fi
}
