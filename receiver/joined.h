/* SPDX-License-Identifier: GPL-2.0-only */
/* joined - the log of a cut in one piece, oldest line first, and where parts of it are missing */
#ifndef JOINED_H
#define JOINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "receiver/cut.h"

/* A run of missing parts, and the records they held as far as their neighbours tell. */
struct gap {
	size_t at; /* the gap is before this byte of the text, which begins a line there */
	uint32_t first_part, last_part;
	bool has_first, has_last;
	uint64_t first, last; /* record sequence numbers */
};

struct joined {
	char *text; /* raw */
	size_t bytes;
	struct gap *gaps;
	size_t gaps_known;
	size_t parts; /* in the text */
};

/* Fills *joined, which is freed by joined_free. Returns 0, -ENOMEM, or why the spill cannot be read. */
int joined_make(const struct cut *cut, struct joined *joined);
void joined_free(struct joined *joined);

/*
 * What comes at *at: a gap (*gap is set) or a line, without its \n, (*line and *n are set, *gap is
 * NULL). Start with *at and *gap_index 0. Returns false at the end.
 */
bool joined_next(const struct joined *joined, size_t *at, size_t *gap_index, const struct gap **gap,
                 const char **line, size_t *n);

#endif
