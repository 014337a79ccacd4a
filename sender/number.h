/* SPDX-License-Identifier: GPL-2.0-only */
/* number - a number in foreign text: non-empty, fully consumed and in range, or refused */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the n bytes at text as a number to base 10 or 16: digits alone, no sign, no space, no 0x.
 * Returns false, and leaves *value, if they are anything else or more than max.
 */
bool number_read(const char *text, size_t n, unsigned base, uint64_t max, uint64_t *value);

#endif
