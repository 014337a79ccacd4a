# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# estimate - the memory that a capture kernel needs here, and how to reserve it

command_estimate() {
	die 'estimate is not there yet'
}
