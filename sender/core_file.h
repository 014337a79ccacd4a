/* SPDX-License-Identifier: GPL-2.0-only */
/* core_file - the file that a core is: its ELF headers, and its bytes by their offset */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "sender/core.h"

/* What core_open() does, for the part of struct core that is the file's; the rest is zero. */
const char *core_file_open(struct core *core, int fd);

/* Reads n bytes at a file offset. Returns 0, -ENODATA behind the end of the file, or -errno. */
int core_read_file(struct core *core, uint64_t offset, void *buf, size_t n);

/*
 * Returns the n bytes at a file offset where a window has them, valid until the next read; else
 * NULL.
 */
const uint8_t *core_file_view(struct core *core, uint64_t offset, size_t n);

/* Reads program header i into segment. Returns 0 or -errno. */
int core_segment(struct core *core, uint32_t i, struct core_segment *segment);

/* The number of 1, 2, 4 or 8 bytes at p, in the core's byte order. */
uint64_t core_number(const struct core *core, const void *p, size_t bytes);

#endif
