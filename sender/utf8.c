/* SPDX-License-Identifier: GPL-2.0-only */
/* utf8 - which bytes of foreign text are characters that may be shown */
#include "sender/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 *   U+0000    to U+007F     0xxxxxxx
 *   U+0080    to U+07FF     110xxxxx 10xxxxxx
 *   U+0800    to U+FFFF     1110xxxx 10xxxxxx 10xxxxxx     but not U+D800 to U+DFFF
 *   U+10000   to U+10FFFF   11110xxx 10xxxxxx 10xxxxxx 10xxxxxx
 */
static const uint32_t lowest[5] = {0, 0, 0x80, 0x800, 0x10000};

static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

uint32_t utf8_code(const char *text, size_t length)
{
	uint32_t c = (unsigned char)text[0];

	if (length > 1)
		c &= 0x7fu >> length;
	for (size_t i = 1; i < length; i++)
		c = c << 6 | ((unsigned char)text[i] & 0x3f);
	return c;
}

size_t utf8_length(const char *text, size_t n)
{
	size_t length = sequence_length((unsigned char)text[0]);
	uint32_t c;

	if (length <= 1)
		return length;
	if (length > n)
		return 0;
	for (size_t i = 1; i < length; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
	c = utf8_code(text, length);
	if (c < lowest[length] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return 0;
	return length;
}

size_t utf8_printable(const char *text, size_t n)
{
	size_t length = utf8_length(text, n);
	unsigned char first = (unsigned char)text[0];

	if (length == 1 && (first < 0x20 || first == 0x7f))
		return 0;
	if (length == 2 && first == 0xc2 && (unsigned char)text[1] < 0xa0)
		return 0;
	return length;
}

/* Characters that take no room, stand for an end of line, or turn the order of others. */
static bool is_hidden(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{0xad, 0xad},       {0x34f, 0x34f},      {0x61c, 0x61c},   {0x115f, 0x1160},
		{0x17b4, 0x17b5},   {0x180b, 0x180f},    {0x200b, 0x200f}, {0x2028, 0x202e},
		{0x2060, 0x206f},   {0x3164, 0x3164},    {0xd800, 0xf8ff}, {0xfe00, 0xfe0f},
		{0xfeff, 0xfeff},   {0xffa0, 0xffa0},    {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3},
		{0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (code >= hidden[i].first && code <= hidden[i].last)
			return true;
	return false;
}

size_t utf8_visible(const char *text, size_t n)
{
	size_t length = utf8_printable(text, n);

	return length > 1 && is_hidden(utf8_code(text, length)) ? 0 : length;
}

#define EACH(byte) (0x0101010101010101u * (byte)) /* of eight */

/* Whether eight bytes are all printable ASCII. The lowest one that is not sets its highest bit. */
static bool all_plain(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return !((word | (word - EACH(0x20)) | (word + EACH(1))) & EACH(0x80));
}

static inline size_t run(const char *text, size_t n, size_t (*one)(const char *, size_t))
{
	size_t at = 0, length;

	while (at < n) {
		length = n - at >= 8 && all_plain(text + at) ? 8 : one(text + at, n - at);
		if (!length)
			break;
		at += length;
	}
	return at;
}

size_t utf8_printable_run(const char *text, size_t n)
{
	return run(text, n, utf8_printable);
}

size_t utf8_visible_run(const char *text, size_t n)
{
	return run(text, n, utf8_visible);
}
