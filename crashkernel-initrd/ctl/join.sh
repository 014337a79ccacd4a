# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# join - before the full dump of the distribution's kdump service

# Prints the name of the service that loads us before its own dump; fails if none does. The image is
# left to it then.
joined() {
	return 1
}

# Brings what that service loads up to date, after check_all; arm calls it in place of loading. Sets
# arm_loaded to yes if something was loaded.
joined_arm() {
	:
}

command_join() {
	die 'join is not there yet'
}

command_leave() {
	die 'leave is not there yet'
}
