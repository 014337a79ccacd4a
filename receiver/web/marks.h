/* SPDX-License-Identifier: GPL-2.0-only */
/* marks - which lines of a log a reader looks for: what went wrong, the panic, the call trace */
#ifndef MARKS_H
#define MARKS_H

#include <stdbool.h>
#include <stddef.h>

#define MARKS_LINES 400 /* so many behind the event, and behind the panic, may be of a trace */

enum mark {
	MARK_NONE,
	MARK_EVENT, /* the line that the title is made of */
	MARK_PANIC,
	MARK_TRACE,
};

struct marks {
	bool found;                  /* the log names a crash */
	size_t event_at, panic_at;   /* offsets of lines; panic_at is the log's length if none */
	size_t event_end, panic_end; /* where no trace of theirs goes on */
};

void marks_read(const char *log, size_t bytes, struct marks *marks);

/* What the line of n bytes at offset at is. */
enum mark marks_of(const struct marks *marks, const char *log, size_t at, size_t n);

#endif
