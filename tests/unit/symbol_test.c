/* SPDX-License-Identifier: GPL-2.0-only */
/* symbol_test - places in the kernel: where they begin and end, and the function in the source */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "receiver/symbol.h"

/* The first place in a line, and how much of it is the name; NULL where there is none. */
static void symbols(void **state)
{
	static const struct {
		const char *line, *symbol, *name;
	} lines[] = {
		{"f+0x1/0x2", "f+0x1/0x2", "f"},
		{" ? g.part.0+0x1f/0xBF0 [m]", "g.part.0+0x1f/0xBF0", "g.part.0"},
		{"a+b c+0x1/0x2", "c+0x1/0x2", "c"},
		{"f+0x1/0x2/0x3", "f+0x1/0x2", "f"},
		{"f+0x0123456789abcdef/0xfedcba9876543210",
	         "f+0x0123456789abcdef/0xfedcba9876543210", "f"},
		{"f+0x0123456789abcdef0/0x1", NULL, NULL}, /* 17 digits */
		{"f+0x1/0x0123456789abcdef0", "f+0x1/0x0123456789abcdef", "f"},
		{"f+0x1/0x", NULL, NULL},
		{"f+0x1/0xg", NULL, NULL},
		{"f+0x/0x2", NULL, NULL},
		{"f+0x1/1x2", NULL, NULL},
		{"f+0x1/0y2", NULL, NULL},
		{"f+0x1/2", NULL, NULL},
		{"f+0x1", NULL, NULL},
		{"f+0x1/", NULL, NULL},
		{"f+0x1 0x2", NULL, NULL},
		{"f+0x1-0x222", NULL, NULL},
		{"f+", NULL, NULL},
		{"+0x1/0x2", NULL, NULL},
		{" +0x1/0x2", NULL, NULL},
		{"", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct symbol symbol;
		bool found = symbol_find(lines[i].line, strlen(lines[i].line), &symbol);

		assert_int_equal(found, lines[i].symbol != NULL);
		if (!found)
			continue;
		assert_int_equal(symbol.n, strlen(lines[i].symbol));
		assert_memory_equal(symbol.text, lines[i].symbol, symbol.n);
		assert_int_equal(symbol.name, strlen(lines[i].name));
	}
}

/* What stands behind the line's end is not looked at, wherever it ends. */
static void symbol_at_the_end(void **state)
{
	static const char line[] = "f+0x1/0x2345";
	struct symbol symbol;

	(void)state;
	for (size_t n = 0; n < strlen(line); n++) {
		bool found = symbol_find(line, n, &symbol);

		assert_int_equal(found, n >= strlen("f+0x1/0x2"));
		if (found)
			assert_int_equal(symbol.n, n);
	}
	assert_int_equal(symbol_name("name+", 5), 4);
	assert_int_equal(symbol_name("name", 2), 2);
	assert_int_equal(symbol_name("name", 0), 0);
}

/* What a compiler hangs on, and the dot of old powerpc, are not the function's name. */
static void symbols_as_in_the_source(void **state)
{
	static const struct {
		const char *line, *plain;
		size_t n; /* with the offset */
	} places[] = {
		{"f+0x1/0x2", "f", 9},  {"f.isra.0+0x1/0x2", "f", 16},  {"f.cold+0x1/0x2", "f", 14},
		{".f+0x1/0x2", "f", 9}, {".f.part.1+0x1/0x2", "f", 16}, {".+0x1/0x2", ".", 9},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct symbol symbol;

		assert_true(symbol_find(places[i].line, strlen(places[i].line), &symbol));
		symbol = symbol_plain(symbol);
		assert_int_equal(symbol.name, strlen(places[i].plain));
		assert_memory_equal(symbol.text, places[i].plain, symbol.name);
		assert_int_equal(symbol.n, places[i].n);
	}
}

/* A name of one byte more is none. */
static void finds_names_that_fit(void **state)
{
	char line[SYMBOL_MAX + 20];
	struct symbol symbol;

	(void)state;
	memset(line, 'n', SYMBOL_MAX - 1);
	strcpy(line + SYMBOL_MAX - 1, "+0x1/0x2");
	assert_true(symbol_find(line, strlen(line), &symbol));
	assert_int_equal(symbol.name, SYMBOL_MAX - 1);
	assert_int_equal(symbol.n, strlen(line));
	memmove(line + 1, line, strlen(line) + 1);
	assert_false(symbol_find(line, strlen(line), &symbol));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols),
		cmocka_unit_test(symbol_at_the_end),
		cmocka_unit_test(symbols_as_in_the_source),
		cmocka_unit_test(finds_names_that_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
