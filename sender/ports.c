/* SPDX-License-Identifier: GPL-2.0-only */
/* ports - the Ethernet ports of this machine, as the kernel tells of them by rtnetlink */
#include "sender/ports.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sender/link.h"
#include "sender/say.h"

/*
 * IFF_LOWER_UP, which musl's <net/if.h> lacks: the driver sees carrier. IFF_RUNNING says the same,
 * but up to a second later (linkwatch).
 */
#define LOWER_UP (1u << 16)

#define SEQUENCE_ALL 1
#define SEQUENCE_ONE 2

/* A dump comes in pieces of up to 32 KiB (NLMSG_GOODSIZE and what the reader's buffer allows). */
static char messages[32768] __attribute__((aligned(NLMSG_ALIGNTO)));

static int ports_ask(struct ports *ports)
{
	int error = link_ask(ports->netlink, LINK_ALL, SEQUENCE_ALL);

	ports->stale = false;
	ports->asking = !error;
	ports->generation++;
	return error;
}

int ports_open(struct ports *ports, const char *list)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};

	memset(ports, 0, sizeof(*ports));
	ports->list = list;
	ports->control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ports->control < 0) /* a kernel without IPv4 */
		ports->control = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	ports->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (ports->netlink < 0 ||
	    bind(ports->netlink, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return ports_ask(ports);
}

static void driver_read(const struct ports *ports, struct port *port)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
	struct ifreq request = {.ifr_data = (void *)&info};

	memcpy(request.ifr_name, port->name, sizeof(request.ifr_name));
	if (ioctl(ports->control, SIOCETHTOOL, &request) == 0)
		memcpy(port->driver, info.driver, sizeof(port->driver) - 1);
}

/* The slot of a port, or a free one for it; NULL when there are too many ports. */
static struct port *port_slot(struct ports *ports, int index)
{
	struct port *port, *unused = NULL;

	for (unsigned i = 0; i < ports->count; i++) {
		port = &ports->port[i];
		if (port->index == index)
			return port;
		if (!port->index && !unused)
			unused = port;
	}
	if (!unused && ports->count < PORTS_MAX)
		unused = &ports->port[ports->count++];
	if (unused)
		*unused = (struct port){.index = index, .socket = -1};
	else if (!ports->full)
		say("more than %d ports: the others are not used", PORTS_MAX);
	ports->full = !unused;
	return unused;
}

static void port_forget(struct port *port)
{
	if (port->rank != PORT_UNNAMED && port->name[0])
		say("%s: gone", port->name);
	if (port->socket >= 0)
		close(port->socket);
	*port = (struct port){.socket = -1};
}

/* Ports that are gone, if the message that said so was missed. */
static void ports_sweep(struct ports *ports)
{
	for (unsigned i = 0; i < ports->count; i++)
		if (ports->port[i].index && ports->port[i].generation != ports->generation)
			port_forget(&ports->port[i]);
}

/* One level of attributes: type to the place of its data in a table, NULL where there is none. */
static void attributes_read(struct rtattr *attribute, int left, struct rtattr **table,
                            unsigned count)
{
	memset(table, 0, sizeof(*table) * count);
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
		if ((attribute->rta_type & NLA_TYPE_MASK) < count)
			table[attribute->rta_type & NLA_TYPE_MASK] = attribute;
}

/* Copies an attribute's value if it has n bytes at least. */
static bool value_copy(struct rtattr *attribute, void *to, size_t n)
{
	if (!attribute || RTA_PAYLOAD(attribute) < n)
		return false;
	memcpy(to, RTA_DATA(attribute), n);
	return true;
}

static bool kind_among(struct rtattr *info, const char *const *kinds)
{
	struct rtattr *table[IFLA_INFO_KIND + 1];

	if (!info)
		return false;
	attributes_read(RTA_DATA(info), (int)RTA_PAYLOAD(info), table, IFLA_INFO_KIND + 1);
	for (; table[IFLA_INFO_KIND] && *kinds; kinds++)
		if (strncmp(RTA_DATA(table[IFLA_INFO_KIND]), *kinds,
		            RTA_PAYLOAD(table[IFLA_INFO_KIND])) == 0)
			return true;
	return false;
}

/*
 * What leaves through a port that stands on others leaves through those too. IFLA_LINK names the
 * lower port, or the peer of a veth; the ports of a switch chip have it too, and are real.
 */
static bool is_upper(struct rtattr *const *table)
{
	static const char *const masters[] = {"bond", "team", "bridge", NULL};
	static const char *const real[] = {"veth", "dsa", NULL};

	return kind_among(table[IFLA_LINKINFO], masters) ||
	       (table[IFLA_LINK] && !kind_among(table[IFLA_LINKINFO], real));
}

