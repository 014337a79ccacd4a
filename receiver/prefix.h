/* SPDX-License-Identifier: GPL-2.0-only */
/* prefix - what stands before the text of a log line: `<facility*8+level>[%5u.%06u] ` */
#ifndef PREFIX_H
#define PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What of it was there; a line of any bytes is a line. */
struct prefix {
	int level;    /* 0 (emergency) to 7 (debug); -1 without <n> */
	size_t stamp; /* where [time] begins, or the text: what follows <n> */
	size_t text;  /* where the text begins */
	bool has_time;
	uint64_t time_us; /* since that kernel started */
};

struct prefix prefix_read(const char *line, size_t n);

/*
 * Whether a process wrote the line, by /dev/kmsg: the kernel gives it the facility of users or the
 * one asked for, but never its own (devkmsg_write, since 3.5).
 */
bool prefix_is_foreign(const char *line, size_t n);

#endif
