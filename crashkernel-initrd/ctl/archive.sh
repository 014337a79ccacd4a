# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# archive - initramfs archives one behind the other, read as the kernel reads them, and joined
#
#   cpio, ends at TRAILER!!! | zero bytes | cpio | zero bytes | compressed cpio | zero bytes
#
# init/initramfs.c: a cpio archive begins at a multiple of 4; zero bytes are passed over; anything
# else is given to a decompressor, which says how far it read. Distributions put microcode, and what
# is not worth compressing, in front, and one compressed archive last. The decompressors that we
# have do not say how far they read, so behind a compressed archive there may be only zero bytes.

# Prints a part of a file: $2 the offset it begins at, $3 how long it is at most, if given.
file_part() {
	if [ -n "${3:-}" ]; then
		tail -c +$(($2 + 1)) "$1" | head -c "$3"
	else
		tail -c +$(($2 + 1)) "$1"
	fi
}

# Prints where the first byte is that is not zero, from offset $2 on; the size if there is none.
archive_next() {
	found=$(file_part "$1" "$2" | cmp - /dev/zero 2>/dev/null | sed 's/^.* \([0-9]*\),.*/\1/')
	if [ -n "$found" ]; then
		echo $(($2 + found - 1))
	else
		file_bytes "$1"
	fi
}

# Prints what begins at offset $2.
archive_format() {
	case $(od -An -v -tx1 -j "$2" -N 6 "$1" | tr -d ' \n') in
	30373037303[12]) echo cpio ;;
	1f8b*) echo gzip ;;
	fd377a585a00) echo xz ;;
	28b52ffd*) echo zstd ;;
	02214c18*) echo lz4 ;; # the legacy format; the kernel knows no other
	*) echo unknown ;;
	esac
}

# Prints the one archive that a file holds, unpacked.
archive_print() {
	format=$(archive_format "$1" 0)
	case $format in
	cpio | unknown) cat "$1" ;;
	*) "$format" -dcq <"$1" ;;
	esac
}

# Reads a cpio stream. Prints for each entry where its content begins, how long it is, its mode and
# name, and at last "end" and where the last archive ends, or "broken" and where the next header
# should be. With $1, stops behind the first archive. grep finds whatever looks like a header, and
# only those count that are where the one before says. A name is cut at its first byte that is not
# printable: those that are looked for have none.
#
#   070701, 13 numbers of 8 hex digits: 2nd mode, 7th size, 12th length of the name with its NUL |
#   name NUL | zeroes to a multiple of 4 | content | zeroes to a multiple of 4
archive_entries() {
	grep -a -b -o '07070[12][0-9A-Fa-f]\{104\}[ -~]*' | awk -v one="${1:-}" '
		function number(header, nth, i, n) {
			n = 0
			for (i = 8 * nth - 1; i < 8 * nth + 7; i++)
				n = n * 16 + index("123456789abcdef", tolower(substr(header, i, 1)))
			return n
		}
		function aligned(n) { return n + (4 - n % 4) % 4 }
		{
			colon = index($0, ":")
			offset = substr($0, 1, colon - 1) + 0
			header = substr($0, colon + 1)
			if (offset < at || (ended && offset % 4))
				next # in the content of a file
			if (offset > at && !ended)
				exit
			start = aligned(offset + 110 + number(header, 12))
			at = aligned(start + number(header, 7))
			name = substr(header, 111, number(header, 12) - 1)
			ended = name == "TRAILER!!!"
			if (!ended)
				print start, number(header, 7), number(header, 2), name
			else if (one)
				exit
		}
		END { print ended ? "end" : "broken", at + 0 }'
}

# Adds what archive_entries wrote to $work/stream to $work/entries. Sets $end; fails if that was no
# whole archive.
archive_add() {
	end=$(sed -n '$s/^end //p' "$work/stream")
	[ -n "$end" ] && sed '$d' "$work/stream" >>"$work/entries"
}

# How many zero bytes a file ends with; it is not looked at further than 64 KiB.
trailing_zeroes() {
	tail -c 65536 "$1" | od -An -v -tx1 | awk '
		{ for (i = 1; i <= NF; i++) n = $i == "00" ? n + 1 : 0 }
		END { print n + 0 }'
}

# Unpacks $4 bytes of a file from offset $2 on, of the format $3, and writes their entries to
# $work/stream. Fails if the decompressor does.
archive_unpack() {
	rm -f "$work/unpacked"
	file_part "$1" "$2" "$4" | {
		"$3" -dcq 2>"$work/unpack" && : >"$work/unpacked"
	} | archive_entries >"$work/stream"
	[ -e "$work/unpacked" ]
}

# Adds what is compressed from offset $2 to the end of the file; $3 is its format. The kernel passes
# over zero bytes behind it, some decompressors do not, and a few may be its own: lz4 ends a block
# with literals, and cpio an archive with zeroes.
archive_add_packed() {
	whole=$(($(file_bytes "$1") - $2)) own=0
	length=$whole
	least=$((whole - $(trailing_zeroes "$1")))
	until archive_unpack "$1" "$2" "$3" "$length"; do
		length=$((least + own))
		own=$((own + 1))
		[ "$length" -lt "$whole" ] && [ "$own" -le 17 ] || return 1
	done
	archive_add
}

# Lists all that a file holds into $work/entries. If the kernel could not read it to its end, sets
# $wrong to a sentence and fails.
archive_list() {
	: >"$work/entries"
	end=0 total=$(file_bytes "$1")
	while at=$(archive_next "$1" "$end") && [ "$at" -lt "$total" ]; do
		format=$(archive_format "$1" "$at")
		case $format in
		cpio)
			file_part "$1" "$at" | archive_entries one >"$work/stream"
			{ [ $((at % 4)) -eq 0 ] && archive_add; } || {
				wrong="the archive at byte $at of $1 is damaged or cut off"
				return 1
			}
			end=$((at + end))
			;;
		unknown)
			wrong="$1 holds, at byte $at, neither a cpio archive nor a compressed one"
			return 1
			;;
		*)
			have "$format" || {
				wrong="$1 is compressed with $format, which is not installed"
				return 1
			}
			archive_add_packed "$1" "$at" "$format" || {
				wrong="the $format archive at byte $at of $1 is damaged or cut off"
				return 1
			}
			end=$total
			;;
		esac
	done
	[ -s "$work/entries" ] || {
		wrong="$1 holds no archive"
		return 1
	}
}
