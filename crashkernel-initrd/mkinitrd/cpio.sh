# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# cpio - the tree as an archive, as the kernel reads it (init/initramfs.c): for each entry
#
#   070701 and 13 numbers of 8 hex digits: inode, mode, uid, gid, links, mtime, size,
#   device major and minor, rdev major and minor, name length with NUL, 0 | name | NUL
#   zeroes to a multiple of 4 | content | zeroes to a multiple of 4
#
# Written here and not by cpio(1): a plain user can make no device, and owners, times and inode
# numbers are then the same everywhere.

cpio_zeroes() {
	[ "$1" -eq 0 ] || head -c "$1" /dev/zero
}

# MODE SIZE NAME [MAJOR MINOR]
cpio_header() {
	inode=$((inode + 1))
	printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\0' "$inode" "$1" 0 0 1 \
		"$mtime" "$2" 0 0 "${4:-0}" "${5:-0}" $((${#3} + 1)) 0 "$3"
	cpio_zeroes $(((4 - (110 + ${#3} + 1) % 4) % 4))
}

# MODE NAME
cpio_file() {
	size=$(file_bytes "$tree/$2")
	cpio_header "$1" "$size" "$2"
	cat "$tree/$2"
	cpio_zeroes $(((4 - size % 4) % 4))
}

cpio_entry() {
	if [ -L "$tree/$1" ]; then
		link=$(readlink "$tree/$1")
		cpio_header 0120777 ${#link} "$1"
		printf %s "$link"
		cpio_zeroes $(((4 - ${#link} % 4) % 4))
	elif [ -d "$tree/$1" ]; then
		cpio_header 0040755 0 "$1"
	elif [ "$1" = dev/console ]; then
		cpio_header 0020600 0 "$1" 5 1
	elif [ "$1" = lastwords/init ]; then
		cpio_file 0100755 "$1"
	else
		cpio_file 0100644 "$1"
	fi
}

cpio_write() {
	inode=0
	(cd "$tree" && find . ! -name . >"$work/names")
	sed 's/^\.\///' "$work/names" | sort >"$work/sorted"
	{
		while IFS= read -r name; do
			cpio_entry "$name"
		done <"$work/sorted"
		cpio_header 0 0 'TRAILER!!!'
	} >"$work/cpio"
	size=$(file_bytes "$work/cpio")
	cpio_zeroes $(((512 - size % 512) % 512)) >>"$work/cpio"
}
