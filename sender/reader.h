/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader - a child process that reads the log into a report
 *
 * What it reads is a dead kernel's memory: whatever that does to the child, the parent has a report
 * to send: all of the tail, else the part that the child came to, else a reason.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <sys/types.h>

#include "sender/settings.h"
#include "sender/source.h"

#define READER_LIMIT_MS 10000 /* then the child is given up */

struct reader {
	pid_t pid;
	int done;   /* a pipe that ends when the child does: wait for POLLHUP; -1 = it has ended */
	int report; /* see report.h; stays open */
	bool own_log; /* a reason is followed by the running kernel's own last lines */
	const struct settings *settings;
};

/*
 * Reads a core's log into a report, in this process. Returns NULL, or why there is none, as the
 * end of a sentence that begins with path; then the report says so. *damage is what was lost.
 */
const char *reader_run(int report, const char *path, const struct settings *settings, bool own_log,
                       struct log_damage *damage);

/*
 * Does the same in a child process. Returns 0 or -errno; in that case the report holds the reason
 * already and done is -1.
 */
int reader_start(struct reader *reader, const char *path, const struct settings *settings,
                 bool own_log);

/* Ends the child if it still runs, and makes sure that there is something to send. */
void reader_finish(struct reader *reader);

#endif
