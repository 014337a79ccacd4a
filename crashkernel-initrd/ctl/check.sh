# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# check - what stands in the way of arming

command_check() {
	die 'check is not there yet'
}
