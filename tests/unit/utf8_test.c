/* SPDX-License-Identifier: GPL-2.0-only */
/* utf8_test - which bytes are characters, and which of those may be shown */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sender/utf8.h"

/* In memory of exactly its size, so that ASan sees a look behind the end. */
static size_t length(const char *text, size_t n, size_t (*measure)(const char *, size_t))
{
	char *copy = malloc(n);
	size_t result;

	memcpy(copy, text, n);
	result = measure(copy, n);
	free(copy);
	return result;
}

static void characters(void **state)
{
	static const char *const good[] = {
		"a",
		"~",
		"\xc2\xa0",
		"\xc3\xa9",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbd",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t n = strlen(good[i]);

		assert_int_equal(length(good[i], n, utf8_length), n);
		assert_int_equal(length(good[i], n, utf8_printable), n);
		for (size_t less = 1; less < n; less++)
			assert_int_equal(length(good[i], less, utf8_length), 0);
	}
}

static void no_characters(void **state)
{
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc3(",
		"\xe0\x9f\xbf",
		"\xe2\x82(",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xfe",
		"\xf0\x90\x80(",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(length(bad[i], strlen(bad[i]), utf8_length), 0);
		assert_int_equal(length(bad[i], strlen(bad[i]), utf8_printable), 0);
	}
}

static void control_characters(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 0x100; c++) {
		char text[2] = {(char)(c < 0x80 ? c : 0xc2), (char)c};
		size_t n = c < 0x80 ? 1 : 2;
		bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);

		if (c >= 0xc0)
			break;
		assert_int_equal(length(text, n, utf8_length), n);
		assert_int_equal(length(text, n, utf8_printable), control ? 0 : n);
	}
}

/* The neighbours on both sides of what is hidden are seen. */
static void hidden_characters(void **state)
{
	static const struct {
		const char *text;
		uint32_t code;
		bool hidden;
	} some[] = {
		{"\xc2\xac", 0xac, false},
		{"\xc2\xad", 0xad, true},
		{"\xc2\xae", 0xae, false},
		{"\xe2\x80\x8a", 0x200a, false},
		{"\xe2\x80\x8b", 0x200b, true},
		{"\xe2\x80\x8f", 0x200f, true},
		{"\xe2\x80\x90", 0x2010, false},
		{"\xe2\x80\xa7", 0x2027, false},
		{"\xe2\x80\xa8", 0x2028, true},
		{"\xe2\x80\xae", 0x202e, true},
		{"\xe2\x80\xaf", 0x202f, false},
		{"\xe2\x81\xa6", 0x2066, true},
		{"\xe2\x81\xa9", 0x2069, true},
		{"\xe2\x82\xac", 0x20ac, false},
		{"\xee\x80\x80", 0xe000, true},
		{"\xef\xbb\xbf", 0xfeff, true},
		{"\xf0\x9f\x92\xa5", 0x1f4a5, false},
		{"\xf3\xa0\x80\x81", 0xe0001, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		size_t n = strlen(some[i].text);

		assert_int_equal(length(some[i].text, n, utf8_printable), n);
		assert_int_equal(length(some[i].text, n, utf8_visible), some[i].hidden ? 0 : n);
		assert_int_equal(length(some[i].text, n, utf8_visible_run), some[i].hidden ? 0 : n);
		assert_int_equal(utf8_code(some[i].text, n), some[i].code);
	}
	assert_int_equal(utf8_code("~", 1), '~');
}

/* Every byte at every place among plain ones: the run ends where characters tried singly do. */
static void runs(void **state)
{
	char text[24];

	(void)state;
	for (unsigned c = 0; c < 0x100; c++)
		for (size_t place = 0; place < sizeof(text); place++) {
			size_t at = 0, one;

			memset(text, 'a' + (int)(c % 20), sizeof(text));
			text[place] = (char)c;
			if (c >= 0xc2 && place + 1 < sizeof(text))
				text[place + 1] = (char)(0x80 + c % 0x40);
			while (at < sizeof(text) &&
			       (one = length(text + at, sizeof(text) - at, utf8_printable)))
				at += one;
			assert_int_equal(utf8_printable_run(text, sizeof(text)), at);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters),
		cmocka_unit_test(no_characters),
		cmocka_unit_test(control_characters),
		cmocka_unit_test(hidden_characters),
		cmocka_unit_test(runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
