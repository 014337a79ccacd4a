/* SPDX-License-Identifier: GPL-2.0-only */
/* settings_test - the settings as words of the kernel command line */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "sender/settings.h"

static char notes[8][256];
static unsigned note_count;

static void note_keep(const char *sentence)
{
	assert_true(note_count < sizeof(notes) / sizeof(notes[0]));
	snprintf(notes[note_count++], sizeof(notes[0]), "%s", sentence);
}

/* What a command line gives, from the defaults. */
static struct settings from(const char *words)
{
	struct settings settings;
	char cmdline[1024];

	note_count = 0;
	snprintf(cmdline, sizeof(cmdline), "%s", words);
	settings_default(&settings);
	settings_kernel(&settings, cmdline, note_keep);
	return settings;
}

static void assert_defaults(const struct settings *settings)
{
	struct settings defaults;

	settings_default(&defaults);
	assert_string_equal(settings->interfaces, defaults.interfaces);
	assert_int_equal(settings->tail, defaults.tail);
	assert_int_equal(settings->repeat_count, defaults.repeat_count);
	assert_memory_equal(settings->repeat_s, defaults.repeat_s, sizeof(defaults.repeat_s));
	assert_int_equal(settings->rate, defaults.rate);
	assert_int_equal(settings->payload, defaults.payload);
	assert_int_equal(settings->vlan, defaults.vlan);
	assert_int_equal(settings->vlan_only, defaults.vlan_only);
	assert_int_equal(settings->has_source_mac, defaults.has_source_mac);
	assert_memory_equal(settings->source_ip, defaults.source_ip, 4);
	assert_int_equal(settings->deadline_s, defaults.deadline_s);
	assert_int_equal(settings->then, defaults.then);
}

static void test_defaults(void **state)
{
	static const uint32_t repeat[] = {0, 1, 3, 7, 15, 35};
	struct settings settings;

	(void)state;
	settings_default(&settings);
	assert_int_equal(settings.tail, 65536);
	assert_int_equal(settings.repeat_count, 6);
	assert_memory_equal(settings.repeat_s, repeat, sizeof(repeat));
	assert_int_equal(settings.rate, 1000);
	assert_int_equal(settings.payload, 1024);
	assert_memory_equal(settings.source_ip, "\2\2\2\2", 4);
	assert_int_equal(settings.deadline_s, 60);
	assert_int_equal(settings.then, THEN_REBOOT);
}

static void test_all(void **state)
{
	static const uint32_t repeat[] = {0, 2, 3600};
	struct settings s = from("lastwords.if=eth0,02:00:00:00:00:01 lastwords.tail=8K "
	                         "lastwords.repeat=0,2,3600 lastwords.rate=5 lastwords.payload=512 "
	                         "lastwords.vlan=only:7 lastwords.source-mac=02:00:00:00:00:0a "
	                         "lastwords.source-ip=192.0.2.1 lastwords.deadline=3600 "
	                         "lastwords.then=continue\n");

	(void)state;
	assert_int_equal(note_count, 0);
	assert_string_equal(s.interfaces, "eth0,02:00:00:00:00:01");
	assert_int_equal(s.tail, 8192);
	assert_int_equal(s.repeat_count, 3);
	assert_memory_equal(s.repeat_s, repeat, sizeof(repeat));
	assert_int_equal(s.rate, 5);
	assert_int_equal(s.payload, 512);
	assert_int_equal(s.vlan, 7);
	assert_true(s.vlan_only);
	assert_true(s.has_source_mac);
	assert_memory_equal(s.source_mac, "\2\0\0\0\0\xa", 6);
	assert_memory_equal(s.source_ip, "\xc0\0\2\1", 4);
	assert_int_equal(s.deadline_s, 3600);
	assert_int_equal(s.then, THEN_CONTINUE);
}

static void test_actions(void **state)
{
	(void)state;
	assert_int_equal(from("lastwords.then=reboot").then, THEN_REBOOT);
	assert_int_equal(from("lastwords.then=poweroff").then, THEN_POWEROFF);
	assert_int_equal(from("lastwords.then=halt").then, THEN_HALT);
}

/* The kernel takes - and _ in names for the same, and quotes around what holds spaces. */
static void test_spelling(void **state)
{
	struct settings s = from("quiet  \"lastwords.source_mac=02:00:00:00:00:01\" "
	                         "lastwords.if=\"eth 0\" lastwords.rate=1 lastwords.rate=2");

	(void)state;
	assert_int_equal(note_count, 0);
	assert_true(s.has_source_mac);
	assert_string_equal(s.interfaces, "eth 0");
	assert_int_equal(s.rate, 2); /* the last one counts, as with the kernel's own */
}

static void test_others(void **state)
{
	struct settings s = from(" root=/dev/sda tail=1 xlastwords.tail=1 LASTWORDS.tail=1 "
	                         "\"a lastwords.tail=1\" lastwordsxtail=1 \n");

	(void)state;
	assert_int_equal(note_count, 0);
	assert_defaults(&s);
}

/* What is wrong keeps its default; a sentence says what may be given, and the next word counts. */
static void test_wrong(void **state)
{
	struct settings s = from("lastwords.payload=255 lastwords.deadline=0 lastwords.then=panic "
	                         "lastwords.tail lastwords.= lastwords.nonsense=1 "
	                         "lastwords.source-mac=01:00:00:00:00:00");

	(void)state;
	assert_defaults(&s);
	assert_int_equal(note_count, 7);
	assert_non_null(strstr(notes[0], "lastwords.payload=255: "));
	assert_non_null(strstr(notes[0], "256 to 1480"));
	assert_non_null(strstr(notes[1], "1 to 3600 seconds"));
	assert_non_null(strstr(notes[2], "reboot, poweroff, halt or continue"));
	assert_non_null(strstr(notes[3], "lastwords.tail="));
	assert_non_null(strstr(notes[5], "lastwords.nonsense: no such setting"));
	assert_non_null(strstr(notes[6], "lastwords.source-mac=01:00:00:00:00:00: "));
	for (unsigned i = 0; i < note_count; i++)
		assert_null(strchr(notes[i], '\n'));
	assert_int_equal(from("lastwords.payload=1481 lastwords.rate=7").rate, 7);
}

static void test_long(void **state)
{
	char words[900];
	struct settings s;

	(void)state;
	memset(words, 'x', sizeof(words));
	memcpy(words, "lastwords.if=", 13);
	words[sizeof(words) - 1] = 0;
	s = from(words);
	assert_int_equal(note_count, 1);
	assert_defaults(&s);
	memcpy(words, "lastwords.xxx", 13);
	s = from(words);
	assert_int_equal(note_count, 1);
	words[13 + SETTINGS_IF_MAX - 1] = 0;
	memcpy(words, "lastwords.if=", 13);
	assert_int_equal(strlen(from(words).interfaces), SETTINGS_IF_MAX - 1);
	assert_int_equal(note_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults), cmocka_unit_test(test_all),
		cmocka_unit_test(test_actions),  cmocka_unit_test(test_spelling),
		cmocka_unit_test(test_others),   cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
