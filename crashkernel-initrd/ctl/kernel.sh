# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# kernel - the capture kernel: its version, image, configuration and modules
