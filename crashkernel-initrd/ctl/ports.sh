# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154 # rooms share variables
# ports - network ports: which are meant, their addresses and networks
