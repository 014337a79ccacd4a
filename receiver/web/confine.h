/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * confine - what a server of pages may still do once it is started: read, and answer
 *
 * Landlock, where the kernel has it, leaves the directories named. A seccomp filter leaves the
 * system calls of reading and answering: no file is opened for writing, made, renamed or removed,
 * no connection begun, no program started, whoever asks.
 */
#ifndef CONFINE_H
#define CONFINE_H

#include <stddef.h>

#define CONFINE_ERROR_MAX 200

/* Directories below which may be read; a kernel without Landlock is no error. Returns 0 or -1. */
int confine_files(const char *const *directories, size_t n, char error[CONFINE_ERROR_MAX]);

/* The last thing to be called. Returns 0, or -1 with a sentence in error. */
int confine_calls(char error[CONFINE_ERROR_MAX]);

#endif
