/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter - the system calls of a server of pages: to read, and to answer
 *
 * No file is opened for writing, made, renamed or removed, no connection begun, no program started,
 * whoever asks. It follows privileges_drop and landlock_confine.
 */
#ifndef FILTER_H
#define FILTER_H

/* Refuses all others from now on. Returns 0 or -errno. */
int filter_calls(void);

#endif
