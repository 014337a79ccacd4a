/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * assembler - what the files that make up the assembler share; its users include assemble.h
 *
 *   assemble   frames become parts, parts go into cuts, cuts that are the same become one
 *   siblings   the cuts of one id
 *   showing    when a cut is shown, saved, and forgotten
 *   evict      which cuts go when memory is short
 */
#ifndef ASSEMBLER_H
#define ASSEMBLER_H

#include "receiver/assemble.h"
#include "receiver/siphash.h"

#define BUCKETS       32768 /* as many as cuts by default: each chain is short */
#define CROWD_PARTS   4     /* a cut with fewer is one of the crowd */
#define SHOWING_BURST 1024  /* partial reports that may be shown at once */

LIST_HEAD(bucket, cut);
TAILQ_HEAD(queue, cut);

struct assembler {
	struct assemble_limits limits;
	struct assemble_output output;
	struct siphash_key key;
	struct bucket buckets[BUCKETS];  /* all cuts, by id; originals by MAC */
	struct queue heard[CUT_CLASSES]; /* all cuts, longest silent first */
	size_t class_bytes[CUT_CLASSES];
	struct queue pending; /* those with parts not shown, by last new part */
	struct queue ready;   /* of these the whole ones that wait */
	struct queue held;    /* those with bodies in memory, by last new part */
	struct queue written; /* those saved with the next sync */
	struct queue failed;  /* those shown and not saved */
	size_t cuts, bytes, unsaved, n_written;
	uint64_t opened; /* cuts, ever */
	uint64_t now_us, retry_us, written_us;
	uint64_t ready_us;    /* the next report that waits is shown, though frames go on */
	uint64_t showings_us; /* partial showings are paid for up to this time */
	struct assemble_counts counts;
};

/* siblings.c */

/* The siblings of a cut are in one bucket: same id, or both original and of one MAC. */
struct bucket *siblings_bucket(struct assembler *as, const struct frame *frame, bool original);
struct cut *siblings_first(struct assembler *as, const struct cut *cut);
struct cut *siblings_next(const struct cut *cut, struct cut *at);

#define FOR_EACH_SIBLING(at, as, cut)                                                              \
	for ((at) = siblings_first(as, cut); (at); (at) = siblings_next(cut, at))

/* Whether frames with this header belong to the cut, if their sender is one of its own. */
bool siblings_same_key(const struct cut *cut, const struct frame_header *header);

/* A slot that no sibling has; the weakest is evicted if need be. */
unsigned siblings_free_slot(struct assembler *as, const struct cut *cut);

/* showing.c */

/* Whether the cut has parts that were not shown; it goes to the end of those. */
void showing_set_pending(struct assembler *as, struct cut *cut, bool pending);

/* A pending cut is whole: it is shown when frames need less hurry. */
void showing_set_ready(struct assembler *as, struct cut *cut);

void showing_set_unsaved(struct assembler *as, struct cut *cut, bool unsaved);

/* Shows a cut, now. */
void showing_show(struct assembler *as, struct cut *cut);

/* Whether one more partial report may be shown; if so, it is counted. */
bool showing_pay(struct assembler *as);

/* evict.c */

/* Enters a new cut, or one whose memory or class has changed, in the books. */
void evict_enter(struct assembler *as, struct cut *cut);
void evict_charge(struct assembler *as, struct cut *cut);
void evict_hear(struct assembler *as, struct cut *cut, uint64_t now_us);

/* Takes the cut out of everything and frees it. */
void evict_drop(struct assembler *as, struct cut *cut);

/* The same, but what of it was not shown is, if that may be. */
void evict_cut(struct assembler *as, struct cut *cut);

/* Keeps to the limits. */
void evict_make_room(struct assembler *as);

#endif
