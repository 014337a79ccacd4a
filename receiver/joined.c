/* SPDX-License-Identifier: GPL-2.0-only */
/* joined - the log of a cut in one piece, oldest line first, and where parts of it are missing */
#include "receiver/joined.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool ends_line(const struct part *part)
{
	return !part->bytes || part->body[part->bytes - 1] == '\n';
}

/*
 * The records between two parts. A record goes on into the gap if the part before does not end its
 * last line, and out of it if the part after says cont=1: it is missing too, in part.
 */
static void name_records(struct gap *gap, const struct part *before, const struct part *after)
{
	if (before && before->has_seq && before->last < UINT64_MAX) {
		gap->has_first = true;
		gap->first = before->last + ends_line(before);
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

	if (cut->original || first > last)
		return;
	if (after && before && !ends_line(before))
		joined->text[joined->bytes++] = '\n'; /* two halves do not make a line */
	*gap = (struct gap){.at = joined->bytes, .first_part = first, .last_part = last};
	name_records(gap, before, after);
	joined->gaps_known++;
}

int joined_make(const struct cut *cut, struct joined *joined)
{
	const struct part *before = NULL;
	size_t held = cut_held_parts(cut);

	*joined = (struct joined){.parts = held};
	/* One \n more at each gap, at most. */
	joined->text = malloc(cut_held_bytes(cut) + held + 1);
	joined->gaps = calloc(held + 1, sizeof(*joined->gaps));
	if (!joined->text || !joined->gaps) {
		joined_free(joined);
		return -ENOMEM;
	}
	for (size_t i = cut->known; i--;) {
		const struct part *part = cut->parts[i];

		if (!part->body)
			continue;
		note_gap(joined, cut, before, part);
		if (part->bytes)
			memcpy(joined->text + joined->bytes, part->body, part->bytes);
		joined->bytes += part->bytes;
		before = part;
	}
	note_gap(joined, cut, before, NULL);
	return 0;
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
