/* SPDX-License-Identifier: GPL-2.0-only */
/* joined - the log of a cut in one piece, oldest line first, and where parts of it are missing */
#include "receiver/joined.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Whether the text so far, of which the part is the last, ends a line. */
static bool ends_line(const struct joined *joined, const struct part *part)
{
	return !part->bytes || joined->text[joined->bytes - 1] == '\n';
}

/*
 * The records between two parts. A record goes on into the gap if the part before does not end its
 * last line, and out of it if the part after says cont=1: it is missing too, in part.
 */
static void name_records(struct gap *gap, const struct part *before, bool ended,
                         const struct part *after)
{
	if (before && before->has_seq && before->last < UINT64_MAX) {
		gap->has_first = true;
		gap->first = before->last + ended;
	}
	if (after && after->has_seq && (after->cont || after->seq)) {
		gap->has_last = true;
		gap->last = after->seq - !after->cont;
	}
	if (gap->has_first && gap->has_last && gap->first > gap->last)
		gap->has_first = gap->has_last = false; /* the numbers cannot be right */
}

/* Notes the gap between two neighbours, if there is one; NULL is the end of the log. */
static void note_gap(struct joined *joined, const struct cut *cut, const struct part *before,
                     const struct part *after)
{
	uint32_t first = before ? before->number + 1 : 1;
	uint32_t last = after ? after->number - 1 : cut->header.parts;
	struct gap *gap = &joined->gaps[joined->gaps_known];
	bool ended = before && ends_line(joined, before);

	if (cut->original || first > last)
		return;
	if (after && before && !ended)
		joined->text[joined->bytes++] = '\n'; /* two halves do not make a line */
	*gap = (struct gap){.at = joined->bytes, .first_part = first, .last_part = last};
	name_records(gap, before, ended, after);
	joined->gaps_known++;
}

static int by_number(const void *a, const void *b)
{
	const struct part *left = *(const struct part *const *)a;
	const struct part *right = *(const struct part *const *)b;

	return (left->number > right->number) - (left->number < right->number);
}

/* The parts that there are, by number; NULL: no memory. */
static const struct part **sorted_parts(const struct cut *cut, size_t held)
{
	const struct part **sorted = calloc(held + 1, sizeof(*sorted));
	size_t n = 0;

	for (size_t i = 0; sorted && n < held; i++)
		if (cut_holds(&cut->parts[i]))
			sorted[n++] = &cut->parts[i];
	if (n)
		qsort(sorted, n, sizeof(*sorted), by_number);
	return sorted;
}

static int fill(const struct cut *cut, const struct part **parts, struct joined *joined)
{
	const struct part *before = NULL;
	int error = 0;

	for (size_t i = 0; !error && i < joined->parts; i++) {
		note_gap(joined, cut, before, parts[i]);
		error = cut_read(cut, parts[i], joined->text + joined->bytes);
		joined->bytes += parts[i]->bytes;
		before = parts[i];
	}
	note_gap(joined, cut, before, NULL);
	return error;
}

int joined_make(const struct cut *cut, struct joined *joined)
{
	size_t held = cut_held_parts(cut);
	const struct part **parts = sorted_parts(cut, held);
	int error = -ENOMEM;

	*joined = (struct joined){.parts = held};
	/* One \n more at each gap, at most. */
	joined->text = malloc(cut_held_bytes(cut) + held + 1);
	joined->gaps = calloc(held + 1, sizeof(*joined->gaps));
	if (parts && joined->text && joined->gaps)
		error = fill(cut, parts, joined);
	free(parts);
	if (error)
		joined_free(joined);
	return error;
}

void joined_free(struct joined *joined)
{
	free(joined->text);
	free(joined->gaps);
	*joined = (struct joined){0};
}

bool joined_next(const struct joined *joined, size_t *at, size_t *gap_index, const struct gap **gap,
                 const char **line, size_t *n)
{
	const char *end;

	*gap = *gap_index < joined->gaps_known ? &joined->gaps[*gap_index] : NULL;
	if (*gap && (*gap)->at <= *at) {
		++*gap_index;
		return true;
	}
	*gap = NULL;
	if (*at >= joined->bytes)
		return false;
	*line = joined->text + *at;
	end = memchr(*line, '\n', joined->bytes - *at);
	*n = end ? (size_t)(end - *line) : joined->bytes - *at;
	*at += *n + (end != NULL);
	return true;
}
