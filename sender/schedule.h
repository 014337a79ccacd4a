/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * schedule - when each frame of each round is due
 *
 *   begin ─ round 0 ─ … frames, 1/rate s apart … ─ round 1 ─ … ─ last round ─ finished
 *
 * Pure arithmetic: what the time is, and whether a frame was taken, others say.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/settings.h"

struct schedule {
	const struct settings *settings; /* repeat and rate */
	uint64_t id;                     /* of the crash: spreads the rounds */
	bool begun, finished;
	uint64_t origin_us; /* when it began */
	uint64_t due_us;    /* when the next frame is due */
	uint64_t next_us;   /* when to try that frame: later if it was refused */
	uint64_t limit_us;  /* after this it is hopeless */
	unsigned round;
	uint32_t frame, frames; /* the next one of the round, of so many */
};

/* Begins, with frames frames in each round. settings stay the caller's. */
void schedule_begin(struct schedule *schedule, const struct settings *settings, uint64_t id,
                    uint32_t frames, uint64_t now);

/* The next frame was refused: it is tried again, after wait_us. */
void schedule_retry(struct schedule *schedule, uint64_t now, uint64_t wait_us);

/* The next frame is done with. Returns true if that was the last one of its round. */
bool schedule_advance(struct schedule *schedule, uint64_t now);

/* Sends the last round once more, after the schedule has finished. */
void schedule_again(struct schedule *schedule, uint64_t now);

/* How long a schedule takes at most, with so many frames in each round, before it is hopeless. */
uint64_t schedule_longest_us(const struct settings *settings, uint32_t frames);

/* When the last round begins. */
uint64_t schedule_last_us(const struct schedule *schedule);

#endif
