# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # _init_completion sets and reads these
# lastwords-watch - its completion in bash

_lastwords_watch() {
	local cur prev words cword split
	_init_completion -s || return
	case $prev in
	--dir | --state) _filedir -d ;;
	--every) ;;
	*)
		if [[ $cur == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W '--once --every --dir --state --help --version' -- "$cur")
		else
			_filedir
		fi
		;;
	esac
} && complete -F _lastwords_watch lastwords-watch
