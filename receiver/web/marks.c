/* SPDX-License-Identifier: GPL-2.0-only */
/* marks - which lines of a log a reader looks for: what went wrong, the panic, the call trace */
#include "receiver/web/marks.h"

#include <string.h>

#include "receiver/crash.h"
#include "receiver/prefix.h"
#include "receiver/symbol.h"

static bool begins(const char *text, size_t n, const char *words)
{
	size_t length = strlen(words);

	return n >= length && !memcmp(text, words, length);
}

/* Where the line ends that is MARKS_LINES behind this one. */
static size_t end_of(const char *log, size_t bytes, size_t at)
{
	for (unsigned i = 0; i < MARKS_LINES && at < bytes; i++) {
		const char *end = memchr(log + at, '\n', bytes - at);

		at = end ? (size_t)(end - log) + 1 : bytes;
	}
	return at;
}

void marks_read(const char *log, size_t bytes, struct marks *marks)
{
	struct crash crash;

	*marks = (struct marks){.found = crash_read(log, bytes, &crash)};
	if (!marks->found)
		return;
	marks->event_at = crash.event_at;
	marks->panic_at = crash.panic_at;
	marks->event_end = end_of(log, bytes, crash.event_at);
	marks->panic_end = end_of(log, bytes, crash.panic_at);
}

/* The heads of traces, and the registers' lines that say where. */
static bool is_head(const char *text, size_t n)
{
	static const char *const heads[] = {
		"Call Trace:", "Call trace:", "Backtrace:", "RIP: ",       "RIP  [",
		"EIP: ",       "pc : ",       "PC is at ",  "lr : ",       "LR is at ",
		"NIP [",       "LR [",        "epc ",       "Krnl PSW : ",
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (begins(text, n, heads[i]))
			return true;
	return false;
}

static bool is_trace(const char *line, size_t n)
{
	struct prefix prefix = prefix_read(line, n);
	const char *text = line + prefix.text;
	struct symbol symbol;

	n -= prefix.text;
	if (prefix_is_foreign(line, prefix.text + n))
		return false;
	return is_head(text, n) || (n && strchr(" \t[(", *text) && symbol_find(text, n, &symbol));
}

enum mark marks_of(const struct marks *marks, const char *log, size_t at, size_t n)
{
	if (!marks->found || at < marks->event_at)
		return MARK_NONE;
	if (at == marks->panic_at)
		return MARK_PANIC;
	if (at == marks->event_at)
		return MARK_EVENT;
	if (at >= marks->event_end && (at < marks->panic_at || at >= marks->panic_end))
		return MARK_NONE;
	return is_trace(log + at, n) ? MARK_TRACE : MARK_NONE;
}
