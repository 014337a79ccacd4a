/* SPDX-License-Identifier: GPL-2.0-only */
/* prb_find - the printk ring, by what VMCOREINFO says or in spite of it */
#include "sender/prb_find.h"

#include "sender/log.h"
#include "sender/prb_record.h"

#define SCORE_SPAN 1024 /* newest ids by which a layout is judged */
#define SCORE_SURE 64   /* records of which none is damaged: it is the right one */
#define SCORE_ALL  UINT32_MAX

/*
 * How many of the newest records can be read with this layout; all if none is damaged among the
 * first of them. One alone proves nothing: the info of slot 0 stands where it does whatever its
 * size.
 */
static unsigned ring_score(struct log *log, const struct prb_ring *ring)
{
	uint64_t span = (ring->head_id - ring->tail_id) & ring->id_mask;
	unsigned read = 0, damaged = 0;
	struct record record;

	for (uint64_t i = 0; i <= span && i < SCORE_SPAN; i++) {
		enum prb_verdict verdict = prb_record_read(log, ring, ring->head_id - i, &record);

		read += verdict == PRB_READ;
		damaged += verdict == PRB_DAMAGED;
		if (read == SCORE_SURE && !damaged)
			return SCORE_ALL;
	}
	return read && !damaged ? SCORE_ALL : read;
}

/*
 * Where the ring is: prb is a pointer to it. Without that it is the kernel's own, which is in use
 * unless log_buf_len= or the number of processors asked for a larger one.
 */
static bool ring_address(struct log *log, const struct vmcoreinfo *info, uint64_t word,
                         unsigned way, uint64_t *address)
{
	if (way == 0)
		return log_symbol(log, info, "SYMBOL(prb)", word, address) && *address;
	return vmcoreinfo_hex(info, "SYMBOL(printk_rb_static)", address);
}

/* A ring, and how well it can be read. */
struct candidate {
	bool found;
	struct prb_ring ring;
	unsigned score;
};

/* Tries a layout at the first place, or else at the second; a better ring becomes the best. */
static void layout_try(struct log *log, const struct vmcoreinfo *info,
                       const struct prb_layout *layout, struct candidate *best)
{
	struct prb_ring ring = {.layout = *layout};
	unsigned score = 0;
	uint64_t address;

	for (unsigned way = 0; way < 2 && !score; way++) {
		if (!ring_address(log, info, layout->word, way, &address) ||
		    !prb_ring_read(&ring, log->core, address))
			continue;
		ring.inferred |= way > 0;
		score = ring_score(log, &ring);
		if (!best->found || score > best->score)
			*best = (struct candidate){true, ring, score};
	}
}

bool prb_find(struct log *log, const struct vmcoreinfo *info, struct prb_ring *ring, bool *readable)
{
	/* As the note says, with what it lacks from one kernel after the other; else without it. */
	const struct vmcoreinfo *const sources[] = {info, NULL};
	struct candidate best = {0};
	struct prb_layout layout;

	for (unsigned s = 0; s < 2; s++)
		for (unsigned known = 0; known < PRB_LAYOUTS_KNOWN; known++) {
			if (best.score == SCORE_ALL ||
			    !prb_layout_read(&layout, sources[s], log->core->word, known))
				continue;
			layout_try(log, info, &layout, &best);
			if (!layout.inferred) /* the others would be the same */
				break;
		}
	*ring = best.ring;
	*readable = best.score > 0;
	return best.found;
}
