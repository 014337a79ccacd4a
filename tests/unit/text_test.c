/* SPDX-License-Identifier: GPL-2.0-only */
/* text_test - a report for people: colours, gaps, and no byte that a terminal obeys */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "receiver/text.h"

static struct cut *cut_of(const struct frame_header *header)
{
	struct frame frame = {.source_mac = {0x52, 0x54, 0, 0x12, 0x34, 0x56}, .header = *header};
	struct cut *cut = cut_new(&frame, !header->parts);

	assert_non_null(cut);
	cut->received_us = 1795414600000000;
	return cut;
}

static void put(struct cut *cut, uint32_t number, const char *body, size_t n)
{
	const struct part part = {.number = number,
	                          .bytes = (uint32_t)n,
	                          .has_seq = true,
	                          .seq = 10 * number,
	                          .last = 10 * number + 9,
	                          .body = (char *)body};

	assert_int_equal(cut_put(cut, &part, &cut->header), 0);
}

static void put_lines(struct cut *cut, uint32_t number, const char *lines)
{
	put(cut, number, lines, strlen(lines));
}

/* What is shown of the cut, which is freed; free the result. */
static char *shown(struct cut *cut, bool colour)
{
	struct joined joined;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(joined_make(cut, &joined), 0);
	text_show(out, cut, &joined, colour);
	fclose(out);
	joined_free(&joined);
	cut_free(cut);
	assert_int_equal(strlen(text), size);
	return text;
}

static void expect(struct cut *cut, bool colour, const char *wanted)
{
	char *text = shown(cut, colour);

	assert_string_equal(text, wanted);
	free(text);
}

static void whole_report(void **state)
{
	struct frame_header header = {.id = 0x9f2c51d07be21d4c,
	                              .parts = 1,
	                              .host = "web-042",
	                              .has_at = true,
	                              .at = 1795414594,
	                              .older = 1};
	struct cut *cut;

	(void)state;
	strcpy(header.kernel, "6.1.0-56-cloud-amd64");
	cut = cut_of(&header);
	cut->interface = "eth0";
	put_lines(cut, 1, "<6>[    1.234567] a\n<0>[    2.000000] Kernel panic - not syncing: x\n");
	expect(cut, false,
	       "==> web-042: last words of 2026-11-23 06:16:34 UTC, kernel 6.1.0-56-cloud-amd64\n"
	       "    id 9f2c51d07be21d4c, from 52:54:00:12:34:56 on eth0, 1 of 1 parts\n"
	       "    Kernel panic - not syncing: x\n"
	       "... 1 older record not sent ...\n"
	       "[    1.234567] a\n"
	       "[    2.000000] Kernel panic - not syncing: x\n"
	       "\n");
}

static void unknown_host_drill_and_why(void **state)
{
	struct frame_header header = {.id = 1, .parts = 1, .drill = true, .why = "no core\033[2J"};
	struct cut *cut = cut_of(&header);

	(void)state;
	put_lines(cut, 1, "");
	expect(cut, false,
	       "==> 52:54:00:12:34:56: last words, heard 2026-11-23 06:16:40 UTC\n"
	       "    id 0000000000000001, from 52:54:00:12:34:56, 1 of 1 parts\n"
	       "    DRILL: a test, no crash\n"
	       "    no log: no core\\x1b[2J\n"
	       "\n");
}

static void gaps(void **state)
{
	struct frame_header header = {.id = 1, .parts = 9};
	struct cut *cut = cut_of(&header);

	(void)state;
	put_lines(cut, 3, "c\n");
	put_lines(cut, 5, "e\n");
	put_lines(cut, 8, "h");
	expect(cut, false,
	       "==> 52:54:00:12:34:56: last words, heard 2026-11-23 06:16:40 UTC\n"
	       "    id 0000000000000001, from 52:54:00:12:34:56, PARTIAL: 3 of 9 parts\n"
	       "... records up to 29 missing (parts 1 to 2) ...\n"
	       "c\n"
	       "... records 40 to 49 missing (part 4) ...\n"
	       "e\n"
	       "... records 60 to 79 missing (parts 6 to 7) ...\n"
	       "h\n"
	       "... records from 89 on missing (part 9) ...\n"
	       "\n");
}

