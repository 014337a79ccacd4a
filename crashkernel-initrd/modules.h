/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * modules - the drivers, loaded in the order of a list
 *
 * lastwords-mkinitrd writes the list: one module a line, its path and, after a space, its
 * parameters, if any. A driver can take seconds to start, so child processes load them. One that
 * takes more than 5 s is said, and those after it are loaded all the same.
 */
#ifndef MODULES_H
#define MODULES_H

#define MODULES_LIST "/lastwords/modules"

/*
 * Starts to load the modules. Returns a descriptor that ends (POLLHUP) when all are loaded, or -1
 * if there are none or no child could be had: then they are loaded on return.
 */
int modules_start(const char *list);

#endif