static void carrier_take(struct port *port, bool carrier, struct rtattr *const *table)
{
	uint32_t ups =
		0; /* since 4.16: tells of a carrier that went and came between two messages */

	value_copy(table[IFLA_CARRIER_UP_COUNT], &ups, sizeof(ups));
	port->rises += carrier && (!port->carrier || ups != port->carrier_ups);
	port->carrier_ups = ups;
	port->carrier = carrier;
}

static void port_take(struct ports *ports, struct port *port, const struct ifinfomsg *link,
                      struct rtattr *const *table)
{
	bool fresh = !port->name[0];
	struct rtattr *name = table[IFLA_IFNAME];
	struct rtnl_link_stats64 stats;
	uint32_t master = 0;

	if (name && RTA_PAYLOAD(name) <= sizeof(port->name))
		memcpy(port->name, RTA_DATA(name), RTA_PAYLOAD(name));
	value_copy(table[IFLA_ADDRESS], port->mac, sizeof(port->mac));
	memcpy(port->source_mac, port->mac, sizeof(port->mac));
	/* The members of a bond share its address: a switch would learn it from the wrong one. */
	if (value_copy(table[IFLA_MASTER], &master, sizeof(master)) && master) /* since 5.6 */
		value_copy(table[IFLA_PERM_ADDRESS], port->source_mac, sizeof(port->source_mac));
	value_copy(table[IFLA_MTU], &port->mtu, sizeof(port->mtu));
	if (value_copy(table[IFLA_STATS64], &stats, offsetof(struct rtnl_link_stats64, rx_bytes)))
		port->tx_packets = stats.tx_packets;
	/* Lowered, and not by port_lower(): whoever does that raises it again, and keeps it. */
	if (port->up && !(link->ifi_flags & IFF_UP) && !port->raiser)
		port->raised = false;
	port->up = link->ifi_flags & IFF_UP;
	carrier_take(port, link->ifi_flags & LOWER_UP, table);
	port->upper = is_upper(table);
	port->generation = ports->generation;
	if (fresh && strcmp(ports->list, "all") != 0)
		driver_read(ports, port);
	/* A port that was named stays so, whatever it is called later. */
	if (fresh || port->rank == PORT_UNNAMED)
		port->rank = port_rank(port, ports->list);
}

static void link_take(struct ports *ports, struct nlmsghdr *header)
{
	struct ifinfomsg *link = NLMSG_DATA(header);
	struct rtattr *table[IFLA_PERM_ADDRESS + 1];
	struct port *port;

	/* AF_BRIDGE tells of a port's membership in a bridge, also by RTM_DELLINK. */
	if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*link)) || link->ifi_family != AF_UNSPEC ||
	    link->ifi_type != ARPHRD_ETHER || link->ifi_flags & IFF_LOOPBACK)
		return;
	port = port_slot(ports, link->ifi_index);
	if (!port)
		return;
	if (header->nlmsg_type == RTM_DELLINK) {
		port_forget(port);
		return;
	}
	attributes_read(IFLA_RTA(link), (int)IFLA_PAYLOAD(header), table, IFLA_PERM_ADDRESS + 1);
	port_take(ports, port, link, table);
}

/* The end of what the kernel tells of all ports, or its refusal. */
static void dump_end(struct ports *ports, const struct nlmsghdr *header)
{
	if (header->nlmsg_seq != SEQUENCE_ALL)
		return;
	ports->asking = false;
	ports->stale |= header->nlmsg_type == NLMSG_ERROR;
	if (!ports->stale)
		ports_sweep(ports);
}

static void message_take(struct ports *ports, struct nlmsghdr *header)
{
	if (header->nlmsg_flags & NLM_F_DUMP_INTR) /* since 3.1: changed while it was told */
		ports->stale = true;
	if (header->nlmsg_type == RTM_NEWLINK || header->nlmsg_type == RTM_DELLINK)
		link_take(ports, header);
	if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR)
		dump_end(ports, header);
}

void ports_update(struct ports *ports)
{
	ssize_t n;

	if (ports->stale && !ports->asking)
		ports_ask(ports);
	while ((n = recv(ports->netlink, messages, sizeof(messages), 0)) != 0) {
		struct nlmsghdr *header = (struct nlmsghdr *)messages;
		unsigned left = n > 0 ? (unsigned)n : 0;

		if (n < 0 && errno == ENOBUFS) /* the kernel had more to tell than fits */
			ports->stale = true;
		else if (n < 0 && errno != EINTR)
			return;
		for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left))
			message_take(ports, header);
	}
}

void ports_count(struct ports *ports, const struct port *port)
{
	if (link_ask(ports->netlink, port->index, SEQUENCE_ONE) == 0)
		ports_update(ports);
}
