/* SPDX-License-Identifier: GPL-2.0-only */
/* log_prb - the printk ring of Linux 5.10 and later */
#include "sender/log_prb.h"

#include "sender/log.h"
#include "sender/prb_find.h"
#include "sender/prb_record.h"

#define MISSES_MAX      65536 /* damaged records in a row, after which nothing older is tried */
#define UNFINISHED_SPAN 1024  /* newest ids in which records still being written are looked for */

static bool has_key(const struct vmcoreinfo *info, const char *key)
{
	size_t n;

	return vmcoreinfo_text(info, key, &n) != NULL;
}

static bool prb_present(const struct vmcoreinfo *info)
{
	return has_key(info, "SYMBOL(prb)") || has_key(info, "SYMBOL(printk_rb_static)");
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
	unsigned max = sizeof(prb->unfinished) / sizeof(prb->unfinished[0]);
	uint64_t span = prb->count < UNFINISHED_SPAN ? prb->count : UNFINISHED_SPAN;

	for (uint64_t i = 1; i <= span && prb->unfinished_count < max; i++)
		if (state_at(log, prb->count - i) == PRB_RESERVED)
			prb->unfinished[prb->unfinished_count++] = prb->count - i;
}

static bool is_unfinished(const struct prb *prb, uint64_t position)
{
	for (unsigned i = 0; i < prb->unfinished_count; i++)
		if (prb->unfinished[i] == position)
			return true;
	return false;
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

/* A ring that claims millions of records and has none must not take minutes to say so. */
static void damage_add_older(struct log *log)
{
	struct prb *prb = &log->in.prb;

	log->damage.records++;
	if (++prb->misses < MISSES_MAX)
		return;
	log->damage.records += prb->position - prb->bottom;
	prb->bottom = prb->position;
}

/* The lowest position that stepping back from the newest record would come to. */
static uint64_t bottom_find(struct log *log)
{
	struct prb *prb = &log->in.prb;
	uint64_t position = prb->count, misses = 0;
	struct record record;

	while (position > prb->position && misses < MISSES_MAX)
		misses = record_read(log, --position, &record) == PRB_DAMAGED ? misses + 1 : 0;
	return position;
}

/* The same on the way to newer records: those that stepping back would come to are not lost. */
static void damage_add_newer(struct log *log)
{
	struct prb *prb = &log->in.prb;
	uint64_t from;

	log->damage.records++;
	if (++prb->misses != MISSES_MAX)
		return;
	from = bottom_find(log);
	log->damage.records += from - prb->position;
	prb->position = from;
}

static void prb_rewind(struct log *log)
{
	struct prb *prb = &log->in.prb;

	prb->position = prb->seen_from = prb->seen_to = 0;
	prb->unfinished_at = prb->unfinished_count;
}

static bool prb_older(struct log *log, struct record *record)
{
	struct prb *prb = &log->in.prb;

	while (prb->unfinished_at < prb->unfinished_count)
		if (record_read(log, prb->unfinished[prb->unfinished_at++], record) == PRB_READ)
			return true;
	while (prb->position > prb->bottom) {
		enum prb_verdict verdict;

		if (is_unfinished(prb, --prb->position))
			continue;
		verdict = record_read(log, prb->position, record);
		if (verdict == PRB_DAMAGED && prb->position < prb->seen_from)
			damage_add_older(log);
		if (prb->position < prb->seen_from)
			prb->seen_from = prb->position;
		if (verdict == PRB_READ) {
			prb->misses = 0;
			return true;
		}
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
		if (verdict == PRB_DAMAGED && position >= prb->seen_to)
			damage_add_newer(log);
		if (prb->position > prb->seen_to)
			prb->seen_to = prb->position;
		if (verdict == PRB_READ) {
			prb->misses = 0;
			return true;
		}
	}
	while (prb->unfinished_at)
		if (record_read(log, prb->unfinished[--prb->unfinished_at], record) == PRB_READ)
			return true;
	return false;
}

/* Whether any record can be read. The ring must be taken anew after it. */
static bool any_record(struct log *log)
{
	struct record record;

	return prb_older(log, &record);
}

static const char *prb_open(struct log *log, const struct vmcoreinfo *info)
{
	struct prb_ring ring;

	if (!prb_find(log, info, &ring))
		return "holds no printk ring where its VMCOREINFO note says";
	ring_take(log, &ring);
	if (!any_record(log)) {
		log->scraps_at = ring.data;
		log->scraps_bytes = ring.data_bytes;
	}
	ring_take(log, &ring);
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
