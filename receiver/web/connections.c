/* SPDX-License-Identifier: GPL-2.0-only */
/* connections - how long each connection may take for what it does */
#include "receiver/web/connections.h"

#include <sys/socket.h>

#include "sender/clock.h"

#define REQUEST_US     (10 * SECOND_US)
#define REST_US        (30 * SECOND_US)
#define ANSWER_US      (20 * SECOND_US)
#define ANSWER_BYTES_S (64u << 10) /* and a second more for so many bytes */
#define CROWDED        (CONNECTIONS_MAX * 3 / 4)
#define CROWDED_US     SECOND_US

void connections_open(struct connections *connections)
{
	*connections = (struct connections){.n = 0};
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
		connections->list[i].fd = -1;
}

static void wait_for(struct connection *connection, bool answering, uint64_t us, uint64_t now_us)
{
	connection->answering = answering;
	connection->since_us = now_us;
	connection->deadline_us = now_us + us;
}

struct connection *connections_add(struct connections *connections, int fd, uint64_t now_us)
{
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *connection = &connections->list[i];

		if (connection->fd >= 0)
			continue;
		*connection = (struct connection){.fd = fd};
		wait_for(connection, false, REQUEST_US, now_us);
		connections->n++;
		return connection;
	}
	return NULL;
}

void connections_remove(struct connections *connections, struct connection *connection)
{
	connection->fd = -1;
	connections->n--;
}

void connection_asks(struct connection *connection, uint64_t now_us)
{
	wait_for(connection, false, REQUEST_US, now_us);
}

void connection_takes(struct connection *connection, uint64_t bytes, uint64_t now_us)
{
	wait_for(connection, true, ANSWER_US + bytes / ANSWER_BYTES_S * SECOND_US, now_us);
}

void connection_rests(struct connection *connection, uint64_t now_us)
{
	wait_for(connection, false, REST_US, now_us);
}

void connections_end_late(struct connections *connections, uint64_t now_us)
{
	bool crowded = connections->n > CROWDED;

	for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *connection = &connections->list[i];

		if (connection->fd < 0 || (now_us < connection->deadline_us &&
		                           (!crowded || connection->answering ||
		                            now_us - connection->since_us < CROWDED_US)))
			continue;
		shutdown(connection->fd, SHUT_RDWR);
		connections->ended++;
		/* Not once more, should it take a while to be found. */
		wait_for(connection, true, REST_US, now_us);
	}
}
