/* SPDX-License-Identifier: GPL-2.0-only */
/* say_test - one write a message, one line, cut where it is too long */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "sender/say.h"

#define PREFIX     "program: "
#define LINE_BYTES 511 /* with its newline */

static int ends[2];

/* What a message of n letters becomes. Returns its bytes. */
static size_t said(size_t n, char line[2048])
{
	char message[1024];
	ssize_t got;

	memset(message, 'x', n);
	message[n] = 0;
	say("%s", message);
	got = read(ends[0], line, 2048);
	assert_true(got > 0);
	return (size_t)got;
}

static void test_length(void **state)
{
	char line[2048];
	const size_t room = LINE_BYTES - 1 - strlen(PREFIX);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	say_to(ends[1], PREFIX);
	for (size_t n = 0; n < 1024; n++) {
		size_t letters = n < room ? n : room, got = said(n, line);

		assert_int_equal(got, strlen(PREFIX) + letters + 1);
		assert_memory_equal(line, PREFIX, strlen(PREFIX));
		for (size_t i = 0; i < letters; i++)
			assert_int_equal(line[strlen(PREFIX) + i], 'x');
		assert_int_equal(line[got - 1], '\n');
	}
	say_to(STDERR_FILENO, "");
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
