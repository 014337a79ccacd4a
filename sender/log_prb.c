/* SPDX-License-Identifier: GPL-2.0-only */
/* log_prb - the printk ring of Linux 5.10 and later */
#include "sender/log_prb.h"

#include "sender/log.h"
#include "sender/prb_find.h"
#include "sender/prb_record.h"

#define MISSES_MAX 65536 /* damaged records in a row, after which nothing older is tried */

static bool prb_present(const struct vmcoreinfo *info)
{
	return vmcoreinfo_has(info, "SYMBOL(prb)") ||
	       vmcoreinfo_has(info, "SYMBOL(printk_rb_static)");
}

static uint64_t id_at(const struct prb *prb, uint64_t position)
{
	return (prb->ring.tail_id + position) & prb->ring.id_mask;
}

static enum prb_verdict record_read(struct log *log, uint64_t position, struct record *record)
{
	const struct prb *prb = &log->in.prb;

	return prb_record_read(log, &prb->ring, id_at(prb, position), record);
}

/* The state of the record at a position, or -1 if its descriptor is another's. */
static int state_at(struct log *log, uint64_t position)
{
	const struct prb *prb = &log->in.prb;
	struct prb_desc desc;

	if (prb_desc_read(&prb->ring, log->core, id_at(prb, position), &desc) ||
	    desc.id != id_at(prb, position))
		return -1;
	return (int)desc.state;
}

/* Those still being written when the machine died are the newest of all, wherever they stand. */
static void unfinished_find(struct log *log)
{
	struct prb *prb = &log->in.prb;

	for (unsigned i = 0; i < PRB_UNFINISHED_SPAN && i < prb->count; i++)
		if (state_at(log, prb->count - 1 - i) == PRB_RESERVED)
			prb->unfinished[i / 8] |= (uint8_t)(1 << i % 8);
}

static bool is_unfinished(const struct prb *prb, uint64_t position)
{
	uint64_t i = prb->count - 1 - position;

	return i < PRB_UNFINISHED_SPAN && prb->unfinished[i / 8] >> i % 8 & 1;
}

/* Reads the newest but i if it is one of those. */
static bool unfinished_read(struct log *log, unsigned i, struct record *record)
{
	const struct prb *prb = &log->in.prb;
	enum prb_verdict verdict;

	if (i >= prb->count || !is_unfinished(prb, prb->count - 1 - i))
		return false;
	verdict = record_read(log, prb->count - 1 - i, record);
	log->damage.records += verdict == PRB_DAMAGED && !prb->unfinished_seen;
	return verdict == PRB_READ;
}

/* Takes a ring as it is: all ids from its tail to its head, none of them seen yet. */
static void ring_take(struct log *log, const struct prb_ring *ring)
{
	struct prb *prb = &log->in.prb;

	*prb = (struct prb){.ring = *ring};
	prb->count = ((ring->head_id - ring->tail_id) & ring->id_mask) + 1;
	prb->position = prb->seen_from = prb->seen_to = prb->count;
	unfinished_find(log);
}

/*
 * Whether to go on behind a record. A ring that claims millions and has none must not take minutes
 * to say so, and blocks that overlap must not make more text than there is memory.
 */
static bool limits_allow(struct prb_limits *limits, const struct prb_ring *ring,
                         enum prb_verdict verdict, const struct record *record)
{
	if (verdict == PRB_DAMAGED)
		limits->misses++;
	if (verdict == PRB_READ) {
		limits->misses = 0;
		limits->text_bytes += record->text_bytes;
	}
	return limits->misses < MISSES_MAX && limits->text_bytes <= ring->data_bytes;
}

/* Counts a record that is seen for the first time; there may be nothing older to be tried. */
static void older_count(struct log *log, enum prb_verdict verdict, const struct record *record)
{
	struct prb *prb = &log->in.prb;

	prb->seen_from = prb->position;
	log->damage.records += verdict == PRB_DAMAGED;
	if (limits_allow(&prb->limits, &prb->ring, verdict, record))
		return;
	log->damage.records += prb->position - prb->bottom;
	prb->bottom = prb->position;
}

