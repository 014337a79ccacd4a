# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # _init_completion sets and reads these
# lastwords-web - its completion in bash

_lastwords_web() {
	local cur prev words cword split
	_init_completion -s || return
	case $prev in
	-d | --dir) _filedir -d ;;
	--metrics) _filedir ;;
	--user) mapfile -t COMPREPLY < <(compgen -u -- "$cur") ;;
	--http | --name) ;;
	*)
		mapfile -t COMPREPLY < <(compgen -W '--http --dir --name --metrics --user --help
			--version' -- "$cur")
		;;
	esac
} && complete -F _lastwords_web lastwords-web
