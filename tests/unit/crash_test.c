/* SPDX-License-Identifier: GPL-2.0-only */
/* crash_test - title, kind and signature of a crash; tests/titles has real ones */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "receiver/crash.h"
#include "receiver/prefix.h"

#define PANIC "<0>[  100.500000] Kernel panic - not syncing: "

static void expect(const char *log, const char *title, const char *kind, const char *signature)
{
	struct crash crash;

	assert_true(crash_read(log, strlen(log), &crash));
	assert_int_equal(crash.title_bytes, strlen(title));
	assert_memory_equal(crash.title, title, crash.title_bytes);
	assert_string_equal(kind_name(crash.kind), kind);
	if (!signature)
		return;
	assert_int_equal(crash.signature_bytes, strlen(signature));
	assert_memory_equal(crash.signature, signature, crash.signature_bytes);
}

static void expect_none(const char *log)
{
	struct crash crash;

	assert_false(crash_read(log, strlen(log), &crash));
}

static void panic_line(void **state)
{
	(void)state;
	expect("<6>[   99.000000] sysrq: Trigger a crash\n" PANIC "sysrq triggered crash\n"
	       "<4>[  100.500100] CPU: 0 PID: 1 Comm: bash Not tainted 7.2.13-cloud-amd64 #1\n"
	       "<0>[  100.600000] ---[ end Kernel panic - not syncing: sysrq triggered crash "
	       "]---\n",
	       "Kernel panic - not syncing: sysrq triggered crash (bash, 7.2.13-cloud-amd64)",
	       "sysrq", "Kernel panic - not syncing: sysrq triggered crash");
	expect(PANIC "no newline", "Kernel panic - not syncing: no newline", "panic", NULL);
	expect("<4>[ 1.000000] x\n<4>Kernel panic - not syncing: no time\n",
	       "Kernel panic - not syncing: no time", "panic", NULL);
}

