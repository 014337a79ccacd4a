/* SPDX-License-Identifier: GPL-2.0-only */
/* siphash_test - the vectors of the SipHash paper and of its reference implementation */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "receiver/siphash.h"

/* Key 00 01 … 0f, input 00 01 …, of the length in front. */
static const struct {
	size_t n;
	uint64_t digest;
} vectors[] = {
	{0, 0x726fdb47dd0e0e31},  {1, 0x74f839c593dc67fd},  {7, 0xab0200f58b01d137},
	{8, 0x93f5f5799a932462},  {15, 0xa129ca6149be45e5}, {16, 0x3f2acc7f57c29bdb},
	{63, 0x958a324ceb064572},
};

static void reference_vectors(void **state)
{
	static const struct siphash_key key = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};
	uint8_t input[64];

	(void)state;
	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		assert_int_equal(siphash(&key, input, vectors[i].n), vectors[i].digest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reference_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
