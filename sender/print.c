/* SPDX-License-Identifier: GPL-2.0-only */
/* print - the log as text or as JSON, the oldest line first */
#include "sender/print.h"

#include "sender/log_json.h"
#include "sender/settings.h"

_Static_assert(LOG_LINE_MAX <= OUTPUT_ROOM, "a line is made where it is put");

static char line[LOG_LINE_MAX]; /* only measured */

/* Where in a record a line ends that is followed by no other. */
static size_t behind(const struct record *record)
{
	return record->text_bytes + 1;
}

/* Goes back over a record's lines as far as *tail has room. False if it has not for all of them. */
static bool record_measure(const struct record *record, const struct print_form *form,
                           uint64_t *tail, size_t *at)
{
	size_t start = behind(record), n;

	*at = start;
	if (form->json) {
		n = log_json_put(record, NULL);
		if (n > *tail)
			return false;
		*tail -= n;
		return true;
	}
	while ((n = log_line_previous(record, &form->style, &start, line))) {
		if (n > *tail)
			return false;
		*tail -= n;
		*at = start;
	}
	return true;
}

/*
 * Goes back over what the tail has room for. The log then stands before the oldest record to be
 * shown, of which the lines from *at on are wanted. Returns how many records it passed.
 */
static uint64_t tail_find(struct log *log, uint64_t tail, const struct print_form *form, size_t *at)
{
	struct record record;
	uint64_t records = 0;

	while (log_older(log, &record)) {
		records++;
		if (!record_measure(&record, form, &tail, at))
			return records;
	}
	*at = 0;
	return records;
}

static void record_print(const struct record *record, const struct print_form *form, size_t at,
                         struct output *output)
{
	size_t n;

	if (form->json && !at)
		log_json_put(record, output);
	while (!form->json && !output->error &&
	       (n = log_line_next(record, &form->style, &at, output_room(output))))
		output_add(output, n);
}

uint64_t print_log(struct log *log, uint64_t tail, const struct print_form *form,
                   struct output *output)
{
	struct record record;
	uint64_t records = 0, passed = 0;
	size_t at = 0;

	if (tail == SETTINGS_TAIL_ALL)
		log_rewind(log);
	else
		passed = tail_find(log, tail, form, &at);
	while (!output->error && log_newer(log, &record)) {
		record_print(&record, form, at, output);
		records++;
		at = 0;
	}
	return records > passed ? records : passed;
}
