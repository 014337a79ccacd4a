# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# say - what is said, and how the program ends

# What is wrong, and what to do about it.
die() {
	printf '%s: %s\n' "$program" "$1${2:+; $2}" >&2
	exit 1
}

usage_error() {
	printf '%s: %s (%s --help shows what there is)\n' "$program" "$1" "$program" >&2
	exit 2
}

note() {
	printf '%s: note: %s\n' "$program" "$1" >&2
}

have() {
	command -v "$1" >/dev/null 2>&1
}

# For commands with no option, or with --json alone, which sets json.
no_options() {
	[ $# -eq 0 ] || usage_error "$command $1: no such option"
}

json_option() {
	json=''
	[ "${1:-}" != --json ] || {
		json=yes
		shift
	}
	no_options "$@"
}

# Prints the first line of a file that may not be there or not be readable; $2 in its place.
value() {
	line=
	[ ! -r "$1" ] || read -r line <"$1" 2>/dev/null || :
	printf '%s\n' "${line:-${2:-}}"
}

mib() {
	printf '%dM' $((($1 + 1048575) / 1048576))
}

# ---- JSON: a string, its quotes included

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
