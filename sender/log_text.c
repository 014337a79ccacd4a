/* SPDX-License-Identifier: GPL-2.0-only */
/* log_text - a record as the lines that syslog(2) gives */
#include "sender/log_text.h"

#include <stdio.h>
#include <string.h>

static const char unfinished[] = " [unfinished]";

static int prefix_put(const struct record *record, char *buf)
{
	unsigned long long seconds = record->ts_nsec / 1000000000;
	unsigned us = (unsigned)(record->ts_nsec % 1000000000 / 1000);

	return sprintf(buf, "<%u>[%5llu.%06u] ", (unsigned)record->facility << 3 | record->level,
	               seconds, us);
}

static size_t line_put(const struct record *record, size_t from, size_t to, char *buf)
{
	bool bare = record->raw || (record->joined && !from);
	int prefix = bare ? 0 : prefix_put(record, buf);
	char *end = mempcpy(buf + prefix, record->text + from, to - from);

	if (record->unfinished && to == record->text_bytes)
		end = mempcpy(end, unfinished, sizeof(unfinished) - 1);
	if (!record->open || to < record->text_bytes)
		*end++ = '\n';
	return (size_t)(end - buf);
}

size_t log_line_next(const struct record *record, size_t *at, char buf[LOG_LINE_MAX])
{
	size_t from = *at, to;
	const char *end;

	if (from > record->text_bytes)
		return 0;
	end = memchr(record->text + from, '\n', record->text_bytes - from);
	to = end ? (size_t)(end - record->text) : record->text_bytes;
	*at = to + 1;
	return line_put(record, from, to, buf);
}

size_t log_line_previous(const struct record *record, size_t *at, char buf[LOG_LINE_MAX])
{
	size_t from, to;
	const char *end;

	if (!*at)
		return 0;
	to = *at - 1;
	end = memrchr(record->text, '\n', to);
	from = end ? (size_t)(end - record->text) + 1 : 0;
	*at = from;
	return line_put(record, from, to, buf);
}
