# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# compression - of what the kernel can undo, what makes the smallest
#
# Virtio drivers of a 6.1 kernel: xz 19 %, zstd 21 %, gzip 27 %, lz4 32 %.

compression_known() {
	[ "$1" = none ] || kernel_has "RD_$(echo "$1" | tr '[:lower:]' '[:upper:]')"
}

# Whether the tool is there and does it: busybox has an xz that only unpacks.
compression_works() {
	echo >"$work/probe"
	compression_pack "$work/probe" >/dev/null 2>&1
}

compression_find() {
	if [ ! -s "$work/config" ]; then
		[ "$compress" = auto ] || return 0
		compress=none
		note "no configuration of kernel $version found: not compressed; give --config or --compress"
	elif [ "$compress" = auto ]; then
		for compress in xz zstd gzip lz4 none; do
			compression_known "$compress" && compression_works && break
		done
	else
		compression_known "$compress" ||
			die "kernel $version cannot unpack $compress: its CONFIG_RD option is not set in $config" \
				'give --compress auto'
	fi
	[ "$compress" = none ] || need_tool "$compress" "give another --compress"
}

# The crash kernel has to set aside the whole dictionary: a megabyte, not the 64 of xz -9. It knows
# no check but CRC32, and no lz4 but the legacy format. zstd is given a file and not a pipe, since
# its window then is no larger than the content.
compression_pack() {
	case $compress in
	xz) xz -T1 --check=crc32 --lzma2=preset=9e,dict=1MiB -c "$1" ;;
	zstd) zstd -q -19 --single-thread -c "$1" ;;
	gzip) gzip -n9 -c "$1" ;;
	lz4) lz4 -q -l -9 -c "$1" ;;
	none) cat "$1" ;;
	esac
}
