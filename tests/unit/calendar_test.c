/* SPDX-License-Identifier: GPL-2.0-only */
/* calendar_test - dates against gmtime(3), and those that it cannot tell everywhere */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "receiver/calendar.h"

#define LAST 253402300799u /* of the year 9999 */

static void check(uint64_t seconds)
{
	time_t time = (time_t)seconds;
	struct tm got, want;

	assert_true(calendar_split(seconds, &got));
	assert_non_null(gmtime_r(&time, &want));
	assert_int_equal(got.tm_year, want.tm_year);
	assert_int_equal(got.tm_yday, want.tm_yday);
	assert_int_equal(got.tm_mon, want.tm_mon);
	assert_int_equal(got.tm_mday, want.tm_mday);
	assert_int_equal(got.tm_wday, want.tm_wday);
	assert_int_equal(got.tm_hour, want.tm_hour);
	assert_int_equal(got.tm_min, want.tm_min);
	assert_int_equal(got.tm_sec, want.tm_sec);
}

static void as_gmtime(void **state)
{
	uint64_t last = sizeof(time_t) > 4 ? LAST : INT32_MAX;

	(void)state;
	/* Each day of 1970 to 2037, and then some of each year. */
	for (uint64_t at = 0; at < INT32_MAX; at += 86399)
		check(at);
	for (uint64_t at = INT32_MAX; at < last; at += 12345678)
		check(at);
	check(last);
}

static void last_second(void **state)
{
	struct tm tm;

	(void)state;
	assert_true(calendar_split(LAST, &tm));
	assert_int_equal(tm.tm_year, 9999 - 1900);
	assert_int_equal(tm.tm_mon, 11);
	assert_int_equal(tm.tm_mday, 31);
	assert_int_equal(tm.tm_sec, 59);
	assert_false(calendar_split((uint64_t)LAST + 1, &tm));
	assert_false(calendar_split(UINT64_MAX, &tm));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_gmtime),
		cmocka_unit_test(last_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
