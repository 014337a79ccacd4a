/* SPDX-License-Identifier: GPL-2.0-only */
/* entry_test - lines of an index that is not what lastwords-recv wrote */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "receiver/entry.h"

#define FILE_NAME "\"file\":\"web-042/1795414594-9f2c51d07be21d4c.log\""

static int read_line(const char *line, struct entry *entry)
{
	return entry_read(line, strlen(line), entry);
}

static void line_of_something_else_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"null",
		"17",
		"[]",
		"{}",
		"{\"file\":7}",
		"{\"file\":\"\"}",
		"{\"file\":\"index.jsonl\"}",
		"{\"file\":\"../web-042/1795414594-9f2c51d07be21d4c.log\"}",
		"{\"file\":\"web-042/../1795414594-9f2c51d07be21d4c.log\"}",
		"{\"file\":\"/etc/1795414594-9f2c51d07be21d4c.log\"}",
		"{\"file\":\"web-042/passwd\"}",
		"{" FILE_NAME,
		"{" FILE_NAME "} {}",
		"{" FILE_NAME ",\"bytes\":1e9999999}", /* beyond a double it is no JSON */
	};
	struct entry entry;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_int_equal(read_line(lines[i], &entry), -EBADMSG);
}

/* As a double it would be a time that no calendar has, or a count that no integer holds. */
static void number_out_of_range_is_none(void **state)
{
	static const char *const numbers[] = {
		"-1", "-1e300", "1e300", "1e15", "18446744073709551616", "\"7\"", "null"};
	struct entry entry;
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		int n = snprintf(line, sizeof(line), "{" FILE_NAME ",\"bytes\":%s,\"parts\":3}",
		                 numbers[i]);

		assert_int_equal(entry_read(line, (size_t)n, &entry), 0);
		assert_int_equal(entry.bytes, 0);
		assert_int_equal(entry.parts, 3);
		entry_free(&entry);
	}
	assert_int_equal(read_line("{" FILE_NAME ",\"bytes\":999999999999999}", &entry), 0);
	assert_int_equal(entry.bytes, 999999999999999);
	entry_free(&entry);
}

static void time_is_of_the_crash_or_else_of_the_receiver(void **state)
{
	struct entry entry;

	(void)state;
	assert_int_equal(read_line("{" FILE_NAME ",\"at\":5,\"received_at\":9.5}", &entry), 0);
	assert_int_equal(entry.crashed_at, 5);
	entry_free(&entry);
	assert_int_equal(read_line("{" FILE_NAME ",\"at\":null,\"received_at\":9.5}", &entry), 0);
	assert_int_equal(entry.crashed_at, 9);
	entry_free(&entry);
}

static void host_and_title_have_something_to_be_called(void **state)
{
	struct entry entry;

	(void)state;
	assert_int_equal(read_line("{" FILE_NAME
	                           ",\"host\":\"web-042\",\"mac\":\"52:54:00:12:34:56\","
	                           "\"title\":\"BUG\",\"why\":\"no log\"}",
	                           &entry),
	                 0);
	assert_string_equal(entry_host(&entry), "web-042");
	assert_string_equal(entry_title(&entry), "BUG");
	entry_free(&entry);
	assert_int_equal(read_line("{" FILE_NAME ",\"host\":null,\"mac\":\"52:54:00:12:34:56\","
	                           "\"title\":17,\"why\":\"no log\"}",
	                           &entry),
	                 0);
	assert_string_equal(entry_host(&entry), "52:54:00:12:34:56");
	assert_string_equal(entry_title(&entry), "no log");
	entry_free(&entry);
	assert_int_equal(read_line("{" FILE_NAME "}", &entry), 0);
	assert_string_equal(entry_host(&entry), "unknown host");
	assert_string_equal(entry_title(&entry), ENTRY_NO_TITLE);
	entry_free(&entry);
}

/* Whether a host of the first name is the one that is called by the second. */
static bool is_of(const char *host, const char *name)
{
	struct entry entry = {.host = host};

	return entry_is_of(&entry, name);
}

static void host_is_known_with_and_without_its_domain(void **state)
{
	(void)state;
	assert_true(is_of("web-042", "web-042"));
	assert_true(is_of("web-042", "WEB-042"));
	assert_true(is_of("web-042.example.org", "web-042"));
	assert_true(is_of("web-042", "web-042.example.org"));
	assert_true(is_of("web-042.example.org", "web-042.EXAMPLE.org"));
	assert_false(is_of("web-042.example.org", "web-042.example.net"));
	assert_false(is_of("web-042", "web-04"));
	assert_false(is_of("web-042", "web-0421"));
	assert_false(is_of("web-042", ""));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_of_something_else_is_refused),
		cmocka_unit_test(number_out_of_range_is_none),
		cmocka_unit_test(time_is_of_the_crash_or_else_of_the_receiver),
		cmocka_unit_test(host_and_title_have_something_to_be_called),
		cmocka_unit_test(host_is_known_with_and_without_its_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
