/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace - what follows a headline: who was running, at which instruction, called by whom
 *
 *   CPU: 3 PID: 123 Comm: kworker/3:1H Tainted: G        W   6.1.0-56-amd64 #1  task, release
 *   RIP: 0010:nvme_queue_rq+0x5e/0x700 [nvme]                                   place
 *   Call Trace:
 *    ? exc_page_fault+0x70/0x170                                                a guess: left out
 *    blk_mq_dispatch_rq_list+0x1e1/0x7a0                                        a frame
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "receiver/symbol.h"

#define TRACE_FRAMES 8 /* deeper ones are the same for too many crashes, or differ by chance */

struct trace {
	const char *task, *release; /* NULL if unknown */
	size_t task_bytes, release_bytes;
	bool has_place;
	struct symbol place;
	struct symbol
		frames[TRACE_FRAMES]; /* innermost first, without wrappers; place is not one */
	unsigned count;
};

/* Reads on from a headline; log is what follows it. */
void trace_read(const char *log, size_t bytes, struct trace *trace);

#endif
