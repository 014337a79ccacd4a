/* SPDX-License-Identifier: GPL-2.0-only */
/* interfaces - the Ethernet ports of this machine, for who would not name them */
#ifndef INTERFACES_H
#define INTERFACES_H

#include <net/if.h>

/*
 * Fills names, max at most, with the Ethernet interfaces that have a device behind them: what
 * stands on them (bridge, bond, VLAN) hears nothing that they do not. Where there is none, as in a
 * container, with all Ethernet interfaces. Returns their number, or -1 with errno.
 */
int interfaces_find(char names[][IF_NAMESIZE], int max);

#endif
