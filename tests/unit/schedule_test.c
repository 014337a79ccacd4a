/* SPDX-License-Identifier: GPL-2.0-only */
/* schedule_test - when frames are due, by arithmetic alone */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "sender/clock.h"
#include "sender/schedule.h"

#define START (1000 * SECOND_US)

static struct settings settings;

static struct schedule begun(const char *words, uint64_t id, uint32_t frames)
{
	struct schedule schedule;
	char cmdline[128];

	snprintf(cmdline, sizeof(cmdline), "%s", words);
	settings_default(&settings);
	settings_kernel(&settings, cmdline, NULL);
	schedule_begin(&schedule, &settings, id, frames, START);
	return schedule;
}

/* Sends each frame when it is due, until the round ends; returns when its first one was due. */
static uint64_t round_send(struct schedule *s)
{
	uint64_t first = s->next_us;

	while (!schedule_advance(s, s->next_us))
		;
	return first;
}

static void test_rounds(void **state)
{
	struct schedule s = begun("lastwords.repeat=0,1,3,7,15,35", 0, 64);
	static const uint64_t starts_s[] = {0, 1, 3, 7, 15, 35};

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		assert_false(s.finished);
		assert_int_equal(round_send(&s), START + starts_s[i] * SECOND_US);
	}
	assert_true(s.finished);
	assert_int_equal(schedule_last_us(&s), START + 35 * SECOND_US);
	assert_true(s.limit_us > schedule_last_us(&s) + 64000);
}

/* No schedule lasts longer than it says, whatever the id. */
static void test_longest(void **state)
{
	struct schedule s = begun("lastwords.repeat=0,1,3,7,15,35", 0xffffffffffffffff, 64);

	(void)state;
	assert_in_range(s.limit_us, START, START + schedule_longest_us(&settings, 64));
	assert_int_equal(schedule_longest_us(&settings, 64), 43750000 + 128000 + 10000000);
}

/* By the id, later rounds come up to a quarter later; the first one never. */
static void test_spread(void **state)
{
	struct schedule s = begun("lastwords.repeat=0,8", 0xabcd000000008000, 1);

	(void)state;
	assert_int_equal(round_send(&s), START);
	assert_int_equal(round_send(&s), START + 9 * SECOND_US);
	s = begun("lastwords.repeat=0,8", 0xffff, 1);
	round_send(&s);
	assert_in_range(round_send(&s), START + 9990000, START + 9999999);
}

static void test_rate(void **state)
{
	struct schedule s = begun("lastwords.repeat=0 lastwords.rate=200", 0, 100);

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(s.next_us, START + i * UINT64_C(5000));
		assert_int_equal(schedule_advance(&s, s.next_us), i == 99);
	}
}

/* A clock that ticks every 10 ms: the rate is kept all the same. */
static void test_coarse_clock(void **state)
{
	struct schedule s = begun("lastwords.repeat=0", 0, 1000);
	uint64_t now = START;

	(void)state;
	while (!s.finished) {
		now = now < s.next_us ? s.next_us + 9999 - (s.next_us + 9999) % 10000 : now;
		schedule_advance(&s, now);
	}
	assert_in_range(now, START + 990000, START + 1010000);
}

/* After a halt no burst makes good what was missed. */
static void test_halt(void **state)
{
	struct schedule s = begun("lastwords.repeat=0", 0, 1000);

	(void)state;
	schedule_advance(&s, START + SECOND_US);
	assert_int_equal(s.next_us, START + SECOND_US);
	schedule_advance(&s, START + SECOND_US);
	assert_int_equal(s.next_us, START + SECOND_US + 1000);
}

/* A frame that is refused is tried later; those after it are not late for that. */
static void test_retry(void **state)
{
	struct schedule s = begun("lastwords.repeat=0", 0, 3);

	(void)state;
	schedule_retry(&s, START, 500);
	assert_int_equal(s.next_us, START + 500);
	assert_int_equal(s.frame, 0);
	schedule_advance(&s, START + 500);
	assert_int_equal(s.next_us, START + 1000);
}

/* A round that would start before the last one ended is left out. */
static void test_skip(void **state)
{
	struct schedule s = begun("lastwords.repeat=0,1,3,7 lastwords.rate=10", 0, 20);

	(void)state;
	assert_int_equal(round_send(&s), START);
	assert_int_equal(round_send(&s), START + 3 * SECOND_US);
	assert_int_equal(round_send(&s), START + 7 * SECOND_US);
	assert_true(s.finished);
}

static void test_again(void **state)
{
	struct schedule s = begun("lastwords.repeat=0,1", 0, 5);
	uint64_t later = START + 20 * SECOND_US;

	(void)state;
	round_send(&s);
	round_send(&s);
	schedule_again(&s, later);
	assert_false(s.finished);
	assert_true(s.limit_us > later);
	assert_int_equal(round_send(&s), later);
	assert_true(s.finished);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rounds),       cmocka_unit_test(test_longest),
		cmocka_unit_test(test_spread),       cmocka_unit_test(test_rate),
		cmocka_unit_test(test_coarse_clock), cmocka_unit_test(test_halt),
		cmocka_unit_test(test_retry),        cmocka_unit_test(test_skip),
		cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
