# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# options - what the command line and the environment ask for

# Prints the words of a list with commas, a line each.
options_words() {
	printf '%s\n' "$1" | tr ',' '\n' | sed '/^$/d'
}

# Prints the directory $2 that option $1 names, as a prefix of paths: / as nothing.
options_directory() {
	[ -d "$2" ] || die "$1 $2: no such directory"
	readlink -f "$2" | sed 's/^\/$//'
}

options_takes_value() {
	case $1 in
	--output | --tree | --if | --driver | --root | --modules-dir) ;;
	--config | --init | --sysfs | --compress) ;;
	*) return 1 ;;
	esac
}

options_set() {
	[ -n "${2#,}" ] || usage_error "$1: needs a value"
	case $1 in
	--output) output=$2 ;;
	--tree) into=$(options_directory "$@") ;;
	--if) ports=$ports,$2 ;;
	--driver) drivers=$drivers,$2 ;;
	--root) root=$(options_directory "$@") ;;
	--modules-dir) modules_dir=$(options_directory "$@") ;;
	--config) config=$2 ;;
	--init) init=$2 ;;
	--sysfs) sysfs=$2 ;;
	--compress) compress=$2 ;;
	esac
}

options_flag() {
	case $1 in
	-l | --list) list=yes ;;
	--append) append=yes ;;
	--firmware) firmware=yes ;;
	--no-firmware) firmware=no ;;
	-q | --quiet) quiet=yes ;;
	-h | --help)
		usage
		exit 0
		;;
	-V | --version)
		echo "$program $program_version"
		exit 0
		;;
	-*) usage_error "$1: no such option" ;;
	*)
		[ -z "$version" ] || usage_error "$1: only one kernel at a time, after $version"
		version=$1
		;;
	esac
}

options_read() {
	output='' into='' list='' ports='' drivers='' root='' modules_dir='' config='' init='' sysfs=/sys
	compress=auto append='' firmware='' quiet='' version=''
	while [ $# -gt 0 ]; do
		name=${1%%=*}
		case $1 in
		-o) name=--output ;;
		-i) name=--if ;;
		-d) name=--driver ;;
		esac
		if options_takes_value "$name"; then
			case $1 in
			*=*) value=${1#*=} ;;
			*)
				[ $# -ge 2 ] || usage_error "$1: needs a value"
				shift
				value=$1
				;;
			esac
			options_set "$name" "$value"
		else
			options_flag "$1"
		fi
		shift
	done
	options_check
}

options_check() {
	case $compress in
	auto | xz | zstd | gzip | lz4 | none) ;;
	*) usage_error "--compress $compress: auto, xz, zstd, gzip, lz4 or none" ;;
	esac
	case $version in
	*/* | . | ..) usage_error "$version: not a kernel version, as uname -r prints it" ;;
	esac
	[ -n "$output$into$list" ] || usage_error "--output FILE is missing"
	[ -z "$output" ] || [ -z "$into" ] || usage_error '--output and --tree: give one of them'
	mtime=${SOURCE_DATE_EPOCH:-0}
	case $mtime in
	*[!0-9]* | ???????????* | 0?*) usage_error "SOURCE_DATE_EPOCH=$mtime: not a time in seconds" ;;
	esac
	[ "$mtime" -le 4294967295 ] || usage_error "SOURCE_DATE_EPOCH=$mtime: beyond 4294967295"
}
