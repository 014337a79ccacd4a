/* SPDX-License-Identifier: GPL-2.0-only */
/* catalog - what the page knows of each stored report: the lines of the index, in memory */
#include "receiver/web/catalog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "sender/clock.h"

/* The strings of an entry, all of which are copied. */
static const size_t strings[] = {
	offsetof(struct entry, file),      offsetof(struct entry, id),
	offsetof(struct entry, host),      offsetof(struct entry, mac),
	offsetof(struct entry, kernel),    offsetof(struct entry, title),
	offsetof(struct entry, kind),      offsetof(struct entry, signature),
	offsetof(struct entry, why),       offsetof(struct entry, replaces),
	offsetof(struct entry, interface),
};

#define STRINGS (sizeof(strings) / sizeof(strings[0]))

static const char **string_at(struct entry *entry, size_t i)
{
	return (const char **)((char *)entry + strings[i]);
}

int catalog_open(struct catalog *catalog, const char *directory)
{
	*catalog = (struct catalog){.bytes_max = CATALOG_BYTES_MAX, .opened_us = now_us()};
	if (getrandom(&catalog->key, sizeof(catalog->key), 0) != sizeof(catalog->key))
		return -errno;
	return follow_open(&catalog->follow, directory);
}

void catalog_close(struct catalog *catalog)
{
	for (size_t i = 0; i < catalog->n; i++)
		free(catalog->reports[i]);
	free(catalog->reports);
	follow_close(&catalog->follow);
}

static size_t bucket_of(const struct catalog *catalog, const char *file)
{
	return siphash(&catalog->key, file, strlen(file)) % CATALOG_BUCKETS;
}

const struct report *catalog_find(const struct catalog *catalog, const char *file)
{
	const struct report *report = catalog->buckets[bucket_of(catalog, file)];

	while (report && strcmp(report->entry.file, file))
		report = report->next;
	return report;
}

/* No longer found; it stays in the list until the next clean_up. */
static void forget(struct catalog *catalog, const char *file)
{
	struct report **link = &catalog->buckets[bucket_of(catalog, file)], *report;

	while (*link && strcmp((*link)->entry.file, file))
		link = &(*link)->next;
	report = *link;
	if (!report)
		return;
	*link = report->next;
	report->gone = true;
	catalog->changes++;
}

/* Frees what was forgotten. */
static void clean_up(struct catalog *catalog)
{
	size_t kept = 0;

	for (size_t i = 0; i < catalog->n; i++) {
		struct report *report = catalog->reports[i];

		if (report->gone) {
			catalog->bytes -= report->bytes;
			free(report);
		} else {
			catalog->reports[kept++] = report;
		}
	}
	catalog->n = kept;
}

