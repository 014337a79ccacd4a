/* SPDX-License-Identifier: GPL-2.0-only */
/* assemble - parts become reports */
#include "receiver/assemble.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "receiver/assembler.h"

#define BYTES_MAX     (24u << 20)
#define CUTS_MAX      32768
#define PARTIALS      100
#define ORIGINALS_MAX 4096 /* original frames in one report */

static size_t or_default(size_t value, size_t standard)
{
	return value ? value : standard;
}

struct assembler *assembler_new(const struct assemble_limits *limits,
                                const struct assemble_output *output)
{
	struct assembler *as = calloc(1, sizeof(*as));

	if (!as)
		return NULL;
	as->limits.bytes = or_default(limits->bytes, BYTES_MAX);
	as->limits.cut_bytes = or_default(limits->cut_bytes, as->limits.bytes / 8 * 7);
	as->limits.cuts = or_default(limits->cuts, CUTS_MAX);
	as->limits.partials_per_s = limits->partials_per_s ? limits->partials_per_s : PARTIALS;
	as->output = *output;
	TAILQ_INIT(&as->pending);
	TAILQ_INIT(&as->ready);
	TAILQ_INIT(&as->held);
	TAILQ_INIT(&as->written);
	TAILQ_INIT(&as->failed);
	for (int i = 0; i < CUT_CLASSES; i++)
		TAILQ_INIT(&as->heard[i]);
	if (getrandom(&as->key, sizeof(as->key), 0) != sizeof(as->key)) {
		free(as);
		return NULL;
	}
	return as;
}

void assembler_free(struct assembler *as)
{
	struct cut *cut;

	for (int i = 0; i < CUT_CLASSES; i++)
		while ((cut = TAILQ_FIRST(&as->heard[i]))) {
			TAILQ_REMOVE(&as->heard[i], cut, by_heard);
			cut_free(cut);
		}
	free(as);
}

/* Puts a missing part in. Returns false if there is no memory for it. */
static bool put(struct assembler *as, struct cut *cut, const struct part *part,
                const struct frame_header *header, const struct arrival *arrival)
{
	if (cut->bytes >= as->limits.cut_bytes || cut_put(cut, part, header)) {
		as->counts.refused++;
		return false;
	}
	evict_charge(as, cut);
	cut->changed_us = arrival->now_us;
	showing_set_pending(as, cut, true);
	return true;
}

static struct cut *open_cut(struct assembler *as, struct bucket *bucket, const struct frame *frame,
                            bool original, const struct arrival *arrival)
{
	struct cut *cut = cut_new(frame, original);

	if (!cut) {
		as->counts.refused++;
		return NULL;
	}
	cut->bucket = (unsigned)(bucket - as->buckets);
	cut->slot = siblings_free_slot(as, cut);
	cut->spill = as->output.spill;
	cut->serial = ++as->opened;
	cut->interface = arrival->interface;
	cut->received_us = arrival->captured_us;
	cut->heard_us = arrival->now_us;
	LIST_INSERT_HEAD(bucket, cut, same_bucket);
	evict_enter(as, cut);
	return cut;
}

/* Of two cuts that are the same report the one that stays: if none has more, one that was shown. */
static struct cut *stronger(struct cut *a, struct cut *b)
{
	if (!a->seal != !b->seal)
		return a->seal ? a : b;
	if (a->known != b->known)
		return a->known > b->known ? a : b;
	return a->pending ? b : a;
}

/*
 * Makes one of two cuts that are the same report: the stronger one stays and is returned. NULL: no
 * memory, both stay.
 */
static struct cut *merge(struct assembler *as, struct cut *a, struct cut *b)
{
	struct cut *into = stronger(a, b), *from = into == a ? b : a;
	size_t known = into->known;

	if (cut_absorb(into, from))
		return NULL;
	evict_charge(as, into);
	evict_charge(as, from);
	if (into->known > known) {
		if (from->changed_us > into->changed_us)
			into->changed_us = from->changed_us;
		showing_set_pending(as, into, true);
	}
	if (from->received_us < into->received_us) {
		into->received_us = from->received_us;
		into->interface = from->interface;
	}
	if (from->serial > into->serial)
		into->serial = from->serial; /* it stands for the one opened last */
	evict_drop(as, from);
	return into;
}

/* A cut that has the same part as this one, and was not found to contradict it. */
static struct cut *find_twin(struct assembler *as, const struct cut *cut, const struct part *part)
{
	struct cut *other;

	FOR_EACH_SIBLING(other, as, cut)
	if (other != cut && !(cut->rivals & 1u << other->slot) &&
	    siblings_same_key(other, &cut->header) && cut_compare(other, part) == CUT_SAME)
		return other;
	return NULL;
}

/*
 * Once a name is contested, what two cuts have in common proves nothing: a forger can repeat a true
 * part and add others. Then only cuts that have all the same become one; one that has less may grow
 * into what the other is not.
 */
static bool may_merge(const struct cut *a, const struct cut *b)
{
	if (a->contested || b->contested)
		return a->known == b->known && cut_contains(a, b);
	return cut_agrees(a, b);
}

/* Joins the cut with those that turn out to be the same, now that it has this part. */
static struct cut *join(struct assembler *as, struct cut *cut, const struct part *part)
{
	struct cut *other, *merged;

	/* Each turn leaves one cut less, or one rival more. */
	while ((other = find_twin(as, cut, part))) {
		merged = may_merge(cut, other) ? merge(as, cut, other) : NULL;
		if (merged) {
			cut = merged;
			continue;
		}
		cut->rivals |= 1u << other->slot;
		other->rivals |= 1u << cut->slot;
	}
	return cut;
}

