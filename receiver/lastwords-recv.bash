# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # _init_completion sets and reads these
# lastwords-recv - its completion in bash

_lastwords_recv() {
	local cur prev words cword split
	_init_completion -s || return
	case $prev in
	-i | --interface) mapfile -t COMPREPLY < <(compgen -W "all $(ls /sys/class/net)" -- "$cur") ;;
	-r | --read | --metrics) _filedir ;;
	-d | --dir) _filedir -d ;;
	--user) mapfile -t COMPREPLY < <(compgen -u -- "$cur") ;;
	--memory | --reports | --spill | --partials | --dir-size | --dir-age | --messages | --ring) ;;
	*)
		mapfile -t COMPREPLY < <(compgen -W '--interface --read --json --dir --wait --user
			--metrics --memory --reports --spill --partials --dir-size --dir-age
			--messages --ring --help --version' -- "$cur")
		;;
	esac
} && complete -F _lastwords_recv lastwords-recv
