/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * quota - which reports go when the store is full, or when they are old
 *
 * Theory of operation. Reports share the room by the hour in which they were written. When there
 * are too many bytes, the hours that hold most lose, down to what all others may hold too: a flood
 * of forged reports fills its own hours and takes nothing from the quiet ones before it. Within an
 * hour partial reports go before whole ones and, of these, short before long ones, since who forges
 * thousands sends little of each.
 */
#ifndef QUOTA_H
#define QUOTA_H

#include <stddef.h>
#include <stdint.h>

struct quota_result {
	uint64_t bytes; /* that are there now */
	uint64_t files;
	uint64_t removed_for_space, removed_by_age;
};

/*
 * Removes reports written before oldest_s (seconds since 1970), and then others until at most
 * bytes_max are there. 0 in either means no limit. Returns 0 or -errno.
 */
int quota_keep(int directory, uint64_t bytes_max, uint64_t oldest_s, struct quota_result *result);

/*
 * What a report of so many bytes takes: its blocks, and one for its directory, which it may be
 * alone in, and its line in the index.
 */
uint64_t quota_bytes(uint64_t bytes);

#endif
