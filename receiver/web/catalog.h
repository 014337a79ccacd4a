/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * catalog - what the page knows of each stored report: the lines of the index, in memory
 *
 * It keeps the newest reports that fit, in the order in which they were stored. What it does not
 * keep is in the store all the same.
 */
#ifndef CATALOG_H
#define CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "receiver/entry.h"
#include "receiver/follow.h"
#include "receiver/siphash.h"

#define CATALOG_BUCKETS   65536
#define CATALOG_LINE_MAX  8192 /* bytes of a report's strings; a receiver's have less than 3000 */
#define CATALOG_BYTES_MAX (96u << 20)

/* One report. Its strings lie behind it; entry.object is NULL. */
struct report {
	struct entry entry;
	struct report *next; /* of the same bucket */
	uint64_t number;     /* in which order it came */
	size_t bytes;
	bool gone;
};

struct catalog {
	struct follow follow;
	struct report **reports; /* the oldest first */
	size_t n, room;
	struct report *buckets[CATALOG_BUCKETS];
	struct siphash_key key;
	size_t bytes, bytes_max;
	uint64_t added;     /* reports in all */
	uint64_t left_out;  /* reports that went for newer ones */
	uint64_t opened_us; /* tells one run from the next */
	uint64_t changes;   /* rises with whatever may be seen */
	bool unsorted;
	size_t swept; /* the report that is looked after next */
};

/* Returns 0, or -errno if the directory cannot be read. Ends with catalog_close. */
int catalog_open(struct catalog *catalog, const char *directory);
void catalog_close(struct catalog *catalog);

/* Reads so many lines of the index at most. Returns whether there may be more. */
bool catalog_take(struct catalog *catalog, unsigned lines);

/* Looks whether the files of the next n reports are still there, and forgets the others. */
void catalog_sweep(struct catalog *catalog, size_t n);

/* The report with this file, or NULL. */
const struct report *catalog_find(const struct catalog *catalog, const char *file);

/* The newest report with the host's directory and the id of this file, which has gone, or NULL. */
const struct report *catalog_successor(const struct catalog *catalog, const char *file);

#endif
