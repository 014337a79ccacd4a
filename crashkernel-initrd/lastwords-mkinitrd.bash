# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # _init_completion sets and reads these
# lastwords-mkinitrd - its completion in bash

_lastwords_mkinitrd() {
	local cur prev words cword split
	_init_completion -s || return
	case $prev in
	-o | --output | --config | --init) _filedir ;;
	--tree | --root | --modules-dir | --sysfs) _filedir -d ;;
	-i | --if) mapfile -t COMPREPLY < <(compgen -W "$(ls /sys/class/net)" -- "$cur") ;;
	-d | --driver) ;;
	--compress) mapfile -t COMPREPLY < <(compgen -W 'auto xz zstd gzip lz4 none' -- "$cur") ;;
	*)
		if [[ $cur == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W '--output --tree --list --if --driver
				--root --modules-dir --config --init --compress --append --firmware
				--no-firmware --sysfs --quiet --help --version' -- "$cur")
		else
			mapfile -t COMPREPLY < <(compgen -W "$(ls /lib/modules)" -- "$cur")
		fi
		;;
	esac
} && complete -F _lastwords_mkinitrd lastwords-mkinitrd
