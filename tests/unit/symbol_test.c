/* SPDX-License-Identifier: GPL-2.0-only */
/* symbol_test - places in the kernel, found in lines that end anywhere */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "receiver/symbol.h"

/* In memory of exactly its size, so that ASan sees a look behind the end. */
static void expect(const char *line, const char *name, size_t n)
{
	size_t length = strlen(line);
	char *copy = malloc(length);
	struct symbol symbol = {0};
	bool found;

	memcpy(copy, line, length);
	found = symbol_find(copy, length, &symbol);
	if (found != (name != NULL))
		fail_msg("%s: %s", line, found ? "found" : "not found");
	if (name) {
		assert_int_equal(symbol.n, n);
		assert_int_equal(symbol.name, strlen(name));
		assert_memory_equal(symbol.text, name, symbol.name);
	}
	free(copy);
}

static void finds(void **state)
{
	(void)state;
	expect("a+0x1/0x2", "a", 9);
	expect(" ? vfs_write+0xc7/0x3f0 [ext4]", "vfs_write", 20);
	expect("f+0x1/0xabcdefABCDEF0123", "f", 24); /* 16 digits are what %lx prints at most */
	expect("f+0x1/0xabcdefABCDEF01234", "f", 24);
	expect("1+2 g.isra.0+0x0/0x10", "g.isra.0", 17);
}

static void finds_no_other(void **state)
{
	static const char *const lines[] = {
		"",         "+",         "f+",        "f+0",        "f+0x",     "f+0x1",
		"f+0x1/",   "f+0x1/0",   "f+0x1/0x",  "f+0x1/0xg",  "+0x1/0x2", "f+1/0x2",
		"f+0x/0x2", "f+0x1/1x2", "f+0x1:0x2", "f +0x1/0x2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		expect(lines[i], NULL, 0);
}

static void finds_names_that_fit(void **state)
{
	char line[SYMBOL_MAX + 20], name[SYMBOL_MAX + 1];

	(void)state;
	memset(name, 'n', SYMBOL_MAX);
	name[SYMBOL_MAX - 1] = 0;
	strcpy(line, name);
	strcat(line, "+0x1/0x2");
	expect(line, name, SYMBOL_MAX - 1 + 8);
	memmove(line + 1, line, strlen(line) + 1);
	expect(line, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(finds_no_other),
		cmocka_unit_test(finds_names_that_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
