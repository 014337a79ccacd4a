/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * modules - the drivers, loaded in the order of a list
 *
 * lastwords-mkinitrd writes the list: one module a line, its path and, after a space, its
 * parameters, if any. A driver can take seconds to start, so child processes load them. One that
 * takes more than 5 s, or whose process dies, is said, and those after it are loaded all the same.
 */
#ifndef MODULES_H
#define MODULES_H

#include <stdbool.h>
#include <stdint.h>

#define MODULES_LIST "/lastwords/modules"

/* Returns how many bytes the files of the modules have together. */
uint64_t modules_bytes(const char *list);

/*
 * Starts to load the modules. Returns a descriptor that ends (POLLHUP) when all are loaded, or -1
 * if there are none or no child could be had: then they are loaded on return. With keep their files
 * are all opened first, since somebody may remove them; that is memory which a module that hangs
 * holds, too.
 */
int modules_start(const char *list, bool keep);

#endif
