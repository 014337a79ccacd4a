/* SPDX-License-Identifier: GPL-2.0-only */
/* follow_test - the index as it grows, is written anew, and is not what it should be */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "receiver/follow.h"

struct store {
	char directory[64], index[96], anew[96];
	struct follow follow;
};

static int store_open(void **state)
{
	struct store *store = calloc(1, sizeof(*store));

	snprintf(store->directory, sizeof(store->directory), "/tmp/lastwords-follow-XXXXXX");
	if (!mkdtemp(store->directory))
		return -1;
	snprintf(store->index, sizeof(store->index), "%s/index.jsonl", store->directory);
	snprintf(store->anew, sizeof(store->anew), "%s/.anew", store->directory);
	*state = store;
	return follow_open(&store->follow, store->directory);
}

static int store_close(void **state)
{
	struct store *store = *state;

	follow_close(&store->follow);
	unlink(store->index);
	unlink(store->anew);
	rmdir(store->directory);
	free(store);
	return 0;
}

static void append(const char *path, const char *text)
{
	FILE *file = fopen(path, "a");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Lines of reports from one number up to another. */
static void append_reports(const char *path, unsigned from, unsigned to)
{
	char line[64];

	for (unsigned i = from; i <= to; i++) {
		snprintf(line, sizeof(line), "{\"file\":\"h/%u\",\"n\":%u}\n", i, i);
		append(path, line);
	}
}

static void expect(struct store *store, const char *wanted)
{
	const char *line;
	size_t n;

	if (!wanted) {
		assert_int_equal(follow_next(&store->follow, &line, &n), 0);
		return;
	}
	assert_int_equal(follow_next(&store->follow, &line, &n), 1);
	assert_int_equal(n, strlen(wanted));
	assert_memory_equal(line, wanted, n);
}

static void expect_reports(struct store *store, unsigned from, unsigned to)
{
	char line[64];

	for (unsigned i = from; i <= to; i++) {
		snprintf(line, sizeof(line), "{\"file\":\"h/%u\",\"n\":%u}", i, i);
		expect(store, line);
	}
	expect(store, NULL);
}

static void test_grows(void **state)
{
	struct store *store = *state;

	expect(store, NULL); /* no index yet */
	append_reports(store->index, 1, 3);
	expect_reports(store, 1, 3);
	append_reports(store->index, 4, 4);
	expect_reports(store, 4, 4);
}

static void test_half_a_line(void **state)
{
	struct store *store = *state;

	append_reports(store->index, 1, 1);
	append(store->index, "{\"file\":\"h/2\"");
	expect_reports(store, 1, 1);
	append(store->index, ",\"n\":2");
	expect(store, NULL);
	append(store->index, "}\n");
	expect_reports(store, 2, 2);
}

/* Lines keep their order, some go, and what was not read yet was moved along. */
static void test_written_anew(void **state)
{
	struct store *store = *state;

	append_reports(store->index, 1, 5);
	expect_reports(store, 1, 5);
	append_reports(store->index, 6, 6);
	append_reports(store->anew, 4, 4);
	append_reports(store->anew, 6, 8);
	assert_int_equal(rename(store->anew, store->index), 0);
	/* 6 stood in the old one, too, and is told once. */
	expect_reports(store, 6, 8);
}

/* Of the lines that were read none is left. */
static void test_all_gone(void **state)
{
	struct store *store = *state;

	append_reports(store->index, 1, 2);
	expect_reports(store, 1, 2);
	append_reports(store->anew, 3, 4);
	assert_int_equal(rename(store->anew, store->index), 0);
	expect_reports(store, 3, 4);
}

/* More lines than names are remembered: the last ones are enough. */
static void test_long(void **state)
{
	struct store *store = *state;
	unsigned last = FOLLOW_SEEN + 10;

	append_reports(store->index, 1, last);
	expect_reports(store, 1, last);
	append_reports(store->anew, last - 1, last + 2);
	assert_int_equal(rename(store->anew, store->index), 0);
	expect_reports(store, last + 1, last + 2);
}

/* Names that only begin alike are others. */
static void test_name_ends_at_comma(void **state)
{
	struct store *store = *state;

	append(store->index, "{\"file\":\"h/1\",\"n\":1}\n");
	expect_reports(store, 1, 1);
	append(store->anew, "{\"file\":\"h/1\",\"n\":7}\n"); /* the same file, told anew */
	append(store->anew, "{\"file\":\"h/10\",\"n\":10}\n");
	assert_int_equal(rename(store->anew, store->index), 0);
	expect_reports(store, 10, 10);
}

static void test_no_file(void **state)
{
	struct store *store = *state;

	append_reports(store->anew, 1, 1);
	assert_int_equal(symlink(store->anew, store->index), 0);
	expect(store, NULL);
	unlink(store->index);
	assert_int_equal(mkfifo(store->index, 0600), 0);
	expect(store, NULL);
	unlink(store->index);
	assert_int_equal(rename(store->anew, store->index), 0);
	expect_reports(store, 1, 1);
}

static void test_skip(void **state)
{
	struct store *store = *state;

	append_reports(store->index, 1, 3);
	follow_skip(&store->follow);
	expect(store, NULL);
	append_reports(store->index, 4, 4);
	expect_reports(store, 4, 4);
}

static void test_announced(void **state)
{
	struct store *store = *state;
	struct pollfd wait = {.fd = follow_fd(&store->follow), .events = POLLIN};

	assert_true(wait.fd >= 0);
	assert_int_equal(poll(&wait, 1, 0), 0);
	append_reports(store->index, 1, 1);
	assert_int_equal(poll(&wait, 1, 5000), 1);
	follow_drain(&store->follow);
	assert_int_equal(poll(&wait, 1, 0), 0);
	append_reports(store->index, 2, 2);
	assert_int_equal(poll(&wait, 1, 5000), 1);
	append_reports(store->anew, 3, 3);
	follow_drain(&store->follow);
	assert_int_equal(rename(store->anew, store->index), 0);
	assert_int_equal(poll(&wait, 1, 5000), 1);
}

static void test_no_directory(void **state)
{
	struct follow follow;

	(void)state;
	assert_int_equal(follow_open(&follow, "/nonexistent"), -ENOENT);
	assert_int_equal(follow_open(&follow, "/etc/passwd"), -ENOTDIR);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, store_open, store_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_grows),        EACH(test_half_a_line),
		EACH(test_written_anew), EACH(test_all_gone),
		EACH(test_long),         EACH(test_name_ends_at_comma),
		EACH(test_no_file),      EACH(test_skip),
		EACH(test_announced),    cmocka_unit_test(test_no_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
