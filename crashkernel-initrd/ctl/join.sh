# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# join - before the full dump of the distribution's kdump service

# Prints the name of the service that loads us before its own dump; fails if none does. check, arm
# and status then leave the image to it.
joined() {
	return 1
}

command_join() {
	die 'join is not there yet'
}

command_leave() {
	die 'leave is not there yet'
}
