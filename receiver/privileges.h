/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * privileges - what a receiver of anyone's frames may still do
 *
 * In this order: the interfaces are opened; privileges_drop; the store is opened; landlock_confine;
 * privileges_lock; files to read are opened, by a thread that inherits all of it; the first frame
 * is read.
 */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>

#define PRIVILEGES_ERROR_MAX 200

/*
 * Becomes the user, with its groups, unless it is NULL. Of all capabilities CAP_NET_RAW alone stays
 * if capture is set, else none; and no program that is started later can gain any. A directory that
 * does not exist is made for the user first. Returns 0, or -1 with a sentence in error.
 */
int privileges_drop(const char *user, bool capture, const char *directory,
                    char error[PRIVILEGES_ERROR_MAX]);

/*
 * From now on the kernel refuses each system call that a receiver does not make, and ends the
 * process at those by which somebody who took it over would go on: starting a program, serving
 * connections, changing who it is. Threads can be started, but no process and nothing in another
 * namespace. Returns 0 or -errno.
 */
int privileges_lock(void);

#endif
