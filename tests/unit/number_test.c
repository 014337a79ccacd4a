/* SPDX-License-Identifier: GPL-2.0-only */
/* number_test - numbers are non-empty, fully consumed and in range, or refused */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sender/number.h"

#define UNTOUCHED 4242

static const struct {
	const char *text;
	unsigned base;
	uint64_t max;
	bool good;
	uint64_t value;
} cases[] = {
	{"0", 10, 0, true, 0},
	{"007", 10, 7, true, 7},
	{"1480", 10, 1480, true, 1480},
	{"1481", 10, 1480, false, 0},
	{"1", 10, 0, false, 0},
	{"18446744073709551615", 10, UINT64_MAX, true, UINT64_MAX},
	{"18446744073709551616", 10, UINT64_MAX, false, 0},
	{"18446744073709551625", 10, UINT64_MAX, false, 0},
	{"99999999999999999999", 10, UINT64_MAX, false, 0},
	{"00000000000000000000000001", 10, 1, true, 1},
	{"ffffffffffffffff", 16, UINT64_MAX, true, UINT64_MAX},
	{"10000000000000000", 16, UINT64_MAX, false, 0},
	{"fF", 16, 255, true, 255},
	{"100", 16, 255, false, 0},
	{"f", 10, UINT64_MAX, false, 0},
	{"g", 16, UINT64_MAX, false, 0},
	{"0x10", 16, UINT64_MAX, false, 0},
	{"", 10, UINT64_MAX, false, 0},
	{"-1", 10, UINT64_MAX, false, 0},
	{"+1", 10, UINT64_MAX, false, 0},
	{" 1", 10, UINT64_MAX, false, 0},
	{"1 ", 10, UINT64_MAX, false, 0},
	{"1\n", 10, UINT64_MAX, false, 0},
	{"1.0", 10, UINT64_MAX, false, 0},
	{"/", 10, UINT64_MAX, false, 0}, /* the characters beside the digits */
	{":", 10, UINT64_MAX, false, 0},
	{"@", 16, UINT64_MAX, false, 0},
	{"`", 16, UINT64_MAX, false, 0},
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = UNTOUCHED;
		bool good = number_read(cases[i].text, strlen(cases[i].text), cases[i].base,
		                        cases[i].max, &value);

		if (good != cases[i].good || value != (good ? cases[i].value : UNTOUCHED))
			fail_msg("\"%s\" to base %u: %s, %llu", cases[i].text, cases[i].base,
			         good ? "taken" : "refused", (unsigned long long)value);
	}
}

/* The bytes behind the n given are not looked at: they need not be there. */
static void test_length(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(number_read("123456", 3, 10, 999, &value));
	assert_int_equal(value, 123);
	assert_true(number_read("12x", 2, 10, 999, &value));
	assert_int_equal(value, 12);
	assert_false(number_read("1", 0, 10, 999, &value));
	assert_false(number_read("1\0002", 3, 10, 999, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
