/* SPDX-License-Identifier: GPL-2.0-only */
/* log_text - a record as the lines that syslog(2) gives */
#include "sender/log_text.h"

#include <stdio.h>
#include <string.h>

#include "sender/number.h"

const struct log_style log_style_syslog = {.time = true};

static const char unfinished[] = " [unfinished]";
static const char salvaged[] = " [salvaged]";

/* Bytes of "<6>" at the start of a text, or 0. */
static size_t level_read(const char *text, size_t n, uint32_t *priority)
{
	const char *end = n && *text == '<' ? memchr(text, '>', n < 6 ? n : 6) : NULL;
	uint64_t number;

	if (!end || !number_read(text + 1, (size_t)(end - text) - 1, 10, 2047, &number))
		return 0;
	*priority = (uint32_t)number;
	return (size_t)(end - text) + 1;
}

/* Bytes of "[    1.234567] " at the start of a text, or 0. */
static size_t time_read(const char *text, size_t n, uint64_t *ts_nsec)
{
	const char *end = n && *text == '[' ? memchr(text, ']', n < 24 ? n : 24) : NULL;
	const char *dot = end ? memchr(text, '.', (size_t)(end - text)) : NULL;
	uint64_t seconds, us;

	if (!dot)
		return 0;
	for (text++, n--; text < dot && *text == ' '; n--)
		text++;
	if (end - dot != 7 ||
	    !number_read(text, (size_t)(dot - text), 10, UINT64_MAX / LOG_SECOND_NS - 1,
	                 &seconds) ||
	    !number_read(dot + 1, 6, 10, 999999, &us))
		return 0;
	*ts_nsec = seconds * LOG_SECOND_NS + us * 1000;
	return (size_t)(end - text) + 1;
}

struct log_prefix log_prefix_read(const struct record *record)
{
	struct log_prefix prefix = {0};
	const char *text = record->text;
	size_t n = record->text_bytes;

	if (record->joined)
		return prefix;
	prefix.level_bytes = prefix.bytes = level_read(text, n, &prefix.priority);
	text += prefix.bytes;
	n -= prefix.bytes;
	prefix.has_time = time_read(text, n, &prefix.ts_nsec) > 0;
	if (prefix.has_time) {
		prefix.bytes = (size_t)((const char *)memchr(text, ']', n) + 1 - record->text);
		if (prefix.bytes < record->text_bytes && record->text[prefix.bytes] == ' ')
			prefix.bytes++;
	}
	return prefix;
}

void log_caller(const struct record *record, char name[LOG_CALLER_MAX])
{
	*name = 0;
	if (record->has_caller)
		snprintf(name, LOG_CALLER_MAX, "%c%u", record->caller & RECORD_CPU ? 'C' : 'T',
		         (unsigned)(record->caller & ~RECORD_CPU));
}

/* A decimal number of at least so many characters. sprintf takes longer than all the rest does. */
static char *put_number(char *to, uint64_t number, unsigned width, char fill)
{
	char digits[20];
	unsigned n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while (number /= 10);
	for (; width > n; width--)
		*to++ = fill;
	while (n)
		*to++ = digits[--n];
	return to;
}

static char *put_caller(char *to, const struct record *record)
{
	char caller[LOG_CALLER_MAX];

	log_caller(record, caller);
	return to + sprintf(to, "[%6s]", caller);
}

static size_t prefix_put(const struct record *record, const struct log_style *style, char *buf)
{
	bool caller = style->caller && record->has_caller;
	char *to = buf;

	*to++ = '<';
	to = put_number(to, (uint32_t)record->facility << 3 | record->level, 1, ' ');
	*to++ = '>';
	if (style->time) {
		*to++ = '[';
		to = put_number(to, record->ts_nsec / LOG_SECOND_NS, 5, ' ');
		*to++ = '.';
		to = put_number(to, record->ts_nsec % LOG_SECOND_NS / 1000, 6, '0');
		*to++ = ']';
	}
	if (caller)
		to = put_caller(to, record);
	if (style->time || caller)
		*to++ = ' ';
	return (size_t)(to - buf);
}

/* Raw text has its prefix; only a time that is not wanted is left out. */
static size_t raw_prefix_put(const struct record *record, const struct log_style *style,
                             size_t *from, char *buf)
{
	struct log_prefix prefix;

	if (style->time || *from)
		return 0;
	prefix = log_prefix_read(record);
	if (!prefix.has_time)
		return 0;
	memcpy(buf, record->text, prefix.level_bytes);
	*from = prefix.bytes;
	return prefix.level_bytes;
}

static size_t line_put(const struct record *record, const struct log_style *style, size_t from,
                       size_t to, char *buf)
{
	size_t prefix = 0;
	char *end;

	if (record->raw)
		prefix = raw_prefix_put(record, style, &from, buf);
	else if (!record->joined || from)
		prefix = prefix_put(record, style, buf);
	end = mempcpy(buf + prefix, record->text + from, to - from);
	if (record->unfinished && to == record->text_bytes)
		end = mempcpy(end, unfinished, sizeof(unfinished) - 1);
	if (record->scrap)
		end = mempcpy(end, salvaged, sizeof(salvaged) - 1);
	if (!record->open || to < record->text_bytes)
		*end++ = '\n';
	return (size_t)(end - buf);
}

size_t log_line_next(const struct record *record, const struct log_style *style, size_t *at,
                     char buf[LOG_LINE_MAX])
{
	size_t from = *at, to;
	const char *end;

	if (from > record->text_bytes)
		return 0;
	end = memchr(record->text + from, '\n', record->text_bytes - from);
	to = end ? (size_t)(end - record->text) : record->text_bytes;
	*at = to + 1;
	return line_put(record, style, from, to, buf);
}

size_t log_line_previous(const struct record *record, const struct log_style *style, size_t *at,
                         char buf[LOG_LINE_MAX])
{
	size_t from, to;
	const char *end;

	if (!*at)
		return 0;
	to = *at - 1;
	end = memrchr(record->text, '\n', to);
	from = end ? (size_t)(end - record->text) + 1 : 0;
	*at = from;
	return line_put(record, style, from, to, buf);
}
