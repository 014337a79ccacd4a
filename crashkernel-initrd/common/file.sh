# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034 # part is removed when the program ends
# file - a file: its first line, size, content, and another content in its place

# Prints the first line of a file that may not be there or not be readable; $2 in its place.
value() {
	line=
	[ ! -r "$1" ] || read -r line <"$1" 2>/dev/null || :
	printf '%s\n' "${line:-${2:-}}"
}

file_bytes() {
	wc -c <"$1" | tr -d ' '
}

# Prints a file, decompressed if its name says that it is compressed.
file_unpacked() {
	case $1 in
	*.xz) tool=xz ;;
	*.zst) tool=zstd ;;
	*.gz) tool=gzip ;;
	*)
		cat "$1" || die "$1: cannot be read"
		return 0
		;;
	esac
	need_tool "$tool" "$1 is compressed with it"
	"$tool" -dcq <"$1" || die "$1: cannot be decompressed"
}

# Puts $part in the place of file $1, on the disk before it has that name: what crashes soon after
# is what this is for.
file_rename() {
	{ sync "$part" 2>/dev/null || :; } && mv -f "$part" "$1" && part=''
}

# Puts standard input in the place of file $1: whole, or not at all, and then fails.
file_put() {
	part=$(mktemp "$1.XXXXXX") || return 1
	# =rw: as the umask says; mktemp allows only the owner.
	cat >"$part" && chmod '=rw' "$part" && file_rename "$1" && return 0
	rm -f "$part"
	part=''
	return 1
}
