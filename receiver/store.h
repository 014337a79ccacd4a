/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * store - reports as files, one for each showing, never overwritten
 *
 *   web-042-20261123T101112Z-9f2c51d07be21d4c.log           the raw bytes of the log
 *   web-042-20261123T101112Z-9f2c51d07be21d4c.partial.log   parts of it were missing
 *   web-042-20261123T101112Z-9f2c51d07be21d4c-2.log         there was one of that name
 *   02-00-00-00-00-01-20261123T101112Z-original.log         bare text: no host, no id
 *
 * The time is that of the crash or, where it is unknown, that of the first frame.
 */
#ifndef STORE_H
#define STORE_H

#include <stddef.h>

#include "receiver/cut.h"
#include "receiver/joined.h"

#define STORE_NAME_MAX 160 /* bytes of a file's name, with its NUL */

/*
 * Makes sure that files can be made in the directory, which is created if only its last part is
 * missing. Returns 0 or -errno.
 */
int store_check(const char *directory);

/* Writes a new file, mode 0600, and sets name to its name. Returns 0, or -errno: then there is
 * none. */
int store_save(const char *directory, const struct cut *cut, const struct joined *joined,
               char name[STORE_NAME_MAX]);

#endif
