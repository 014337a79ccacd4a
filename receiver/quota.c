/* SPDX-License-Identifier: GPL-2.0-only */
/* quota - which reports go when the store is full, or when they are old */
#include "receiver/quota.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "receiver/store_walk.h"

#define BLOCK_BYTES 4096
#define HOUR_S      3600

/* One report: as small as can be, since there may be hundreds of thousands. */
struct report {
	ino_t inode;
	uint64_t bytes;
	uint32_t hour;
	bool partial;
};

struct scan {
	int directory;
	struct report *reports;
	size_t n, room;
	uint64_t oldest_s;
	struct quota_result *result;
};

uint64_t quota_bytes(uint64_t bytes)
{
	return (bytes / BLOCK_BYTES + 2) * BLOCK_BYTES;
}

static int add(struct scan *scan, const struct store_file *file)
{
	if (scan->n == scan->room) {
		size_t room = scan->room ? scan->room * 2 : 1024;
		struct report *reports = reallocarray(scan->reports, room, sizeof(*reports));

		if (!reports)
			return -ENOMEM;
		scan->reports = reports;
		scan->room = room;
	}
	scan->reports[scan->n++] = (struct report){
		.inode = file->status.st_ino,
		.bytes = quota_bytes((uint64_t)file->status.st_size),
		.hour = (uint32_t)(file->status.st_mtime / HOUR_S),
		.partial = file->partial,
	};
	scan->result->bytes += scan->reports[scan->n - 1].bytes;
	scan->result->files++;
	return 0;
}

/* The directory of its host goes with the last one: that which is empty by itself is not ours. */
static bool remove_file(const struct scan *scan, const struct store_file *file)
{
	if (unlinkat(file->host_fd, file->name, 0))
		return false;
	unlinkat(scan->directory, file->host, AT_REMOVEDIR);
	return true;
}

static int find(void *context, const struct store_file *file)
{
	struct scan *scan = context;
	bool old = scan->oldest_s && (uint64_t)file->status.st_mtime < scan->oldest_s;

	if (!old || !remove_file(scan, file))
		return add(scan, file);
	scan->result->removed_by_age++;
	return 0;
}

/* By hour, and in each hour what goes first comes first. */
static int by_claim(const void *a, const void *b)
{
	const struct report *left = a, *right = b;

	if (left->hour != right->hour)
		return left->hour < right->hour ? -1 : 1;
	if (left->partial != right->partial)
		return left->partial ? -1 : 1;
	return (left->bytes > right->bytes) - (left->bytes < right->bytes);
}

static int by_inode(const void *a, const void *b)
{
	const struct report *left = a, *right = b;

	return (left->inode > right->inode) - (left->inode < right->inode);
}

/* The bytes of the hour that begins at report first; *end is behind its last. */
static uint64_t hour_bytes(const struct scan *scan, size_t first, size_t *end)
{
	uint64_t bytes = 0;

	for (*end = first; *end < scan->n; ++*end) {
		if (scan->reports[*end].hour != scan->reports[first].hour)
			break;
		bytes += scan->reports[*end].bytes;
	}
	return bytes;
}

/* What is left if no hour may hold more than so much. */
static uint64_t capped(const struct scan *scan, uint64_t cap)
{
	uint64_t sum = 0, bytes;

	for (size_t first = 0, end; first < scan->n; first = end) {
		bytes = hour_bytes(scan, first, &end);
		sum += bytes < cap ? bytes : cap;
	}
	return sum;
}

/* The most that an hour may hold so that all hold bytes_max at most. */
static uint64_t find_cap(const struct scan *scan, uint64_t bytes_max)
{
	uint64_t low = 0, high = bytes_max;

	while (low < high) {
		uint64_t middle = high - (high - low) / 2;

		if (capped(scan, middle) <= bytes_max)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* Moves what must go to the front. Returns the number. */
static size_t choose(struct scan *scan, uint64_t cap)
{
	size_t chosen = 0;

	for (size_t first = 0, end; first < scan->n; first = end) {
		uint64_t left = hour_bytes(scan, first, &end);

		for (size_t i = first; i < end && left > cap; i++) {
			struct report report = scan->reports[i];

			left -= report.bytes;
			scan->reports[i] = scan->reports[chosen];
			scan->reports[chosen++] = report;
		}
	}
	return chosen;
}

static int remove_chosen(void *context, const struct store_file *file)
{
	struct scan *scan = context;
	struct report key = {.inode = file->status.st_ino};
	struct report *report = bsearch(&key, scan->reports, scan->n, sizeof(key), by_inode);

	if (!report || !remove_file(scan, file))
		return 0;
	scan->result->removed_for_space++;
	scan->result->bytes -= report->bytes;
	scan->result->files--;
	return 0;
}

static int make_room(struct scan *scan, uint64_t bytes_max)
{
	qsort(scan->reports, scan->n, sizeof(*scan->reports), by_claim);
	scan->n = choose(scan, find_cap(scan, bytes_max));
	qsort(scan->reports, scan->n, sizeof(*scan->reports), by_inode);
	return store_walk(scan->directory, remove_chosen, scan);
}

int quota_keep(int directory, uint64_t bytes_max, uint64_t oldest_s, struct quota_result *result)
{
	struct scan scan = {.directory = directory, .oldest_s = oldest_s, .result = result};
	int error;

	*result = (struct quota_result){0};
	error = store_walk(directory, find, &scan);
	if (!error && bytes_max && result->bytes > bytes_max)
		error = make_room(&scan, bytes_max);
	free(scan.reports);
	return error;
}
