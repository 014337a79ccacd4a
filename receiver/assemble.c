/* SPDX-License-Identifier: GPL-2.0-only */
/* assemble - parts become reports */
#include "receiver/assemble.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "receiver/siphash.h"

#define BYTES_MAX     (64u << 20)
#define CUT_BYTES_MAX (24u << 20) /* 16 MiB of log, the most that is sent, and its parts */
#define CUTS_MAX      16384
#define ORIGINALS_MAX 4096 /* original frames in one report */
#define SLOTS         32   /* cuts of one id; cut.rivals has a bit for each */
#define SHARES        4    /* a sender may hold so much of the memory before it loses first */
#define BUCKETS       4096
#define GATHER_US     1000000ull /* how long a cut waits for others of its id, to be shown beside */

LIST_HEAD(bucket, cut);
TAILQ_HEAD(queue, cut);

struct assembler {
	struct assemble_limits limits;
	assemble_show *show;
	void *context;
	struct siphash_key key;
	struct bucket buckets[BUCKETS]; /* all cuts, by id; originals by MAC */
	struct queue heard;             /* all cuts, longest silent first */
	struct queue pending;           /* those with parts not shown, by last new part */
	size_t cuts, bytes, unsaved;
	uint64_t now_us, retry_us;
	struct assemble_counts counts;
};

static size_t or_default(size_t value, size_t standard)
{
	return value ? value : standard;
}

struct assembler *assembler_new(const struct assemble_limits *limits, assemble_show *show,
                                void *context)
{
	struct assembler *as = calloc(1, sizeof(*as));

	if (!as)
		return NULL;
	as->limits.bytes = or_default(limits->bytes, BYTES_MAX);
	as->limits.cut_bytes = or_default(limits->cut_bytes, CUT_BYTES_MAX);
	as->limits.cuts = or_default(limits->cuts, CUTS_MAX);
	as->show = show;
	as->context = context;
	TAILQ_INIT(&as->heard);
	TAILQ_INIT(&as->pending);
	if (getrandom(&as->key, sizeof(as->key), 0) != sizeof(as->key)) {
		free(as);
		return NULL;
	}
	return as;
}

void assembler_free(struct assembler *as)
{
	struct cut *cut;

	while ((cut = TAILQ_FIRST(&as->heard))) {
		TAILQ_REMOVE(&as->heard, cut, by_heard);
		cut_free(cut);
	}
	free(as);
}

/* The siblings of a cut are in one bucket: same id, or both original and of one MAC. */
static struct bucket *bucket_of(struct assembler *as, const struct frame *frame, bool original)
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

static bool same_key(const struct cut *cut, const struct frame_header *header)
{
	return !cut->original && cut->header.id == header->id &&
	       cut->header.parts == header->parts && cut->header.older == header->older;
}

/* The next sibling of the cut at or behind at. */
static struct cut *next_sibling(const struct cut *cut, struct cut *at)
{
	while (at && !siblings(cut, at))
		at = LIST_NEXT(at, same_bucket);
	return at;
}

/* The list head of a cut is not known to it: its bucket is found anew. */
static struct cut *first_sibling(struct assembler *as, const struct cut *cut)
{
	struct frame frame = {.header.id = cut->header.id};

	memcpy(frame.source_mac, cut->macs[0], FRAME_MAC_BYTES);
	return next_sibling(cut, LIST_FIRST(bucket_of(as, &frame, cut->original)));
}

#define FOR_EACH_SIBLING(at, as, cut)                                                              \
	for ((at) = first_sibling(as, cut); (at);                                                  \
	     (at) = next_sibling(cut, LIST_NEXT(at, same_bucket)))

static void set_unsaved(struct assembler *as, struct cut *cut, bool unsaved)
{
	as->unsaved += unsaved;
	as->unsaved -= cut->unsaved;
	cut->unsaved = unsaved;
}

static void set_pending(struct assembler *as, struct cut *cut, bool pending)
{
	if (cut->pending)
		TAILQ_REMOVE(&as->pending, cut, by_changed);
	cut->pending = pending;
	if (pending)
		TAILQ_INSERT_TAIL(&as->pending, cut, by_changed);
}

/* What was said for good leaves memory; parts of a cut that may still grow do not. */
static void settle(struct assembler *as, struct cut *cut, bool saved)
{
	set_unsaved(as, cut, !saved);
	if (!saved || !(cut->original || cut_complete(cut)))
		return;
	as->bytes -= cut->bytes;
	cut_forget_bodies(cut);
	as->bytes += cut->bytes;
}

