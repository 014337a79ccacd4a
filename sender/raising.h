/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * raising - brings the ports up, one by one, in the order to try
 *
 * Ports that if= names come first, in its order; those that only its "all" means follow when each
 * of the former that is there has sent a round, at the latest 2 s after it appeared: with some
 * drivers each port that is up takes gigabytes, and memory may end.
 */
#ifndef RAISING_H
#define RAISING_H

#include <stdbool.h>
#include <stdint.h>

struct broadcast;

/* Raises the next port, if its turn has come. */
void raising_step(struct broadcast *broadcast, uint64_t now);

/* Whether a port is being raised; the kernel does not change any other meanwhile. */
bool raising_under_way(const struct broadcast *broadcast);

#endif
