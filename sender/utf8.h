/* SPDX-License-Identifier: GPL-2.0-only */
/* utf8 - which bytes of foreign text are characters that may be shown */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The length in bytes, 1 to 4, of the character that text begins with, of n bytes (n > 0).
 * 0: the first byte begins no valid one (too short, overlong, a surrogate, above U+10FFFF).
 */
size_t utf8_length(const char *text, size_t n);

/* The number of a character of this length. */
uint32_t utf8_code(const char *text, size_t length);

/*
 * As utf8_length, but 0 also for control characters: C0, DEL and C1 (U+0080 to U+009F), which some
 * terminals obey.
 */
size_t utf8_printable(const char *text, size_t n);

/*
 * As utf8_printable, but 0 also for what people do not see as it is: characters without a width,
 * for private use, or that turn the order in which others are shown.
 */
size_t utf8_visible(const char *text, size_t n);

/* How many bytes at the beginning are such characters. */
size_t utf8_printable_run(const char *text, size_t n);
size_t utf8_visible_run(const char *text, size_t n);

#endif
