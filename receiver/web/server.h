/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * server - answers browsers: what they ask for is looked up, a page is made, and nothing changes
 *
 * One thread. The caller waits for server_fd and calls server_run.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "receiver/web/catalog.h"

#define SERVER_NAMES_MAX 16

struct server_options {
	const char *names[SERVER_NAMES_MAX]; /* by which it may be called, beside addresses */
	size_t n_names;
	const char *metrics; /* the file of lastwords-recv --metrics, or NULL */
};

struct server_counts {
	uint64_t requests, refused, ended; /* ended: connections that took too long */
	uint64_t connections;
};

struct server;

/*
 * Serves the catalog on a listening socket, which it owns from then on. Both others stay the
 * caller's until server_stop. Returns NULL if it cannot start.
 */
struct server *server_start(int socket, const struct catalog *catalog,
                            const struct server_options *options);
void server_stop(struct server *server);

/* A descriptor that becomes readable when there is something to do. */
int server_fd(const struct server *server);

/* How long to wait for it at most. */
int server_timeout_ms(const struct server *server);

void server_run(struct server *server);
void server_count(const struct server *server, struct server_counts *counts);

#endif
