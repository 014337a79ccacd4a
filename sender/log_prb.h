/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log_prb - the printk ring of Linux 5.10 and later (896fbe20b4e2, "printk: use the lockless
 * ringbuffer")
 *
 *   prb ─┬─ desc_ring: count_bits, descs ──► { state_var | begin, next } × 2^count_bits
 *        │             head_id, tail_id
 *        │             infos ─────────────► { seq ts_nsec text_len facility flags:5 level:3
 *        │                                    caller_id dev_info } × 2^count_bits
 *        └─ text_data_ring: size_bits, data ──► { id, text, padding } …
 *
 * A record's id picks its descriptor and info (id modulo their count). The two top bits of
 * state_var are the state, the rest is the id that the slot holds now. begin and next are logical
 * positions: they grow for ever, modulo the word, and their low size_bits are the place in data.
 *
 * A block lies at begin, or, if it would not fit before the ring's end, at the ring's start. Which
 * of the two follows from the laps of begin and of next - 1, the last byte: equal laps mean that
 * it lies at begin. Since 67e1b0052f6b (6.19) a block may end exactly at the ring's end, so that
 * next is already in the next lap; compared by next, or modulo the ring's size, such a block looks
 * as if it had wrapped, and other readers print another record's text there.
 */
#ifndef LOG_PRB_H
#define LOG_PRB_H

#include <stdbool.h>
#include <stdbool.h>
#include <stdint.h>

#include "sender/prb_ring.h"

#define PRB_UNFINISHED_SPAN 1024

/* What was met on the way: a ring in order has neither many damaged records in a row nor more text
 * than it has room for. */
struct prb_limits {
	uint64_t misses, text_bytes;
};

struct prb {
	struct prb_ring ring;
	uint64_t count;    /* ids from tail to head */
	uint64_t position; /* finished records: how many ids are behind (older than) here */
	uint64_t bottom;   /* nothing older than this position is tried any more */
	struct prb_limits limits;
	bool skipped;                /* what is out of order was, on the way to newer records */
	uint64_t seen_from, seen_to; /* positions passed: damage between was counted */
	/* Of the newest positions, the newest first: a bit for each that is still being written. */
	uint8_t unfinished[PRB_UNFINISHED_SPAN / 8];
	unsigned unfinished_at; /* how many of these positions were stepped over for them */
	bool unfinished_seen;   /* all of them were, once: their damage was counted */
};

extern const struct log_format log_prb;

#endif
