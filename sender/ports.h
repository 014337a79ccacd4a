/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ports - the Ethernet ports of this machine, as the kernel tells of them by rtnetlink
 *
 * Ports appear, gain and lose carrier, and go, while the network drivers start: ports_update()
 * takes in what happened since the last call. If the kernel had more to tell than its buffer
 * holds, everything is asked for anew.
 */
#ifndef PORTS_H
#define PORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/port.h"

#define PORTS_MAX 256

struct ports {
	const char *list; /* names, MAC addresses and drivers with commas, and "all" */
	int netlink, control;
	bool asking;         /* the kernel is telling of all ports */
	bool stale;          /* something was missed: ports_update() asks again */
	bool full;           /* there are more than PORTS_MAX */
	unsigned generation; /* of the question for all ports */
	unsigned count;      /* slots in use, gone ports among them */
	struct port port[PORTS_MAX];
};

/*
 * Begins to listen and asks for all ports. list stays the caller's. Returns 0 or -errno. Poll
 * ports->netlink for more.
 */
int ports_open(struct ports *ports, const char *list);

/* Takes in what the kernel has told by now, without waiting. Call it also while ports->stale. */
void ports_update(struct ports *ports);

/* Brings a port's tx_packets up to date. */
void ports_count(struct ports *ports, const struct port *port);

#endif
