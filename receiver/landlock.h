/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * landlock - which files the program may still open, by the kernel's Landlock
 *
 * Rules are for the files and directories that are there now: a directory that is made anew, or
 * mounted over, is not the one that was allowed.
 */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

struct landlock_path {
	const char *path; /* a file, or a directory with all below it */
	bool write; /* files may be made, written, renamed and removed there, else only read */
};

/*
 * From now on nothing but these can be opened, for the calling thread and those that it starts;
 * nothing can be executed, no TCP connection made or taken. A path that leads nowhere is passed
 * over. Needs no new privileges (PR_SET_NO_NEW_PRIVS). Returns the version of Landlock in force, 0
 * if the kernel has none (5.13 has the first), or -errno.
 */
int landlock_confine(const struct landlock_path *paths, size_t n);

#endif
