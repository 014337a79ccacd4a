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

/* How far the hole around a place that cannot be read reaches, within the ring. */
static void hole_find(const struct text_ring *ring, struct core *core, uint64_t index,
                      uint64_t *back, uint64_t *ahead)
{
	*back = *ahead = 0;
	if (ring->error)
		core_hole(core, ring->address + index, back, ahead);
	if (*back > index)
		*back = index;
	if (*ahead > ring->bytes - 1 - index)
		*ahead = ring->bytes - 1 - index;
}

uint64_t text_ring_ahead(const struct text_ring *ring, struct core *core, uint64_t place)
{
	uint64_t index = index_of(ring, place), back, ahead, end;

	hole_find(ring, core, index, &back, &ahead);
	end = (index + ahead + 1) / TEXT_RING_WINDOW * TEXT_RING_WINDOW;
	if (end <= index) /* the hole ends in this window, which is lost all the same */
		end = (index / TEXT_RING_WINDOW + 1) * TEXT_RING_WINDOW;
	return end - index;
}

uint64_t text_ring_behind(const struct text_ring *ring, struct core *core, uint64_t place)
{
	uint64_t index = index_of(ring, place), back, ahead, start;

	hole_find(ring, core, index, &back, &ahead);
	start = (index - back + TEXT_RING_WINDOW - 1) / TEXT_RING_WINDOW * TEXT_RING_WINDOW;
	if (start > index)
		start = index / TEXT_RING_WINDOW * TEXT_RING_WINDOW;
	return index - start + 1;
}
