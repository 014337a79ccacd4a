# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# tree - what is in the initrd, as a tree of files

# $1: init, or beside, which runs beside another
tree_find_init() {
	[ -z "$init" ] || {
		[ -f "$init" ] || die "--init $init: no such file"
		return 0
	}
	init=$(product_file "$1")
}

# strip knows only the machines it was built for: what it refuses goes in as it is.
tree_init() {
	! have strip || ! strip -s -o "$1" "$init" 2>/dev/null || return 0
	cat "$init" >"$1" || die "--init $init: cannot be read"
}

# What both have, our program under the name $1.
tree_fill() {
	mkdir -p "$tree/lastwords"
	tree_init "$tree/lastwords/$1"
	modules_stage
	firmware_stage
}

tree_stage() {
	tree=$work/tree
	firmware_dir=/lib/firmware
	mkdir -p "$tree/dev" "$tree/proc" "$tree/sys"
	if [ -n "$append" ]; then
		# There /lib may be a symbolic link, which a directory here would replace.
		firmware_dir=/lastwords/firmware
	else
		ln -s lastwords/init "$tree/init"
		: >"$tree/dev/console" # stands for the device, see cpio_entry
	fi
	tree_fill init
}

# There /lib may be a symbolic link, and stays one.
tree_stage_into() {
	tree=$into
	firmware_dir=/lib/firmware
	tree_fill beside
	chmod 0755 "$tree/lastwords/beside"
}
