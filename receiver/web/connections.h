/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * connections - how long each connection may take for what it does
 *
 * libmicrohttpd ends a connection that is silent. One that sends a byte now and then, or takes one,
 * would stay for ever: so a request has to be whole, and an answer taken, by a time that no byte
 * puts off. When most places are taken, whoever has not asked yet has a second.
 */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#include "receiver/web/query.h"

#define CONNECTIONS_MAX 128

struct connection {
	int fd; /* -1: the place is free */
	bool answering;
	uint64_t since_us, deadline_us;
	int error; /* of reading the query */
	struct query query;
};

struct connections {
	struct connection list[CONNECTIONS_MAX];
	unsigned n;
	uint64_t ended; /* by a deadline */
};

void connections_open(struct connections *connections);

/* A place for one that was accepted, or NULL. */
struct connection *connections_add(struct connections *connections, int fd, uint64_t now_us);
void connections_remove(struct connections *connections, struct connection *connection);

/* It begins to ask, to take an answer of so many bytes, or rests until it asks again. */
void connection_asks(struct connection *connection, uint64_t now_us);
void connection_takes(struct connection *connection, uint64_t bytes, uint64_t now_us);
void connection_rests(struct connection *connection, uint64_t now_us);

/* Shuts down those that took too long: the next read of their sockets finds the end. */
void connections_end_late(struct connections *connections, uint64_t now_us);

#endif
