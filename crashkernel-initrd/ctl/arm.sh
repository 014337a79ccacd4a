# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# arm - arm, rearm, disarm and status
#
#   /run/lastwords/wanted   there from the first arm to disarm: whether rearm has anything to do
#   /run/lastwords/lock     one at a time

need_root() {
	[ -n "$root" ] || [ "$(id -u)" = 0 ] ||
		die "$command: only root can do that" "sudo $program $command"
}

this_machine() {
	[ -z "$root" ] || usage_error "$command is for this machine alone: it goes without --root"
}

lock() {
	mkdir -p "$run"
	exec 9>"$run/lock"
	! have flock || flock 9
}

since_words() {
	date -d "@$1" '+%Y-%m-%d %H:%M:%S' 2>/dev/null || printf '%s\n' "$1"
}

arm_report() {
	echo "armed: Linux $kernel_version, by $load_method, $(mib "$(memory_reserved)") reserved"
	while read -r port; do
		link=carrier
		port_carrier "$port" || link='no carrier'
		echo "  $port, $(port_mac "$port"), $link"
	done <"$work/ports"
	clear_text
}

# Says what is in the way and ends. $1 a pattern of what is not
arm_refuse() {
	failures | grep -v "^FAIL$tab$1$tab" >"$work/failures" || return 0
	results_print <"$work/failures" >&2
	[ "$(image_owner)" != us ] || die 'not armed, nothing was changed; what was armed stays so'
	die 'not armed, nothing was changed'
}

# Loads what was there before. The state still tells what that is, if it was ours.
arm_restore() {
	case $1 in
	nobody) echo 'nothing is loaded, as before' ;;
	us)
		if image_load "$(state_get image)" "$(state_get initrd)" "$(state_get cmdline)"; then
			echo 'the image that was armed before is loaded again'
		else
			rm -f "$run/armed"
			echo 'NOTHING IS ARMED: the image that was armed before could not be loaded again'
		fi
		;;
	somebody) echo 'NOTHING IS ARMED: nobody knows how the image was loaded that was there before' ;;
	*)
		if service_load "$1" >/dev/null 2>&1; then
			echo "the image of $1 is loaded again"
		else
			echo "NOTHING IS ARMED: $1 could not load its image again"
		fi
		;;
	esac
}

arm_load() {
	before=$1
	image_store
	load_image=$cache/kernel-$image_sum
	load_initrd=$cache/initrd-$image_key.img
	load_cmdline=$image_cmdline
	if image_load "$load_image" "$load_initrd" "$load_cmdline"; then
		state_write
		image_tidy
		return 0
	fi
	cat "$work/kexec" >&2
	die "$kernel_image could not be loaded; $(arm_restore "$before")"
}

# Checks everything, then loads, if what is armed does not fit. Sets arm_loaded. $1 yes: also over
# the image of another service.
arm_now() {
	arm_loaded=''
	if with=$(joined); then
		joined_arm
		return 0
	fi
	check_all
	if [ -n "$1" ]; then
		arm_refuse service
	else
		arm_refuse '-'
	fi
	owner=$(image_owner)
	if [ "$owner" = us ] && [ -z "$(state_stale)" ]; then
		return 0
	fi
	[ -z "$root" ] || {
		echo 'nothing is in the way. It is not this machine, so nothing is loaded of:'
		echo "kernel  $kernel_image"
		echo "initrd  $cache/initrd-$image_key.img"
		echo "cmdline $image_cmdline"
		return 0
	}
	arm_load "$owner"
	arm_loaded=yes
	arm_report
}

command_arm() {
	replace=''
	while [ $# -gt 0 ]; do
		case $1 in
		--replace) replace=yes ;;
		*) usage_error "arm $1: no such option" ;;
		esac
		shift
	done
	need_root
	[ -n "$root" ] || {
		lock
		: >"$run/wanted"
	}
	arm_now "$replace"
	[ -z "$arm_loaded" ] || return 0
	if with=$(joined); then
		echo "joined with $with, which loads us: nothing to do$(
			[ -n "$root" ] || image_loaded || echo ' until it starts; nothing is loaded now'
		)"
	elif [ -z "$root" ]; then
		echo "armed already, since $(since_words "$(state_get since)"), and nothing changed"
	fi
}

