# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # _init_completion sets and reads these
# lastwords-hook - its completion in bash

_lastwords_hook() {
	local cur prev words cword split
	_init_completion -s || return
	case $prev in
	-d | --dir) _filedir -d ;;
	-e | --exec) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
	-s | --state) _filedir ;;
	-t | --timeout | -w | --settle | -q | --quiet | -r | --rate) ;;
	*)
		mapfile -t COMPREPLY < <(compgen -W '--dir --exec --journal --syslog --timeout --settle
			--quiet --rate --state --help --version' -- "$cur")
		;;
	esac
} && complete -F _lastwords_hook lastwords-hook
