/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash - what a log says about why the kernel died
 *
 * A panic is mostly the last word of a story: "Fatal exception" follows an oops, "softlockup: hung
 * tasks" a lockup. The event that began it gets the title; if it is not in the log, the panic does.
 */
#ifndef CRASH_H
#define CRASH_H

#include <stdbool.h>
#include <stddef.h>

#include "receiver/headline.h"

#define CRASH_TITLE_MAX     240 /* bytes; a longer one is cut */
#define CRASH_SIGNATURE_MAX 512

struct crash {
	enum kind kind;
	/*
	 * What happened, where, to whom; raw bytes, no NUL at the end:
	 * BUG: kernel NULL pointer dereference in nvme_queue_rq+0x5e/0x700 (kworker/3:1H, 6.1.0-56)
	 * Kernel panic - not syncing: sysrq triggered crash (bash, 7.2.13-cloud-amd64)
	 */
	char title[CRASH_TITLE_MAX];
	size_t title_bytes;
	/*
	 * What the same crash has in common on all hosts: the functions of its trace, innermost
	 * first, with blanks between; without a trace, the headline with N for each number.
	 * Printable ASCII, no NUL at the end.
	 */
	char signature[CRASH_SIGNATURE_MAX];
	size_t signature_bytes;
	/* Where the line of the event and that of the panic begin in the log. */
	size_t event_at, panic_at; /* panic_at is the log's length if no panic was printed */
};

/* False: the log names no crash, and *crash is not set. */
bool crash_read(const char *log, size_t bytes, struct crash *crash);

#endif
