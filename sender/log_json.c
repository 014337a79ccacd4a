/* SPDX-License-Identifier: GPL-2.0-only */
/* log_json - a record for programs: one object on one line */
#include "sender/log_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sender/log_text.h"
#include "sender/utf8.h"

#define HEAD_MAX 128

struct sink {
	struct output *output; /* NULL = bytes are only counted */
	size_t bytes;
};

static void put(struct sink *sink, const char *text, size_t n)
{
	sink->bytes += n;
	if (sink->output)
		output_put(sink->output, text, n);
}

/* One character of n bytes that may not stand in a string as it is; 0 = a byte that is none. */
static void put_escaped(struct sink *sink, const char *text, size_t n)
{
	char escape[8];

	if (!n) {
		put(sink, "\xef\xbf\xbd", 3);
	} else if (*text == '"' || *text == '\\') {
		put(sink, "\\", 1);
		put(sink, text, 1);
	} else { /* U+0080 to U+009F are two bytes, of which the last is the number */
		snprintf(escape, sizeof(escape), "\\u%04x", (unsigned char)text[n - 1]);
		put(sink, escape, 6);
	}
}

static void put_text(struct sink *sink, const char *text, size_t n)
{
	size_t plain = 0; /* bytes that stand as they are, not yet put */

	while (plain < n) {
		size_t length = utf8_printable(text + plain, n - plain);

		if (length && text[plain] != '"' && text[plain] != '\\') {
			plain += length;
			continue;
		}
		length = utf8_length(text + plain, n - plain);
		put(sink, text, plain);
		put_escaped(sink, text + plain, length);
		plain += length ? length : 1;
		text += plain;
		n -= plain;
		plain = 0;
	}
	put(sink, text, n);
}

/* What is known of a record, from its fields or from the prefix of raw text. */
struct known {
	bool priority, time;
	uint32_t facility, level;
	uint64_t ts_nsec;
	size_t text_from;
};

static struct known known_read(const struct record *record)
{
	struct log_prefix prefix;

	if (!record->raw)
		return (struct known){true, true, record->facility, record->level, record->ts_nsec,
		                      0};
	prefix = log_prefix_read(record);
	return (struct known){prefix.level_bytes > 0, prefix.has_time, prefix.priority >> 3,
	                      prefix.priority & 7,    prefix.ts_nsec,  prefix.bytes};
}

static void put_head(struct sink *sink, const struct record *record, const struct known *known)
{
	char head[HEAD_MAX], caller[LOG_CALLER_MAX];
	int n;

	log_caller(record, caller);
	n = record->numbered ? sprintf(head, "{\"seq\":%" PRIu64, record->seq)
	                     : sprintf(head, "{\"seq\":null");
	if (known->time)
		n += sprintf(head + n, ",\"time\":%" PRIu64 ".%09u", known->ts_nsec / LOG_SECOND_NS,
		             (unsigned)(known->ts_nsec % LOG_SECOND_NS));
	else
		n += sprintf(head + n, ",\"time\":null");
	if (known->priority)
		n += sprintf(head + n, ",\"facility\":%u,\"level\":%u", (unsigned)known->facility,
		             (unsigned)known->level);
	else
		n += sprintf(head + n, ",\"facility\":null,\"level\":null");
	n += *caller ? sprintf(head + n, ",\"caller\":\"%s\",\"text\":\"", caller)
	             : sprintf(head + n, ",\"caller\":null,\"text\":\"");
	put(sink, head, (size_t)n);
}

size_t log_json_put(const struct record *record, struct output *output)
{
	struct sink sink = {.output = output};
	struct known known = known_read(record);
	const char *mark = record->unfinished ? "\",\"mark\":\"unfinished\"}\n"
	                   : record->scrap    ? "\",\"mark\":\"salvaged\"}\n"
	                                      : "\",\"mark\":null}\n";

	put_head(&sink, record, &known);
	put_text(&sink, record->text + known.text_from, record->text_bytes - known.text_from);
	put(&sink, mark, strlen(mark));
	return sink.bytes;
}
