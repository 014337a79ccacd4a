/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * course_test - one port's course: when it begins anew, and whether its counter is believed
 *
 * This program's own port_send() stands before the real one: a driver that takes what it is told
 * to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "sender/clock.h"
#include "sender/course.h"

#define START (100 * SECOND_US)
#define ID    7

static struct reader reader;
static struct port port;
static struct course course;
static int refusal; /* what port_send() returns */

int port_send(struct port *to, const uint8_t *frame, size_t n)
{
	(void)to;
	(void)frame;
	assert_true(n > 0);
	return refusal;
}

/* A port with carrier and a report of one frame. */
static int set_up(void **state)
{
	struct settings settings;

	(void)state;
	settings_default(&settings);
	settings.repeat_count = 2; /* 0 and 1 s */
	reader = (struct reader){.settings = settings, .version = 1};
	reader.sending = report_create();
	assert_true(reader.sending >= 0);
	report_write_why(reader.sending, &reader.state.header, &settings, "a test", "", 0);
	assert_int_equal(report_load(reader.sending, &reader.state), 1);
	reader.frames = 1;
	port = (struct port){.index = 3, .serial = 1, .name = "eth0", .up = true, .raised = true};
	course = (struct course){.serial = 1, .reader = &reader};
	refusal = 0;
	return 0;
}

/* Sends all that is due until the time given. */
static void send_until(uint64_t end)
{
	while (course_next_us(&course) <= end && !course.schedule.finished &&
	       course.schedule.next_us <= end)
		course_send(&course, &port, ID, course.schedule.next_us);
}

static void carrier_comes(void)
{
	port.carrier = true;
	port.rises++;
}

static void test_begins(void **state)
{
	(void)state;
	course_follow(&course, &port, ID, START);
	assert_int_equal(course_next_us(&course), START);
	send_until(START);
	assert_int_equal(course.sent, 1);
	assert_int_equal(course.rounds_done, 1);
	carrier_comes();
	course_follow(&course, &port, ID, START + SECOND_US / 2);
	assert_int_equal(course.rounds_done, 0);
	assert_int_equal(course_next_us(&course), START + SECOND_US / 2);
	send_until(START + 2 * SECOND_US);
	assert_int_equal(course.sent, 3);
	assert_true(course.schedule.finished);
	carrier_comes(); /* it went and came between two looks */
	course_follow(&course, &port, ID, START + 9 * SECOND_US);
	assert_int_equal(course_next_us(&course), START + 9 * SECOND_US);
	send_until(START + 11 * SECOND_US);
	reader.version++; /* the log is there after all */
	course_follow(&course, &port, ID, START + 20 * SECOND_US);
	assert_int_equal(course_next_us(&course), START + 20 * SECOND_US);
}

/* Without news it goes on as it began, however often it is looked at. */
static void test_goes_on(void **state)
{
	(void)state;
	carrier_comes();
	course_follow(&course, &port, ID, START);
	send_until(START);
	for (unsigned i = 0; i < 3; i++)
		course_follow(&course, &port, ID, START + i);
	assert_int_equal(course.rounds_done, 1);
	assert_int_equal(course.sent, 1);
}

/* A port that others lowered is not raised for 10 s; one that is being raised here is not meant. */
static void test_left_alone(void **state)
{
	(void)state;
	course_follow(&course, &port, ID, START);
	port.up = false;
	port.raiser = 1;
	course_follow(&course, &port, ID, START + SECOND_US);
	assert_int_equal(course.try_us, 0);
	port.up = true;
	port.raiser = 0;
	course_follow(&course, &port, ID, START + SECOND_US);
	port.up = false;
	course_follow(&course, &port, ID, START + SECOND_US);
	assert_int_equal(course.try_us, START + 11 * SECOND_US);
	assert_int_equal(course_next_us(&course), UINT64_MAX);
}

/* While it is lowered and raised anew it may still seem to be up. */
static void test_waits_for_the_reset(void **state)
{
	(void)state;
	course_follow(&course, &port, ID, START);
	port.resetting = true;
	course_follow(&course, &port, ID, START + 1);
	assert_int_equal(course_next_us(&course), UINT64_MAX);
	port.resetting = false;
	course_follow(&course, &port, ID, START + 2);
	assert_int_equal(course_next_us(&course), START + 2);
}

/* A full queue is tried again while there is carrier, but not for ever. */
static void test_full_queue(void **state)
{
	(void)state;
	carrier_comes();
	course_follow(&course, &port, ID, START);
	refusal = -ENOBUFS;
	course_send(&course, &port, ID, START);
	assert_int_equal(course.schedule.frame, 0);
	assert_int_equal(course.failed, 0);
	assert_int_equal(course_next_us(&course), START + 1000);
	port.carrier = false;
	course_send(&course, &port, ID, START + 1000);
	assert_int_equal(course.failed, 1);
	port.carrier = true;
	course_send(&course, &port, ID, START + SECOND_US);
	assert_false(course.schedule.finished);
	course_send(&course, &port, ID, course.schedule.limit_us);
	assert_true(course.schedule.finished);
	assert_true(course_done(&course));
}

static void run_through(void)
{
	carrier_comes();
	port.tx_packets = 1000;
	course_follow(&course, &port, ID, START);
	send_until(START + 2 * SECOND_US);
	assert_true(course.schedule.finished);
	assert_false(course_done(&course));
}

