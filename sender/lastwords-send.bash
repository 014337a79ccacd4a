# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # _init_completion sets and reads these
# lastwords-send - its completion in bash

_lastwords_send() {
	local cur prev words cword split
	_init_completion -s || return
	case $prev in
	--core | --write) _filedir ;;
	--if) mapfile -t COMPREPLY < <(compgen -W "all $(ls /sys/class/net)" -- "$cur") ;;
	--time) mapfile -t COMPREPLY < <(compgen -W 'on off' -- "$cur") ;;
	--tail) mapfile -t COMPREPLY < <(compgen -W '4K 16K 64K 256K 1M all' -- "$cur") ;;
	--vlan) mapfile -t COMPREPLY < <(compgen -W 'none only:' -- "$cur") ;;
	--source-ip) mapfile -t COMPREPLY < <(compgen -W '2.2.2.2' -- "$cur") ;;
	--check | --repeat | --rate | --payload | --source-mac) ;;
	*)
		mapfile -t COMPREPLY < <(compgen -W '--core --drill --print --caller --time --json
			--write --if --check --tail --repeat --rate --payload --vlan --source-mac
			--source-ip --help --version' -- "$cur")
		;;
	esac
} && complete -F _lastwords_send lastwords-send
