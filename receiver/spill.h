/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spill - the bodies of unfinished reports on disk, for which memory is short
 *
 * One file without a name in the store's directory, cut into slots of one body each. It goes with
 * the process.
 */
#ifndef SPILL_H
#define SPILL_H

#include <stddef.h>
#include <stdint.h>

#define SPILL_NONE      UINT32_MAX
#define SPILL_BODY_MAX  1536 /* bytes in one slot */

struct spill;

/* Returns 0 or -errno. */
int spill_open(struct spill **spill, const char *directory, uint64_t bytes_max);
void spill_close(struct spill *spill);

/* Returns the slot that holds the body now, or SPILL_NONE: too long, too many, or it failed. */
uint32_t spill_put(struct spill *spill, const char *body, size_t n);

/* Reads the n bytes of a slot. Returns 0 or -errno. */
int spill_get(const struct spill *spill, uint32_t slot, char *body, size_t n);

void spill_release(struct spill *spill, uint32_t slot);

/* Of the slots in use. */
uint64_t spill_bytes(const struct spill *spill);

#endif
