/* SPDX-License-Identifier: GPL-2.0-only */
/* clock - the time that reports are judged by */
#include "receiver/clock.h"

#include <time.h>

#define WAIT_MAX_MS 60000

static uint64_t monotonic_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

uint64_t clock_frame(struct clock *clock, uint64_t captured_us)
{
	clock->mark_us = monotonic_us();
	if (captured_us > clock->now_us)
		clock->now_us = captured_us;
	return clock->now_us;
}

uint64_t clock_idle(struct clock *clock)
{
	uint64_t mark_us = monotonic_us();

	clock->now_us += mark_us - clock->mark_us;
	clock->mark_us = mark_us;
	return clock->now_us;
}

int clock_timeout_ms(const struct clock *clock, uint64_t until_us)
{
	uint64_t wait_ms;

	if (until_us == UINT64_MAX)
		return -1;
	if (until_us <= clock->now_us)
		return 0;
	wait_ms = (until_us - clock->now_us + 999) / 1000;
	return wait_ms < WAIT_MAX_MS ? (int)wait_ms : WAIT_MAX_MS;
}
