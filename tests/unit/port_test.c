/* SPDX-License-Identifier: GPL-2.0-only */
/* port_test - which ports a list names, and in what order they are tried */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sender/port.h"

static const struct port port = {
	.index = 2,
	.name = "eth0",
	.driver = "e1000e",
	.mac = {0x52, 0x54, 0, 0x12, 0x34, 0xab},
};

static void test_ranks(void **state)
{
	static const struct {
		const char *list;
		int rank;
	} cases[] = {
		{"eth0", 0},
		{"eth1,eth0", 1},
		{"52:54:00:12:34:AB", 0},
		{"52:54:00:12:34:ac,e1000e", 1},
		{"E1000E", 0},
		{"all", PORT_REST},
		{"eth1,all", PORT_REST},
		{"all,eth0", 1}, /* named after all the same */
		{"eth0,all", 0},
		{"eth", PORT_UNNAMED},
		{"eth00", PORT_UNNAMED},
		{"ETH0", PORT_UNNAMED}, /* names are what they are */
		{"al,alle", PORT_UNNAMED},
		{"", PORT_UNNAMED},
		{",,", PORT_UNNAMED},
		{",eth0,", 1},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (port_rank(&port, cases[i].list) != cases[i].rank)
			fail_msg("\"%s\": %d", cases[i].list, port_rank(&port, cases[i].list));
}

/* A port whose driver has no name is not named by an empty entry. */
static void test_no_driver(void **state)
{
	struct port bare = port;

	(void)state;
	bare.driver[0] = 0;
	assert_int_equal(port_rank(&bare, ",eth1"), PORT_UNNAMED);
	assert_int_equal(port_rank(&bare, "e1000e"), PORT_UNNAMED);
}

/* What stands on other ports is used only if it is named. */
static void test_upper(void **state)
{
	struct port bond = port;

	(void)state;
	bond.upper = true;
	assert_int_equal(port_rank(&bond, "all"), PORT_UNNAMED);
	assert_int_equal(port_rank(&bond, "all,eth0"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranks),
		cmocka_unit_test(test_no_driver),
		cmocka_unit_test(test_upper),
	};

	return cmocka_run_group_tests_name("port", tests, NULL, NULL);
}
