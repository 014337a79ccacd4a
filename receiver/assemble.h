/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * assemble - parts become reports
 *
 * Theory of operation. Each part goes into every cut of its sender (see cut.h) that has nothing
 * else under its number; if it contradicts the one that was opened last, it opens another. So a
 * forged part cannot keep the true ones out: two rounds in which nobody forges make a cut of their
 * own whole. Cuts with one total that share an identical part and agree in all others are one
 * report heard through several ports, and become one cut; but once there are different bytes for a
 * part of that name, only those that are the same in all.
 *
 * A cut is shown when it is complete or got no new part for 3 s, and again if new parts came later.
 * It is remembered for 10 minutes after its last frame, so that repeated rounds say nothing new.
 *
 * Of a live source, frames come first: what thousands of machines say at once is heard before any
 * of it is shown. A whole report waits until no frame does; after a second, no longer than it must.
 *
 * Memory is bounded; evict.c tells who goes when it is full. Parts not yet shown are shown before
 * they go. Whole reports are shown as they come, partial ones no more often than a disk can bear.
 *
 * Times are microseconds of a clock of the caller's that never goes back.
 */
#ifndef ASSEMBLE_H
#define ASSEMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "receiver/cut.h"
#include "sender/frame.h"

#define ASSEMBLE_SILENCE_US  (3 * 1000000ull)
#define ASSEMBLE_REMEMBER_US (600 * 1000000ull)
#define ASSEMBLE_RETRY_US    (60 * 1000000ull) /* saving what could not be saved */

#define ASSEMBLE_WRITTEN_MAX 64 /* cuts that wait for one sync */

enum assemble_shown {
	ASSEMBLE_SAVED,   /* its bytes are safe and may be freed */
	ASSEMBLE_WRITTEN, /* they will be, if the next sync says so */
	ASSEMBLE_FAILED,
};

/* Where reports go. */
struct assemble_output {
	/* Shows a cut. With again it was shown before, and only what failed then is tried. */
	enum assemble_shown (*show)(void *context, struct cut *cut, bool again);
	/* Returns whether all that was written since the last call is safe. */
	bool (*sync)(void *context);
	void *context;
	struct spill *spill; /* for which bodies memory is short; NULL = none */
};

/* 0 in a field means the default. */
struct assemble_limits {
	size_t bytes;            /* memory for all cuts and parts */
	size_t cut_bytes;        /* memory for one cut */
	size_t cuts;             /* open and remembered */
	uint64_t partials_per_s; /* shown, in the long run */
};

struct assemble_counts {
	uint64_t frames, foreign, bad;
	uint64_t repeated; /* parts that were known already */
	uint64_t refused;  /* parts for which there was no memory */
	uint64_t evicted;  /* cuts that went early, to make room */
	uint64_t unshown;  /* of these, cuts with few parts that were not even shown: they were too
	                      many */
	uint64_t lost;     /* shown cuts that went before they could be saved */
	uint64_t spilled;  /* times that bodies of a cut went to the spill */
	uint64_t shown;
};

/* Where and when a frame was captured. */
struct arrival {
	const char *interface; /* lives as long as the assembler; NULL = a capture file */
	uint64_t captured_us;  /* since 1970 */
	uint64_t now_us;
	bool hurry; /* frames may be lost while a report is shown: see assembler_show_ready */
};

struct assembler;

/* NULL: out of memory. assembler_free shows nothing. */
struct assembler *assembler_new(const struct assemble_limits *limits,
                                const struct assemble_output *output);
void assembler_free(struct assembler *assembler);

/* Takes in one Ethernet frame, of any content. */
void assembler_add(struct assembler *assembler, const uint8_t *bytes, size_t n,
                   const struct arrival *arrival);

/* Shows, forgets and tries again what is due now. */
void assembler_tick(struct assembler *assembler, uint64_t now_us);

/*
 * Shows some of the reports that became whole in a hurry; to be called when no frames wait. Returns
 * whether there are more of them.
 */
bool assembler_show_ready(struct assembler *assembler);

/* Has saved what waits for it. Returns whether it worked; what failed is tried again later. */
bool assembler_sync(struct assembler *assembler);

/* When assembler_tick has something to do; UINT64_MAX = never. */
uint64_t assembler_deadline(const struct assembler *assembler);

/* The end of the input: shows all that was not shown yet, and tries to save all that was not. */
void assembler_finish(struct assembler *assembler);

const struct assemble_counts *assembler_counts(const struct assembler *assembler);

/* Memory held; cuts in it; those shown that are not saved. */
size_t assembler_bytes(const struct assembler *assembler);
size_t assembler_cuts(const struct assembler *assembler);
size_t assembler_unsaved(const struct assembler *assembler);

#endif
