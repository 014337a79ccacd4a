# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# firmware - the files that modules may ask for when they are loaded
#
# Lines in $work/firmware-files: the name that is asked for, and the file, with a tab between.

# Prints the file that the kernel would load for a firmware name; nothing if there is none. It looks
# into all directories for one that is not compressed first (_request_firmware, since Linux 5.3).
firmware_file() {
	for suffix in '' .zst .xz; do
		for dir in "updates/$version/" updates/ "$version/" ''; do
			for file in "$root/lib/firmware/$dir$1" "$root/usr/lib/firmware/$dir$1"; do
				[ ! -f "$file$suffix" ] || {
					echo "$file$suffix"
					return 0
				}
			done
		done
	done
}

# Prints for each firmware file that a module may ask for its name and where it is.
firmware_list() {
	need_tool modinfo 'install kmod, or give --no-firmware'
	while IFS=$tab read -r _ path _; do
		modinfo -F firmware "$(modules_file "$path")" >"$work/firmware"
		absent=
		while read -r name; do
			case /$name/ in
			*/../*) continue ;;
			esac
			file=$(firmware_file "$name")
			[ -z "$file" ] || printf '%s\t%s\n' "$name" "$file"
			[ -n "$file" ] || absent="$absent $name"
		done <"$work/firmware"
		[ -z "$absent" ] ||
			note "$(basename "${path%.ko*}") may ask for firmware that is not there:$absent"
	done <"$work/modules"
}

# Sets what goes in: this machine's own ports may need it, another machine's are not known to be
# here.
firmware_find() {
	: >"$work/firmware-files"
	case $firmware$machine in
	yes | yesyes) firmware_list >"$work/firmware-files" ;;
	esac
}

firmware_stage() {
	while IFS=$tab read -r name file; do
		mkdir -p "$(dirname "$tree$firmware_dir/$name")"
		file_unpacked "$file" >"$tree$firmware_dir/$name"
	done <"$work/firmware-files"
}
