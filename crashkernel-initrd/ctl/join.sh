# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# join - before the full dump of the distribution's kdump service, or of any crash initrd
#
# The capture kernel starts with our init, which sends the last words and goes on with theirs.

# Prints the name of the service that loads us before its own dump; fails if none does. The image is
# left to it then.
joined() {
	if kdump_tools_joined; then
		echo kdump-tools
	elif kdump_conf_joined; then
		echo kdump
	else
		return 1
	fi
}

# Brings what that service loads up to date; arm calls it in place of loading. Sets arm_loaded to
# yes if something was loaded.
joined_arm() {
	kdump_tools_joined || return 0
	kdump_tools_follow "$(kernel_running)"
	kdump_tools_tidy
	! kdump_tools_due || {
		kdump_tools_reload || {
			cat "$work/reload" >&2
			die 'kdump-tools could not load the joined initrd; NOTHING IS LOADED' "$program leave"
		}
		arm_loaded=yes
		echo "armed anew: kdump-tools has loaded $joined_dir/initrd.img"
	}
}

# Sets what is to be built for a kernel: its ports, modules, and the words that go with them.
joined_inputs() {
	config_read || die "$(sed -n 1p "$work/config.errors")" 'correct that line; lastwords.conf(5)'
	conf_KERNEL=$1 conf_THEN='' conf_CMDLINE='' # the command line is the service's own
	kernel_find
	ports_choose
	[ -s "$work/ports" ] || die 'there is no Ethernet port to send through' \
		"see $program check, or set IF and DRIVERS in $etc/lastwords.conf"
	image_inputs ||
		die "no archive can be built for Linux $1: $(sed -n '1s/^[^:]*: //p' "$work/image.errors")"
	joined_words="rdinit=/lastwords/init lastwords.then=continue lastwords.if=$ports_words"
	joined_words="$joined_words${image_settings:+ ${image_settings% }}"
}

# Writes $1 with our archive behind it to $2. appended_check_theirs and joined_inputs come before
# it.
joined_build() {
	image_builder --append --output "$work/append.img" 2>"$work/image.errors" ||
		die "no archive can be built: $(sed -n '1s/^[^:]*: //p' "$work/image.errors")"
	appended_write "$1" "$work/append.img" "$2"
}

# ---- any crash initrd

join_file() {
	[ -n "$join_output" ] || usage_error 'join --initrd: needs --output FILE, too'
	[ -f "$join_initrd" ] || die "--initrd $join_initrd: no such file"
	[ -r "$join_initrd" ] || die "--initrd $join_initrd: cannot be read" 'run this as root'
	[ -d "$(dirname "$join_output")" ] || die "--output $join_output: no such directory"
	[ ! -e "$join_output" ] || [ -f "$join_output" ] ||
		die "--output $join_output: is not a regular file"
	appended_check_theirs "$join_initrd"
	joined_inputs "${join_version:-$(kernel_running)}"
	joined_build "$join_initrd" "$join_output"
	echo "$join_output: $join_initrd, and Lastwords behind it, for Linux $kernel_version"
	echo 'add to the command line of the capture kernel:'
	echo "  $joined_words"
}

# ---- the distribution's service

join_service() {
	if kdump_tools_there; then
		echo kdump_tools
	elif kdump_conf_there; then
		echo kdump_conf
	else
		die "no kdump service that is known: neither kdump-tools nor /etc/kdump.conf is there" \
			"for another one see --initrd in lastwordsctl(8)"
	fi
}

# For the hook of a new kernel.
join_follow() {
	kdump_tools_joined || exit 0
	kdump_tools_follow "${join_version:-$(kernel_running)}"
	kdump_tools_tidy
}

command_join() {
	join_initrd='' join_output='' join_version='' following=''
	while [ $# -gt 0 ]; do
		case $1 in
		--initrd=*) join_initrd=${1#*=} ;;
		--output=*) join_output=${1#*=} ;;
		--initrd | --output)
			[ $# -ge 2 ] || usage_error "join $1: needs a value"
			case $1 in
			--initrd) join_initrd=$2 ;;
			--output) join_output=$2 ;;
			esac
			shift
			;;
		--follow) following=yes ;;
		-*) usage_error "join $1: no such option" ;;
		*) join_version=$1 ;;
		esac
		shift
	done
	if [ -n "$join_initrd$join_output" ]; then
		[ -n "$join_initrd" ] || usage_error 'join --output: needs --initrd FILE, too'
		join_file
		return 0
	fi
	[ -n "$root" ] || need_root
	lock
	if [ -n "$following" ]; then
		join_follow
		return 0
	fi
	[ -z "$join_version" ] ||
		usage_error "join $join_version: a version goes with --initrd or --follow"
	service=$(join_service)
	"${service}_join"
}

command_leave() {
	no_options "$@"
	[ -n "$root" ] || need_root
	lock
	with=$(joined) || {
		echo 'not joined with any kdump service'
		return 0
	}
	case $with in
	kdump-tools) kdump_tools_leave ;;
	kdump) kdump_conf_leave ;;
	esac
}
