/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log_records - the record buffer of Linux 3.5 to 5.9 (7ff9554bb578, "printk: convert byte-buffer
 * to variable-length record buffer")
 *
 *   log_buf ──► { ts_nsec len text_len dict_len facility flags:5 level:3 [caller_id]
 *                 text, dict, padding } …
 *
 *   0          log_next_idx       log_first_idx           log_buf_len
 *   │ newest … │ free             │ oldest …  │ 0 │ free  │
 *
 * A record's len leads to the one behind it; a len of 0 to the start of the buffer. The struct is
 * called log before 3.11; 3.5 does not say how it is laid out. Sequence numbers are not in the
 * note, so the oldest record is number 0.
 *
 * Nothing leads back. The buffer is walked once from the oldest record, and every so many records a
 * mark is kept, from which the walk can go on later. Offsets count from the oldest record, beyond
 * the end of the buffer and on from its start.
 *
 * Where no record can be, the walk searches for the next place at which two follow one another.
 * What was passed over counts as one damaged record, for nobody knows how many it was.
 */
#ifndef LOG_RECORDS_H
#define LOG_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/records_layout.h"

#define RECORDS_KEPT  2048 /* with as many marks, each step back takes one short walk */
#define RECORDS_MARKS 2048

/* Where a record begins, and what a walk must know to go on from there. */
struct records_place {
	uint32_t offset;
	uint8_t before; /* flags of the record before it; 0 if there is none */
	bool gap;       /* what lies before it could not be read */
};

struct records {
	struct records_layout layout;
	uint64_t buffer;  /* address */
	uint32_t bytes;   /* of the buffer */
	uint32_t first;   /* index of the oldest record: offset 0 */
	uint32_t span;    /* bytes from there to the end of the newest */
	bool joins;       /* this kernel joins continuation records */
	bool end_unknown; /* log_next_idx is damaged: older text follows the newest record */
	bool ends_inferred; /* it is, or log_first_idx */
	bool gap_at_end;
	uint64_t oldest_ts;
	uint64_t count;              /* records found */
	uint64_t position;           /* how many are behind (older than) here */
	uint64_t seen_from, seen_to; /* positions passed: damage between was counted */
	uint64_t kept_from, kept_to; /* positions of the places in kept */
	uint64_t stride;             /* from mark to mark */
	uint32_t search_left;        /* places that may still be looked at for a record */
	struct records_place kept[RECORDS_KEPT];
	struct records_place marks[RECORDS_MARKS];
};

extern const struct log_format log_records;

#endif
