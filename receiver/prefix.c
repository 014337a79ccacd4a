/* SPDX-License-Identifier: GPL-2.0-only */
/* prefix - what stands before the text of a log line: `<facility*8+level>[%5u.%06u] ` */
#include "receiver/prefix.h"

#include <string.h>

#include "sender/number.h"

#define PRIORITY_MAX 2047 /* 8 bits of facility, 3 of level */
#define SECONDS_MAX  (1ull << 40)

/* Where the byte is among the next n, or n. */
static size_t find(const char *text, size_t n, char byte)
{
	const char *found = n ? memchr(text, byte, n) : NULL;

	return found ? (size_t)(found - text) : n;
}

static void read_priority(struct prefix *prefix, const char *line, size_t n)
{
	size_t end = find(line, n, '>');
	uint64_t priority;

	if (end == n || line[0] != '<' ||
	    !number_read(line + 1, end - 1, 10, PRIORITY_MAX, &priority))
		return;
	prefix->level = (int)(priority & 7);
	prefix->stamp = prefix->text = end + 1;
}

static void read_time(struct prefix *prefix, const char *line, size_t n)
{
	size_t close = find(line, n, ']'), dot = find(line, n, '.'), at = 1;
	uint64_t seconds, micros;

	if (close == n || dot > close || line[0] != '[')
		return;
	while (at < dot && line[at] == ' ')
		at++;
	if (close - dot != 7 || !number_read(line + at, dot - at, 10, SECONDS_MAX, &seconds) ||
	    !number_read(line + dot + 1, 6, 10, 999999, &micros))
		return;
	prefix->has_time = true;
	prefix->time_us = seconds * 1000000 + micros;
	prefix->text += close + 1;
	if (close + 1 < n && line[close + 1] == ' ')
		prefix->text++;
}

struct prefix prefix_read(const char *line, size_t n)
{
	struct prefix prefix = {.level = -1};

	read_priority(&prefix, line, n);
	read_time(&prefix, line + prefix.stamp, n - prefix.stamp);
	return prefix;
}

bool prefix_is_foreign(const char *line, size_t n)
{
	return n > 2 && line[0] == '<' && line[1] >= '0' && line[1] <= '9' &&
	       (line[1] > '7' || line[2] != '>');
}