static void test_believed(void **state)
{
	(void)state;
	run_through();
	port.tx_packets = 1001;
	assert_false(course_check(&course, &port, true, START + 2 * SECOND_US));
	assert_false(course_done(&course));
	port.tx_packets = 1002;
	assert_false(course_check(&course, &port, true, START + 3 * SECOND_US));
	assert_true(course_done(&course));
	assert_false(course.doubted);
}

static void test_doubted(void **state)
{
	uint64_t now = START + 2 * SECOND_US;

	(void)state;
	port.raised = false;
	run_through();
	port.tx_packets = 1001;
	for (unsigned i = 0; i < 2; i++) {
		now += 4 * SECOND_US;
		assert_false(course_check(&course, &port, true, now));
		assert_false(course.schedule.finished); /* once more */
		send_until(now);
	}
	now += 4 * SECOND_US;
	assert_false(course_check(&course, &port, true, now));
	assert_true(course.doubted && course_done(&course));
}

/* Carrier that comes again ends the doubt, and brings two more rounds should it be needed. */
static void test_doubt_ends(void **state)
{
	(void)state;
	test_doubted(state);
	carrier_comes();
	course_follow(&course, &port, ID, START + 60 * SECOND_US);
	send_until(START + 62 * SECOND_US);
	assert_false(course_done(&course));
	assert_false(course_check(&course, &port, true, START + 66 * SECOND_US));
	assert_false(course.schedule.finished || course.doubted);
}

/* What was accepted before it began anew is not asked for; the first round is looked at again. */
static void test_begins_with_nothing_owed(void **state)
{
	(void)state;
	reader.settings.repeat_s[1] = 20;
	carrier_comes();
	course_follow(&course, &port, ID, START);
	send_until(START);
	carrier_comes();
	course_follow(&course, &port, ID, START + SECOND_US);
	send_until(START + SECOND_US);
	assert_int_equal(course_next_us(&course), START + 4 * SECOND_US);
	send_until(START + 30 * SECOND_US);
	port.tx_packets = 2;
	assert_false(course_check(&course, &port, true, START + 30 * SECOND_US));
	assert_true(course_done(&course));
}

/* That carrier went meanwhile does not mean that the frames had left. */
static void test_carrier_goes(void **state)
{
	(void)state;
	run_through();
	port.carrier = false;
	course_follow(&course, &port, ID, START + 2 * SECOND_US);
	assert_false(course_done(&course));
}

/* Nothing left at all: the port is to be reset, once, and only if it was raised here. */
static void test_reset(void **state)
{
	(void)state;
	carrier_comes();
	course_follow(&course, &port, ID, START);
	send_until(START);
	assert_false(course_check(&course, &port, true, START + SECOND_US));
	send_until(START + 2 * SECOND_US);
	assert_true(course_check(&course, &port, true, START + 5 * SECOND_US));
	assert_false(course.schedule.begun);
	course_follow(&course, &port, ID, START + 6 * SECOND_US);
	send_until(START + 8 * SECOND_US);
	assert_false(course_check(&course, &port, true, START + 12 * SECOND_US));
}

static void test_not_raised_here(void **state)
{
	(void)state;
	port.raised = false;
	run_through();
	assert_false(course_check(&course, &port, true, START + 6 * SECOND_US));
	assert_false(course.was_reset);
}

static void test_no_carrier(void **state)
{
	(void)state;
	course_follow(&course, &port, ID, START);
	send_until(START);
	assert_false(course_check(&course, &port, true, START + 5 * SECOND_US));
	assert_true(course.schedule.begun);
}

/* A counter that could not be asked for tells nothing, and holds nothing up. */
static void test_not_fresh(void **state)
{
	(void)state;
	run_through();
	assert_false(course_check(&course, &port, false, START + 2 * SECOND_US));
	assert_false(course_done(&course));
	assert_false(course_check(&course, &port, false, START + 6 * SECOND_US));
	assert_true(course_done(&course));
}

/* Some drivers begin their counter anew when they are raised. */
static void test_counter_falls(void **state)
{
	(void)state;
	run_through();
	port.tx_packets = 1;
	course_check(&course, &port, true, START + 2 * SECOND_US);
	assert_false(course_done(&course));
	port.tx_packets = 2;
	course_check(&course, &port, true, START + 2 * SECOND_US);
	assert_true(course_done(&course));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_begins, set_up),
		cmocka_unit_test_setup(test_goes_on, set_up),
		cmocka_unit_test_setup(test_left_alone, set_up),
		cmocka_unit_test_setup(test_waits_for_the_reset, set_up),
		cmocka_unit_test_setup(test_full_queue, set_up),
		cmocka_unit_test_setup(test_believed, set_up),
		cmocka_unit_test_setup(test_doubted, set_up),
		cmocka_unit_test_setup(test_doubt_ends, set_up),
		cmocka_unit_test_setup(test_begins_with_nothing_owed, set_up),
		cmocka_unit_test_setup(test_carrier_goes, set_up),
		cmocka_unit_test_setup(test_reset, set_up),
		cmocka_unit_test_setup(test_not_raised_here, set_up),
		cmocka_unit_test_setup(test_no_carrier, set_up),
		cmocka_unit_test_setup(test_not_fresh, set_up),
		cmocka_unit_test_setup(test_counter_falls, set_up),
	};

	return cmocka_run_group_tests_name("course", tests, NULL, NULL);
}
