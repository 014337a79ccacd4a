#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# mount - hook: a root file system whose init is next-init

if ! ismounted "$NEWROOT"; then
	mount -t tmpfs tmpfs "$NEWROOT"
	mkdir "$NEWROOT/proc" "$NEWROOT/sys" "$NEWROOT/dev" "$NEWROOT/run" "$NEWROOT/bin" \
		"$NEWROOT/sbin" "$NEWROOT/etc" "$NEWROOT/usr"
	cp /standin/busybox "$NEWROOT/bin/busybox"
	cp /standin/next-init "$NEWROOT/sbin/init"
	/standin/busybox chmod +x "$NEWROOT/sbin/init"
	echo 'ID=standin' >"$NEWROOT/etc/os-release"
fi
