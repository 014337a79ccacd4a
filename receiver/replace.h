/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * replace - a small file that others read is written anew, and is whole at each moment
 *
 * It is made as PATH.new, in a folder where others may be able to write too: what lies there, a
 * link or a pipe, is removed and never opened.
 */
#ifndef REPLACE_H
#define REPLACE_H

#include <limits.h>
#include <stdio.h>
#include <sys/types.h>

struct replace {
	FILE *out; /* to be written to */
	const char *path;
	char passage[PATH_MAX];
};

/* Returns 0 or -errno. The path is kept by the caller until the end. */
int replace_begin(struct replace *replace, const char *path);

/* Puts it in place, with this mode; what shall outlast a crash is synced before. Returns 0, or
 * -errno: then the old one stays. */
int replace_end(struct replace *replace, mode_t mode);

#endif
