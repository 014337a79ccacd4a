/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * evict - which cuts go when memory is short
 *
 * Theory of operation. First the bodies of what got no new part for longest go to the spill, if
 * there is one; a cut without its bodies takes a tenth of the memory, and can still be completed.
 * When that is not enough, cuts go. They share memory by class, and the class furthest beyond its
 * share loses. A crowd of forged senders with a few parts each thus takes memory from each other,
 * and not from a report that is coming in; that one leaves the crowd with its fourth part, a few
 * milliseconds after its first. Of the growing ones those of a sender that holds more than its
 * share go first. Among equals the longest silent go: an eighth of the memory is freed at once.
 */
#include <stdlib.h>
#include <string.h>

#include "receiver/assembler.h"

#define SHARES 4 /* a sender may hold so much of the memory before it loses first */

/* Eighths of the memory. What one class does not need the others may use. */
static const unsigned share_eighths[CUT_CLASSES] = {
	[CUT_CROWD] = 2,
	[CUT_GROWING] = 4,
	[CUT_DONE] = 2,
};

static enum cut_class class_of(const struct cut *cut)
{
	if (cut->known < CROWD_PARTS)
		return CUT_CROWD;
	return cut->seal ? CUT_DONE : CUT_GROWING;
}

static void set_held(struct assembler *as, struct cut *cut, bool held)
{
	if (cut->held)
		TAILQ_REMOVE(&as->held, cut, by_held);
	cut->held = held;
	if (held)
		TAILQ_INSERT_TAIL(&as->held, cut, by_held);
}

void evict_enter(struct assembler *as, struct cut *cut)
{
	cut->class = class_of(cut);
	cut->charged = cut->bytes;
	as->bytes += cut->bytes;
	as->class_bytes[cut->class] += cut->bytes;
	as->cuts++;
	TAILQ_INSERT_TAIL(&as->heard[cut->class], cut, by_heard);
}

static void leave(struct assembler *as, struct cut *cut)
{
	TAILQ_REMOVE(&as->heard[cut->class], cut, by_heard);
	as->bytes -= cut->charged;
	as->class_bytes[cut->class] -= cut->charged;
	as->cuts--;
}

/* The class it changes to has it last: it was just heard or, if it was sealed, not long ago. */
void evict_charge(struct assembler *as, struct cut *cut)
{
	bool grew = cut->bytes > cut->charged;

	if (class_of(cut) == cut->class) {
		as->class_bytes[cut->class] += cut->bytes - cut->charged;
		as->bytes += cut->bytes - cut->charged;
		cut->charged = cut->bytes;
	} else {
		leave(as, cut);
		evict_enter(as, cut);
	}
	if (grew || cut->seal)
		set_held(as, cut, !cut->seal);
}

void evict_hear(struct assembler *as, struct cut *cut, uint64_t now_us)
{
	cut->heard_us = now_us;
	TAILQ_REMOVE(&as->heard[cut->class], cut, by_heard);
	TAILQ_INSERT_TAIL(&as->heard[cut->class], cut, by_heard);
}

void evict_drop(struct assembler *as, struct cut *cut)
{
	struct cut *other;

	if (cut->written)
		assembler_sync(as);
	FOR_EACH_SIBLING(other, as, cut)
	other->rivals &= ~(1u << cut->slot);
	showing_set_unsaved(as, cut, false);
	showing_set_pending(as, cut, false);
	set_held(as, cut, false);
	LIST_REMOVE(cut, same_bucket);
	leave(as, cut);
	cut_free(cut);
}

void evict_cut(struct assembler *as, struct cut *cut)
{
	/* A crowd that is thrown out is not worth more words than a crowd that fell silent. */
	if (cut->pending && (cut->class != CUT_CROWD || showing_pay(as)))
		showing_show(as, cut);
	if (cut->written)
		assembler_sync(as);
	as->counts.evicted++;
	as->counts.unshown += cut->pending;
	as->counts.lost += cut->unsaved;
	evict_drop(as, cut);
}

