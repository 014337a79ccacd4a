# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# arm - arm, rearm, disarm and status

command_arm() {
	die 'arm is not there yet'
}

command_rearm() {
	die 'rearm is not there yet'
}

command_disarm() {
	die 'disarm is not there yet'
}

command_status() {
	die 'status is not there yet'
}
