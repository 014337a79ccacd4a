/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * store_name - what reports are called in the store: HOST/TIME-ID[-N][.partial].log
 *
 * Host and id come from frames that anyone may send. A name made here is never a path, never
 * hidden, never an option, and never that of a file of the store's own.
 */
#ifndef STORE_NAME_H
#define STORE_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "receiver/cut.h"

#define STORE_HOST_MAX (FRAME_HOST_MAX + 1) /* bytes of a directory's name, with its NUL */
#define STORE_STEM_MAX 48                   /* of TIME-ID */
#define STORE_FILE_MAX (STORE_STEM_MAX + 24)
#define STORE_PATH_MAX (STORE_HOST_MAX + STORE_FILE_MAX)

void store_name_host(const struct cut *cut, char host[STORE_HOST_MAX]);
void store_name_stem(const struct cut *cut, char stem[STORE_STEM_MAX]);

/* The n-th name for a stem; the first has no number. */
void store_name_file(const char *stem, unsigned n, bool partial, char file[STORE_FILE_MAX]);

/*
 * Whether a file is called as one made here, and then whether a partial report. No other is
 * touched: the directory may be one where other programs keep logs.
 */
bool store_name_is_report(const char *file, bool *partial);

/* Whether a directory may be one of hosts. */
bool store_name_is_host(const char *name);

/*
 * Whether a path is HOST/FILE as the store makes them. Copies HOST then, and returns FILE in the
 * path; else NULL.
 */
const char *store_name_split(const char *path, char host[STORE_HOST_MAX]);

#endif