/* Whether other bytes are known for this part. Then the name is contested, in all its cuts. */
static bool contest(struct bucket *bucket, const struct frame *frame, const struct part *part)
{
	struct cut *cut;
	bool contested = false;

	LIST_FOREACH(cut, bucket, same_bucket)
	if (siblings_same_key(cut, &frame->header))
		contested |= cut->contested || cut_compare(cut, part) == CUT_OTHER;
	if (!contested)
		return false;
	LIST_FOREACH(cut, bucket, same_bucket)
	if (siblings_same_key(cut, &frame->header))
		cut->contested = true;
	return true;
}

static void put_in_cut(struct assembler *as, struct cut *cut, const struct part *part,
                       const struct frame *frame, const struct arrival *arrival)
{
	evict_hear(as, cut, arrival->now_us);
	if (cut_compare(cut, part) == CUT_SAME)
		as->counts.repeated++;
	else
		cut->grown = put(as, cut, part, &frame->header, arrival);
}

/*
 * Puts the part into all cuts of its sender that have nothing else under its number. Returns
 * whether the last one that was opened is among them. If not, a new one is to be opened, even if an
 * older one has the part: it may have forged ones too. So two rounds without forgery make a pure
 * cut.
 */
static bool put_in_cuts(struct assembler *as, struct bucket *bucket, const struct frame *frame,
                        const struct part *part, const struct arrival *arrival)
{
	struct cut *cut;
	uint64_t latest = 0;
	bool taken = false;

	LIST_FOREACH(cut, bucket, same_bucket)
	{
		bool other;

		if (!siblings_same_key(cut, &frame->header) || !cut_has_mac(cut, frame->source_mac))
			continue;
		other = cut_compare(cut, part) == CUT_OTHER;
		if (cut->serial > latest) {
			latest = cut->serial;
			taken = !other;
		}
		if (!other)
			put_in_cut(as, cut, part, frame, arrival);
	}
	return taken;
}

static struct cut *find_grown(struct bucket *bucket)
{
	struct cut *cut;

	LIST_FOREACH(cut, bucket, same_bucket)
	if (cut->grown)
		return cut;
	return NULL;
}

static void add_part(struct assembler *as, const struct frame *frame, struct part *part,
                     const struct arrival *arrival)
{
	const struct frame_header *header = &frame->header;
	struct bucket *bucket = siblings_bucket(as, frame, false);
	bool contested;
	struct cut *cut;

	part->number = header->part;
	part->has_seq = header->has_seq;
	part->seq = header->seq;
	part->last = header->last;
	part->cont = header->cont;
	contested = contest(bucket, frame, part);
	if (!put_in_cuts(as, bucket, frame, part, arrival)) {
		cut = open_cut(as, bucket, frame, false, arrival);
		if (cut) {
			cut->contested = contested;
			cut->grown = put(as, cut, part, header, arrival);
		}
	}
	while ((cut = find_grown(bucket))) {
		cut->grown = false;
		if (!cut->contested || cut_complete(cut))
			cut = join(as, cut, part); /* else it may become what the others are not */
		if (!cut->pending || !cut_complete(cut))
			continue;
		if (arrival->hurry)
			showing_set_ready(as, cut);
		else
			showing_show(as, cut);
	}
}

static struct cut *find_original(struct bucket *bucket, const struct frame *frame)
{
	struct cut *cut;

	LIST_FOREACH(cut, bucket, same_bucket)
	if (cut->original && cut_has_mac(cut, frame->source_mac))
		return cut;
	return NULL;
}

static void add_original(struct assembler *as, const struct frame *frame, struct part *part,
                         const struct arrival *arrival)
{
	struct bucket *bucket = siblings_bucket(as, frame, true);
	struct cut *cut = find_original(bucket, frame);

	if (cut && cut_has_body(cut, part)) {
		as->counts.repeated++;
		evict_hear(as, cut, arrival->now_us);
		return;
	}
	if (cut && cut->known >= ORIGINALS_MAX) {
		evict_cut(as, cut);
		cut = NULL;
	}
	if (!cut)
		cut = open_cut(as, bucket, frame, true, arrival);
	if (!cut)
		return;
	if (cut->written)
		assembler_sync(as); /* what was shown is forgotten, before there is more */
	part->number = (uint32_t)cut->known + 1;
	evict_hear(as, cut, arrival->now_us);
	if (!cut->pending)
		cut->received_us = arrival->captured_us; /* what came before was shown */
	put(as, cut, part, &frame->header, arrival);
}

void assembler_add(struct assembler *as, const uint8_t *bytes, size_t n,
                   const struct arrival *arrival)
{
	struct frame frame;
	enum frame_kind kind = frame_decode(bytes, n, &frame);
	struct part part = {0};

	as->now_us = arrival->now_us;
	as->counts.frames++;
	as->counts.foreign += kind == FRAME_FOREIGN;
	as->counts.bad += kind == FRAME_BAD;
	if (kind == FRAME_FOREIGN || kind == FRAME_BAD)
		return;
	part.bytes = (uint32_t)frame.body_bytes;
	part.digest = siphash(&as->key, frame.body, frame.body_bytes);
	part.body = (char *)frame.body; /* only read: cut_put copies it */
	evict_make_room(as);
	if (kind == FRAME_PART)
		add_part(as, &frame, &part, arrival);
	else
		add_original(as, &frame, &part, arrival);
}

const struct assemble_counts *assembler_counts(const struct assembler *as)
{
	return &as->counts;
}

size_t assembler_bytes(const struct assembler *as)
{
	return as->bytes;
}

size_t assembler_unsaved(const struct assembler *as)
{
	return as->unsaved;
}

size_t assembler_cuts(const struct assembler *as)
{
	return as->cuts;
}
