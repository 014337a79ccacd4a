# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# output - the file that is written, or the list that is printed

output_list() {
	while IFS=$tab read -r _ path parameters; do
		echo "$(modules_file "$path")${parameters:+ $parameters}"
	done <"$work/modules"
	sed "s/^[^$tab]*$tab/firmware /" "$work/firmware-files"
}

output_check() {
	[ -d "$(dirname "$output")" ] || die "--output $output: no such directory"
	[ ! -d "$output" ] || die "--output $output: is a directory"
	[ ! -e "$output" ] || [ -f "$output" ] || die "--output $output: is not a regular file"
}

output_place() {
	compression_pack "$work/cpio" >"$work/packed" || die "--output $output: not written"
	file_put "$output" <"$work/packed" || die "--output $output: cannot be written"
}

kib() {
	printf '%d.%d KiB' $(($1 / 1024)) $(($1 % 1024 * 10 / 1024))
}

output_report() {
	[ -z "$quiet" ] || return 0
	echo "$output: crash initrd for Linux $version"
	[ -z "$machine" ] || printf '%14s  %s\n' ports "$(paste -sd ' ' "$work/ports")"
	printf '%14s  %s\n' "$(kib "$(file_bytes "$tree/lastwords/init")")" "init ($init)"
	while read -r file parameters; do
		printf '%14s  %s\n' "$(kib "$(file_bytes "$tree$file")")" \
			"$(basename "$file" .ko)${parameters:+ $parameters}"
	done <"$tree/lastwords/modules"
	if [ -d "$tree$firmware_dir" ]; then
		(cd "$tree$firmware_dir" && find . -type f) | sort | while read -r file; do
			printf '%14s  %s\n' "$(kib "$(file_bytes "$tree$firmware_dir/$file")")" "firmware ${file#./}"
		done
	fi
	builtin=$(sed -n "s/^builtin$tab//p" "$work/resolved" | paste -sd ' ' -)
	[ -z "$builtin" ] || printf '%14s  %s\n' 'built in' "$builtin"
	printf '%14s  unpacked\n' "$(kib "$(file_bytes "$work/cpio")")"
	printf '%14s  as written (%s)\n' "$(kib "$(file_bytes "$output")")" \
		"$([ "$compress" = none ] && echo 'not compressed' || echo "$compress")"
}
