/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * follow - reads the store's index, and goes on as it grows or is written anew
 *
 * When the index is written anew, lines keep their order and some go (docs/store.md): what was read
 * before is passed over by the names of the files that were read last.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "receiver/siphash.h"

#define FOLLOW_STORE "/var/lib/lastwords" /* where lastwords-recv.service keeps it */
#define FOLLOW_SEEN  1024                 /* names that are remembered, as hashes */

struct follow {
	int directory; /* a descriptor */
	FILE *index;   /* NULL: there is none yet */
	dev_t device;
	ino_t inode;
	char *line;
	size_t room;
	struct siphash_key key; /* or a name could be made that passes for another's */
	uint64_t seen[FOLLOW_SEEN];
	size_t n_seen; /* in all, also those that were overwritten */
	int watch;     /* inotify, or -1 */
};

/* Returns 0, or -errno if the directory cannot be read. Ends with follow_close. */
int follow_open(struct follow *follow, const char *directory);
void follow_close(struct follow *follow);

/*
 * The next whole line, without its \n, which is good until the next call. Returns 1, 0 if there is
 * none now, or -errno.
 */
int follow_next(struct follow *follow, const char **line, size_t *n);

/* Passes over all that is there. */
void follow_skip(struct follow *follow);

/* A descriptor that becomes readable when something may have come, or -1: then look once a second.
 */
int follow_fd(const struct follow *follow);

/* What was announced has been looked at. */
void follow_drain(const struct follow *follow);

#endif