static void original(void **state)
{
	struct frame_header header = {0};
	struct cut *cut = cut_of(&header);

	(void)state;
	put_lines(cut, 1, "one\n");
	put_lines(cut, 2, "two");
	expect(cut, false,
	       "==> 52:54:00:12:34:56: bare text, heard 2026-11-23 06:16:40 UTC\n"
	       "    from 52:54:00:12:34:56, 2 frames\n"
	       "one\n"
	       "two\n"
	       "\n");
}

static void colours(void **state)
{
	struct frame_header header = {.id = 1, .parts = 2, .host = "h"};
	struct cut *cut = cut_of(&header);

	(void)state;
	put_lines(cut, 1, "<0>[    1.000000] a\n<11>[    1.000000] b\n<6>[    1.000000] c\nd\n");
	expect(cut, true,
	       "\033[1m==> h: last words, heard 2026-11-23 06:16:40 UTC\033[0m\n"
	       "    id 0000000000000001, from 52:54:00:12:34:56, PARTIAL: 1 of 2 parts\n"
	       "\033[1;31m[    1.000000] a\033[0m\n"
	       "\033[31m[    1.000000] b\033[0m\n"
	       "[    1.000000] c\n"
	       "d\n"
	       "\033[36m... records from 20 on missing (part 2) ...\033[0m\n"
	       "\n");
}

/* Every byte in the log and in the texts of the heading: what comes out is plain. */
static void no_byte_that_a_terminal_obeys(void **state)
{
	struct frame_header header = {.id = 1, .parts = 1, .has_at = true, .at = UINT64_MAX};
	char body[256], *text;
	struct cut *cut;

	(void)state;
	for (unsigned c = 0; c < 256; c++)
		body[c] = (char)c;
	memcpy(header.host, body + 1, 64);
	memcpy(header.kernel, body + 120, 64);
	memcpy(header.why, body + 1, 160);
	cut = cut_of(&header);
	put(cut, 1, body, sizeof(body));
	text = shown(cut, false);
	for (size_t i = 0; text[i]; i++)
		assert_true(text[i] == '\n' || (text[i] >= 0x20 && text[i] < 0x7f));
	assert_non_null(strstr(text, "\\x00\\x01"));
	assert_non_null(strstr(text, "\\x1b\\x1c"));
	assert_non_null(strstr(text, "\\x7f\\x80"));
	assert_non_null(strstr(text, "\\x9b"));
	assert_non_null(strstr(text, "\\xff\n"));
	free(text);
}

static void characters_stay(void **state)
{
	struct frame_header header = {.id = 1, .parts = 1, .host = "h\xc3\xb6st"};
	struct cut *cut = cut_of(&header);
	char *text;

	(void)state;
	put_lines(cut, 1, "\xe2\x82\xac \xc2\x9b \xc3\n");
	text = shown(cut, false);
	assert_non_null(strstr(text, "==> h\xc3\xb6st: "));
	assert_non_null(strstr(text, "\n\xe2\x82\xac \\xc2\\x9b \\xc3\n"));
	free(text);
}

/* A title that reads backwards, a name with a gap in it that nobody sees. */
static void hidden_characters(void **state)
{
	struct frame_header header = {.id = 1, .parts = 1, .host = "web\xe2\x80\x8b-042"};
	struct cut *cut = cut_of(&header);
	char *text;

	(void)state;
	put_lines(cut, 1,
	          "<0>[    1.000000] \xe2\x80\xae"
	          "cinap \xef\xbb\xbf\xe2\x82\xac\n");
	text = shown(cut, false);
	assert_non_null(strstr(text, "==> web\\xe2\\x80\\x8b-042: "));
	assert_non_null(strstr(text, "] \\xe2\\x80\\xaecinap \\xef\\xbb\\xbf\xe2\x82\xac\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_report),
		cmocka_unit_test(unknown_host_drill_and_why),
		cmocka_unit_test(gaps),
		cmocka_unit_test(original),
		cmocka_unit_test(colours),
		cmocka_unit_test(no_byte_that_a_terminal_obeys),
		cmocka_unit_test(characters_stay),
		cmocka_unit_test(hidden_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
