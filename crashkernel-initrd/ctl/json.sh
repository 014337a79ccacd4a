# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# json - what --json prints is made of

# Prints a string, its quotes included.
json_string() {
	printf '%s' "$1" | awk '
		BEGIN { ORS = ""; print "\"" }
		{
			gsub(/\\/, "\\\\")
			gsub(/"/, "\\\"")
			gsub(/\t/, "\\t")
			gsub(/[\001-\037]/, "?")
			print (NR > 1 ? "\\n" : "") $0
		}
		END { print "\"" }'
}

# Prints words or lines of standard input as a list of strings.
json_list() {
	separator=
	printf '['
	while IFS= read -r item; do
		printf '%s%s' "$separator" "$(json_string "$item")"
		separator=', '
	done
	printf ']'
}
