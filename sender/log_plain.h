/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log_plain - the plain text of Linux 2.6 to 3.4
 *
 *   log_buf ──► "<6>[    0.000000] Linux version …\n<6>…"     log_buf_len bytes, a power of two
 *
 * log_end counts the characters ever written; its low bits are the place of the next one. Each line
 * is a record, printed as it stands; lines have no numbers. The oldest may have lost its beginning.
 *
 * Places count from the oldest character. A line that is too long for a record is cut at multiples
 * of PLAIN_CUT with no line end in as many characters before them: there, whichever way it is read.
 */
#ifndef LOG_PLAIN_H
#define LOG_PLAIN_H

#include <stdint.h>

#include "sender/text_ring.h"

#define PLAIN_CUT 32768 /* so that no piece is longer than twice as much */

struct plain {
	struct text_ring ring;
	uint64_t count; /* characters there are */
	uint64_t place; /* how many are behind (older than) here */
	uint64_t seen_from, seen_to; /* places passed: damage between was counted */
};

extern const struct log_format log_plain;

#endif
