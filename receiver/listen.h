/* SPDX-License-Identifier: GPL-2.0-only */
/* listen - all that frames come from: interfaces that come and go, or files one after the other */
#ifndef LISTEN_H
#define LISTEN_H

#include <poll.h>
#include <stdbool.h>

#include "receiver/capture.h"
#include "receiver/interfaces.h"
#include "receiver/options.h"

struct listen {
	const struct options *options;
	struct capture captures[OPTIONS_INTERFACES_MAX];
	unsigned n;
	char found[OPTIONS_INTERFACES_MAX][IF_NAMESIZE]; /* captures' names, with -i all */
	unsigned files_begun;
	bool failed;    /* something could not be read, or was not all there */
	bool told_full; /* that more interfaces were found than can be listened to */
	capture_frame *frame;
	void *context;
	uint64_t tried_us; /* when missing interfaces were looked for last */
};

/* Returns 0, or -1 if anything cannot be opened; it has said what. */
int listen_open(struct listen *listen, const struct options *options, capture_frame *frame,
                void *context);

/* Whether there is anything to read from, or may be; *live if time passes while nothing comes. */
bool listen_goes_on(const struct listen *listen, bool *live);

/* Fills what poll(2) needs. Returns the number, OPTIONS_INTERFACES_MAX at most. */
unsigned listen_poll(const struct listen *listen, struct pollfd *fds);

/* Hands over what is there, as poll(2) said. */
void listen_read(struct listen *listen, const struct pollfd *fds);

/*
 * With --wait, looks once a second for interfaces that came or went, with -i all for new ones too.
 * Returns how long until then, or -1.
 */
int listen_retry_ms(struct listen *listen);

struct capture_counts listen_counts(const struct listen *listen);

#endif
