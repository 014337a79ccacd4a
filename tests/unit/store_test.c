/* SPDX-License-Identifier: GPL-2.0-only */
/* store_test - the limits of the store are kept to, whatever is done to the clock */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "receiver/store.h"

#define HOUR_S 3600
#define NOW_S  1795414594ull

static char folder[] = "/tmp/store-XXXXXX", host[32], file[96];

/* A report that was written so long before NOW_S. */
static void put_report(uint64_t age_s)
{
	const struct timespec times[2] = {{.tv_sec = (time_t)(NOW_S - age_s)},
	                                  {.tv_sec = (time_t)(NOW_S - age_s)}};
	int fd;

	assert_true(!mkdir(host, 0700) || !access(host, F_OK));
	fd = open(file, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(utimensat(AT_FDCWD, file, times, 0), 0);
}

/* The clock was ten hours ahead, which is seen at the last look, and then right. */
static void clock_set_back(void **state)
{
	const struct store_limits limits = {.age_s = 100 * HOUR_S};
	struct store *store;

	(void)state;
	assert_int_equal(store_open(&store, folder, &limits), 0);
	assert_int_equal(store_tick(store, NOW_S + 10 * HOUR_S), 0);
	put_report(50 * HOUR_S);
	assert_int_equal(store_tick(store, NOW_S), 0);
	assert_int_equal(access(file, F_OK), 0);
	put_report(101 * HOUR_S);
	assert_int_equal(store_tick(store, NOW_S + HOUR_S - 1), 0);
	assert_int_equal(access(file, F_OK), 0);
	assert_int_equal(store_tick(store, NOW_S + HOUR_S), 0);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(access(host, F_OK), -1);
	store_close(store);
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(host, sizeof(host), "%s/h", folder);
	snprintf(file, sizeof(file), "%s/20260101T000000Z-00000000000000aa.log", host);
	return 0;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {"index.jsonl", ".lock", ".new-index"};
	char path[64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	unlink(file);
	rmdir(host);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(clock_set_back)};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