static bool is_full(const struct assembler *as, size_t eighths)
{
	return as->bytes > as->limits.bytes / 8 * eighths ||
	       as->cuts >= as->limits.cuts - as->limits.cuts / 8 * (8 - eighths);
}

/* Those whose bodies could not be moved go out of the queue too, until they get another part. */
static void spill(struct assembler *as)
{
	struct cut *cut;

	while ((cut = TAILQ_FIRST(&as->held)) && as->bytes > as->limits.bytes / 8 * 6) {
		as->counts.spilled += cut_spill(cut);
		evict_charge(as, cut);
		set_held(as, cut, false);
	}
}

static int by_sender(const void *a, const void *b)
{
	const struct cut *const *left = a, *const *right = b;

	return memcmp((*left)->macs[0], (*right)->macs[0], FRAME_MAC_BYTES);
}

static int by_claim(const void *a, const void *b)
{
	const struct cut *left = *(const struct cut *const *)a;
	const struct cut *right = *(const struct cut *const *)b;

	if (left->sender_excess != right->sender_excess)
		return left->sender_excess < right->sender_excess ? 1 : -1;
	return (left->heard_us > right->heard_us) - (left->heard_us < right->heard_us);
}

/* Sets sender_excess in n cuts sorted by sender. */
static void sum_senders(struct cut **cuts, size_t n, size_t share)
{
	for (size_t first = 0, last; first < n; first = last) {
		size_t bytes = 0;

		for (last = first; last < n && !by_sender(&cuts[first], &cuts[last]); last++)
			bytes += cuts[last]->bytes;
		for (size_t i = first; i < last; i++)
			cuts[i]->sender_excess = bytes > share ? bytes - share : 0;
	}
}

/* The growing ones, in the order in which they go. NULL: no memory to sort them. */
static struct cut **sort_growing(struct assembler *as, size_t *n)
{
	struct cut **cuts = calloc(as->cuts, sizeof(*cuts)), *cut;

	*n = 0;
	if (!cuts)
		return NULL;
	TAILQ_FOREACH(cut, &as->heard[CUT_GROWING], by_heard)
	cuts[(*n)++] = cut;
	qsort(cuts, *n, sizeof(*cuts), by_sender);
	sum_senders(cuts, *n, as->limits.bytes / SHARES);
	qsort(cuts, *n, sizeof(*cuts), by_claim);
	return cuts;
}

static bool beyond_share(const struct assembler *as, enum cut_class class, size_t *excess)
{
	size_t share = as->limits.bytes / 8 * share_eighths[class];

	*excess = as->class_bytes[class] > share ? as->class_bytes[class] - share : 0;
	return !TAILQ_EMPTY(&as->heard[class]);
}

/* The class furthest beyond its share; if none is, as when there are too many cuts, the crowd. */
static enum cut_class pick_class(const struct assembler *as)
{
	enum cut_class picked = CUT_CLASSES;
	size_t most = 0, excess;

	for (enum cut_class one = 0; one < CUT_CLASSES; one++) {
		if (!beyond_share(as, one, &excess) || (picked != CUT_CLASSES && excess <= most))
			continue;
		picked = one;
		most = excess;
	}
	return picked;
}

/* Growing ones that go, as long as it is the turn of their class. Each round evicts one at least.
 */
static void evict_growing(struct assembler *as)
{
	size_t n;
	struct cut **cuts = sort_growing(as, &n);

	if (!cuts) {
		evict_cut(as, TAILQ_FIRST(&as->heard[CUT_GROWING]));
		return;
	}
	for (size_t i = 0; i < n && is_full(as, 7) && pick_class(as) == CUT_GROWING; i++)
		evict_cut(as, cuts[i]);
	free(cuts);
}

void evict_make_room(struct assembler *as)
{
	if (as->output.spill && as->bytes > as->limits.bytes / 8 * 7)
		spill(as);
	if (!is_full(as, 8))
		return;
	while (as->cuts && is_full(as, 7)) {
		enum cut_class class = pick_class(as);

		if (class == CUT_GROWING)
			evict_growing(as);
		else
			evict_cut(as, TAILQ_FIRST(&as->heard[class]));
	}
}
