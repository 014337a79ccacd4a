/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory - whether there is enough of it for the drivers, with a dump still to come
 *
 * The capture kernel has what crashkernel= reserved, and no swap. A driver takes memory for its
 * code and, when its port is up, for its rings; where that is what the dump would have needed, the
 * kernel ends the dump's processes, or panics.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* What the distribution's init and its dump need, from where ours starts: measured, see memory.c.
 */
#define MEMORY_DUMP_KIB 32768

/* Returns what drivers whose files have so many bytes may take, with their ports up, in KiB. */
uint64_t memory_drivers_kib(uint64_t files_bytes);

/* Returns whether the drivers can be loaded and the dump still have what it needs; says so. */
bool memory_enough(const char *path, uint64_t files_bytes);

#endif
