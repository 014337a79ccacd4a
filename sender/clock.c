/* SPDX-License-Identifier: GPL-2.0-only */
/* clock - the monotonic clock, in microseconds: the one that all times here are of */
#include "sender/clock.h"

#include <time.h>

uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_US + (uint64_t)now.tv_nsec / 1000;
}
