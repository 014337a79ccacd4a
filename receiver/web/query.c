/* SPDX-License-Identifier: GPL-2.0-only */
/* query - what a browser asks for: the path and the words behind it */
#include "receiver/web/query.h"

#include <errno.h>
#include <string.h>

#include "sender/number.h"

#define PATH_ROOM (STORE_PATH_MAX + sizeof("/report/"))

/* The byte behind a %. False: there are no two digits, or it is NUL. */
static bool read_escape(const char *text, size_t n, char *byte)
{
	uint64_t value;

	if (n < 3 || !number_read(text + 1, 2, 16, 0xff, &value) || !value)
		return false;
	*byte = (char)value;
	return true;
}

/*
 * Decodes n bytes into a string with room for so many, NUL included; with blanks, + is one.
 * False: it does not fit, or is malformed.
 */
static bool decode(const char *text, size_t n, bool blanks, char *to, size_t room)
{
	size_t length = 0;

	for (size_t at = 0; at < n; at++) {
		char byte = text[at];

		if (byte == '\0' || length + 1 >= room)
			return false;
		if (byte == '%') {
			if (!read_escape(text + at, n - at, &byte))
				return false;
			at += 2;
		} else if (byte == '+' && blanks) {
			byte = ' ';
		}
		to[length++] = byte;
	}
	to[length] = '\0';
	return true;
}

/* HOST/FILE.log, as the store makes them. */
static bool read_file(const char *path, char file[STORE_PATH_MAX])
{
	char host[STORE_HOST_MAX];

	if (!store_name_split(path, host))
		return false;
	strcpy(file, path);
	return true;
}

static bool begins(const char *text, const char *words)
{
	return !strncmp(text, words, strlen(words));
}

static int read_path(const char *path, struct query *query)
{
	static const struct {
		const char *path;
		enum query_page page;
	} pages[] = {
		{"/", QUERY_REPORTS},        {"/crashes", QUERY_CRASHES},
		{"/hosts", QUERY_HOSTS},     {"/state", QUERY_STATE},
		{"/metrics", QUERY_METRICS}, {"/style.css", QUERY_STYLE},
		{"/live.js", QUERY_SCRIPT},  {"/icon.svg", QUERY_ICON},
	};

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (!strcmp(path, pages[i].path)) {
			query->page = pages[i].page;
			return 0;
		}
	}
	query->page = begins(path, "/raw/") ? QUERY_RAW : QUERY_REPORT;
	if (begins(path, "/raw/") && read_file(path + sizeof("/raw/") - 1, query->file))
		return 0;
	if (begins(path, "/report/") && read_file(path + sizeof("/report/") - 1, query->file))
		return 0;
	return -ENOENT;
}

/* One key and its value. The last of several counts. */
static bool read_pair(const char *pair, size_t n, struct query *query)
{
	const struct {
		const char *key;
		char *to;
		size_t room;
	} texts[] = {
		{"q=", query->words, sizeof(query->words)},
		{"host=", query->host, sizeof(query->host)},
		{"kind=", query->kind, sizeof(query->kind)},
		{"signature=", query->signature, sizeof(query->signature)},
	};
	static const char page[] = "page=";

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t length = strlen(texts[i].key);

		if (n < length || memcmp(pair, texts[i].key, length))
			continue;
		query->has_signature |= texts[i].to == query->signature;
		return decode(pair + length, n - length, true, texts[i].to, texts[i].room);
	}
	if (n >= sizeof(page) - 1 && !memcmp(pair, page, sizeof(page) - 1))
		return number_read(pair + sizeof(page) - 1, n - sizeof(page) + 1, 10,
		                   QUERY_PAGE_MAX, &query->number);
	return true;
}

int query_read(const char *target, size_t n, struct query *query)
{
	const char *mark = n ? memchr(target, '?', n) : NULL;
	size_t length = mark ? (size_t)(mark - target) : n;
	char path[PATH_ROOM];

	*query = (struct query){.page = QUERY_REPORTS};
	if (!decode(target, length, false, path, sizeof(path)))
		return -EBADMSG;
	if (read_path(path, query))
		return -ENOENT;
	for (size_t at = length + 1; mark && at < n;) {
		const char *end = memchr(target + at, '&', n - at);
		size_t pair = end ? (size_t)(end - target) - at : n - at;

		if (!read_pair(target + at, pair, query))
			return -EBADMSG;
		at += pair + 1;
	}
	return 0;
}
