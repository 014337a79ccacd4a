/* SPDX-License-Identifier: GPL-2.0-only */
/* prb_ring - the fields of struct printk_ringbuffer, and its descriptors */
#include "sender/prb_ring.h"

#include <errno.h>

#define SIZE_BITS_MAX  31   /* log_buf_len= is capped at 2 GiB */
#define COUNT_BITS_MIN 5    /* the smallest that is searched for; log_buf_len= makes 7 at least */
#define COUNT_BITS_MAX 27   /* one descriptor for 32 bytes of text, and one bit to spare */
#define AVERAGE_BITS   5    /* PRB_AVGBITS */
#define FIT_SPAN       1024 /* newest ids of which one must be in its place */
#define SEARCH_MAX     (UINT64_C(1) << 22) /* slots searched for the newest id: 128 MiB of log */

/* What cannot be read is a page at least: so many slots are passed over. */
#define UNREADABLE_STEP 64

int prb_desc_read(const struct prb_ring *r, struct core *core, uint64_t id, struct prb_desc *desc)
{
	const struct prb_layout *l = &r->layout;
	uint64_t address = r->descs + (id & (r->desc_count - 1)) * l->desc_bytes, state;
	size_t word = (size_t)l->word;
	uint8_t scratch[PRB_STRUCT_BYTES_MAX];
	const uint8_t *raw;
	int error = core_view(core, address, (size_t)l->desc_bytes, scratch, &raw);

	if (error)
		return error;
	state = core_number(core, raw + l->desc_state, word);
	desc->id = state & r->id_mask;
	desc->state = (unsigned)(state >> (word * 8 - 2));
	desc->begin = core_number(core, raw + l->desc_begin, word);
	desc->next = core_number(core, raw + l->desc_next, word);
	return 0;
}

bool prb_block_find(const struct prb_ring *r, const struct prb_desc *desc, uint64_t *offset,
                    uint64_t *bytes)
{
	uint64_t word = r->layout.word;
	uint64_t whole = (desc->next - desc->begin) & r->word_mask;
	uint64_t last = (desc->next - 1) & r->word_mask;

	if (desc->begin % word || desc->next % word || !whole || whole > r->data_bytes)
		return false;
	*offset = desc->begin % r->data_bytes;
	if (desc->begin / r->data_bytes != last / r->data_bytes) {
		*offset = 0;
		whole = last % r->data_bytes + 1;
	}
	if (whole < word)
		return false;
	*bytes = whole - word;
	return true;
}

static bool slot_holds(const struct prb_ring *r, struct core *core, uint64_t id,
                       struct prb_desc *desc)
{
	return prb_desc_read(r, core, id, desc) == 0 && desc->id == (id & r->id_mask);
}

/* Whether an id's slot is its own, and so is its block, if it has one. */
static bool id_fits(const struct prb_ring *r, struct core *core, uint64_t id)
{
	size_t word = (size_t)r->layout.word;
	uint64_t offset, bytes;
	struct prb_desc desc;
	uint8_t raw[8];

	if (!slot_holds(r, core, id, &desc))
		return false;
	if (desc.begin & 1 || desc.state == PRB_REUSABLE)
		return true;
	return prb_block_find(r, &desc, &offset, &bytes) &&
	       core_read(core, r->data + offset, raw, word) == 0 &&
	       core_number(core, raw, word) == (id & r->id_mask);
}

/* Whether sizes and head go together. A few newest records may be damaged all the same. */
static bool ring_fits(const struct prb_ring *r, struct core *core)
{
	for (uint64_t i = 0; i < FIT_SPAN && i < r->desc_count; i++)
		if (id_fits(r, core, r->head_id - i))
			return true;
	return false;
}

static bool number_at(struct core *core, uint64_t address, uint64_t bytes, uint64_t *value)
{
	size_t n = (size_t)bytes;
	uint8_t raw[8];

	if (core_read(core, address, raw, n))
		return false;
	*value = core_number(core, raw, n);
	return true;
}

static bool fields_read(struct prb_ring *r, struct core *core, uint64_t address)
{
	const struct prb_layout *l = &r->layout;
	uint64_t count_bits, size_bits;

	if (!number_at(core, address + l->count_bits, 4, &count_bits) ||
	    !number_at(core, address + l->descs, l->word, &r->descs) ||
	    !number_at(core, address + l->infos, l->word, &r->infos) ||
	    !number_at(core, address + l->head_id, l->word, &r->head_id) ||
	    !number_at(core, address + l->tail_id, l->word, &r->tail_id) ||
	    !number_at(core, address + l->size_bits, 4, &size_bits) ||
	    !number_at(core, address + l->data, l->word, &r->data))
		return false;
	r->count_bits = (unsigned)count_bits;
	r->size_bits = (unsigned)size_bits;
	return true;
}

