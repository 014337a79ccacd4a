/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prb_record - one record of the printk ring, read by its id
 *
 * A record lies in three places: descriptor, info and block. Each says whose it is: the descriptor
 * and the block bear the id, and the info a number that counts along with the ids. What does not
 * agree belongs to another record, or was written over.
 */
#ifndef PRB_RECORD_H
#define PRB_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/prb_ring.h"

struct log;
struct record;

enum prb_verdict {
	PRB_READ,
	PRB_NONE,    /* none is there, and nothing is wrong */
	PRB_DAMAGED, /* what is there is not consistent, or cannot be read */
};

/* Reads a record of log's core. A read that fails is noted in log->damage.error. */
enum prb_verdict prb_record_read(struct log *log, const struct prb_ring *ring, uint64_t id,
                                 struct record *record);

/* The sequence number that goes with an id. False if its info is damaged. */
bool prb_seq_read(struct log *log, const struct prb_ring *ring, uint64_t id, uint64_t *seq);

#endif
