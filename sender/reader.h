/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader - a child process that reads the log into a report
 *
 * What it reads is a dead kernel's memory: whatever that does to the child, the parent has
 * something to send.
 *
 *   the child ended       its report; else the parts that it came to; else the reason
 *   it takes over 10 s    the parts that it came to, else a reason; when it ends, its report
 *                         (or over half of the deadline, if that is less)
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sender/report.h"
#include "sender/settings.h"
#include "sender/source.h"

/* Where a log is read from. */
struct origin {
	const char *path;
	const char *(*open)(struct source *source, int fd); /* source_open(), or the like */
	bool own_log; /* a reason is followed by the running kernel's own last lines */
};

struct reader {
	pid_t pid;
	int done;   /* a pipe that ends when the child does: wait for POLLHUP; -1 = it has ended */
	int report; /* the child's; see report.h */
	int reason; /* a report of this process's own; -1 = none was needed */
	uint64_t start_us;
	const struct origin *origin;
	struct settings settings;

	/* What there is to send. Frames are taken from sending; version grows with each change. */
	int sending;
	struct report_state state;
	uint32_t frames; /* 0 = nothing yet */
	unsigned version;
};

/*
 * Reads a log into a report, in this process. Returns NULL, or why there is none, as the end of a
 * sentence that begins with the path; then the report says so. *damage is what was lost.
 */
const char *reader_run(int report, const struct origin *origin, const struct settings *settings,
                       struct log_damage *damage);

/*
 * Does the same in a child process, cut for a payload of so many bytes; if there can be none, in
 * this one. The origin stays the caller's. Returns 0 or -errno.
 */
int reader_start(struct reader *reader, const struct origin *origin,
                 const struct settings *settings, uint32_t payload);

/* Brings what there is to send up to date: when the child has ended, or its time is over. */
void reader_update(struct reader *reader, uint64_t now);

/* Ends the child if it still runs. */
void reader_finish(struct reader *reader);

#endif
