/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text_ring - a stretch of the crashed kernel's memory, read as characters that go round
 *
 * Places count from the oldest character: place 0 lies at index oldest, and behind the last byte
 * the first one follows.
 */
#ifndef TEXT_RING_H
#define TEXT_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/core.h"

#define TEXT_RING_WINDOW     256 /* read together, and lost together */
#define TEXT_RING_UNREADABLE (-1)

struct text_ring {
	uint64_t address;
	uint64_t bytes;  /* a multiple of TEXT_RING_WINDOW */
	uint64_t oldest; /* index of place 0 */
	uint64_t index;  /* of window in the ring; bytes = there is none */
	int error;       /* why window could not be read, as -errno; 0 = it could */
	uint8_t window[TEXT_RING_WINDOW];
};

void text_ring_set(struct text_ring *ring, uint64_t address, uint64_t bytes);

/* The character at a place, or TEXT_RING_UNREADABLE; ring->error says why. */
int text_ring_character(struct text_ring *ring, struct core *core, uint64_t place);

/*
 * How many places on from one that cannot be read, itself among them, cannot be read either: at
 * least the rest of its window. And how many back from it.
 */
uint64_t text_ring_ahead(const struct text_ring *ring, struct core *core, uint64_t place);
uint64_t text_ring_behind(const struct text_ring *ring, struct core *core, uint64_t place);

#endif
