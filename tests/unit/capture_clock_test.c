/* SPDX-License-Identifier: GPL-2.0-only */
/* capture_clock_test - the time that reports are judged by goes on, and never back */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "receiver/capture_clock.h"
#include "sender/clock.h"

#define START_US  (1795414594 * SECOND_US)
#define PASSES_US 20000

static void frames_set_it(void **state)
{
	struct capture_clock clock = {0};

	(void)state;
	assert_true(capture_clock_frame(&clock, START_US) == START_US);
	usleep(PASSES_US);
	assert_true(capture_clock_frame(&clock, START_US + 7) == START_US + 7);
	/* From another source, or read late: it stays. */
	usleep(PASSES_US);
	assert_true(capture_clock_frame(&clock, START_US - 59 * SECOND_US) == START_US + 7);
	assert_true(capture_clock_frame(&clock, START_US + 9) == START_US + 9);
}

static void silence_moves_it(void **state)
{
	struct capture_clock clock = {0};
	uint64_t now;

	(void)state;
	capture_clock_frame(&clock, START_US);
	usleep(PASSES_US);
	now = capture_clock_idle(&clock);
	assert_true(now >= START_US + PASSES_US && now < START_US + 60 * SECOND_US);
	assert_int_equal(capture_clock_timeout_ms(&clock, now + 1500), 2);
	assert_int_equal(capture_clock_timeout_ms(&clock, now), 0);
	assert_int_equal(capture_clock_timeout_ms(&clock, UINT64_MAX), -1);
}

/* The wall clock was set back by an hour, and frames come without a pause. */
static void wall_clock_set_back(void **state)
{
	struct capture_clock clock = {0};
	uint64_t now = 0, last = START_US;

	(void)state;
	capture_clock_frame(&clock, START_US);
	for (unsigned i = 0; i < 10; i++) {
		usleep(PASSES_US / 10);
		now = capture_clock_frame(&clock, START_US - 3600 * SECOND_US + i);
		assert_true(now >= last);
		last = now;
	}
	assert_true(now >= START_US + PASSES_US && now < START_US + 60 * SECOND_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_set_it),
		cmocka_unit_test(silence_moves_it),
		cmocka_unit_test(wall_clock_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
