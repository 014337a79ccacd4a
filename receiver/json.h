/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json - a report for programs: one object on one line
 *
 * Written as it goes, since a tree of a hostile log's lines would take a hundred times its size.
 * Strings are valid UTF-8, with U+FFFD for each byte that is not, and hold no raw control
 * character.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "receiver/cut.h"
#include "receiver/joined.h"

/* Writes the text as a string, in quotes. */
void json_put_text(FILE *out, const char *text, size_t n);

/* A stored report about which nothing is known but what its path and its bytes tell. */
struct json_file {
	const char *host; /* as its directory is called */
	bool has_id, partial;
	uint64_t id;
	uint64_t written_at; /* seconds since 1970 */
	const char *log;
	size_t bytes;
};

/* Writes an object with all keys, and a line end. */
void json_show(FILE *out, const struct cut *cut, const struct joined *joined);

/*
 * Writes "id":…,"signature":…: the keys and values but `lines`, without braces. Of more than so
 * many gaps the last reaches over all that follow.
 */
void json_keys(FILE *out, const struct cut *cut, const struct joined *joined, size_t gaps_max);
void json_keys_of_file(FILE *out, const struct json_file *file);

#endif
