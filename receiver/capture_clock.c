/* SPDX-License-Identifier: GPL-2.0-only */
/* capture_clock - the time that reports are judged by */
#include "receiver/capture_clock.h"

#include "sender/clock.h"

#define WAIT_MAX_MS 60000
#define LATE_US     (60 * SECOND_US) /* frames of several sources come out of order by less */

uint64_t capture_clock_frame(struct capture_clock *clock, uint64_t captured_us)
{
	uint64_t mark_us = now_us();

	if (captured_us > clock->now_us)
		clock->now_us = captured_us;
	else if (clock->now_us - captured_us > LATE_US) /* the wall clock was set back */
		clock->now_us += mark_us - clock->mark_us;
	clock->mark_us = mark_us;
	return clock->now_us;
}

uint64_t capture_clock_idle(struct capture_clock *clock)
{
	uint64_t mark_us = now_us();

	clock->now_us += mark_us - clock->mark_us;
	clock->mark_us = mark_us;
	return clock->now_us;
}

int capture_clock_timeout_ms(const struct capture_clock *clock, uint64_t until_us)
{
	uint64_t wait_ms;

	if (until_us == UINT64_MAX)
		return -1;
	if (until_us <= clock->now_us)
		return 0;
	wait_ms = (until_us - clock->now_us + 999) / 1000;
	return wait_ms < WAIT_MAX_MS ? (int)wait_ms : WAIT_MAX_MS;
}
