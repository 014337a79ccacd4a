/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prb_ring - the fields of struct printk_ringbuffer, and its descriptors
 *
 * Fields that damage made absurd are found again, for the descriptors tell them: the slot that an
 * id picks holds that id, and a block of text begins with it. The kernel has one descriptor for 32
 * bytes of text (PRB_AVGBITS in printk.c), so that each of the two sizes tells the other.
 */
#ifndef PRB_RING_H
#define PRB_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/core.h"
#include "sender/prb_layout.h"

/* Descriptor states, the two top bits of state_var (enum desc_state, same values since 5.10). */
enum { PRB_RESERVED = 0, PRB_COMMITTED = 1, PRB_FINALIZED = 2, PRB_REUSABLE = 3 };

/* Both positions of a record without a block. 5.10 and later; odd, so no real position. */
#define PRB_LPOS_FAILED 1 /* no room could be had: the record was lost as it was written */
#define PRB_LPOS_EMPTY  3 /* an empty line */

struct prb_ring {
	struct prb_layout layout;
	uint64_t word_mask, id_mask;
	uint64_t descs, infos, data; /* addresses */
	unsigned count_bits, size_bits;
	uint64_t desc_count, data_bytes;
	uint64_t head_id, tail_id;
	bool inferred; /* fields were found again */
};

struct prb_desc {
	uint64_t id;
	unsigned state;
	uint64_t begin, next; /* positions of its block */
};

/*
 * Reads the ring at an address; ring->layout must have been set. False if it cannot be read, or no
 * ring can be found by what is there.
 */
bool prb_ring_read(struct prb_ring *ring, struct core *core, uint64_t address);

/* Reads the slot of an id. Returns 0 or -errno. It may hold another id. */
int prb_desc_read(const struct prb_ring *ring, struct core *core, uint64_t id,
                  struct prb_desc *desc);

/*
 * Finds the block of a descriptor: *offset in data, *bytes of text behind its id. False if its
 * positions are none.
 */
bool prb_block_find(const struct prb_ring *ring, const struct prb_desc *desc, uint64_t *offset,
                    uint64_t *bytes);

#endif
