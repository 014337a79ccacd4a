/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log_scraps - what is legible of a log whose records cannot be found
 *
 * The text lies in memory without anything that tells records from one another, or their times.
 * Each run of printable characters is one scrap. They are read from the oldest character to the
 * newest as far as that can be seen:
 *
 *   printk ring: { id, text } …    ids count up, and fall where the oldest block follows the newest
 *   plain text: <6>[    1.234567]  so do times
 *
 * Otherwise in the order in which they lie in memory.
 */
#ifndef LOG_SCRAPS_H
#define LOG_SCRAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/text_ring.h"

#define SCRAP_MIN 4    /* characters: shorter runs are chance */
#define SCRAP_CUT 1024 /* so that no piece is longer than twice as much */

struct scraps {
	struct text_ring ring;
	uint64_t place; /* how many characters are behind (older than) here */
	bool has_ids;
	uint64_t newest_id; /* that stands in the text */
};

extern const struct log_format log_scraps;

struct log;

/*
 * Searches what log->scraps_at and scraps_bytes say. True if there is anything legible; the log
 * then stands behind the newest scrap. Otherwise log->in is undefined.
 */
bool log_scraps_open(struct log *log);

#endif
