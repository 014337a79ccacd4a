/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * watchdog - the hardware watchdog: it restarts the machine when this kernel hangs as a whole
 *
 * The crashed kernel may have left it running. It is opened when its driver has made the device,
 * and never stopped: if the restart hangs too, nobody feeds it any more.
 */
#ifndef WATCHDOG_H
#define WATCHDOG_H

/* Feeds it, if there is one. Call it every second. */
void watchdog_feed(void);

#endif
