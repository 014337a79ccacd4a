/* SPDX-License-Identifier: GPL-2.0-only */
/* records_layout_test - which kernels joined continuation records; tests/cores has the layouts */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "sender/records_layout.h"

static struct vmcoreinfo info;

static bool joined(const char *note)
{
	info.bytes = (size_t)snprintf(info.text, sizeof(info.text), "%s", note);
	return records_joined(&info);
}

static void test_joined(void **state)
{
	static const struct {
		const char *release;
		bool joined;
	} cases[] = {
		{"2.6.39", true},
		{"3.5.0", true},
		{"3.10.0-1160.el7.x86_64", true},
		{"3.18.140", true},
		{"4.0.0", true},
		{"4.8.17", true},
		{"4.9", true},
		{"4.9.0", true},
		{"4.9.0-11-amd64", true},
		{"4.9.0-12-amd64", false},
		{"4.9.0-19-amd64", false},
		{"4.9.1", true},
		{"4.9.194", true},
		{"4.9.194-20", true},
		{"4.9.195", false},
		{"4.9.195-1", false},
		{"4.9.337", false},
		{"4.9-rc8", true},
		{"4.10.0", false},
		{"4.19.0-27-amd64", false},
		{"5.0.0", false},
		{"5.8.18", false},
		{"5.9.0", false},
		{"14.9.0", false},
		{"4.90.0", false},
		{"4x.9", true}, /* the first number ends it */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char note[64];

		snprintf(note, sizeof(note), "OSRELEASE=%s\n", cases[i].release);
		if (joined(note) != cases[i].joined)
			fail_msg("%s", cases[i].release);
	}
	assert_true(joined("PAGESIZE=4096\n")); /* no release: as the oldest */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
