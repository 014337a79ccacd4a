/* SPDX-License-Identifier: GPL-2.0-only */
/* ports - the Ethernet ports of this machine, as the kernel tells of them by rtnetlink */
#include "sender/ports.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * IFF_LOWER_UP, which musl's <net/if.h> lacks: the driver sees carrier. IFF_RUNNING says the same,
 * but up to a second later (linkwatch).
 */
#define LOWER_UP (1u << 16)

/* A dump comes in pieces of up to 32 KiB (NLMSG_GOODSIZE and what the reader's buffer allows). */
static char messages[32768] __attribute__((aligned(NLMSG_ALIGNTO)));

static int ports_ask(const struct ports *ports)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg link;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
	                   .nlmsg_type = RTM_GETLINK,
	                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	};

	return send(ports->netlink, &request, sizeof(request), 0) < 0 ? -errno : 0;
}

int ports_open(struct ports *ports)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};

	memset(ports, 0, sizeof(*ports));
	ports->control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ports->control < 0) /* a kernel without IPv4 */
		ports->control = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	ports->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (ports->netlink < 0 ||
	    bind(ports->netlink, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return ports_ask(ports);
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
	return unused;
}

static void port_forget(struct ports *ports, int index)
{
	for (unsigned i = 0; i < ports->count; i++) {
		struct port *port = &ports->port[i];

		if (port->index != index)
			continue;
		if (port->socket >= 0)
			close(port->socket);
		*port = (struct port){.socket = -1};
	}
}

static void link_take(struct ports *ports, struct nlmsghdr *header)
{
	struct ifinfomsg *link = NLMSG_DATA(header);
	struct rtattr *attribute = IFLA_RTA(link);
	int left = (int)IFLA_PAYLOAD(header);
	struct port *port;

	/* AF_BRIDGE tells of a port's membership in a bridge, also by RTM_DELLINK. */
	if (link->ifi_family != AF_UNSPEC || link->ifi_type != ARPHRD_ETHER ||
	    link->ifi_flags & IFF_LOOPBACK)
		return;
	if (header->nlmsg_type == RTM_DELLINK) {
		port_forget(ports, link->ifi_index);
		return;
	}
	port = port_slot(ports, link->ifi_index);
	if (!port)
		return;
	port->up = link->ifi_flags & IFF_UP;
	port->carrier = link->ifi_flags & LOWER_UP;
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
		size_t n = RTA_PAYLOAD(attribute);

		if (attribute->rta_type == IFLA_IFNAME && n && n <= sizeof(port->name))
			memcpy(port->name, RTA_DATA(attribute), n);
		if (attribute->rta_type == IFLA_ADDRESS && n == sizeof(port->mac))
			memcpy(port->mac, RTA_DATA(attribute), n);
	}
}

void ports_update(struct ports *ports)
{
	ssize_t n;

	while ((n = recv(ports->netlink, messages, sizeof(messages), 0)) != 0) {
		struct nlmsghdr *header = (struct nlmsghdr *)messages;
		unsigned left = n > 0 ? (unsigned)n : 0;

		if (n < 0 && errno == ENOBUFS) { /* the kernel had more to tell than fits */
			ports_ask(ports);
			continue;
		}
		if (n < 0 && errno != EINTR)
			return;
		for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left))
			if (header->nlmsg_type == RTM_NEWLINK || header->nlmsg_type == RTM_DELLINK)
				link_take(ports, header);
	}
}

int ports_permitted(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

bool port_named(const struct port *port, const char *list)
{
	char mac[18];

	if (strcmp(list, "all") == 0)
		return true;
	snprintf(mac, sizeof(mac), PORT_MAC, PORT_MAC_BYTES(port->mac));
	while (*list) {
		size_t n = strcspn(list, ",");

		if ((n == strlen(port->name) && strncmp(list, port->name, n) == 0) ||
		    (n == strlen(mac) && strncasecmp(list, mac, n) == 0))
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

static int flags_change(const struct ports *ports, const struct port *port, bool up)
{
	struct ifreq request = {0};

	memcpy(request.ifr_name, port->name, sizeof(request.ifr_name));
	if (ioctl(ports->control, SIOCGIFFLAGS, &request) < 0)
		return -errno;
	if (up)
		request.ifr_flags |= IFF_UP;
	else
		request.ifr_flags &= ~IFF_UP;
	return ioctl(ports->control, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

void port_raise_begin(const struct ports *ports, struct port *port)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(-flags_change(ports, port, true));
	if (pid > 0)
		port->raiser = pid;
	else
		flags_change(ports, port, true); /* then without a child */
	port->raised = true;
}

int port_raise_end(struct port *port)
{
	int status;

	if (waitpid(port->raiser, &status, WNOHANG) == 0)
		return -EAGAIN;
	port->raiser = 0;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

void port_lower(const struct ports *ports, struct port *port)
{
	if (!port->raised)
		return;
	port->raised = port->up = port->carrier = false;
	flags_change(ports, port, false);
}

/* Protocol 0: the socket sends and never receives. Frames pass the queue, straight to the driver.
 */
static int socket_open(const struct port *port)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = port->index};
	int on = 1, fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		error = -errno;
		close(fd);
		return error;
	}
	/* Since 3.14; where it is missing the frames take the ordinary way. */
	(void)setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	return fd;
}

int port_send(struct port *port, const uint8_t *frame, size_t n)
{
	if (port->socket < 0) {
		int fd = socket_open(port);

		if (fd < 0)
			return fd;
		port->socket = fd;
	}
	return send(port->socket, frame, n, 0) < 0 ? -errno : 0;
}
