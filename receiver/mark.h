/* SPDX-License-Identifier: GPL-2.0-only */
/* mark - up to when the reports of a store were told, in a file that outlasts a restart */
#ifndef MARK_H
#define MARK_H

#include <stdbool.h>

/* Whether the file has such a time; *mark is it then, in seconds since 1970, else unchanged. */
bool mark_read(const char *path, double *mark);

/* Writes it to the disk. Returns 0 or -errno: then what was there stays. */
int mark_write(const char *path, double mark);

#endif