static void show(struct assembler *as, struct cut *cut)
{
	bool saved;

	set_pending(as, cut, false);
	as->counts.shown++;
	saved = as->show(as->context, cut, false);
	if (!saved && !as->unsaved)
		as->retry_us = as->now_us + ASSEMBLE_RETRY_US;
	else if (saved && as->unsaved)
		as->retry_us = as->now_us; /* what failed before may work too */
	settle(as, cut, saved);
}

static void save_again(struct assembler *as)
{
	struct cut *cut;

	TAILQ_FOREACH(cut, &as->heard, by_heard)
	if (cut->unsaved && !cut->pending)
		settle(as, cut, as->show(as->context, cut, true));
}

/* Takes the cut out of everything and frees it. */
static void drop(struct assembler *as, struct cut *cut)
{
	struct cut *other;

	FOR_EACH_SIBLING(other, as, cut)
	other->rivals &= ~(1u << cut->slot);
	set_unsaved(as, cut, false);
	set_pending(as, cut, false);
	LIST_REMOVE(cut, same_bucket);
	TAILQ_REMOVE(&as->heard, cut, by_heard);
	as->bytes -= cut->bytes;
	as->cuts--;
	cut_free(cut);
}

static void evict(struct assembler *as, struct cut *cut)
{
	if (cut->pending)
		show(as, cut);
	as->counts.evicted++;
	as->counts.lost += cut->unsaved;
	drop(as, cut);
}

static int by_sender(const void *a, const void *b)
{
	const struct cut *const *left = a, *const *right = b;

	return memcmp((*left)->macs[0], (*right)->macs[0], FRAME_MAC_BYTES);
}

/*
 * Who goes first: what the sender holds that holds most, of those with more than their share; then
 * what made least progress, since a crowd of forged MACs has one or two parts each; then what was
 * silent for longest.
 */
