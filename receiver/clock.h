/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock - the time that reports are judged by
 *
 * It is the time at which frames were captured, so that an old capture, or a receiver that was kept
 * waiting by its terminal, gives the same reports as one that listened; and it goes on by itself
 * while a live source is silent. It never goes back, whatever is done to the wall clock.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

struct clock {
	uint64_t now_us;
	uint64_t mark_us; /* CLOCK_MONOTONIC when it was set */
};

/* A frame was captured. Returns the time now. */
uint64_t clock_frame(struct clock *clock, uint64_t captured_us);

/* Nothing came since clock_frame or clock_idle was called last. Returns the time now. */
uint64_t clock_idle(struct clock *clock);

/* How long poll(2) may wait for the time given, UINT64_MAX for ever, in its own terms. */
int clock_timeout_ms(const struct clock *clock, uint64_t until_us);

#endif
