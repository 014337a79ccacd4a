/* SPDX-License-Identifier: GPL-2.0-only */
/* showing - when a cut is shown, saved, and forgotten */
#include "receiver/assembler.h"

#define GATHER_US    1000000ull /* how long a cut waits for others of its id, to be shown beside */
#define SYNC_US      100000ull /* how long a report that is written waits to be synced with others */
#define READY_US     1000000ull /* how long a whole report waits for frames to stop */
#define READY_GAP_US 1000       /* between reports that waited so long, while frames go on */
#define READY_MAX    16         /* that are shown before frames are looked for again: about 2 ms */

void showing_set_unsaved(struct assembler *as, struct cut *cut, bool unsaved)
{
	if (cut->unsaved)
		TAILQ_REMOVE(&as->failed, cut, by_saved);
	as->unsaved += unsaved;
	as->unsaved -= cut->unsaved;
	cut->unsaved = unsaved;
	if (unsaved)
		TAILQ_INSERT_TAIL(&as->failed, cut, by_saved);
}

static void leave_ready(struct assembler *as, struct cut *cut)
{
	if (cut->ready)
		TAILQ_REMOVE(&as->ready, cut, by_ready);
	cut->ready = false;
}

void showing_set_ready(struct assembler *as, struct cut *cut)
{
	leave_ready(as, cut);
	cut->ready = true;
	TAILQ_INSERT_TAIL(&as->ready, cut, by_ready);
}

void showing_set_pending(struct assembler *as, struct cut *cut, bool pending)
{
	leave_ready(as, cut);
	if (cut->pending)
		TAILQ_REMOVE(&as->pending, cut, by_changed);
	cut->pending = pending;
	if (pending)
		TAILQ_INSERT_TAIL(&as->pending, cut, by_changed);
}

static uint64_t showing_us(const struct assembler *as)
{
	return 1000000 / as->limits.partials_per_s;
}

bool showing_pay(struct assembler *as)
{
	uint64_t burst_us = SHOWING_BURST * showing_us(as);
	uint64_t earliest = as->now_us > burst_us ? as->now_us - burst_us : 0;

	if (as->showings_us < earliest)
		as->showings_us = earliest;
	if (as->showings_us + showing_us(as) > as->now_us)
		return false;
	as->showings_us += showing_us(as);
	return true;
}

/* What was said for good leaves memory; parts of a cut that may still grow, or just did, do not. */
static void settle(struct assembler *as, struct cut *cut, bool saved)
{
	showing_set_unsaved(as, cut, !saved);
	if (!saved || cut->pending)
		return;
	if (cut->original)
		cut_forget_bodies(cut);
	else if (cut_complete(cut) && !cut->seal)
		cut_seal(cut);
	evict_charge(as, cut);
}

/* A save failed: it is tried again; or one worked: what failed before may work too. */
static void plan_retry(struct assembler *as, bool saved)
{
	if (!saved && !as->unsaved)
		as->retry_us = as->now_us + ASSEMBLE_RETRY_US;
	else if (saved && as->unsaved)
		as->retry_us = as->now_us;
}

static void await_sync(struct assembler *as, struct cut *cut)
{
	if (!as->n_written)
		as->written_us = as->now_us;
	showing_set_unsaved(as, cut, false); /* it is in one of the queues at a time */
	cut->written = true;
	as->n_written++;
	TAILQ_INSERT_TAIL(&as->written, cut, by_saved);
}

static void show(struct assembler *as, struct cut *cut, bool again)
{
	enum assemble_shown shown;

	if (as->n_written == ASSEMBLE_WRITTEN_MAX)
		assembler_sync(as);
	shown = as->output.show(as->output.context, cut, again);
	if (shown == ASSEMBLE_WRITTEN) {
		await_sync(as, cut);
		return;
	}
	plan_retry(as, shown == ASSEMBLE_SAVED);
	settle(as, cut, shown == ASSEMBLE_SAVED);
}

bool assembler_sync(struct assembler *as)
{
	struct cut *cut;
	bool saved;

	if (!as->n_written)
		return true;
	saved = as->output.sync(as->output.context);
	plan_retry(as, saved);
	while ((cut = TAILQ_FIRST(&as->written))) {
		TAILQ_REMOVE(&as->written, cut, by_saved);
		cut->written = false;
		as->n_written--;
		settle(as, cut, saved);
	}
	return saved;
}

/* Whether a cut of the same name has other bytes under a number of this one. */
static bool is_contradicted(struct assembler *as, const struct cut *cut)
{
	struct cut *other;

	FOR_EACH_SIBLING(other, as, cut)
	if (other != cut && siblings_same_key(other, &cut->header) && !cut_agrees(cut, other))
		return true;
	return false;
}

