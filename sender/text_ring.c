/* SPDX-License-Identifier: GPL-2.0-only */
/* text_ring - a stretch of the crashed kernel's memory, read as characters that go round */
#include "sender/text_ring.h"

void text_ring_set(struct text_ring *ring, uint64_t address, uint64_t bytes)
{
	ring->address = address;
	ring->bytes = bytes;
	ring->oldest = 0;
	ring->index = bytes;
	ring->error = 0;
}

static uint64_t index_of(const struct text_ring *ring, uint64_t place)
{
	return (ring->oldest + place) % ring->bytes;
}

int text_ring_character(struct text_ring *ring, struct core *core, uint64_t place)
{
	uint64_t index = index_of(ring, place);

	if (index - index % TEXT_RING_WINDOW != ring->index) {
		ring->index = index - index % TEXT_RING_WINDOW;
		ring->error = core_read(core, ring->address + ring->index, ring->window,
		                        TEXT_RING_WINDOW);
	}
	return ring->error ? TEXT_RING_UNREADABLE : ring->window[index % TEXT_RING_WINDOW];
}

uint64_t text_ring_ahead(const struct text_ring *ring, uint64_t place)
{
	return TEXT_RING_WINDOW - index_of(ring, place) % TEXT_RING_WINDOW;
}

uint64_t text_ring_behind(const struct text_ring *ring, uint64_t place)
{
	return index_of(ring, place) % TEXT_RING_WINDOW + 1;
}
