/* SPDX-License-Identifier: GPL-2.0-only */
/* alerts_test - one alert for many reports, quiet times, limits, failures */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "receiver/alerts.h"

static const struct alerts_settings settings = {.settle_ms = 5000,
                                                .quiet_ms = 600000,
                                                .retry_ms = 30000,
                                                .tries = 3,
                                                .per_minute = 10,
                                                .kinds_max = 16};

static void add(struct alerts *alerts, const char *signature, unsigned host, uint64_t now_ms)
{
	static unsigned id;
	struct entry entry;
	char line[300];
	int n = snprintf(line, sizeof(line),
	                 "{\"file\":\"h%u/%llu-%016x.log\",\"host\":\"h%u\",\"signature\":\"%s\","
	                 "\"stored_at\":%llu}",
	                 host, (unsigned long long)now_ms, ++id, host, signature,
	                 (unsigned long long)now_ms);

	assert_int_equal(entry_read(line, (size_t)n, &entry), 0);
	alerts_add(alerts, &entry, now_ms);
}

static void storm_is_one_alert(void **state)
{
	struct alerts alerts;
	struct alert *alert;

	(void)state;
	assert_int_equal(alerts_open(&alerts, &settings), 0);
	assert_true(alerts_deadline(&alerts) == UINT64_MAX);
	for (unsigned i = 0; i < 10000; i++)
		add(&alerts, "f.g", i, i / 10);
	assert_int_equal(alerts_deadline(&alerts), 5000);
	assert_null(alerts_next(&alerts, 4999));
	alert = alerts_next(&alerts, 5000);
	assert_non_null(alert);
	assert_int_equal(alert->count, 10000);
	assert_int_equal(alert->n_hosts, ALERT_HOSTS);
	assert_null(alerts_next(&alerts, 5001)); /* one at a time */
	alerts_told(&alerts, true, 6000);
	assert_null(alerts_next(&alerts, 7000));
	assert_int_equal(alerts.lost, 0);
	alerts_close(&alerts);
}

static void more_are_told_of_after_the_quiet_time(void **state)
{
	struct alerts alerts;
	struct alert *alert;

	(void)state;
	assert_int_equal(alerts_open(&alerts, &settings), 0);
	add(&alerts, "f", 1, 0);
	assert_non_null(alerts_next(&alerts, 5000));
	add(&alerts, "f", 2, 5500); /* while the command runs */
	alerts_told(&alerts, true, 6000);
	add(&alerts, "f", 3, 7000);
	assert_null(alerts_next(&alerts, 605999));
	alert = alerts_next(&alerts, 606000);
	assert_non_null(alert);
	assert_int_equal(alert->count, 2);
	assert_string_equal(alert->hosts[0], "h2");
	assert_string_equal(alert->hosts[1], "h3");
	alerts_told(&alerts, true, 606000);
	assert_int_equal(alerts_deadline(&alerts), 1206000);
	assert_null(alerts_next(&alerts, 1206000));
	assert_int_equal(alerts.n, 0);
	alerts_close(&alerts);
}

static void each_for_itself(void **state)
{
	struct alerts_settings each = settings;
	struct alerts alerts;

	(void)state;
	each.settle_ms = each.quiet_ms = 0;
	assert_int_equal(alerts_open(&alerts, &each), 0);
	for (unsigned i = 0; i < 5; i++)
		add(&alerts, "f", i, 0);
	for (unsigned i = 0; i < 5; i++) {
		struct alert *alert = alerts_next(&alerts, 1);

		assert_non_null(alert);
		assert_int_equal(alert->count, 1);
		alerts_told(&alerts, true, 1);
	}
	assert_null(alerts_next(&alerts, 1));
	alerts_close(&alerts);
}

static void so_many_a_minute(void **state)
{
	struct alerts alerts;
	char signature[8];
	unsigned told = 0;

	(void)state;
	assert_int_equal(alerts_open(&alerts, &settings), 0);
	for (unsigned i = 0; i < 16; i++) {
		snprintf(signature, sizeof(signature), "f%u", i);
		add(&alerts, signature, i, 0);
	}
	for (uint64_t now = 5000; now < 5000 + 24000; now += 100) {
		if (!alerts_next(&alerts, now))
			continue;
		alerts_told(&alerts, true, now);
		told++;
		assert_true(alerts_deadline(&alerts) > now || told < 10);
	}
	assert_int_equal(told, 10 + 3);
	alerts_close(&alerts);
}

