/* SPDX-License-Identifier: GPL-2.0-only */
/* crash - what a log says about why the kernel died */
#include "receiver/crash.h"

#include <stdint.h>
#include <string.h>

#include "receiver/prefix.h"

#define EVENT_US (10 * 1000000ull) /* an oops longer before the panic is another story */

static const char panic_mark[] = "Kernel panic - not syncing: ";
static const char *const fault_marks[] = {
	"BUG: ",   "watchdog: BUG: ",      "Oops: ",
	"Oops - ", "Internal error: Oops", "Unable to handle kernel ", /* arm, arm64, riscv */
};

/* The line that may become the title. */
struct candidate {
	const char *text;
	size_t n;
	uint64_t time_us;
};

static bool begins(const char *text, size_t n, const char *mark)
{
	size_t length = strlen(mark);

	return n >= length && !memcmp(text, mark, length);
}

static bool names_fault(const char *text, size_t n)
{
	for (size_t i = 0; i < sizeof(fault_marks) / sizeof(fault_marks[0]); i++)
		if (begins(text, n, fault_marks[i]))
			return true;
	return false;
}

/* Whether a came at most EVENT_US before b. */
static bool one_event(const struct candidate *a, uint64_t b_us)
{
	return a->text && (a->time_us >= b_us || b_us - a->time_us <= EVENT_US);
}

/* Looks up to and with the panic line; *end_us is its time, or that of the last line. */
static void look(const char *log, size_t left, struct candidate *fault, struct candidate *panic,
                 uint64_t *end_us)
{
	while (left && !panic->text) {
		const char *end = memchr(log, '\n', left);
		size_t n = end ? (size_t)(end - log) : left;
		struct prefix prefix = prefix_read(log, n);
		struct candidate line = {log + prefix.text, n - prefix.text, prefix.time_us};

		if (!prefix.has_time)
			line.time_us = *end_us;
		*end_us = line.time_us;
		if (begins(line.text, line.n, panic_mark))
			*panic = line;
		else if (names_fault(line.text, line.n) && !one_event(fault, line.time_us))
			*fault = line;
		log += n + (end != NULL);
		left -= n + (end != NULL);
	}
}

bool crash_title(const char *log, size_t log_bytes, char *title, size_t *n)
{
	struct candidate fault = {0}, panic = {0};
	uint64_t end_us = 0;

	look(log, log_bytes, &fault, &panic, &end_us);
	/* A kernel that goes to kdump straight from an oops never prints the panic line. */
	if (one_event(&fault, end_us))
		panic = fault;
	if (!panic.text)
		return false;
	*n = panic.n < CRASH_TITLE_MAX ? panic.n : CRASH_TITLE_MAX;
	memcpy(title, panic.text, *n);
	return true;
}
