/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ports - the Ethernet ports of this machine, as the kernel tells of them by rtnetlink
 *
 * Ports appear, gain and lose carrier, and go, while the network drivers start: ports_update()
 * takes in what happened since the last call.
 */
#ifndef PORTS_H
#define PORTS_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PORTS_MAX 256

#define PORT_MAC            "%02x:%02x:%02x:%02x:%02x:%02x"
#define PORT_MAC_BYTES(mac) (mac)[0], (mac)[1], (mac)[2], (mac)[3], (mac)[4], (mac)[5]

struct port {
	int index; /* the kernel's number of the interface; 0 = slot not in use */
	char name[IF_NAMESIZE];
	uint8_t mac[6];
	bool up, carrier;
	bool raised;  /* by us: to be lowered again */
	pid_t raiser; /* the child that raises it; 0 = none */
	int socket;   /* bound to the port; -1 = not open */
};

struct ports {
	int netlink, control;
	unsigned count; /* slots in use, gone ports among them */
	struct port port[PORTS_MAX];
};

/* Begins to listen and asks for all ports. Returns 0 or -errno. Poll ports->netlink for more. */
int ports_open(struct ports *ports);

/* Takes in what the kernel has told by now, without waiting. */
void ports_update(struct ports *ports);

/* Whether this process may send at all. Returns 0 or -errno: -EPERM without CAP_NET_RAW. */
int ports_permitted(void);

/* True if a list of names and MACs with commas, or "all", names the port. */
bool port_named(const struct port *port, const char *list);

/* Begins to raise a port, in a child process. */
void port_raise_begin(const struct ports *ports, struct port *port);

/* Returns -EAGAIN while that goes on, then 0 or -errno once. */
int port_raise_end(struct port *port);

/* Lowers a port that was raised here. */
void port_lower(const struct ports *ports, struct port *port);

/* Sends one Ethernet frame of n bytes. Returns 0 or -errno. */
int port_send(struct port *port, const uint8_t *frame, size_t n);

#endif
