/* SPDX-License-Identifier: GPL-2.0-only */
/* printf_test - init's own snprintf() beside the C library's */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

int own_vsnprintf(char *to, size_t size, const char *format, va_list list);
int own_snprintf(char *to, size_t size, const char *format, ...);
int own_sprintf(char *to, const char *format, ...);

#undef vsnprintf /* macros, where a C library checks their bounds so */
#undef snprintf
#undef sprintf
#define vsnprintf own_vsnprintf
#define snprintf  own_snprintf
#define sprintf   own_sprintf
#include "crashkernel-initrd/printf.c"
#undef vsnprintf
#undef snprintf
#undef sprintf

#define SIZE 64

/* Both write the same and return the same, whatever the room. */
#define SAME(...)                                                                                  \
	for (size_t size = 0; size <= SIZE; size++) {                                              \
		char ours[SIZE + 1], theirs[SIZE + 1];                                             \
                                                                                                   \
		memset(ours, '#', sizeof(ours));                                                   \
		memset(theirs, '#', sizeof(theirs));                                               \
		assert_int_equal(own_snprintf(ours, size, __VA_ARGS__),                            \
		                 snprintf(theirs, size, __VA_ARGS__));                             \
		assert_memory_equal(ours, theirs, sizeof(ours));                                   \
	}

static void test_strings(void **state)
{
	const char cut[] = {'a', 'b', 'c'}; /* without an end */

	(void)state;
	SAME("plain");
	SAME("%s", "");
	SAME("%s and %s, 100%%", "one", "two");
	SAME("%.32s|%.2s|%.0s|", "short", "cut", "none");
	SAME("%.*s", (int)sizeof(cut), cut);
	SAME("%6s|%2s", "abc", "abc");
	SAME("%c%c", 'x', 0);
}

static void test_numbers(void **state)
{
	static const uint64_t numbers[] = {0, 1, 9, 10, 255, 4096, UINT32_MAX, UINT64_MAX};

	(void)state;
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		uint64_t n = numbers[i];

		SAME("%" PRIu64 " %016" PRIx64, n, n);
		SAME("%u %x %X %5u %06u %02x", (unsigned)n, (unsigned)n, (unsigned)n, (unsigned)n,
		     (unsigned)n, (unsigned)n & 255);
		SAME("[%5llu.%06u]", (unsigned long long)n, (unsigned)n);
		SAME("%zu %lu", (size_t)n, (unsigned long)n);
		SAME("%d %ld %05d", (int)n, (long)n, (int)n);
	}
	SAME("%d %d %" PRId64, INT_MIN, INT_MAX, INT64_MIN);
	SAME("%hhx %hu", (unsigned char)0x12, (unsigned short)0x1234);
}

static void test_sprintf(void **state)
{
	char text[SIZE];

	(void)state;
	assert_int_equal(own_sprintf(text, "<%u>", 30u), 4);
	assert_string_equal(text, "<30>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_sprintf),
	};

	return cmocka_run_group_tests_name("printf", tests, NULL, NULL);
}