/* Whether all of a contested cut is in another one that was shown, or is to be. */
static bool is_redundant(struct assembler *as, const struct cut *cut)
{
	struct cut *other;

	if (!cut->contested)
		return false;
	FOR_EACH_SIBLING(other, as, cut)
	if (other != cut && siblings_same_key(other, &cut->header) && cut_contains(other, cut) &&
	    (other->known > cut->known || !other->pending))
		return true;
	return false;
}

void showing_show(struct assembler *as, struct cut *cut)
{
	if (cut->written)
		assembler_sync(as); /* while it is pending: what came since is not settled by it */
	showing_set_pending(as, cut, false);
	if (is_redundant(as, cut))
		return;
	cut->conflict = cut->conflict || is_contradicted(as, cut);
	as->counts.shown++;
	show(as, cut, false);
}

bool assembler_show_ready(struct assembler *as)
{
	struct cut *cut;

	for (unsigned i = 0; i < READY_MAX && (cut = TAILQ_FIRST(&as->ready)); i++)
		showing_show(as, cut);
	return !TAILQ_EMPTY(&as->ready);
}

/* One that waited long enough: frames do not stop, and most of the time is theirs. */
static void show_ready_due(struct assembler *as, uint64_t now_us)
{
	struct cut *cut = TAILQ_FIRST(&as->ready);

	if (!cut || cut->changed_us + READY_US > now_us || as->ready_us > now_us)
		return;
	as->ready_us = now_us + READY_GAP_US;
	showing_show(as, cut);
}

/* Each that failed before once; those that fail again go to the end. */
static void save_again(struct assembler *as)
{
	for (size_t n = as->unsaved; n; n--) {
		struct cut *cut = TAILQ_FIRST(&as->failed);

		if (!cut)
			break; /* a sync saved it meanwhile */
		if (cut->pending)
			showing_set_unsaved(as, cut, true); /* it is shown anew soon */
		else
			show(as, cut, true);
	}
	assembler_sync(as);
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
			showing_show(as, best);
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
		if (!showing_pay(as))
			break; /* the others wait too */
		show_group(as, cut, now_us - ASSEMBLE_SILENCE_US);
		next = TAILQ_FIRST(&as->pending);
	}
}

static void forget_due(struct assembler *as, struct queue *heard, uint64_t now_us)
{
	struct cut *cut;

	while ((cut = TAILQ_FIRST(heard)) && cut->heard_us + ASSEMBLE_REMEMBER_US <= now_us) {
		if (cut->unsaved || cut->pending || cut->written)
			evict_hear(as, cut, now_us); /* not yet */
		else
			evict_drop(as, cut);
	}
}

void assembler_tick(struct assembler *as, uint64_t now_us)
{
	as->now_us = now_us;
	show_ready_due(as, now_us);
	show_due(as, now_us);
	if (as->n_written && as->written_us + SYNC_US <= now_us)
		assembler_sync(as);
	if (as->unsaved && as->retry_us <= now_us) {
		save_again(as);
		as->retry_us = now_us + ASSEMBLE_RETRY_US;
	}
	for (int i = 0; i < CUT_CLASSES; i++)
		forget_due(as, &as->heard[i], now_us);
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* When the next partial report is shown. */
static uint64_t showing_deadline(struct assembler *as)
{
	uint64_t deadline = UINT64_MAX, paid = as->showings_us + showing_us(as);
	struct cut *cut;

	TAILQ_FOREACH(cut, &as->pending, by_changed)
	{
		if (cut->changed_us + ASSEMBLE_SILENCE_US >= deadline)
			break;
		deadline = sooner(deadline, due(as, cut));
		if (deadline <= as->now_us)
			break;
	}
	return deadline < paid ? paid : deadline;
}

uint64_t assembler_deadline(const struct assembler *as)
{
	uint64_t deadline = showing_deadline((struct assembler *)as);
	struct cut *cut;

	if (!TAILQ_EMPTY(&as->ready))
		deadline = as->now_us;
	if (as->n_written)
		deadline = sooner(deadline, as->written_us + SYNC_US);
	if (as->unsaved)
		deadline = sooner(deadline, as->retry_us);
	for (int i = 0; i < CUT_CLASSES; i++) {
		cut = TAILQ_FIRST(&as->heard[i]);
		if (cut)
			deadline = sooner(deadline, cut->heard_us + ASSEMBLE_REMEMBER_US);
	}
	return deadline;
}

void assembler_finish(struct assembler *as)
{
	struct cut *cut;

	while ((cut = TAILQ_FIRST(&as->pending)))
		show_group(as, cut, UINT64_MAX);
	assembler_sync(as);
	if (as->unsaved)
		save_again(as);
}
