/* SPDX-License-Identifier: GPL-2.0-only */
/* say_test - messages of every length are one line in one write */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "sender/say.h"

#define LINE 512 /* bytes of the longest line, with its end and a byte that nothing shows */

static int ends[2];

static int open_ends(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends);
}

static int close_ends(void **state)
{
	(void)state;
	say_to(STDERR_FILENO, "");
	close(ends[0]);
	return close(ends[1]);
}

/* What one write brought, without its end of line. Returns its length. */
static size_t written(char *line)
{
	ssize_t n = recv(ends[0], line, 2 * LINE, MSG_DONTWAIT);

	assert_true(n > 0);
	assert_int_equal(line[n - 1], '\n');
	assert_null(memchr(line, '\n', (size_t)n - 1));
	return (size_t)n - 1;
}

static void says(void **state)
{
	char line[2 * LINE];

	(void)state;
	say_to(ends[1], "<4>prefix: ");
	say("%d of %s", 3, "four");
	assert_int_equal(written(line), strlen("<4>prefix: 3 of four"));
	assert_memory_equal(line, "<4>prefix: 3 of four", strlen("<4>prefix: 3 of four"));
	say("%s", "");
	assert_int_equal(written(line), strlen("<4>prefix: "));
}

/* Whole up to the room there is, and cut to it beyond. */
static void says_what_has_room(void **state)
{
	char text[LINE + 10], line[2 * LINE];

	(void)state;
	memset(text, 'x', sizeof(text));
	say_to(ends[1], "p: ");
	for (size_t n = LINE - 20; n < sizeof(text); n++) {
		size_t whole = 3 + n, most = LINE - 2, got;

		say("%.*s", (int)n, text);
		got = written(line);
		assert_int_equal(got, whole < most ? whole : most);
		assert_memory_equal(line + 3, text, got - 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(says, open_ends, close_ends),
		cmocka_unit_test_setup_teardown(says_what_has_room, open_ends, close_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