/* Reports of kinds for which there is no room are one alert, which goes first. */
static void too_many_kinds(void **state)
{
	struct alerts alerts;
	struct alert *alert;
	char signature[8];

	(void)state;
	assert_int_equal(alerts_open(&alerts, &settings), 0);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(signature, sizeof(signature), "f%u", i);
		add(&alerts, signature, i, i);
	}
	assert_int_equal(alerts.lost, 4);
	assert_non_null(alerts_next(&alerts, 5000));
	alerts_told(&alerts, true, 5000);
	alert = alerts_next(&alerts, 5030);
	assert_non_null(alert);
	assert_int_equal(alert->count, 4);
	assert_int_equal(alert->n_hosts, 4);
	assert_non_null(strstr(entry_title(&alert->entry), "more kinds"));
	assert_null(alert->entry.signature);
	alerts_told(&alerts, false, 5030);
	assert_int_equal(alerts.lost, 4);
	alert = alerts_next(&alerts, 35030);
	assert_non_null(alert);
	assert_int_equal(alert->count, 4); /* again, since it failed; before those that wait */
	alerts_told(&alerts, true, 35030);
	add(&alerts, "", 1,
	    35031); /* takes the place of what was told, and is no part of the sum */
	assert_int_equal(alerts.lost, 4);
	add(&alerts, "g", 1, 35032);
	add(&alerts, "f19", 2, 35032);
	assert_int_equal(alerts.lost, 6);
	for (unsigned i = 0; i < 16; i++) {
		alert = alerts_next(&alerts, 100000 + 6000 * i);
		assert_non_null(alert);
		assert_int_equal(alert->count, 1);
		assert_non_null(alert->entry.signature);
		alerts_told(&alerts, true, 100000 + 6000 * i);
	}
	assert_null(alerts_next(&alerts, 200000));
	alert = alerts_next(&alerts, 635030);
	assert_non_null(alert);
	assert_int_equal(alert->count, 2);
	alerts_close(&alerts);
}

static void failures_are_tried_again(void **state)
{
	const uint64_t at[] = {5000, 35000, 95000};
	struct alerts alerts;

	(void)state;
	assert_int_equal(alerts_open(&alerts, &settings), 0);
	add(&alerts, "f", 1, 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_null(alerts_next(&alerts, at[i] - 1));
		assert_non_null(alerts_next(&alerts, at[i]));
		assert_int_equal(alerts.lost, 0);
		alerts_told(&alerts, false, at[i]);
	}
	assert_int_equal(alerts.lost, 1);
	assert_null(alerts_next(&alerts, 500000));
	alerts_close(&alerts);
}

static void watermark_waits_for_what_is_not_told(void **state)
{
	struct alerts alerts;

	(void)state;
	assert_int_equal(alerts_open(&alerts, &settings), 0);
	assert_true(alerts_watermark(&alerts, 7) == 7);
	add(&alerts, "f", 1, 1000);
	add(&alerts, "g", 1, 2000);
	assert_true(alerts_watermark(&alerts, 2000) < 1000);
	assert_non_null(alerts_next(&alerts, 7000));
	assert_true(alerts_watermark(&alerts, 2000) < 1000);
	alerts_told(&alerts, true, 7000);
	assert_true(alerts_watermark(&alerts, 2000) < 2000 &&
	            alerts_watermark(&alerts, 2000) > 1999);
	alerts_close(&alerts);
}

static void whole_report_takes_the_place_of_the_partial_one(void **state)
{
	static const char whole[] = "h1/100-00000000000000aa.log";
	struct alerts alerts;
	struct entry entry;
	struct alert *alert;
	char line[300];
	int n;

	(void)state;
	assert_int_equal(alerts_open(&alerts, &settings), 0);
	add(&alerts, "none", 1, 0);
	n = snprintf(line, sizeof(line),
	             "{\"file\":\"%s\",\"host\":\"h1\",\"signature\":\"f\",\"replaces\":\"%s\"}",
	             whole, alerts.list[0].entry.file);
	assert_int_equal(entry_read(line, (size_t)n, &entry), 0);
	assert_int_equal(alerts_add(&alerts, &entry, 100), 0);
	alert = alerts_next(&alerts, 5000);
	assert_non_null(alert);
	assert_string_equal(alert->entry.file, whole);
	assert_int_equal(alert->count, 1);
	alerts_told(&alerts, true, 5000);
	assert_int_equal(entry_read(line, (size_t)n, &entry), 0);
	assert_int_equal(alerts_add(&alerts, &entry, 6000), 0);
	assert_null(alerts_next(&alerts, 605000)); /* it was told of */
	alerts_close(&alerts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(storm_is_one_alert),
		cmocka_unit_test(more_are_told_of_after_the_quiet_time),
		cmocka_unit_test(each_for_itself),
		cmocka_unit_test(so_many_a_minute),
		cmocka_unit_test(too_many_kinds),
		cmocka_unit_test(failures_are_tried_again),
		cmocka_unit_test(watermark_waits_for_what_is_not_told),
		cmocka_unit_test(whole_report_takes_the_place_of_the_partial_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
