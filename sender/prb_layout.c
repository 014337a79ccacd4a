/* SPDX-License-Identifier: GPL-2.0-only */
/* prb_layout - how the printk ring's structures are laid out */
#include "sender/prb_layout.h"

#include <stddef.h>

/* Where kernels differ: the words before text_data_ring, and the bytes of printk_info. */
static const struct {
	uint64_t text_ring_words, info_bytes;
} known[PRB_LAYOUTS_KNOWN] = {{5, 88}, {6, 88}, {6, 112}};

struct need {
	const char *key;
	uint64_t *value;
	uint64_t known; /* taken where the note says nothing, or nothing that can be */
};

static void needs_read(struct prb_layout *l, const struct vmcoreinfo *info,
                       const struct need *needs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (info && vmcoreinfo_decimal(info, needs[i].key, needs[i].value) &&
		    *needs[i].value <= PRB_STRUCT_BYTES_MAX)
			continue;
		*needs[i].value = needs[i].known;
		l->inferred = true;
	}
}

#define NEEDS_READ(l, info, needs) needs_read(l, info, needs, sizeof(needs) / sizeof(needs[0]))

static void word_read(struct prb_layout *l, const struct vmcoreinfo *info, uint64_t word)
{
	const struct need needs[] = {{"SIZE(atomic_long_t)", &l->word, word}};

	NEEDS_READ(l, info, needs);
	if (l->word == 4 || l->word == 8)
		return;
	l->word = word;
	l->inferred = true;
}

static void ring_read(struct prb_layout *l, const struct vmcoreinfo *info, unsigned i)
{
	uint64_t word = l->word, desc_ring, text_ring;
	const struct need needs[] = {
		{"OFFSET(printk_ringbuffer.desc_ring)", &desc_ring, 0},
		{"OFFSET(printk_ringbuffer.text_data_ring)", &text_ring,
	         known[i].text_ring_words * word},
		{"OFFSET(prb_desc_ring.count_bits)", &l->count_bits, 0},
		{"OFFSET(prb_desc_ring.descs)", &l->descs, word},
		{"OFFSET(prb_desc_ring.infos)", &l->infos, 2 * word},
		{"OFFSET(prb_desc_ring.head_id)", &l->head_id, 3 * word},
		{"OFFSET(prb_desc_ring.tail_id)", &l->tail_id, 4 * word},
		{"OFFSET(prb_data_ring.size_bits)", &l->size_bits, 0},
		{"OFFSET(prb_data_ring.data)", &l->data, word},
	};

	NEEDS_READ(l, info, needs);
	l->count_bits += desc_ring;
	l->descs += desc_ring;
	l->infos += desc_ring;
	l->head_id += desc_ring;
	l->tail_id += desc_ring;
	l->size_bits += text_ring;
	l->data += text_ring;
}

static void record_read(struct prb_layout *l, const struct vmcoreinfo *info, unsigned i)
{
	uint64_t word = l->word, lpos, begin, next;
	const struct need needs[] = {
		{"SIZE(prb_desc)", &l->desc_bytes, 3 * word},
		{"OFFSET(prb_desc.state_var)", &l->desc_state, 0},
		{"OFFSET(prb_desc.text_blk_lpos)", &lpos, word},
		{"OFFSET(prb_data_blk_lpos.begin)", &begin, 0},
		{"OFFSET(prb_data_blk_lpos.next)", &next, word},
		{"SIZE(printk_info)", &l->info_bytes, known[i].info_bytes},
		{"OFFSET(printk_info.seq)", &l->info_seq, 0},
		{"OFFSET(printk_info.ts_nsec)", &l->info_ts, 8},
		{"OFFSET(printk_info.text_len)", &l->info_text_len, 16},
		{"OFFSET(printk_info.caller_id)", &l->info_caller, 20},
	};

	NEEDS_READ(l, info, needs);
	l->desc_begin = lpos + begin;
	l->desc_next = lpos + next;
}

/* A field of a structure: they lie within it, and apart from each other. */
struct extent {
	uint64_t offset, bytes;
};

static bool extents_fit(const struct extent *extents, size_t count, uint64_t whole)
{
	for (size_t i = 0; i < count; i++) {
		if (extents[i].bytes > whole || extents[i].offset > whole - extents[i].bytes)
			return false;
		for (size_t j = 0; j < i; j++)
			if (extents[i].offset < extents[j].offset + extents[j].bytes &&
			    extents[j].offset < extents[i].offset + extents[i].bytes)
				return false;
	}
	return true;
}

bool prb_layout_read(struct prb_layout *l, const struct vmcoreinfo *info, uint64_t word, unsigned i)
{
	struct extent desc[3], record[4];

	l->inferred = false;
	word_read(l, info, word);
	ring_read(l, info, i);
	record_read(l, info, i);
	desc[0] = (struct extent){l->desc_state, l->word};
	desc[1] = (struct extent){l->desc_begin, l->word};
	desc[2] = (struct extent){l->desc_next, l->word};
	record[0] = (struct extent){l->info_seq, 8};
	record[1] = (struct extent){l->info_ts, 8};
	record[2] = (struct extent){l->info_text_len, 2};
	/* facility and level lie before caller_id. */
	record[3] = (struct extent){l->info_caller - 2, 6};
	return l->info_caller >= 2 && extents_fit(desc, 3, l->desc_bytes) &&
	       extents_fit(record, 4, l->info_bytes);
}
