/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * naming - leaves each port to udev for the moment in which it is named
 *
 * Before Linux 6.2 a port that is up cannot be renamed (bd039b5ea2a9), and a dump that is
 * configured by the name finds no port then. When udev begins, ports that were raised here are
 * lowered until it has seen them, at most a second, or 5 while it is busy. Where it came while one
 * was up, and the port has the kernel's name still, the port is lowered and udev is told of it once
 * more.
 */
#ifndef NAMING_H
#define NAMING_H

#include <stdint.h>

struct broadcast;

/* Opens what naming_step() looks at: it goes on when /run and /sys move to another root. */
void naming_open(void);

/*
 * Lowers the ports that must be, and says of each whether it may be raised. Returns in how many
 * microseconds to call it again.
 */
uint64_t naming_step(struct broadcast *broadcast, uint64_t now);

#endif
