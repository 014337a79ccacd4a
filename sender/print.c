/* SPDX-License-Identifier: GPL-2.0-only */
/* print - the log as text, the oldest line first */
#include "sender/print.h"

#include "sender/log_text.h"
#include "sender/settings.h"

static char line[LOG_LINE_MAX];

/*
 * Goes back over what the tail has room for. The log then stands before the oldest record to be
 * shown, of which the lines from *at on are wanted.
 */
static uint64_t tail_find(struct log *log, uint64_t tail, size_t *at)
{
	struct record record;
	uint64_t records = 0;

	*at = 0;
	if (tail == SETTINGS_TAIL_ALL) { /* no line needs to be measured */
		while (log_older(log, &record))
			records++;
		return records;
	}
	while (log_older(log, &record)) {
		size_t start = record.text_bytes + 1, n;

		records++;
		while (*at = start, (n = log_line_previous(&record, &start, line))) {
			if (n > tail)
				return records;
			tail -= n;
		}
	}
	return records;
}

uint64_t print_log(struct log *log, uint64_t tail, struct output *output)
{
	struct record record;
	size_t at, n;
	uint64_t records = tail_find(log, tail, &at);

	while (!output->error && log_newer(log, &record)) {
		while ((n = log_line_next(&record, &at, line)))
			output_put(output, line, n);
		at = 0;
	}
	return records;
}
