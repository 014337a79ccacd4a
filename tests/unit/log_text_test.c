/* SPDX-License-Identifier: GPL-2.0-only */
/* log_text_test - a record's lines, the same in both directions */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sender/log_text.h"

#define LINES_MAX 16

static char lines[LINES_MAX][LOG_LINE_MAX];
static size_t lengths[LINES_MAX];
static char line[LOG_LINE_MAX];

static size_t lines_forward(const struct record *record)
{
	size_t at = 0, count = 0, n;

	while ((n = log_line_next(record, &log_style_syslog, &at, line))) {
		assert_true(count < LINES_MAX);
		memcpy(lines[count], line, n);
		lengths[count++] = n;
	}
	assert_int_equal(at, record->text_bytes + 1);
	return count;
}

static void assert_same_backwards(const struct record *record, size_t count)
{
	size_t at = record->text_bytes + 1, n;

	while ((n = log_line_previous(record, &log_style_syslog, &at, line))) {
		assert_true(count > 0);
		assert_int_equal(n, lengths[--count]);
		assert_memory_equal(line, lines[count], n);
	}
	assert_int_equal(count, 0);
	assert_int_equal(at, 0);
}

static void assert_lines(const struct record *record, const char *const *wanted, size_t count)
{
	assert_int_equal(lines_forward(record), count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(lengths[i], strlen(wanted[i]));
		assert_memory_equal(lines[i], wanted[i], lengths[i]);
	}
	assert_same_backwards(record, count);
}

#define ASSERT_LINES(record, ...)                                                                  \
	do {                                                                                       \
		const char *const wanted[] = {__VA_ARGS__};                                        \
		assert_lines(record, wanted, sizeof(wanted) / sizeof(wanted[0]));                  \
	} while (0)

static struct record record_of(const char *text, size_t n)
{
	return (struct record){.text = text, .text_bytes = n, .level = 6, .ts_nsec = 1234567999};
}

static void test_lines(void **state)
{
	struct record record = record_of("one", 3);

	(void)state;
	ASSERT_LINES(&record, "<6>[    1.234567] one\n");
	record = record_of("", 0);
	ASSERT_LINES(&record, "<6>[    1.234567] \n");
	record = record_of("a\nb\n\n", 5);
	ASSERT_LINES(&record, "<6>[    1.234567] a\n", "<6>[    1.234567] b\n",
	             "<6>[    1.234567] \n", "<6>[    1.234567] \n");
	record = record_of("\n", 1);
	ASSERT_LINES(&record, "<6>[    1.234567] \n", "<6>[    1.234567] \n");
}

static void test_prefix(void **state)
{
	struct record record = record_of("x", 1);

	(void)state;
	record.facility = 23;
	record.level = 7;
	record.ts_nsec = 99999999999999;
	ASSERT_LINES(&record, "<191>[99999.999999] x\n");
	record.facility = 255;
	record.ts_nsec = UINT64_MAX;
	ASSERT_LINES(&record, "<2047>[18446744073.709551] x\n");
	record.facility = record.level = 0;
	record.ts_nsec = 999;
	ASSERT_LINES(&record, "<0>[    0.000000] x\n");
}

static void test_unfinished(void **state)
{
	struct record record = record_of("a\nb", 3);

	(void)state;
	record.unfinished = true;
	ASSERT_LINES(&record, "<6>[    1.234567] a\n", "<6>[    1.234567] b [unfinished]\n");
	record.text_bytes = 0;
	ASSERT_LINES(&record, "<6>[    1.234567]  [unfinished]\n");
}

/* Continuation records: one line of three records, each of which may have more lines. */
static void test_joined(void **state)
{
	struct record record = record_of("one, ", 5);

	(void)state;
	record.open = true;
	ASSERT_LINES(&record, "<6>[    1.234567] one, ");
	record = record_of("two\nthree, ", 11);
	record.joined = record.open = true;
	ASSERT_LINES(&record, "two\n", "<6>[    1.234567] three, ");
	record.open = false;
	ASSERT_LINES(&record, "two\n", "<6>[    1.234567] three, \n");
	record = record_of("a\n", 2);
	record.open = true;
	ASSERT_LINES(&record, "<6>[    1.234567] a\n", "<6>[    1.234567] ");
	record = record_of("", 0);
	record.joined = true;
	ASSERT_LINES(&record, "\n");
}

/* Plain text has its prefix in it, or none. */
static void test_raw(void **state)
{
	struct record record = record_of("<6>as it stands", 15);

	(void)state;
	record.raw = true;
	ASSERT_LINES(&record, "<6>as it stands\n");
	record.open = true;
	ASSERT_LINES(&record, "<6>as it stands");
}

/* The longest record there is, with the longest prefix and the mark, fits into the buffer. */
static void test_longest(void **state)
{
	static char text[LOG_TEXT_MAX];
	struct record record = record_of(text, sizeof(text));

	(void)state;
	memset(text, 0, sizeof(text));
	record.unfinished = true;
	record.facility = 255;
	record.ts_nsec = UINT64_MAX;
	assert_int_equal(lines_forward(&record), 1);
	assert_true(lengths[0] <= LOG_LINE_MAX);
	assert_memory_equal(lines[0] + lengths[0] - 14, " [unfinished]\n", 14);
	assert_same_backwards(&record, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_unfinished),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests_name("log_text", tests, NULL, NULL);
}
