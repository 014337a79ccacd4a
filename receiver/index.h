/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * index - one JSON object a line for each report in the store
 *
 *   {"file":"web-042/20261123T101112Z-9f2c51d07be21d4c.log","bytes":65210,…,"id":…}
 *
 * docs/store.md is its reference. All functions take a descriptor of the store's directory.
 */
#ifndef INDEX_H
#define INDEX_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define INDEX_FILE "index.jsonl"

/* What the store adds to the keys of a report. */
struct index_head {
	const char *host, *file;
	const char *replaces; /* the path of the partial file whose place this one took, or NULL */
	uint64_t bytes;
	struct timespec stored_at;
};

/* Writes {"file":…,"replaces":…, with the brace and the comma, but neither keys nor end. */
void index_put_head(FILE *out, const struct index_head *head);

/*
 * Appends n bytes of whole lines, by one write(2), and syncs them. Returns 0, or -errno: then none
 * of them is in it.
 */
int index_append(int directory, const char *lines, size_t n);

/* Removes lines whose files are gone. Returns their number, or -errno: then nothing changed. */
long index_compact(int directory);

/*
 * The same, and adds a line for each report that has none, as at the start; *added is set to
 * their number. Returns 0 or -errno.
 */
int index_mend(int directory, uint64_t *added);

#endif
