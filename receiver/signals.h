/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * signals - they come through a descriptor, so that none interrupts what is being written
 *
 * To be opened before the program says that it is ready: who reads that may send one at once.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

/* Which came. */
struct signals {
	bool counts; /* SIGUSR1: the counters are asked for */
	bool end;    /* SIGTERM, SIGINT or SIGHUP */
};

/*
 * Holds these, and SIGCHLD, which only wakes; SIGPIPE is ignored. Returns a descriptor to poll, or
 * -1 and says why.
 */
int signals_open(void);

/* Takes those that came, without waiting. */
struct signals signals_take(int fd);

#endif
