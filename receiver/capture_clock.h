/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_clock - the time that reports are judged by
 *
 * It is the time at which frames were captured, so that an old capture, or a receiver that was kept
 * waiting by its terminal, gives the same reports as one that listened; and it goes on by itself
 * while a live source is silent. It never goes back, whatever is done to the wall clock; where that
 * was set back, it goes on by itself too, until the other has caught up.
 */
#ifndef CAPTURE_CLOCK_H
#define CAPTURE_CLOCK_H

#include <stdint.h>

struct capture_clock {
	uint64_t now_us;
	uint64_t mark_us; /* CLOCK_MONOTONIC when it was set */
};

/* A frame was captured. Returns the time now. */
uint64_t capture_clock_frame(struct capture_clock *clock, uint64_t captured_us);

/* Nothing came since capture_clock_frame or capture_clock_idle was called last. Returns the time
 * now. */
uint64_t capture_clock_idle(struct capture_clock *clock);

/* How long poll(2) may wait for the time given, UINT64_MAX for ever, in its own terms. */
int capture_clock_timeout_ms(const struct capture_clock *clock, uint64_t until_us);

#endif
