/* SPDX-License-Identifier: GPL-2.0-only */
/* json - a report for programs: one object on one line */
#include "receiver/json.h"

#include <inttypes.h>
#include <string.h>

#include "receiver/crash.h"
#include "sender/utf8.h"

#define RUN_MAX 64 /* bytes looked at before a special one among them is found */

/* One character of n bytes that may not stand in a string as it is. */
static void put_control(FILE *out, const char *text, size_t n)
{
	unsigned char last = (unsigned char)text[n - 1];

	/* U+0080 to U+009F are two bytes, of which the last is the number. */
	fprintf(out, "\\u%04x", last);
}

/* Where the byte is among the first n, or n. */
static size_t find(const char *text, size_t n, char byte)
{
	const char *found = n ? memchr(text, byte, n) : NULL;

	return found ? (size_t)(found - text) : n;
}

/* The bytes at the beginning that may stand in a string as they are; not always all of them. */
static size_t plain_length(const char *text, size_t n)
{
	size_t run = utf8_printable_run(text, n < RUN_MAX ? n : RUN_MAX);

	return find(text, find(text, run, '"'), '\\');
}

/* One character that has to be written in another way. Returns its length. */
static size_t put_special(FILE *out, const char *text, size_t n)
{
	size_t length = utf8_length(text, n);

	if (!length) {
		fputs("\xef\xbf\xbd", out);
		return 1;
	}
	if (*text == '"' || *text == '\\')
		fprintf(out, "\\%c", *text);
	else
		put_control(out, text, length);
	return length;
}

void json_put_text(FILE *out, const char *text, size_t n)
{
	fputc('"', out);
	while (n) {
		size_t length = plain_length(text, n);

		if (length)
			fwrite(text, 1, length, out);
		else
			length = put_special(out, text, n);
		text += length;
		n -= length;
	}
	fputc('"', out);
}

static void put_key(FILE *out, const char *key)
{
	fprintf(out, ",\"%s\":", key);
}

/* The string, or null if it is empty. */
static void put_string(FILE *out, const char *key, const char *text)
{
	put_key(out, key);
	if (text && *text)
		json_put_text(out, text, strlen(text));
	else
		fputs("null", out);
}

static void put_number(FILE *out, bool known, uint64_t number)
{
	if (known)
		fprintf(out, "%" PRIu64, number);
	else
		fputs("null", out);
}

static void put_pair(FILE *out, const char *key, bool known, uint64_t number)
{
	put_key(out, key);
	put_number(out, known, number);
}

static void put_flag(FILE *out, const char *key, bool flag)
{
	put_key(out, key);
	fputs(flag ? "true" : "false", out);
}

/* An original frame has no id and no total: nobody knows whether there was more. */
static void put_id(FILE *out, const struct cut *cut)
{
	fputs("\"id\":", out);
	if (cut->original)
		fputs("null", out);
	else
		fprintf(out, "\"%016" PRIx64 "\"", cut->header.id);
}

static void put_mac(FILE *out, const uint8_t *mac)
{
	fprintf(out, "\"%02x:%02x:%02x:%02x:%02x:%02x\"", mac[0], mac[1], mac[2], mac[3], mac[4],
	        mac[5]);
}

static void put_macs(FILE *out, const struct cut *cut)
{
	put_key(out, "mac");
	put_mac(out, cut->macs[0]);
	put_key(out, "macs");
	for (unsigned i = 0; i < cut->macs_known; i++) {
		fputc(i ? ',' : '[', out);
		put_mac(out, cut->macs[i]);
	}
	fputc(']', out);
}

static void put_origin(FILE *out, const struct cut *cut)
{
	put_string(out, "host", cut->header.host);
	put_macs(out, cut);
	put_string(out, "interface", cut->interface);
	put_pair(out, "at", cut->header.has_at, cut->header.at);
	put_key(out, "received_at");
	fprintf(out, "%" PRIu64 ".%06" PRIu64, cut->received_us / 1000000,
	        cut->received_us % 1000000);
	put_string(out, "kernel", cut->header.kernel);
}

