/* SPDX-License-Identifier: GPL-2.0-only */
/* siblings - the cuts of one id, or of one MAC's original frames */
#include "receiver/assembler.h"

struct bucket *siblings_bucket(struct assembler *as, const struct frame *frame, bool original)
{
	uint64_t hash = original ? siphash(&as->key, frame->source_mac, FRAME_MAC_BYTES)
	                         : siphash(&as->key, &frame->header.id, sizeof(frame->header.id));

	return &as->buckets[hash % BUCKETS];
}

static bool siblings(const struct cut *a, const struct cut *b)
{
	if (a->original != b->original)
		return false;
	return a->original ? cut_has_mac(a, b->macs[0]) : a->header.id == b->header.id;
}

bool siblings_same_key(const struct cut *cut, const struct frame_header *header)
{
	return !cut->original && cut->header.id == header->id &&
	       cut->header.parts == header->parts && cut->header.older == header->older;
}

/* The cut at or behind at. */
static struct cut *find_from(const struct cut *cut, struct cut *at)
{
	while (at && !siblings(cut, at))
		at = LIST_NEXT(at, same_bucket);
	return at;
}

struct cut *siblings_next(const struct cut *cut, struct cut *at)
{
	return find_from(cut, LIST_NEXT(at, same_bucket));
}

struct cut *siblings_first(struct assembler *as, const struct cut *cut)
{
	return find_from(cut, LIST_FIRST(&as->buckets[cut->bucket]));
}

/* The cut of two that has got least and, if that is the same, was silent for longest. */
static struct cut *weaker(struct cut *a, struct cut *b)
{
	if (!a || a->known != b->known)
		return !a || b->known < a->known ? b : a;
	return b->heard_us < a->heard_us ? b : a;
}

unsigned siblings_free_slot(struct assembler *as, const struct cut *cut)
{
	struct cut *other, *victim = NULL;
	uint32_t taken = 0;
	unsigned slot = 0;

	FOR_EACH_SIBLING(other, as, cut)
	{
		taken |= 1u << other->slot;
		victim = weaker(victim, other);
	}
	if (taken == UINT32_MAX) {
		slot = victim->slot;
		evict_cut(as, victim);
		return slot;
	}
	while (taken & 1u << slot)
		slot++;
	return slot;
}
