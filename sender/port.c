/* SPDX-License-Identifier: GPL-2.0-only */
/* port - one Ethernet port: what it is, whether a list names it, and sending through it */
#include "sender/port.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sender/link.h"

int port_permitted(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static bool same(const char *entry, size_t n, const char *text)
{
	return n && n == strlen(text) && strncasecmp(entry, text, n) == 0;
}

int port_rank(const struct port *port, const char *list)
{
	int rank = PORT_UNNAMED;
	char mac[18];

	snprintf(mac, sizeof(mac), PORT_MAC, PORT_MAC_BYTES(port->mac));
	for (int place = 0; *list; place++) {
		size_t n = strcspn(list, ",");

		if ((n == strlen(port->name) && strncmp(list, port->name, n) == 0) ||
		    same(list, n, mac) || same(list, n, port->driver))
			return place;
		if (n == 3 && strncmp(list, "all", n) == 0 && !port->upper)
			rank = PORT_REST;
		list += n + (list[n] == ',');
	}
	return rank;
}

static int port_raise(const struct port *port)
{
	if (port->resetting)
		link_set(port->index, false);
	return link_set(port->index, true);
}

void port_raise_begin(struct port *port)
{
	pid_t pid;

	port->resetting = port->up;
	port->raised = true;
	pid = fork();
	if (pid == 0)
		_exit(-port_raise(port));
	if (pid < 0) /* then without a child */
		port_raise(port);
	port->raiser = pid > 0 ? pid : 0;
	port->resetting &= pid > 0;
}

int port_raise_end(struct port *port)
{
	int status;
	pid_t pid = waitpid(port->raiser, &status, WNOHANG);

	if (pid == 0)
		return -EAGAIN;
	port->raiser = 0;
	port->resetting = false;
	return pid > 0 && WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

void port_lower(struct port *port)
{
	if (!port->raised)
		return;
	if (port->raiser) { /* no use waiting: the kernel lowers only when that is over */
		kill(port->raiser, SIGKILL);
		port->raiser = 0;
	}
	port->raised = port->resetting = port->up = port->carrier = false;
	link_set(port->index, false);
}

/*
 * Protocol 0: the socket sends and never receives. Frames pass the queue, straight to the driver.
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
