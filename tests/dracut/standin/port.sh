#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# port - hook: dracut goes on when the port with the configured name is there

port=$(getarg standin.port=)
[ -z "$port" ] || [ -e "/sys/class/net/$port" ]
