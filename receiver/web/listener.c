/* SPDX-License-Identifier: GPL-2.0-only */
/* listener - the socket at which browsers call: ADDRESS:PORT or [ADDRESS]:PORT */
#include "receiver/web/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sender/number.h"

#define BACKLOG    128
#define SEND_BYTES (64 << 10) /* that the kernel keeps of an answer; by itself it takes megabytes  \
	                       */

union place {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Returns the length of the address, or 0. */
static socklen_t read_place(const char *where, union place *place)
{
	const char *colon = strrchr(where, ':');
	char address[INET6_ADDRSTRLEN];
	bool brackets = *where == '[' && colon && colon[-1] == ']';
	size_t n = colon ? (size_t)(colon - where) - 2 * brackets : 0;
	uint64_t port;

	if (!n || n >= sizeof(address) ||
	    !number_read(colon + 1, strlen(colon + 1), 10, UINT16_MAX, &port))
		return 0;
	memcpy(address, where + brackets, n);
	address[n] = '\0';
	*place = (union place){.v6 = {.sin6_port = htons((uint16_t)port)}};
	if (brackets && inet_pton(AF_INET6, address, &place->v6.sin6_addr) == 1) {
		place->v6.sin6_family = AF_INET6;
		return sizeof(place->v6);
	}
	if (brackets || inet_pton(AF_INET, address, &place->v4.sin_addr) != 1)
		return 0;
	place->v4.sin_family = AF_INET;
	return sizeof(place->v4);
}

static bool start(int fd, const union place *place, socklen_t n)
{
	const int yes = 1, bytes = SEND_BYTES;

	/* A restart need not wait for the last one's connections; IPv6 is asked for by itself. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)))
		return false;
	if (place->any.sa_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes)))
		return false;
	return !bind(fd, &place->any, n) && !listen(fd, BACKLOG);
}

int listener_open(const char *where)
{
	union place place;
	socklen_t n = read_place(where, &place);
	int fd, error;

	if (!n)
		return -EINVAL;
	fd = socket(place.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (start(fd, &place, n))
		return fd;
	error = -errno;
	close(fd);
	return error;
}

static union place place_of(int socket)
{
	union place place = {.v6 = {0}};
	socklen_t n = sizeof(place);

	getsockname(socket, &place.any, &n);
	return place;
}

/* Both families have it at the same place. */
uint16_t listener_port(int socket)
{
	return ntohs(place_of(socket).v6.sin6_port);
}

bool listener_is_local(int socket)
{
	union place place = place_of(socket);

	if (place.any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&place.v6.sin6_addr);
	return ntohl(place.v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}
