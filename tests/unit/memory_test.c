/* SPDX-License-Identifier: GPL-2.0-only */
/* memory_test - whether there is memory for the drivers, from what /proc/meminfo says */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "crashkernel-initrd/memory.c"

#define MIB (UINT64_C(1) << 20)

/* Writes a meminfo file and asks. */
static bool enough(const char *text, uint64_t files_bytes)
{
	char path[] = "/tmp/lastwords-meminfo.XXXXXX";
	int fd = mkstemp(path);
	bool answer;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	answer = memory_enough(path, files_bytes);
	unlink(path);
	return answer;
}

static bool enough_kib(uint64_t available_kib, uint64_t files_bytes)
{
	char text[256];

	snprintf(text, sizeof(text),
	         "MemTotal:       %8u kB\nMemFree:        %8u kB\nMemAvailable:   %8llu kB\n"
	         "Buffers:               0 kB\n",
	         999999, 999999, (unsigned long long)available_kib);
	return enough(text, files_bytes);
}

static void the_bound(void **state)
{
	uint64_t bound_kib = MEMORY_DUMP_KIB + memory_drivers_kib(3 * MIB);

	(void)state;
	assert_true(enough_kib(bound_kib, 3 * MIB));
	assert_false(enough_kib(bound_kib - 1, 3 * MIB));
	assert_false(enough_kib(0, 3 * MIB));
	assert_true(enough_kib(UINT64_MAX / 2, 3 * MIB));
}

static void larger_drivers_need_more(void **state)
{
	(void)state;
	assert_true(memory_drivers_kib(20 * MIB) > memory_drivers_kib(MIB) + 18 * 1024);
}

static void nothing_to_load(void **state)
{
	(void)state;
	assert_true(enough_kib(1, 0));
}

/* Before Linux 3.14, or without /proc: the drivers are loaded, as if nobody had looked. */
static void not_told(void **state)
{
	(void)state;
	assert_true(enough("MemTotal: 131072 kB\nMemFree: 1 kB\n", MIB));
	assert_true(enough("", MIB));
	assert_true(memory_enough("/nonexistent", MIB));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bound),
		cmocka_unit_test(larger_drivers_need_more),
		cmocka_unit_test(nothing_to_load),
		cmocka_unit_test(not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
