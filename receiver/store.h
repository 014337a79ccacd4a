/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * store - reports as files, one for each showing, never overwritten, and an index of them
 *
 *   web-042/20261123T101112Z-9f2c51d07be21d4c.log           the raw bytes of the log
 *   web-042/20261123T101112Z-9f2c51d07be21d4c.partial.log   parts of it were missing
 *
 * Theory of operation. A report is written by store_put under a name of passage. store_commit syncs
 * all that were put since it was called last, gives them their names and appends their lines to the
 * index: thousands of machines may panic within a second, and a disk syncs a hundred times a
 * second. Until then the caller keeps them in memory. docs/store.md is the reference of what lies
 * there.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "receiver/cut.h"
#include "receiver/joined.h"

#define STORE_BATCH_MAX 64 /* reports between two commits */

struct store_limits {
	uint64_t bytes; /* of all reports, each rounded up to the disk's blocks; 0 = no limit */
	uint64_t age_s; /* how long a report stays; 0 = for ever */
};

struct store_counts {
	uint64_t stored, replaced; /* reports; partial files that went for whole ones */
	uint64_t failed;           /* attempts to write reports */
	uint64_t removed_for_space, removed_by_age; /* files */
	uint64_t found;                             /* files that had no line in the index */
	uint64_t bytes;                             /* that are there */
};

struct store;

/*
 * Creates the directory if only its last part is missing, locks it against other receivers, puts
 * right what an earlier one left half done, and counts what is there. Returns 0 or -errno: -EBUSY
 * if another receiver writes there. The name lives as long as the store.
 */
int store_open(struct store **store, const char *directory, const struct store_limits *limits);
void store_close(struct store *store);

/*
 * Writes a new file, which is nothing yet before store_commit; until then the cut must live. It
 * takes the place of an earlier file of this cut, which then goes. Returns 0 or -errno: there is
 * none; -EAGAIN: STORE_BATCH_MAX of them wait, and store_commit comes first.
 */
int store_put(struct store *store, struct cut *cut, const struct joined *joined);

/* Returns 0: all that was put is safe; or -errno: nothing of it is there. */
int store_commit(struct store *store);

/* Keeps to the limits, if it is time to; now_s is the time of day. Returns 0 or -errno. */
int store_tick(struct store *store, uint64_t now_s);

const struct store_counts *store_counts(const struct store *store);

/* Why the index is not what it should be, -errno; 0 = it is. Tried again with each commit. */
int store_index_error(const struct store *store);

#endif