/* The lowest position that stepping back from the newest record would come to. */
static uint64_t bottom_find(struct log *log)
{
	struct prb *prb = &log->in.prb;
	struct prb_limits limits = {0};
	uint64_t position = prb->count;
	struct record record;
	enum prb_verdict verdict;

	do
		verdict = record_read(log, --position, &record);
	while (limits_allow(&limits, &prb->ring, verdict, &record) && position > prb->position);
	return position;
}

/*
 * The same on the way to newer records: beyond the limits it goes on with those that stepping back
 * would come to, and the record is not to be used: false.
 */
static bool newer_count(struct log *log, enum prb_verdict verdict, const struct record *record)
{
	struct prb *prb = &log->in.prb;
	uint64_t from;

	prb->seen_to = prb->position;
	log->damage.records += verdict == PRB_DAMAGED;
	if (limits_allow(&prb->limits, &prb->ring, verdict, record) || prb->skipped ||
	    prb->position == prb->count)
		return true;
	log->damage.records += verdict == PRB_READ;
	from = bottom_find(log);
	log->damage.records += from - prb->position;
	prb->position = prb->seen_to = from;
	prb->skipped = true;
	return false;
}

static void prb_rewind(struct log *log)
{
	struct prb *prb = &log->in.prb;

	prb->position = prb->seen_from = prb->seen_to = 0;
	prb->unfinished_at = PRB_UNFINISHED_SPAN;
}

static bool prb_older(struct log *log, struct record *record)
{
	struct prb *prb = &log->in.prb;

	while (prb->unfinished_at < PRB_UNFINISHED_SPAN)
		if (unfinished_read(log, prb->unfinished_at++, record))
			return true;
	prb->unfinished_seen = true;
	while (prb->position > prb->bottom) {
		enum prb_verdict verdict;

		if (is_unfinished(prb, --prb->position))
			continue;
		verdict = record_read(log, prb->position, record);
		if (prb->position < prb->seen_from)
			older_count(log, verdict, record);
		if (verdict == PRB_READ)
			return true;
	}
	return false;
}

static bool prb_newer(struct log *log, struct record *record)
{
	struct prb *prb = &log->in.prb;

	while (prb->position < prb->count) {
		uint64_t position = prb->position++;
		enum prb_verdict verdict;

		if (is_unfinished(prb, position))
			continue;
		verdict = record_read(log, position, record);
		if (position >= prb->seen_to && !newer_count(log, verdict, record))
			continue;
		if (verdict == PRB_READ)
			return true;
	}
	while (prb->unfinished_at)
		if (unfinished_read(log, --prb->unfinished_at, record))
			return true;
	prb->unfinished_seen = true;
	return false;
}

/* The newest records cannot be read: if no other one can be either, the text is all there is. */
static void scraps_offer(struct log *log)
{
	struct prb_ring ring = log->in.prb.ring;
	struct record record;

	if (!prb_older(log, &record)) {
		log->scraps_at = ring.data;
		log->scraps_bytes = ring.data_bytes;
	}
	ring_take(log, &ring);
}

static const char *prb_open(struct log *log, const struct vmcoreinfo *info)
{
	struct prb_ring ring;
	bool readable;

	if (!prb_find(log, info, &ring, &readable))
		return "holds no printk ring where its VMCOREINFO note says";
	ring_take(log, &ring);
	if (!readable)
		scraps_offer(log);
	log->damage = (struct log_damage){
		.note = ring.layout.inferred,
		.fields = ring.inferred,
	};
	return NULL;
}

/*
 * The kernel frees text long before it needs the descriptors again, so the oldest ids are in state
 * reusable, all in a row: the first behind them is found by halving. Damage makes it a guess.
 */
static bool prb_oldest_seq(struct log *log, uint64_t *seq)
{
	struct prb *prb = &log->in.prb;
	uint64_t low = 0, high = prb->count;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		int state = state_at(log, middle);

		if (state >= 0 && state != PRB_REUSABLE)
			high = middle;
		else
			low = middle + 1;
	}
	while (low < prb->count && is_unfinished(prb, low))
		low++;
	return low < prb->count && prb_seq_read(log, &prb->ring, id_at(prb, low), seq);
}

const struct log_format log_prb = {
	.present = prb_present,
	.open = prb_open,
	.rewind = prb_rewind,
	.older = prb_older,
	.newer = prb_newer,
	.oldest_seq = prb_oldest_seq,
};
