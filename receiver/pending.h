/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pending - a report on its way into the store
 *
 *   pending_write ──► .new-N in its host's directory ──► pending_place ──► TIME-ID.log
 *
 * It is synced between the two by the caller, for many at once. Nothing that is there is replaced.
 */
#ifndef PENDING_H
#define PENDING_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "receiver/cut.h"
#include "receiver/joined.h"
#include "receiver/store_name.h"

struct pending {
	int fd, host_fd;
	char host[STORE_HOST_MAX], stem[STORE_STEM_MAX], passage[32], file[STORE_FILE_MAX];
	struct cut *cut;
	bool partial, placed;
	uint64_t bytes;
	char *keys; /* of its line in the index */
	size_t n_keys;
};

/*
 * Writes it below the store's directory, under the passage name of this number. The cut is kept by
 * the caller until pending_close. Returns 0, or -errno: then nothing is there to be closed.
 */
int pending_write(struct pending *pending, int directory, unsigned number, struct cut *cut,
                  const struct joined *joined);

/* Gives the file the first of its names that is free. Returns 0 or -errno. */
int pending_place(struct pending *pending);

/* Its line in the index, as that of a report stored now. */
void pending_put_line(FILE *out, const struct pending *pending, const struct timespec *now);

/* The file stays. */
void pending_close(struct pending *pending);

/* Removes the file, and closes. */
void pending_discard(struct pending *pending);

#endif
