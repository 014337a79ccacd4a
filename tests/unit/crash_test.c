/* SPDX-License-Identifier: GPL-2.0-only */
/* crash_test - which line of a log names the crash */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "receiver/crash.h"
#include "receiver/prefix.h"

#define PANIC "<0>[  100.500000] Kernel panic - not syncing: "

static void expect(const char *log, const char *wanted)
{
	char title[CRASH_TITLE_MAX];
	size_t n;

	if (!wanted) {
		assert_false(crash_title(log, strlen(log), title, &n));
		return;
	}
	assert_true(crash_title(log, strlen(log), title, &n));
	assert_int_equal(n, strlen(wanted));
	assert_memory_equal(title, wanted, n);
}

static void panic_line(void **state)
{
	(void)state;
	expect("<6>[   99.000000] sysrq: Trigger a crash\n" PANIC "sysrq triggered crash\n"
	       "<4>[  100.500100] CPU: 0 PID: 1 Comm: bash\n"
	       "<0>[  100.600000] ---[ end Kernel panic - not syncing: sysrq triggered crash "
	       "]---\n",
	       "Kernel panic - not syncing: sysrq triggered crash");
	expect(PANIC "no newline", "Kernel panic - not syncing: no newline");
	expect("<4>[ 1.000000] x\n<4>Kernel panic - not syncing: no time\n",
	       "Kernel panic - not syncing: no time");
}

static void fault_before_the_panic(void **state)
{
	(void)state;
	expect("<1>[  100.100000] BUG: kernel NULL pointer dereference, address: 0\n"
	       "<4>[  100.200000] Oops: 0002 [#1] PREEMPT SMP NOPTI\n" PANIC "Fatal exception\n",
	       "BUG: kernel NULL pointer dereference, address: 0");
	expect("<0>[   95.000000] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [a:1]\n" PANIC
	       "softlockup: hung tasks\n",
	       "watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [a:1]");
	expect("<0>[  100.100000] Internal error: Oops: 96000004 [#1] SMP\n" PANIC
	       "Fatal exception\n",
	       "Internal error: Oops: 96000004 [#1] SMP");
}

static void old_fault_is_another_story(void **state)
{
	(void)state;
	expect("<1>[   90.000000] BUG: long ago\n" PANIC "sysrq triggered crash\n",
	       "Kernel panic - not syncing: sysrq triggered crash");
	expect("<1>[   10.000000] BUG: long ago\n<1>[   99.000000] BUG: now\n" PANIC "x\n",
	       "BUG: now");
	expect("<1>[   10.000000] BUG: long ago\n<6>[   99.000000] all is well\n", NULL);
}

static void oops_without_panic_line(void **state)
{
	(void)state;
	expect("<1>[    9.000000] BUG: unable to handle page fault\n<4>[    9.100000] RIP: "
	       "0010:x\n",
	       "BUG: unable to handle page fault");
}

static void nothing_to_name(void **state)
{
	(void)state;
	expect("", NULL);
	expect("\n\n", NULL);
	expect("<6>[    1.000000] no BUG: here\n<6>[    1.000000] a Kernel panic - not syncing: "
	       "x\n",
	       NULL);
}

static void long_title_is_cut(void **state)
{
	char log[1000], title[CRASH_TITLE_MAX];
	size_t n;

	(void)state;
	memset(log, 'x', sizeof(log));
	memcpy(log, "BUG: ", 5);
	assert_true(crash_title(log, sizeof(log), title, &n));
	assert_int_equal(n, sizeof(title));
}

static void prefixes(void **state)
{
	static const struct {
		const char *line;
		int level;
		size_t stamp, text;
		bool has_time;
		uint64_t time_us;
	} lines[] = {
		{"<6>[    1.234567] text", 6, 3, 18, true, 1234567},
		{"<30>[12345.000001] t", 6, 4, 19, true, 12345000001},
		{"<0>[    1.234567]", 0, 3, 17, true, 1234567},
		{"[    1.234567] text", -1, 0, 15, true, 1234567},
		{"<6>text", 6, 3, 3, false, 0},
		{"<6>[    1.23456] text", 6, 3, 3, false, 0},
		{"<6>[    x.234567] text", 6, 3, 3, false, 0},
		{"<6>[ 1.234567", 6, 3, 3, false, 0},
		{"<6>[.234567] t", 6, 3, 3, false, 0},
		{"<2048>text", -1, 0, 0, false, 0},
		{"<>text", -1, 0, 0, false, 0},
		{"<-1>text", -1, 0, 0, false, 0},
		{">", -1, 0, 0, false, 0},
		{"<", -1, 0, 0, false, 0},
		{"", -1, 0, 0, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct prefix prefix = prefix_read(lines[i].line, strlen(lines[i].line));

		assert_int_equal(prefix.level, lines[i].level);
		assert_int_equal(prefix.stamp, lines[i].stamp);
		assert_int_equal(prefix.text, lines[i].text);
		assert_int_equal(prefix.has_time, lines[i].has_time);
		assert_int_equal(prefix.time_us, lines[i].time_us);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(panic_line),
		cmocka_unit_test(fault_before_the_panic),
		cmocka_unit_test(old_fault_is_another_story),
		cmocka_unit_test(oops_without_panic_line),
		cmocka_unit_test(nothing_to_name),
		cmocka_unit_test(long_title_is_cut),
		cmocka_unit_test(prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
