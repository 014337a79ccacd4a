/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source_test - a read that fails with EIO, for every read that is made
 *
 * The cores are some that tests/cores describes, one of each format. This program's own pread()
 * stands before the C library's and lets one page of the core, or one call, fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sender/report.h"
#include "sender/source.h"

#define CORE        "build/test/source_test.core"
#define BUILD       "mkdir -p build/test && tests/cores/build tests/cores/%s.case " CORE
#define RECORDS_MAX 1024
#define NEVER       UINT64_MAX

static int core_fd = -1;
static uint64_t calls, failing_call, failing_page;
static bool failing_on; /* every call from the failing one on fails */

/* The records of the undamaged core, oldest first: a sequence number and a hash. */
static struct known {
	uint64_t seq, hash;
} known[RECORDS_MAX];
static size_t known_count;

static struct source source;

ssize_t pread(int fd, void *buf, size_t n, off_t offset)
{
	if (fd == core_fd) {
		uint64_t call = calls++;

		if (call == failing_call || (failing_on && call > failing_call) ||
		    (uint64_t)offset / CORE_WINDOW_BYTES == failing_page) {
			errno = EIO;
			return -1;
		}
	}
	return syscall(SYS_pread64, fd, buf, n, offset);
}

static uint64_t text_hash(const struct record *record)
{
	uint64_t hash = record->ts_nsec ^ record->level;

	for (size_t i = 0; i < record->text_bytes; i++)
		hash = hash * 31 + (uint8_t)record->text[i];
	return hash;
}

/* Only the printk ring's records have numbers of their own: others are counted from the oldest. */
static bool is_known(const struct known *one, const struct record *record)
{
	return one->hash == text_hash(record) &&
	       (source.log.format != &log_prb || one->seq == record->seq);
}

/* Each record read is one of the undamaged core's, in order. Returns how many there were. */
static size_t records_check(void)
{
	size_t count = 0, left = known_count, at, cut = 0;
	struct record record;

	while (log_older(&source.log, &record)) {
		for (at = left; at && !is_known(&known[at - 1], &record);)
			at--;
		/* A line of plain text may have lost its beginning, another one its end. */
		if (!at && source.log.format == &log_plain)
			cut++;
		else
			left = at - 1;
		assert_true(at > 0 || cut <= 2);
		count++;
	}
	return count;
}

static void failing(uint64_t call, bool on, uint64_t page)
{
	calls = 0;
	failing_call = call;
	failing_on = on;
	failing_page = page;
}

/* Reads the core once; what is missing must have been noted. Returns how many records were read. */
static size_t core_check(void)
{
	size_t count;

	if (source_open(&source, core_fd))
		return 0;
	if (source.log.format == &log_scraps) { /* legible text, but no records */
		assert_true(source.log.damage.scraps);
		return 0;
	}
	count = records_check();
	if (count < known_count) {
		assert_int_equal(source.log.damage.error, -EIO);
		assert_true(source.log.damage.records > 0);
		if (source.log.format == &log_prb)
			assert_true(source.log.damage.records >= known_count - count);
	}
	return count;
}

static int core_make(const char *name)
{
	struct record record;
	char command[256];

	snprintf(command, sizeof(command), BUILD, name);
	if (system(command) != 0)
		return -1;
	known_count = 0;
	core_fd = open(CORE, O_RDONLY | O_CLOEXEC);
	failing(NEVER, false, NEVER);
	if (core_fd < 0 || source_open(&source, core_fd))
		return -1;
	while (log_older(&source.log, &record))
		;
	while (log_newer(&source.log, &record) && known_count < RECORDS_MAX)
		known[known_count++] = (struct known){record.seq, text_hash(&record)};
	return known_count > 100 ? 0 : -1;
}

static int ring_make(void **state)
{
	(void)state;
	return core_make("many-frames");
}

static int records_make(void **state)
{
	(void)state;
	return core_make("records-many-pages");
}

static int plain_make(void **state)
{
	(void)state;
	return core_make("plain-many-pages");
}

static int core_remove(void **state)
{
	(void)state;
	close(core_fd);
	return unlink(CORE);
}

/* A read that fails once: at worst a few records are lost, or the core cannot be opened. */
static void test_each_call(void **state)
{
	uint64_t all;
	size_t most = 0;

	(void)state;
	failing(NEVER, false, NEVER);
	assert_int_equal(core_check(), known_count);
	all = calls;
	assert_true(all > 20);
	for (uint64_t n = 0; n < all; n++) {
		size_t count;

		failing(n, false, NEVER);
		count = core_check();
		assert_true(calls > n);
		if (count > most)
			most = count;
	}
	assert_true(most >= known_count - 1);
}

/* One page of several is lost, at worst; nothing else is. */
static void test_each_call_older(void **state)
{
	uint64_t all;

	(void)state;
	failing(NEVER, false, NEVER);
	assert_int_equal(core_check(), known_count);
	all = calls;
	assert_true(all > 5);
	for (uint64_t n = 0; n < all; n++) {
		size_t count;

		failing(n, false, NEVER);
		count = core_check();
		assert_true(calls > n);
		assert_true(!count || count >= known_count / 2);
	}
}

/* From the N-th read on nothing can be read any more: what was read before is kept. */
static void test_each_call_on(void **state)
{
	size_t last = 0;

	(void)state;
	failing(NEVER, false, NEVER);
	core_check();
	for (uint64_t n = 0, all = calls; n < all; n++) {
		size_t count;

		failing(n, true, NEVER);
		count = core_check();
		assert_true(count >= last);
		last = count;
	}
	assert_true(last > 0);
}

/* A page that cannot be read at all costs what lies in it, and no more. */
static void test_each_page(void **state)
{
	uint64_t pages = (uint64_t)lseek(core_fd, 0, SEEK_END) / CORE_WINDOW_BYTES + 1;
	unsigned readable = 0;

	(void)state;
	for (uint64_t page = 0; page < pages; page++) {
		failing(NEVER, false, page);
		if (core_check())
			readable++;
	}
	/* Of all pages only those with the headers, the note and the ring itself are vital. */
	assert_true(readable >= pages - 2);
}

/* The report of a core with a bad page ends with a part that says so. */
static void test_report(void **state)
{
	struct log_damage damage;
	struct settings settings;
	struct report_state report;
	int fd = report_create();

	(void)state;
	assert_true(fd >= 0);
	failing(NEVER, false, (uint64_t)lseek(core_fd, 0, SEEK_END) / CORE_WINDOW_BYTES - 1);
	settings_default(&settings);
	assert_null(source_open(&source, core_fd));
	assert_int_equal(report_write(fd, &source, &settings, &damage), 0);
	assert_int_equal(damage.error, -EIO);
	assert_true(damage.records > 0);
	assert_true(report_load(fd, &report) > 1);
	assert_true(report.has_note && report.ready);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_call),
		cmocka_unit_test(test_each_call_on),
		cmocka_unit_test(test_each_page),
		cmocka_unit_test(test_report),
	};
	const struct CMUnitTest older[] = {
		cmocka_unit_test(test_each_call_older),
		cmocka_unit_test(test_each_page),
		cmocka_unit_test(test_report),
	};

	return cmocka_run_group_tests_name("source, printk ring", tests, ring_make, core_remove) +
	       cmocka_run_group_tests_name("source, records", older, records_make, core_remove) +
	       cmocka_run_group_tests_name("source, plain text", older, plain_make, core_remove);
}
