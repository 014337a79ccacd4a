# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# tree - what sends beside another init, put into that one's initrd: dracut's

tree_usage() {
	usage_error "tree: $1; usage: tree [--modules-dir DIR] DIR [KERNEL-VERSION]"
}

tree_options() {
	tree_dir='' tree_kernel='' tree_modules=''
	while [ $# -gt 0 ]; do
		case $1 in
		--modules-dir)
			[ $# -ge 2 ] || tree_usage '--modules-dir: needs a value'
			shift
			tree_modules=$1
			;;
		-*) tree_usage "$1: no such option" ;;
		*)
			[ -z "$tree_kernel" ] || tree_usage "$1: one argument too many"
			[ -z "$tree_dir" ] && tree_dir=$1 || tree_kernel=$1
			;;
		esac
		shift
	done
	[ -d "$tree_dir" ] || tree_usage "${tree_dir:-DIR}: no such directory"
}

# The ports as they are called here; in the initrd they go by their addresses.
tree_drivers() {
	chosen=$(paste -sd , "$work/ports")
	set -- --quiet --tree "$tree_dir"
	[ -z "$chosen" ] || set -- "$@" --if "$chosen"
	[ -z "$conf_DRIVERS" ] || set -- "$@" --driver "$conf_DRIVERS"
	[ -n "$chosen$conf_DRIVERS" ] || {
		note 'no network port and no DRIVERS: those that the initrd has in any case must do'
		set -- "$@" --driver af_packet
	}
	set -- "$@" "$(image_firmware_option)"
	[ -z "$root" ] || set -- "$@" --root "$root" --sysfs "$sys"
	[ -z "$tree_modules" ] || set -- "$@" --modules-dir "$tree_modules"
	"$here/lastwords-mkinitrd" "$@" ${tree_kernel:+"$tree_kernel"}
}

# THEN is not among them: what comes after a dump its own service decides.
tree_settings() {
	conf_THEN='' conf_CMDLINE=''
	printf 'lastwords.if=%s %s\n' "$ports_words" "$(image_setting_words)"
}

command_tree() {
	tree_options "$@"
	config_read || {
		cat "$work/config.errors" >&2
		exit 1
	}
	ports_choose
	[ -z "${ports_unknown# all}" ] || note "IF: no such port here:$ports_unknown"
	tree_drivers
	tree_settings >"$tree_dir/lastwords/settings"
}
