/* SPDX-License-Identifier: GPL-2.0-only */
/* port - one Ethernet port: what it is, whether a list names it, and sending through it */
#ifndef PORT_H
#define PORT_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PORT_MAC            "%02x:%02x:%02x:%02x:%02x:%02x"
#define PORT_MAC_BYTES(mac) (mac)[0], (mac)[1], (mac)[2], (mac)[3], (mac)[4], (mac)[5]

#define PORT_DRIVER_MAX 32
#define PORT_UNNAMED    (-1)
#define PORT_REST       1000 /* the rank of a port that is meant by "all" alone */

struct port {
	int index;       /* the kernel's number of the interface; 0 = slot not in use */
	unsigned serial; /* ours: an index may come again */
	char name[IF_NAMESIZE];
	char driver[PORT_DRIVER_MAX];
	uint8_t mac[6];
	uint8_t source_mac[6]; /* the card's own address if the port is a part of another, else mac
	                        */
	uint32_t mtu;          /* 0 = unknown */
	bool up, carrier;
	bool upper;           /* stands on other ports: a bond, a bridge, a VLAN, … */
	unsigned rises;       /* how often carrier came */
	uint32_t carrier_ups; /* the kernel's own count of that */
	uint64_t tx_packets;  /* its counter, when it was last told */
	int rank;             /* see port_rank() */
	unsigned generation;  /* of the question after which the kernel told of it */
	bool raised;          /* by us: to be lowered again */
	bool resetting;       /* raised once more, after it was lowered */
	bool held;            /* not to be raised now */
	pid_t raiser;         /* the child that raises it; 0 = none */
	int socket;           /* bound to the port; -1 = not open */
};

/* Whether this process may send at all. Returns 0 or -errno: -EPERM without CAP_NET_RAW. */
int port_permitted(void);

/*
 * The place in a list of the first entry that names the port: 0 is tried first. An entry is a name,
 * a MAC address or a driver. "all" means every port that does not stand on others, after those
 * named. PORT_UNNAMED if the list does not name it.
 */
int port_rank(const struct port *port, const char *list);

/*
 * Begins to raise a port, in a child process: a driver can take long, or hang. One that was raised
 * already is lowered first.
 */
void port_raise_begin(struct port *port);

/* Returns -EAGAIN while that goes on, then 0 or -errno once. */
int port_raise_end(struct port *port);

/* Lowers a port that was raised here. */
void port_lower(struct port *port);

/* Sends one Ethernet frame of n bytes. Returns 0 or -errno. */
int port_send(struct port *port, const uint8_t *frame, size_t n);

#endif
