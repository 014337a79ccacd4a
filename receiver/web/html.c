/* SPDX-License-Identifier: GPL-2.0-only */
/* html - markup into which foreign text comes escaped, and in no other way */
#include "receiver/web/html.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "receiver/calendar.h"
#include "sender/utf8.h"

#define MINUTE_S 60u
#define HOUR_S   (60 * MINUTE_S)
#define DAY_S    (24 * HOUR_S)

/* The length of the character that may be shown as it is, or 0. */
static size_t shown_length(const char *text, size_t n)
{
	return *text == '\t' ? 1 : utf8_visible(text, n);
}

static const char *entity(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* The character, or the byte, by its number. Returns its length. */
static size_t put_number(FILE *out, const char *text, size_t n)
{
	size_t length = utf8_length(text, n);

	if (length > 1)
		fprintf(out, "\\u{%04" PRIx32 "}", utf8_code(text, length));
	else
		fprintf(out, "\\x%02x", (unsigned char)*text);
	return length ? length : 1;
}

/* The bytes at the beginning that need nothing. */
static size_t plain_length(const char *text, size_t n)
{
	size_t at = 0, length;

	while (at < n && !entity(text[at]) && (length = shown_length(text + at, n - at)))
		at += length;
	return at;
}

/* Writes the text up to what cannot be shown. Returns how many bytes that were. */
static size_t put_shown(FILE *out, const char *text, size_t n)
{
	size_t at = 0;

	while (at < n) {
		size_t length = plain_length(text + at, n - at);
		const char *named = at + length < n ? entity(text[at + length]) : NULL;

		fwrite(text + at, 1, length, out);
		at += length;
		if (!named)
			break;
		fputs(named, out);
		at++;
	}
	return at;
}

void html_text(FILE *out, const char *text, size_t n)
{
	while (n) {
		size_t length = put_shown(out, text, n);

		text += length;
		n -= length;
		if (!n)
			return;
		fputs("<i class=\"byte\">", out);
		do {
			length = put_number(out, text, n);
			text += length;
			n -= length;
		} while (n && !entity(*text) && !shown_length(text, n));
		fputs("</i>", out);
	}
}

/* The same where no element may stand: in an attribute, in the title. */
static void put_text(FILE *out, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	while (n) {
		size_t length = put_shown(out, text, n);

		if (length < n)
			length += put_number(out, text + length, n - length);
		text += length;
		n -= length;
	}
}

static void put_url(FILE *out, const char *text)
{
	static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789._-~/";

	for (; text && *text; text++) {
		if (strchr(kept, *text))
			fputc(*text, out);
		else
			fprintf(out, "%%%02X", (unsigned char)*text);
	}
}

static void put_decimal(FILE *out, uint64_t number)
{
	char digits[24];
	size_t n = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%c", i && (n - i) % 3 == 0 ? "," : "", digits[i]);
}

static void put_time(FILE *out, uint64_t seconds)
{
	char text[64];
	struct tm tm;

	if (calendar_split(seconds, &tm) &&
	    strftime(text, sizeof(text), "<time datetime=\"%Y-%m-%dT%H:%M:%SZ\">", &tm)) {
		fputs(text, out);
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC</time>", &tm);
		fputs(text, out);
	} else {
		fprintf(out, "%" PRIu64 " s after 1970", seconds);
	}
}

static void put_age(FILE *out, uint64_t seconds)
{
	if (seconds < 2 * MINUTE_S)
		fprintf(out, "%" PRIu64 " s", seconds);
	else if (seconds < 2 * HOUR_S)
		fprintf(out, "%" PRIu64 " min", seconds / MINUTE_S);
	else if (seconds < 2 * DAY_S)
		fprintf(out, "%" PRIu64 " h", seconds / HOUR_S);
	else
		fprintf(out, "%" PRIu64 " days", seconds / DAY_S);
}

static void put_value(FILE *out, char directive, va_list *values)
{
	const char *text;

	switch (directive) {
	case 'h':
		text = va_arg(*values, const char *);
		html_text(out, text, text ? strlen(text) : 0);
		break;
	case 't':
		put_text(out, va_arg(*values, const char *));
		break;
	case 'u':
		put_url(out, va_arg(*values, const char *));
		break;
	case 'd':
		put_decimal(out, va_arg(*values, uint64_t));
		break;
	case 'n':
		fprintf(out, "%" PRIu64, va_arg(*values, uint64_t));
		break;
	case 'w':
		put_time(out, va_arg(*values, uint64_t));
		break;
	case 'a':
		put_age(out, va_arg(*values, uint64_t));
		break;
	}
}

void html_print(FILE *out, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	while (*format) {
		size_t n = strcspn(format, "%");

		fwrite(format, 1, n, out);
		format += n;
		if (!*format)
			break;
		put_value(out, format[1], &values);
		format += 2;
	}
	va_end(values);
}