static void put_missing(FILE *out, const struct joined *joined, size_t gaps_max)
{
	size_t n = joined->gaps_known < gaps_max ? joined->gaps_known : gaps_max;

	put_key(out, "missing");
	fputc('[', out);
	for (size_t i = 0; i < n; i++) {
		const struct gap *first = &joined->gaps[i], *last = first;

		if (i + 1 == n)
			last = &joined->gaps[joined->gaps_known - 1];
		fputs(i ? ",[" : "[", out);
		put_number(out, first->has_first, first->first);
		fputc(',', out);
		put_number(out, last->has_last, last->last);
		fputc(']', out);
	}
	fputc(']', out);
}

static void put_state(FILE *out, const struct cut *cut, const struct joined *joined,
                      size_t gaps_max)
{
	put_pair(out, "parts", !cut->original, cut->header.parts);
	put_pair(out, "parts_received", true, joined->parts);
	if (cut->original)
		put_string(out, "complete", NULL);
	else
		put_flag(out, "complete", cut_complete(cut));
	put_flag(out, "conflict", cut->conflict);
	put_missing(out, joined, gaps_max);
	put_pair(out, "older", !cut->original, cut->header.older);
	put_flag(out, "drill", cut->header.drill);
	put_string(out, "why", cut->header.why);
}

/* The text, or null if there is none. */
static void put_found(FILE *out, const char *key, bool found, const char *text, size_t n)
{
	put_key(out, key);
	if (found)
		json_put_text(out, text, n);
	else
		fputs("null", out);
}

static void put_crash(FILE *out, const char *log, size_t n)
{
	struct crash crash = {.title_bytes = 0};
	bool found = crash_read(log, n, &crash);

	put_found(out, "title", found, crash.title, crash.title_bytes);
	put_string(out, "kind", found ? kind_name(crash.kind) : NULL);
	put_found(out, "signature", found, crash.signature, crash.signature_bytes);
}

static void put_lines(FILE *out, const struct joined *joined)
{
	size_t at = 0, gap_index = 0, n;
	const struct gap *gap;
	const char *line, *comma = "";

	put_key(out, "lines");
	fputc('[', out);
	while (joined_next(joined, &at, &gap_index, &gap, &line, &n)) {
		if (gap)
			continue; /* "missing" has it */
		fputs(comma, out);
		json_put_text(out, line, n);
		comma = ",";
	}
	fputc(']', out);
}

void json_keys(FILE *out, const struct cut *cut, const struct joined *joined, size_t gaps_max)
{
	put_id(out, cut);
	put_origin(out, cut);
	put_state(out, cut, joined, gaps_max);
	put_crash(out, joined->text, joined->bytes);
}

void json_show(FILE *out, const struct cut *cut, const struct joined *joined)
{
	fputc('{', out);
	json_keys(out, cut, joined, SIZE_MAX);
	put_lines(out, joined);
	fputs("}\n", out);
}

void json_keys_of_file(FILE *out, const struct json_file *file)
{
	fputs("\"id\":", out);
	if (file->has_id)
		fprintf(out, "\"%016" PRIx64 "\"", file->id);
	else
		fputs("null", out);
	put_string(out, "host", file->host);
	fputs(",\"mac\":null,\"macs\":null,\"interface\":null,\"at\":null", out);
	put_pair(out, "received_at", true, file->written_at);
	fputs(",\"kernel\":null,\"parts\":null,\"parts_received\":null", out);
	if (file->has_id)
		put_flag(out, "complete", !file->partial);
	else
		put_string(out, "complete", NULL);
	fputs(",\"conflict\":null,\"missing\":null,\"older\":null,\"drill\":null,\"why\":null",
	      out);
	put_crash(out, file->log, file->bytes);
}