/* Panics whose public reports are pictures, in the words of the kernel's source. */
static void panics_of_each_kind(void **state)
{
	static const struct {
		const char *reason, *kind;
	} panics[] = {
		{"UE row 0, channel-a= 1 channel-b= 0 labels \"x\": NON-FATAL recoverable",
	         "hardware"},
		{"NMI: Not continuing", "hardware"},
		{"NMI IOCK error: Not continuing", "hardware"},
		{"An NMI occurred. Depending on your system the reason for the NMI is logged",
	         "hardware"},
		{"Fatal hardware error!", "hardware"},
		{"Timeout: Not all CPUs entered broadcast exception handler", "hardware"},
		{"watchdog pretimeout event", "watchdog"},
		{"Software Watchdog Timer expired", "watchdog"},
		{"No working init found.  Try passing init= option to kernel.", "init"},
		{"Out of memory: system-wide panic_on_oom is enabled", "oom"},
		{"VFS: Unable to mount root fs on unknown-block(0,0)", "root-mount"},
		{"RCU Stall", "rcu-stall"},
		{"what nobody knows", "panic"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(panics) / sizeof(panics[0]); i++) {
		char log[200];
		struct crash crash;

		snprintf(log, sizeof(log), "%s%s\n", PANIC, panics[i].reason);
		assert_true(crash_read(log, strlen(log), &crash));
		assert_string_equal(kind_name(crash.kind), panics[i].kind);
	}
}

static void fault_before_the_panic(void **state)
{
	(void)state;
	expect("<1>[  100.100000] BUG: kernel NULL pointer dereference, address: 0\n"
	       "<4>[  100.200000] Oops: 0002 [#1] PREEMPT SMP NOPTI\n"
	       "<4>[  100.200000] RIP: 0010:nvme_queue_rq.part.0+0x5e/0x700 [nvme]\n"
	       "<4>[  100.300000] Call Trace:\n"
	       "<4>[  100.300000]  ? __die_body+0x1b/0x60\n"
	       "<4>[  100.300000]  blk_mq_dispatch_rq_list+0x1e1/0x7a0\n" PANIC "Fatal exception\n",
	       "BUG: kernel NULL pointer dereference in nvme_queue_rq.part.0+0x5e/0x700",
	       "null-deref", "nvme_queue_rq blk_mq_dispatch_rq_list");
	expect("<0>[   95.000000] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [a:1]\n" PANIC
	       "softlockup: hung tasks\n",
	       "BUG: soft lockup - CPU#1 stuck for 26s", "soft-lockup",
	       "BUG: soft lockup - CPU#N stuck for Ns");
	expect("<0>[  100.100000] Internal error: Oops: 96000004 [#1] SMP\n" PANIC
	       "Fatal exception\n",
	       "Internal error: Oops", "oops", NULL);
}

static void headlines(void **state)
{
	(void)state;
	expect("<0>[    1.000000] kasan: GPF could be caused by NULL-ptr deref or user memory "
	       "accessgeneral protection fault: 0000 [#1] SMP\n",
	       "general protection fault", "protection-fault", NULL);
	expect("<0>[    1.000000] Oops: general protection fault, probably for non-canonical "
	       "address 0x1: 0000 [#1] SMP\n",
	       "general protection fault", "protection-fault", NULL);
	expect(PANIC "stack-protector: Kernel stack is corrupted in: ffffffff8343632e\n",
	       "Kernel panic - not syncing: stack-protector: Kernel stack is corrupted", "stack",
	       NULL);
	expect("<1>[    1.000000] BUG: unable to handle kernel paging request at "
	       "ffffc90001935030\n",
	       "BUG: unable to handle kernel paging request", "page-fault", NULL);
	expect("<0>[    1.000000] CPU 1 Hard LOCKUP\n", "CPU 1 Hard LOCKUP", "hard-lockup",
	       "CPU N Hard LOCKUP");
	expect("<4>[    1.000000] WARNING: mm/slub.c:35 at kfree+0x1/0x2, CPU#1: sh/7\n" PANIC
	       "kernel: panic_on_warn set ...\n",
	       "Kernel panic - not syncing: kernel: panic_on_warn set", "warning", NULL);
	expect("<4>[   99.000000] WARNING: mm/slub.c:35 at kfree+0x1/0x2, CPU#1: sh/7\n" PANIC
	       "kernel: panic_on_warn set ...\n",
	       "WARNING at mm/slub.c:35 in kfree+0x1/0x2", "warning", "kfree");
	expect("<4>[   99.000000] WARNING: at kfree+0x1/0x2\n" PANIC "panic_on_warn set\n",
	       "WARNING: at kfree+0x1/0x2", "warning", "kfree");
	expect("<4>[   99.000000] WARNING: kfree+0x1/0x2 at mm/slub.c:35\n" PANIC
	       "panic_on_warn set\n",
	       "WARNING: kfree+0x1/0x2 at mm/slub.c:35", "warning", "kfree");
	expect_none("<4>[    1.000000] BUG: memory leak\n");
}

/* Where no RIP line tells the place, the headline does, unless it names what only reports. */
static void place_in_the_headline(void **state)
{
	(void)state;
	expect("<4>[   99.000000] WARNING: CPU: 0 PID: 1 at a.c:1 f.part.0+0x1/0x2\n"
	       "<4>[   99.100000]  g+0x1/0x2\n" PANIC "panic_on_warn set\n",
	       "WARNING at a.c:1 in f.part.0+0x1/0x2", "warning", "f g");
	expect("<4>[   99.000000] WARNING: CPU: 0 PID: 1 at a.c:1 kasan_report+0x1/0x2\n"
	       "<4>[   99.100000]  g+0x1/0x2\n" PANIC "panic_on_warn set\n",
	       "WARNING at a.c:1 in g+0x1/0x2", "warning", "g");
}

/* What a panic is about, it says itself: a warning a second before sysrq is another story. */
static void panic_of_its_own(void **state)
{
	(void)state;
	expect("<4>[  100.100000] WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2\n" PANIC
	       "sysrq triggered crash\n",
	       "Kernel panic - not syncing: sysrq triggered crash", "sysrq", NULL);
	expect("<4>[  100.100000] WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2\n"
	       "<1>[  100.200000] BUG: kernel NULL pointer dereference, address: 0\n" PANIC
	       "Fatal exception\n",
	       "BUG: kernel NULL pointer dereference", "null-deref", NULL);
}

static void old_fault_is_another_story(void **state)
{
	(void)state;
	expect("<1>[   90.000000] BUG: long ago\n" PANIC "Fatal exception\n",
	       "Kernel panic - not syncing: Fatal exception", "panic", NULL);
	expect("<1>[   10.000000] BUG: long ago\n<1>[   99.000000] BUG: now\n" PANIC
	       "Fatal exception\n",
	       "BUG: now", "bug", NULL);
	expect("<1>[   89.000000] BUG: a\n<1>[   95.000000] BUG: b\n" PANIC "Fatal exception\n",
	       "BUG: b", "bug", NULL);
	expect_none("<1>[   10.000000] BUG: long ago\n<6>[   99.000000] all is well\n");
}

static void oops_without_panic_line(void **state)
{
	(void)state;
	expect("<1>[    9.000000] BUG: unable to handle page fault for address: 1\n<4>[    "
	       "9.100000] RIP: 0010:x\n",
	       "BUG: unable to handle page fault", "page-fault", NULL);
	expect_none("<4>[    9.000000] WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2\n");
}

static void nothing_to_name(void **state)
{
	(void)state;
	expect_none("");
	expect_none("\n\n");
	expect_none("<6>[    1.000000] no BUG: here\n<6>[    1.000000] a Kernel panic - not "
	            "syncing: x\n");
}

/* A process can write to the log, but not in the name of the kernel. */
static void processes_are_not_believed(void **state)
{
	(void)state;
	expect_none("<8>[    1.000000] Kernel panic - not syncing: x\n"
	            "<12>[    1.000000] BUG: x\n<30>[    1.000000] Oops: 0002 [#1]\n");
	expect("<1>[  100.000000] BUG: unable to handle page fault for address: 1\n"
	       "<12>[  100.000000] RIP: 0010:forged+0x1/0x2\n"
	       "<12>[  100.000000]  forged+0x1/0x2\n"
	       "<4>[  100.000000]  f+0x1/0x2\n",
	       "BUG: unable to handle page fault in f+0x1/0x2", "page-fault", "f");
}

static void long_ones_are_cut(void **state)
{
	char log[2000];
	struct crash crash;
	size_t n;

	(void)state;
	memset(log, 'x', sizeof(log));
	memcpy(log, "BUG: ", 5);
	assert_true(crash_read(log, sizeof(log), &crash));
	assert_int_equal(crash.title_bytes, sizeof(crash.title));
	assert_int_equal(crash.signature_bytes, sizeof(crash.signature));
	n = (size_t)snprintf(log, sizeof(log), "BUG: x\n");
	for (unsigned i = 0; i < 12; i++)
		n += (size_t)snprintf(log + n, sizeof(log) - n, " %0120u+0x1/0x2\n", i);
	assert_true(crash_read(log, n, &crash));
	assert_int_equal(crash.signature_bytes, sizeof(crash.signature));
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
		cmocka_unit_test(panics_of_each_kind),
		cmocka_unit_test(fault_before_the_panic),
		cmocka_unit_test(headlines),
		cmocka_unit_test(place_in_the_headline),
		cmocka_unit_test(panic_of_its_own),
		cmocka_unit_test(old_fault_is_another_story),
		cmocka_unit_test(oops_without_panic_line),
		cmocka_unit_test(nothing_to_name),
		cmocka_unit_test(processes_are_not_believed),
		cmocka_unit_test(long_ones_are_cut),
		cmocka_unit_test(prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
