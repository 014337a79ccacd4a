# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# drill - test and crash: whether a receiver hears this machine

command_test() {
	die 'test is not there yet'
}

command_crash() {
	die 'crash is not there yet'
}
