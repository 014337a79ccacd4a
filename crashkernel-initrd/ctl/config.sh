# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# config - /etc/lastwords.conf: NAME=value lines, never executed
#
# A value may stand between double quotes; # begins a comment where a line begins. What is wrong
# is written to $work/config.errors, a sentence a line. Settings of the sender are judged by the
# sender's own table. A setting's value is in conf_NAME, empty if it is not set.

# What goes on as lastwords.NAME= words, and what is for arming alone.
config_sender='IF TAIL REPEAT RATE PAYLOAD VLAN SOURCE_MAC SOURCE_IP DEADLINE THEN'
config_arming='KERNEL CMDLINE DRIVERS FIRMWARE'

config_wrong() {
	printf '%s\n' "$1" | tr '\t' ' ' >>"$work/config.errors"
}

config_known() {
	case $1 in
	*[!A-Z_]*) return 1 ;;
	esac
	case " $config_sender $config_arming " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# Prints the name that the sender has for a setting.
config_word() {
	printf '%s\n' "$1" | tr 'A-Z_' 'a-z-'
}

# Prints why a value is refused; nothing if it is not. $1 name, $2 value
config_judge() {
	case $1 in
	KERNEL)
		case $2 in
		*[!A-Za-z0-9._+~-]* | [.-]*) echo 'must be a kernel version, as uname -r prints it' ;;
		esac
		;;
	FIRMWARE)
		case $2 in
		yes | no) ;;
		*) echo 'must be yes or no' ;;
		esac
		;;
	DRIVERS)
		case $2 in
		*[!A-Za-z0-9_,-]* | ,* | *,) echo 'must be names of drivers, with commas between' ;;
		esac
		;;
	CMDLINE) ;;
	SOURCE_IP) [ "$2" = armed ] || config_ask "$1" "$2" ;;
	*) config_ask "$1" "$2" ;;
	esac
}

# Asks the sender.
config_ask() {
	said=$("$(product_file lastwords-send)" "--check=$(config_word "$1")=$2" 2>&1) ||
		printf '%s\n' "${said##*: }"
}

# $1 file, $2 line number, $3 line
config_line() {
	name=${3%%=*}
	text=${3#*=}
	where=$1:$2
	case $3 in
	*=*) ;;
	*)
		config_wrong "$where: $3: must be NAME=value, or a comment that begins with #"
		return 0
		;;
	esac
	config_known "$name" || {
		config_wrong "$where: $name: no such setting; there are $config_sender $config_arming"
		return 0
	}
	case $text in
	\"*\") text=${text#\"} text=${text%\"} ;;
	esac
	case $text in
	'' | *[\"\'\`\\\$]*)
		config_wrong "$where: $name=$text: must be a value, without quotes inside, \\, \$ or \`"
		return 0
		;;
	esac
	why=$(config_judge "$name" "$text")
	[ -z "$why" ] || {
		config_wrong "$where: $name=$text: $why"
		return 0
	}
	eval "twice=\$conf_$name"
	# shellcheck disable=SC2154 # set by eval
	[ -z "$twice" ] || config_wrong "$where: $name: is set twice; keep one of the two lines"
	eval "conf_$name=\$text" # the value is not looked into by that
}

# Reads the file; a machine without one has the defaults. Returns 1 if something is wrong in it.
config_read() {
	: >"$work/config.errors"
	for name in $config_sender $config_arming; do
		eval "conf_$name="
	done
	config_file=$etc/lastwords.conf
	[ -e "$config_file" ] || return 0
	if [ ! -f "$config_file" ] || [ ! -r "$config_file" ]; then
		config_wrong "$config_file: cannot be read; it must be a file that root can read"
		return 1
	fi
	number=0
	while IFS= read -r line || [ -n "$line" ]; do
		number=$((number + 1))
		line=$(printf '%s' "$line" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//')
		case $line in
		'' | '#'*) ;;
		*) config_line "$etc/lastwords.conf" "$number" "$line" ;;
		esac
	done <"$config_file"
	[ ! -s "$work/config.errors" ]
}
