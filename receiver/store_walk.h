/* SPDX-License-Identifier: GPL-2.0-only */
/* store_walk - every report that lies in the store, one after the other */
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

struct store_file {
	const char *host, *name;
	int host_fd; /* of its directory */
	bool partial;
	struct stat status;
};

/* Returns 0 to go on; anything else ends the walk, which returns it. */
typedef int store_found(void *context, const struct store_file *file);

/*
 * Calls found for each regular file that is called as a report is. Other files are passed over, and
 * links never followed. Returns 0, -errno, or what found returned.
 */
int store_walk(int directory, store_found *found, void *context);

/* Removes what was being written when a receiver ended: files that begin with .new-. */
void store_walk_clean(int directory);

#endif
