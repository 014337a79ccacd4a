# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # _init_completion sets and reads these
# lastwords-reports - its completion in bash

_lastwords_reports() {
	local cur prev words cword split
	_init_completion -s || return
	case $prev in
	-d | --dir) _filedir -d ;;
	show) _filedir ;;
	-H | --host) _known_hosts_real -- "$cur" ;;
	-k | --kind | -s | --signature | -t | --since | -n | --last) ;;
	*)
		mapfile -t COMPREPLY < <(compgen -W 'list groups follow show --dir --json --host --kind
			--signature --since --last --help --version' -- "$cur")
		;;
	esac
} && complete -F _lastwords_reports lastwords-reports