/* False if the sizes are absurd: the kernel never has more descriptors than bytes of text. */
static bool sizes_set(struct prb_ring *r, unsigned count_bits, unsigned size_bits)
{
	if (!count_bits || count_bits > COUNT_BITS_MAX || size_bits > SIZE_BITS_MAX ||
	    count_bits > size_bits)
		return false;
	r->count_bits = count_bits;
	r->size_bits = size_bits;
	r->desc_count = UINT64_C(1) << count_bits;
	r->data_bytes = UINT64_C(1) << size_bits;
	return true;
}

static bool try_sizes(struct prb_ring *r, struct core *core, unsigned count_bits,
                      unsigned size_bits)
{
	return sizes_set(r, count_bits, size_bits) && ring_fits(r, core);
}

/* The sizes as they stand, else each as the other tells it, else those that head and tail fit. */
static bool sizes_find(struct prb_ring *r, struct core *core)
{
	unsigned count_bits = r->count_bits, size_bits = r->size_bits;
	struct prb_desc desc;

	if (try_sizes(r, core, count_bits, size_bits))
		return true;
	r->inferred = true;
	if (try_sizes(r, core, size_bits - AVERAGE_BITS, size_bits) ||
	    try_sizes(r, core, count_bits, count_bits + AVERAGE_BITS))
		return true;
	for (unsigned bits = SIZE_BITS_MAX - AVERAGE_BITS; bits >= COUNT_BITS_MIN; bits--)
		if (sizes_set(r, bits, bits + AVERAGE_BITS) &&
		    slot_holds(r, core, r->head_id, &desc) &&
		    slot_holds(r, core, r->tail_id, &desc) && ring_fits(r, core))
			return true;
	/* Neither tells the other: what can be is left as it is. */
	r->inferred = false;
	r->count_bits = count_bits;
	r->size_bits = size_bits;
	return false;
}

/*
 * Searches all slots for the newest id: the one before it is in the slot before, and the one behind
 * it is not in the slot behind. Damage makes more such ends: the highest is the newest.
 */
static bool head_search(struct prb_ring *r, struct core *core)
{
	uint64_t newest = 0, count = r->desc_count < SEARCH_MAX ? r->desc_count : SEARCH_MAX;
	bool found = false, run = false;
	struct prb_desc last = {0}, desc;

	for (uint64_t i = 0; i <= count; i++) {
		bool read = prb_desc_read(r, core, i, &desc) == 0;
		bool own = read && desc.id % r->desc_count == i % r->desc_count;
		bool goes_on = own && i && desc.id == ((last.id + 1) & r->id_mask);

		if (run && !goes_on &&
		    (!found || ((last.id - newest) & r->id_mask) <= r->id_mask / 2)) {
			newest = last.id;
			found = true;
		}
		run = goes_on;
		last = own ? desc : (struct prb_desc){0};
		i += read ? 0 : UNREADABLE_STEP;
	}
	r->head_id = newest;
	return found;
}

/* The head is damaged: it is searched for with the sizes that can be. */
static bool head_find(struct prb_ring *r, struct core *core)
{
	unsigned count_bits = r->count_bits, size_bits = r->size_bits;
	const unsigned tries[][2] = {{count_bits, size_bits},
	                             {size_bits - AVERAGE_BITS, size_bits},
	                             {count_bits, count_bits + AVERAGE_BITS}};
	uint64_t head_id = r->head_id;

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
		if (sizes_set(r, tries[i][0], tries[i][1]) && head_search(r, core) &&
		    ring_fits(r, core)) {
			r->inferred = true;
			return true;
		}
	r->head_id = head_id;
	return sizes_set(r, count_bits, size_bits);
}

/* A head or tail that is not where the ids end: they are followed to their end. */
static void ends_mend(struct prb_ring *r, struct core *core)
{
	struct prb_desc desc;

	for (uint64_t i = 0; i < r->desc_count && slot_holds(r, core, r->head_id + 1, &desc); i++) {
		r->head_id = (r->head_id + 1) & r->id_mask;
		r->inferred = true;
	}
	if (((r->head_id - r->tail_id) & r->id_mask) >= r->desc_count) {
		r->tail_id = (r->head_id - r->desc_count + 1) & r->id_mask;
		r->inferred = true;
	}
}

bool prb_ring_read(struct prb_ring *r, struct core *core, uint64_t address)
{
	r->word_mask = r->layout.word == 8 ? UINT64_MAX : UINT32_MAX;
	r->id_mask = r->word_mask >> 2;
	r->inferred = false;
	if (!fields_read(r, core, address))
		return false;
	if (!sizes_find(r, core) && !head_find(r, core))
		return false;
	ends_mend(r, core);
	return true;
}
