/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * link - requests about one port to the kernel, by rtnetlink
 *
 * By number and not by name: a port may be renamed at any time. The kernel answers such requests
 * one at a time (rtnl_mutex): one that waits for a driver holds up all others.
 */
#ifndef LINK_H
#define LINK_H

#include <stdbool.h>
#include <stdint.h>

#define LINK_ALL 0

/*
 * Asks for what the kernel knows of a port, or of all: its answers come to netlink as RTM_NEWLINK
 * messages, for LINK_ALL with NLMSG_DONE at the end. Returns 0 or -errno.
 */
int link_ask(int netlink, int index, uint32_t sequence);

/* Raises or lowers a port, and waits until that is done. Returns 0 or -errno. */
int link_set(int index, bool up);

#endif