# Once more after loading, for what changed meanwhile: it finds nothing to do, as a rule.
command_rearm() {
	no_options "$@"
	this_machine
	need_root
	[ -e "$run/wanted" ] || exit 0
	lock
	for attempt in 1 2 3; do
		arm_now ''
		[ -n "$arm_loaded" ] || break
	done
}

command_disarm() {
	no_options "$@"
	this_machine
	need_root
	lock
	rm -f "$run/wanted"
	owner=$(image_owner)
	case $owner in
	nobody) echo 'nothing is loaded' ;;
	us)
		image_unload || die "the image could not be unloaded: $(cat "$work/kexec")"
		echo 'disarmed'
		;;
	"$(joined)") echo "the image is left to $owner; to send nothing before its dump: $program leave" ;;
	*) die "the image that is loaded is not ours but that of $owner" 'to unload it: kexec -p -u' ;;
	esac
	rm -f "$run/armed"
}

# ---- status

# Whether all that something is armed from can be seen: a kernel image and the memory's addresses
# may be for root alone.
status_seen() {
	[ "$(id -u)" = 0 ]
}

# Prints why what is armed does not fit any more, from a look at the machine as it is.
status_stale() {
	config_read || {
		sed 's/^/the configuration has an error: /' "$work/config.errors"
		return 0
	}
	kernel_find
	ports_choose
	image_inputs || {
		sed 's/^/an initrd cannot be built: /' "$work/image.errors"
		return 0
	}
	state_stale
}

status_json() {
	armed=false
	[ "$owner" != us ] || armed=true
	stale=false
	[ ! -s "$work/stale" ] || stale=true
	status_seen || stale=null
	with=$(joined) || with=''
	printf '{"armed": %s, "loaded_by": %s, "joined": %s, "stale": %s, "why": %s, ' "$armed" \
		"$(json_string "$owner")" "$(json_string "$with")" "$stale" "$(json_list <"$work/stale")"
	since=$(state_get since)
	initrd_bytes=$(state_get initrd_bytes)
	printf '"since": %s, "kernel": %s, "method": %s, "initrd": %s, "initrd_bytes": %s, ' \
		"${since:-null}" "$(json_string "$(state_get kernel)")" \
		"$(json_string "$(state_get method)")" "$(json_string "$(state_get initrd)")" \
		"${initrd_bytes:-null}"
	printf '"ports": %s, "cmdline": %s, "reserved_bytes": %s}\n' \
		"$(state_get port_names | tr ' ' '\n' | sed '/^$/d' | json_list)" \
		"$(json_string "$(state_get cmdline)")" "$(memory_reserved)"
}

status_print() {
	with=$(joined) || with=''
	[ -z "$with" ] || echo "joined with $with"
	case $owner in
	nobody)
		echo 'not armed'
		[ -n "$with" ] || echo "  do: $program check, which says what is in the way; then $program arm"
		return 0
		;;
	us) echo "armed since $(since_words "$(state_get since)")" ;;
	*)
		echo "not armed by us: the image is that of $owner"
		return 0
		;;
	esac
	echo "  kernel  $(state_get kernel), by $(state_get method)"
	echo "  initrd  $(state_get initrd), $(($(state_get initrd_bytes) / 1024)) KiB"
	echo "  memory  $(mib "$(memory_reserved)") reserved"
	echo "  ports   $(state_get port_names) ($(state_get ports))"
	status_seen || echo "  only root sees whether it is stale: sudo $program status"
	sed 's/^/  stale: /' "$work/stale"
	[ ! -s "$work/stale" ] || echo "  do: $program arm"
}

command_status() {
	json_option "$@"
	owner=$(image_owner)
	: >"$work/stale"
	[ "$owner" != us ] || ! status_seen || status_stale >"$work/stale"
	if [ -n "$json" ]; then
		status_json
	else
		status_print
	fi
	{ [ "$owner" = us ] || joined >/dev/null; } && [ ! -s "$work/stale" ]
}