static int by_time(const void *left, const void *right)
{
	const struct report *a = *(struct report *const *)left, *b = *(struct report *const *)right;

	if (a->entry.stored_at != b->entry.stored_at)
		return a->entry.stored_at < b->entry.stored_at ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* More than is needed goes at once: the list is moved for it. */
static void make_room(struct catalog *catalog)
{
	size_t wanted = catalog->bytes_max - catalog->bytes_max / 16, bytes = catalog->bytes;

	if (bytes <= catalog->bytes_max)
		return;
	for (size_t i = 0; i < catalog->n && bytes > wanted; i++) {
		struct report *report = catalog->reports[i];

		bytes -= report->bytes;
		if (report->gone)
			continue;
		forget(catalog, report->entry.file);
		catalog->left_out++;
	}
	clean_up(catalog);
}

static void sort(struct catalog *catalog)
{
	if (catalog->unsorted)
		qsort(catalog->reports, catalog->n, sizeof(*catalog->reports), by_time);
	catalog->unsorted = false;
}

/* The strings behind the report. NULL: no memory, or too long. */
static struct report *copy(const struct entry *entry)
{
	struct entry from = *entry;
	struct report *report;
	size_t bytes = 0;
	char *at;

	for (size_t i = 0; i < STRINGS; i++)
		bytes += *string_at(&from, i) ? strlen(*string_at(&from, i)) + 1 : 0;
	report = bytes <= CATALOG_LINE_MAX ? malloc(sizeof(*report) + bytes) : NULL;
	if (!report)
		return NULL;
	*report = (struct report){.entry = *entry, .bytes = sizeof(*report) + bytes};
	report->entry.object = NULL;
	at = (char *)(report + 1);
	for (size_t i = 0; i < STRINGS; i++) {
		const char **string = string_at(&report->entry, i), *start = at;

		if (!*string)
			continue;
		at = stpcpy(at, *string) + 1;
		*string = start;
	}
	return report;
}

static bool has_room(struct catalog *catalog)
{
	size_t room = catalog->room ? catalog->room * 2 : 1024;
	struct report **reports;

	if (catalog->n < catalog->room)
		return true;
	reports = reallocarray(catalog->reports, room, sizeof(*reports));
	if (!reports)
		return false;
	catalog->reports = reports;
	catalog->room = room;
	return true;
}

/* Whether the file, which is called as a report is, is there. */
static bool is_there(const struct catalog *catalog, const char *file)
{
	return !faccessat(catalog->follow.directory, file, F_OK, AT_SYMLINK_NOFOLLOW);
}

static void add(struct catalog *catalog, const struct entry *entry)
{
	struct report *report;
	size_t bucket;

	if (entry->replaces)
		forget(catalog, entry->replaces);
	if (!is_there(catalog, entry->file) || !has_room(catalog))
		return;
	report = copy(entry);
	if (!report)
		return;
	forget(catalog, entry->file);
	bucket = bucket_of(catalog, entry->file);
	report->next = catalog->buckets[bucket];
	catalog->buckets[bucket] = report;
	report->number = catalog->added++;
	catalog->unsorted |= catalog->n && by_time(&catalog->reports[catalog->n - 1], &report) > 0;
	catalog->reports[catalog->n++] = report;
	catalog->bytes += report->bytes;
	catalog->changes++;
}

bool catalog_take(struct catalog *catalog, unsigned lines)
{
	uint64_t changes = catalog->changes;
	struct entry entry;
	const char *line;
	size_t n;

	follow_drain(&catalog->follow);
	while (lines && follow_next(&catalog->follow, &line, &n) > 0) {
		lines--;
		if (entry_read(line, n, &entry))
			continue;
		add(catalog, &entry);
		entry_free(&entry);
	}
	if (catalog->changes != changes) {
		clean_up(catalog);
		sort(catalog);
		make_room(catalog);
	}
	return !lines;
}

void catalog_sweep(struct catalog *catalog, size_t n)
{
	uint64_t changes = catalog->changes;

	for (size_t i = 0; i < n && i < catalog->n; i++) {
		const struct report *report;

		if (catalog->swept >= catalog->n)
			catalog->swept = 0;
		report = catalog->reports[catalog->swept++];
		if (!report->gone && !is_there(catalog, report->entry.file))
			forget(catalog, report->entry.file);
	}
	if (catalog->changes != changes)
		clean_up(catalog);
}

/* HOST/TIME-ID: what a partial report and the whole one have in common. */
static size_t stem_length(const char *file)
{
	const char *dash = strrchr(file, '/');

	dash = dash ? strchr(dash, '-') : NULL;
	return dash ? (size_t)(dash - file) + 1 + strcspn(dash + 1, "-.") : strlen(file);
}

const struct report *catalog_successor(const struct catalog *catalog, const char *file)
{
	size_t n = stem_length(file);

	for (size_t i = catalog->n; i > 0; i--) {
		const char *other = catalog->reports[i - 1]->entry.file;

		if (stem_length(other) == n && !memcmp(other, file, n))
			return catalog->reports[i - 1];
	}
	return NULL;
}
