/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * web_fuzz - what a browser asks for, by which name, and any bytes as a page's text
 *
 * Up to the first newline the input is a target, up to the second a Host header, the rest a log. A
 * target that is read leads nowhere but to files as the store calls them; text holds no markup but
 * our own, and no control character.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receiver/web/authority.h"
#include "receiver/web/html.h"
#include "receiver/web/marks.h"
#include "receiver/web/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

/* A copy of its own, so that a byte too far is seen. */
static char *copy(const uint8_t *data, size_t n, bool ended)
{
	char *text = malloc(n + 1);

	check(text != NULL);
	memcpy(text, data, n);
	if (ended)
		text[n] = '\0';
	return text;
}

static void ask(const uint8_t *data, size_t n)
{
	char *target = copy(data, n, false);
	struct query query;

	if (!query_read(target, n, &query)) {
		check(query.number <= QUERY_PAGE_MAX);
		check(strlen(query.words) < n + 1 && strlen(query.signature) < n + 1);
		if (query.page == QUERY_REPORT || query.page == QUERY_RAW)
			check(*query.file != '.' && *query.file != '/' &&
			      !strstr(query.file, "/.") &&
			      strchr(query.file, '/') == strrchr(query.file, '/'));
		else
			check(!*query.file);
	}
	free(target);
}

static void call(const uint8_t *data, size_t n)
{
	static const char *const names[] = {"logs.example.org"};
	char *name = copy(data, n, true);

	if (authority_is_allowed(name, names, 1))
		for (const char *at = name; *at; at++)
			check(!strchr(" /@\\\"'<>%?#\t", *at));
	free(name);
}

/* Without what html_text may write of itself there is no markup. */
static void check_text(const char *text, size_t n)
{
	static const char open[] = "<i class=\"byte\">", end[] = "</i>";
	const char *after = text + n;

	while (text < after) {
		check((unsigned char)*text >= 0x20 || *text == '\t' || *text == '\n');
		check(*text != 0x7f && *text != '"' && *text != '\'' && *text != '>');
		if (*text != '<') {
			text++;
		} else if (!strncmp(text, open, sizeof(open) - 1)) {
			text += sizeof(open) - 1;
		} else {
			check(!strncmp(text, end, sizeof(end) - 1));
			text += sizeof(end) - 1;
		}
	}
}

static void write_text(const uint8_t *data, size_t n)
{
	char *log = copy(data, n, false), *page = NULL;
	struct marks marks;
	size_t bytes = 0;
	FILE *out = open_memstream(&page, &bytes);

	check(out != NULL);
	html_text(out, log, n);
	check(!fclose(out));
	check_text(page, bytes);
	free(page);
	marks_read(log, n, &marks);
	for (size_t at = 0; at < n;) {
		const char *end = memchr(log + at, '\n', n - at);
		size_t length = end ? (size_t)(end - log) - at : n - at;

		check(marks_of(&marks, log, at, length) <= MARK_TRACE);
		at += length + 1;
	}
	free(log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void (*const takers[])(const uint8_t *, size_t) = {ask, call, write_text};

	for (size_t i = 0; i < 3; i++) {
		const uint8_t *end = i < 2 && size ? memchr(data, '\n', size) : NULL;
		size_t n = end ? (size_t)(end - data) : size;

		takers[i](data, n);
		data += n + (end != NULL);
		size -= n + (end != NULL);
	}
	return 0;
}
