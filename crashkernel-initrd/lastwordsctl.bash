# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # _init_completion sets and reads these
# lastwordsctl - its completion in bash

_lastwordsctl() {
	local cur prev words cword split word command='' choices
	_init_completion -s || return
	for word in "${words[@]:1:cword-1}"; do
		case $word in
		check | estimate | arm | rearm | disarm | status | test | crash | join | leave | tree)
			command=$word
			break
			;;
		esac
	done
	case $prev,$command in
	--root,) _filedir -d && return ;;
	--yes,crash) choices=$HOSTNAME ;;
	--initrd,join | --output,join) _filedir && return ;;
	--modules-dir,tree) _filedir -d && return ;;
	*,tree) [[ $cur == -* ]] || { _filedir -d && return; } ;;&
	*,tree) choices='--modules-dir' ;;
	*,join) choices='--follow --initrd --output' ;;
	*,check | *,estimate | *,status) choices='--json' ;;
	*,arm) choices='--replace' ;;
	*,crash) choices='--yes' ;;
	*,)
		choices='check estimate arm rearm disarm status test crash join leave tree
			--root --help --version'
		;;
	*) choices='' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")
} && complete -F _lastwordsctl lastwordsctl
