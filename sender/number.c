/* SPDX-License-Identifier: GPL-2.0-only */
/* number - a number in foreign text: non-empty, fully consumed and in range, or refused */
#include "sender/number.h"

static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 99;
}

bool number_read(const char *text, size_t n, unsigned base, uint64_t max, uint64_t *value)
{
	uint64_t sum = 0;

	if (!n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned d = digit(text[i]);

		if (d >= base || __builtin_mul_overflow(sum, base, &sum) ||
		    __builtin_add_overflow(sum, d, &sum) || sum > max)
			return false;
	}
	*value = sum;
	return true;
}