static int by_claim(const void *a, const void *b)
{
	const struct cut *left = *(const struct cut *const *)a;
	const struct cut *right = *(const struct cut *const *)b;

	if (left->sender_excess != right->sender_excess)
		return left->sender_excess < right->sender_excess ? 1 : -1;
	if (!left->sender_excess && left->known != right->known)
		return left->known < right->known ? -1 : 1;
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

static bool is_full(const struct assembler *as, size_t eighths)
{
	return as->bytes > as->limits.bytes / 8 * eighths ||
	       as->cuts >= as->limits.cuts - as->limits.cuts / 8 * (8 - eighths);
}

/* Frees an eighth at once, so that a flood does not sort all cuts for each of its frames. */
static void make_room(struct assembler *as)
{
	struct cut **cuts, *cut;
	size_t n = 0;

	if (!is_full(as, 8))
		return;
	cuts = calloc(as->cuts, sizeof(*cuts));
	if (!cuts) {
		evict(as, TAILQ_FIRST(&as->heard));
		return;
	}
	TAILQ_FOREACH(cut, &as->heard, by_heard)
	cuts[n++] = cut;
	qsort(cuts, n, sizeof(*cuts), by_sender);
	sum_senders(cuts, n, as->limits.bytes / SHARES);
	qsort(cuts, n, sizeof(*cuts), by_claim);
	for (size_t i = 0; i < n && is_full(as, 7); i++)
		evict(as, cuts[i]);
	free(cuts);
}

static void hear(struct assembler *as, struct cut *cut, const struct arrival *arrival)
{
	cut->heard_us = arrival->now_us;
	TAILQ_REMOVE(&as->heard, cut, by_heard);
	TAILQ_INSERT_TAIL(&as->heard, cut, by_heard);
}

/* Puts a missing part in. Returns false if there is no memory for it. */
static bool put(struct assembler *as, struct cut *cut, const struct part *part,
                const struct frame_header *header, const struct arrival *arrival)
{
	size_t before = cut->bytes;

	if (before >= as->limits.cut_bytes || cut_put(cut, part, header)) {
		as->counts.refused++;
		return false;
	}
	as->bytes += cut->bytes - before;
	cut->changed_us = arrival->now_us;
	set_pending(as, cut, true);
	return true;
}

/* The cut of n siblings that has got least, and among those was silent for longest. */
static struct cut *weakest(struct cut *a, struct cut *b)
{
	if (!a || a->known != b->known)
		return !a || b->known < a->known ? b : a;
	return b->heard_us < a->heard_us ? b : a;
}

/* A slot that no sibling has; the weakest gives up its own if need be. */
static unsigned free_slot(struct assembler *as, const struct cut *cut)
{
	struct cut *other, *victim = NULL;
	uint32_t taken = 0;
	unsigned slot = 0;

	FOR_EACH_SIBLING(other, as, cut)
	{
		taken |= 1u << other->slot;
		victim = weakest(victim, other);
	}
	if (taken == UINT32_MAX) {
		slot = victim->slot;
		evict(as, victim);
		return slot;
	}
	while (taken & 1u << slot)
		slot++;
	return slot;
}

static struct cut *open_cut(struct assembler *as, const struct frame *frame, bool original,
                            const struct arrival *arrival)
{
	struct cut *cut = cut_new(frame, original);

	if (!cut) {
		as->counts.refused++;
		return NULL;
	}
	cut->slot = free_slot(as, cut);
	cut->interface = arrival->interface;
	cut->received_us = arrival->captured_us;
	cut->heard_us = arrival->now_us;
	LIST_INSERT_HEAD(bucket_of(as, frame, original), cut, same_bucket);
	TAILQ_INSERT_TAIL(&as->heard, cut, by_heard);
	as->bytes += cut->bytes;
	as->cuts++;
	return cut;
}

/*
 * Makes one of two cuts that are the same report: the fuller one stays and is returned. NULL: no
 * memory, both stay.
 */
static struct cut *merge(struct assembler *as, struct cut *a, struct cut *b)
{
	struct cut *into = a->known >= b->known ? a : b, *from = into == a ? b : a;
	size_t before = into->bytes + from->bytes, known = into->known;

	if (cut_absorb(into, from))
		return NULL;
	as->bytes += into->bytes + from->bytes - before;
	if (into->known > known) {
		if (from->changed_us > into->changed_us)
			into->changed_us = from->changed_us;
		set_pending(as, into, true);
	}
	if (from->received_us < into->received_us) {
		into->received_us = from->received_us;
		into->interface = from->interface;
	}
	drop(as, from);
	return into;
}

/* A cut that has the same part as this one, and was not found to contradict it. */
static struct cut *find_twin(struct assembler *as, const struct cut *cut, const struct part *part)
{
	struct cut *other;

	FOR_EACH_SIBLING(other, as, cut)
	if (other != cut && !(cut->rivals & 1u << other->slot) && same_key(other, &cut->header) &&
	    cut_compare(other, part) == CUT_SAME)
		return other;
	return NULL;
}

/* Joins the cut with those that turn out to be the same, now that it has this part. */
static struct cut *join(struct assembler *as, struct cut *cut, const struct part *part)
{
	struct cut *other, *merged;

	/* Each turn leaves one cut less, or one rival more. */
	while ((other = find_twin(as, cut, part))) {
		merged = cut_agrees(cut, other) ? merge(as, cut, other) : NULL;
		if (merged) {
			cut = merged;
			continue;
		}
		cut->rivals |= 1u << other->slot;
		other->rivals |= 1u << cut->slot;
	}
	return cut;
}

/* Whether the cut is one that this frame, with its part, belongs into. */
static bool takes(const struct cut *cut, const struct frame *frame, const struct part *part)
{
	return same_key(cut, &frame->header) && cut_has_mac(cut, frame->source_mac) &&
	       cut_compare(cut, part) != CUT_OTHER;
}

/* Puts the part into all cuts of its sender that take it. Returns whether there was any. */
static bool put_in_cuts(struct assembler *as, const struct frame *frame, const struct part *part,
                        const struct arrival *arrival)
{
	struct cut *cut;
	bool any = false;

	LIST_FOREACH(cut, bucket_of(as, frame, false), same_bucket)
	{
		if (!takes(cut, frame, part))
			continue;
		any = true;
		hear(as, cut, arrival);
		if (cut_compare(cut, part) == CUT_SAME)
			as->counts.repeated++;
		else
			cut->grown = put(as, cut, part, &frame->header, arrival);
	}
	return any;
}

static struct cut *find_grown(struct assembler *as, const struct frame *frame)
{
	struct cut *cut;

	LIST_FOREACH(cut, bucket_of(as, frame, false), same_bucket)
	if (cut->grown)
		return cut;
	return NULL;
}

static void add_part(struct assembler *as, const struct frame *frame, struct part *part,
                     const struct arrival *arrival)
{
	const struct frame_header *header = &frame->header;
	struct cut *cut;

	part->number = header->part;
	part->has_seq = header->has_seq;
	part->seq = header->seq;
	part->last = header->last;
	part->cont = header->cont;
	if (!put_in_cuts(as, frame, part, arrival)) {
		cut = open_cut(as, frame, false, arrival);
		if (cut)
			cut->grown = put(as, cut, part, header, arrival);
	}
	while ((cut = find_grown(as, frame))) {
		cut->grown = false;
		cut = join(as, cut, part);
		if (cut->pending && cut_complete(cut))
			show(as, cut);
	}
}

static struct cut *find_original(struct assembler *as, const struct frame *frame)
{
	struct cut *cut;

	LIST_FOREACH(cut, bucket_of(as, frame, true), same_bucket)
	if (cut->original && cut_has_mac(cut, frame->source_mac))
		return cut;
	return NULL;
}

static void add_original(struct assembler *as, const struct frame *frame, struct part *part,
                         const struct arrival *arrival)
{
	struct cut *cut = find_original(as, frame);

	if (cut && cut_has_body(cut, part)) {
		as->counts.repeated++;
		hear(as, cut, arrival);
		return;
	}
	if (cut && cut->known >= ORIGINALS_MAX) {
		evict(as, cut);
		cut = NULL;
	}
	if (!cut)
		cut = open_cut(as, frame, true, arrival);
	if (!cut)
		return;
	part->number = (uint32_t)cut->known + 1;
	hear(as, cut, arrival);
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
	make_room(as);
	if (kind == FRAME_PART)
		add_part(as, &frame, &part, arrival);
	else
		add_original(as, &frame, &part, arrival);
}

/* Complete before partial, then by the length of the log. */
static bool fuller(const struct cut *a, const struct cut *b)
{
	if (cut_complete(a) != cut_complete(b))
		return cut_complete(a);
	return cut_held_bytes(a) > cut_held_bytes(b);
}

/* Shows the pending cuts of one id that did not change after before_us, the fullest first. */
static void show_group(struct assembler *as, const struct cut *cut, uint64_t before_us)
{
	struct cut *other, *best;

	do {
		best = NULL;
		FOR_EACH_SIBLING(other, as, cut)
		if (other->pending && other->changed_us <= before_us &&
		    (!best || fuller(other, best)))
			best = other;
		if (best)
			show(as, best);
	} while (best);
}

/*
 * When a silent cut is shown: with the others of its id, which may have heard their last part a
 * little later, but without waiting for them for long.
 */
static uint64_t due(struct assembler *as, const struct cut *cut)
{
	uint64_t newest = cut->changed_us;
	struct cut *other;

	FOR_EACH_SIBLING(other, as, cut)
	if (other->pending && other->changed_us > newest)
		newest = other->changed_us;
	if (newest - cut->changed_us > GATHER_US)
		newest = cut->changed_us + GATHER_US;
	return newest + ASSEMBLE_SILENCE_US;
}

static void show_due(struct assembler *as, uint64_t now_us)
{
	struct cut *cut, *next;

	for (cut = TAILQ_FIRST(&as->pending); cut; cut = next) {
		if (cut->changed_us + ASSEMBLE_SILENCE_US > now_us)
			break;
		next = TAILQ_NEXT(cut, by_changed);
		if (due(as, cut) > now_us)
			continue;
		show_group(as, cut, now_us - ASSEMBLE_SILENCE_US);
		next = TAILQ_FIRST(&as->pending);
	}
}

static void forget_due(struct assembler *as, uint64_t now_us)
{
	struct cut *cut;

	while ((cut = TAILQ_FIRST(&as->heard)) && cut->heard_us + ASSEMBLE_REMEMBER_US <= now_us) {
		if (cut->unsaved || cut->pending)
			hear(as, cut, &(struct arrival){.now_us = now_us}); /* not yet */
		else
			drop(as, cut);
	}
}

void assembler_tick(struct assembler *as, uint64_t now_us)
{
	as->now_us = now_us;
	show_due(as, now_us);
	if (as->unsaved && as->retry_us <= now_us) {
		save_again(as);
		as->retry_us = now_us + ASSEMBLE_RETRY_US;
	}
	forget_due(as, now_us);
}

uint64_t assembler_deadline(const struct assembler *as)
{
	uint64_t deadline = UINT64_MAX;
	struct cut *cut;

	TAILQ_FOREACH(cut, &as->pending, by_changed)
	{
		uint64_t at;

		if (cut->changed_us + ASSEMBLE_SILENCE_US >= deadline)
			break;
		at = due((struct assembler *)as, cut);
		if (at < deadline)
			deadline = at;
	}
	if (as->unsaved && as->retry_us < deadline)
		deadline = as->retry_us;
	cut = TAILQ_FIRST(&as->heard);
	if (cut && cut->heard_us + ASSEMBLE_REMEMBER_US < deadline)
		deadline = cut->heard_us + ASSEMBLE_REMEMBER_US;
	return deadline;
}

void assembler_finish(struct assembler *as)
{
	struct cut *cut;

	while ((cut = TAILQ_FIRST(&as->pending)))
		show_group(as, cut, UINT64_MAX);
	if (as->unsaved)
		save_again(as);
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
