# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# appended - our archive behind a distribution's crash initrd, read back before it is used
#
#   theirs | zero bytes, at least four, up to a multiple of 512 | ours, compressed
#
# Four: the kernel's lz4 reader stops where the length of a block is zero (lib/decompress_unlz4.c).

# Prints where our archive begins behind a file.
appended_start() {
	echo $((($(file_bytes "$1") + 4 + 511) / 512 * 512))
}

# What their initrd must have, and must not have, so that both can run.
appended_check_theirs() {
	archive_list "$1" || die "$wrong" 'build it anew: the kernel would not read what comes behind it'
	awk '{ sub(/^\.?\//, "", $4); print $4 }' "$work/entries" >"$work/theirs"
	grep -qx init "$work/theirs" || die "$1 has no /init, with which then=continue would go on" \
		'is it an initrd?'
	! grep -q '^lastwords/' "$work/theirs" || die "$1 has Lastwords in it already" \
		'give the initrd as the distribution makes it'
}

# Writes a file of our archive, which is unpacked in $work/ours, to $work/file.
appended_entry() {
	: >"$work/file"
	place=$(awk -v name="$1" '$4 == name { print $1, $2 }' "$work/entries")
	[ -z "$place" ] || file_part "$work/ours" "${place% *}" "${place#* }" >"$work/file"
	[ -s "$work/file" ] || die "our archive came out without /$1" 'nothing was changed'
}

# Reads our archive back from offset $2 of what was written. image_inputs has left the modules that
# must be in it in $work/image.modules.
appended_check_ours() {
	file_part "$1" "$2" >"$work/behind"
	archive_list "$work/behind" || die "$wrong" 'nothing was changed'
	archive_print "$work/behind" >"$work/ours"
	appended_entry lastwords/init
	[ "$(od -An -c -N 4 "$work/file" | tr -d ' \n')" = '177ELF' ] ||
		die "$(image_init) is no program" "install $program again"
	appended_entry lastwords/modules
	cp "$work/file" "$work/list"
	[ "$(wc -l <"$work/list")" = "$(wc -l <"$work/image.modules")" ] ||
		die 'our archive came out with other modules than this machine needs' 'nothing was changed'
	paste -d ' ' "$work/list" "$work/image.modules" | sed 's/ [^/][^ ]*//g' >"$work/pairs"
	while read -r file source; do
		appended_entry "${file#/}"
		file_unpacked "$source" | cmp -s - "$work/file" ||
			die "$file came out other than $source is" 'nothing was changed'
	done <"$work/pairs"
}

appended_check() {
	theirs_bytes=$(file_bytes "$1")
	file_part "$2" 0 "$theirs_bytes" | cmp -s - "$1" ||
		die "$1 was changed meanwhile" 'try again; nothing was changed'
	[ "$(archive_next "$2" "$theirs_bytes")" = "$3" ] || [ "$(trailing_zeroes "$1")" -gt 0 ] ||
		die "$2 has no zero bytes between" 'nothing was changed'
	appended_check_ours "$2" "$3"
}

# Writes $1, and $2 behind it, to $3: read back first, then renamed into place, or not at all. Who
# may not read theirs may not read that either: an initrd can hold keys.
appended_write() {
	start=$(appended_start "$1")
	part=$(mktemp "$3.XXXXXX") || die "$3: cannot be written" 'nothing was changed'
	if ! cp -p "$1" "$part" || ! { head -c $((start - $(file_bytes "$1"))) /dev/zero &&
		cat "$2"; } >>"$part"; then
		die "$3: cannot be written" 'make room there; nothing was changed'
	fi
	appended_check "$1" "$part" "$start"
	file_rename "$3"
}
