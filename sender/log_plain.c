/* SPDX-License-Identifier: GPL-2.0-only */
/* log_plain - the plain text of Linux 2.6 to 3.4 */
#include "sender/log_plain.h"

#include <string.h>

#include "sender/log.h"

#define BYTES_MIN PLAIN_WINDOW /* a power of two, so a multiple of the window */
#define BYTES_MAX (1u << 26)   /* CONFIG_LOG_BUF_SHIFT allows 2 MiB, log_buf_len= more */

#define UNREADABLE (-1)

_Static_assert(2 * PLAIN_CUT <= LOG_TEXT_MAX, "a piece fits into a record");

static bool plain_present(const struct vmcoreinfo *info)
{
	size_t n;

	return vmcoreinfo_text(info, "SYMBOL(log_end)", &n) != NULL;
}

/* The character at a place, or UNREADABLE. */
static int character(struct log *log, uint64_t place)
{
	struct plain *p = &log->in.plain;
	uint64_t index = (p->oldest + place) & (p->bytes - 1);
	int error;

	if (index - index % PLAIN_WINDOW != p->index) {
		p->index = index - index % PLAIN_WINDOW;
		error = core_read(log->core, p->buffer + p->index, p->window, PLAIN_WINDOW);
		p->unreadable = error != 0;
		if (error && !log->damage.error)
			log->damage.error = error;
	}
	return p->unreadable ? UNREADABLE : p->window[index % PLAIN_WINDOW];
}

/* Where the line that ends before a place begins, or the piece of it. */
static uint64_t line_start(struct log *log, uint64_t end)
{
	uint64_t cut = (end - 1) / PLAIN_CUT * PLAIN_CUT;
	uint64_t lowest = cut ? cut - PLAIN_CUT : 0;

	for (uint64_t at = end - 1; at > lowest; at--) {
		int c = character(log, at - 1);

		if (c == '\n' || c == UNREADABLE)
			return at;
	}
	return cut;
}

/* Where the line that begins at a place ends, behind its \n, or the piece of it. */
static uint64_t line_end(struct log *log, uint64_t start)
{
	uint64_t count = log->in.plain.count;

	for (uint64_t at = start; at < count; at++) {
		int c = character(log, at);

		if (c == UNREADABLE || (at % PLAIN_CUT == 0 && at - start >= PLAIN_CUT))
			return at;
		if (c == '\n')
			return at + 1;
	}
	return count;
}

/* Makes a record of a line. Nothing but the end of the log or damage ends one without its \n. */
static void line_read(struct log *log, uint64_t start, uint64_t end, struct record *record)
{
	const struct plain *p = &log->in.plain;
	size_t n = 0;

	for (uint64_t at = start; at < end; at++) {
		int c = character(log, at);

		if (c != UNREADABLE) /* a moment ago it could be read */
			log->text[n++] = (char)c;
	}
	*record = (struct record){.raw = true, .text = log->text, .text_bytes = n};
	if (n && log->text[n - 1] == '\n')
		record->text_bytes--;
	else
		record->open = end < p->count && character(log, end) != UNREADABLE;
	record->joined = start && start % PLAIN_CUT == 0 && character(log, start - 1) != '\n' &&
	                 character(log, start - 1) != UNREADABLE;
}

/*
 * logged_chars is set to 0 by `dmesg -c` and stops at the buffer's length; log_end goes on from 0
 * after 2^32 characters. So the larger of the two tells how many characters there are.
 */
static const char *plain_open(struct log *log, const struct vmcoreinfo *info)
{
	struct plain *p = &log->in.plain;
	uint64_t end, logged = 0;

	memset(p, 0, sizeof(*p));
	if (!log_symbol(log, info, "SYMBOL(log_buf)", log->core->word, &p->buffer) ||
	    !log_symbol(log, info, "SYMBOL(log_buf_len)", 4, &p->bytes) ||
	    !log_symbol(log, info, "SYMBOL(log_end)", 4, &end) || p->bytes < BYTES_MIN ||
	    p->bytes > BYTES_MAX || p->bytes & (p->bytes - 1))
		return "holds no log text where its VMCOREINFO note says";
	log_symbol(log, info, "SYMBOL(logged_chars)", 4, &logged);
	p->count = end > logged ? end : logged;
	if (p->count > p->bytes)
		p->count = p->bytes;
	p->oldest = (end - p->count) & (p->bytes - 1);
	p->index = p->bytes;
	/* Where neither number holds, what was never written stands before the log. */
	while (p->count && character(log, 0) == 0) {
		p->oldest = (p->oldest + 1) & (p->bytes - 1);
		p->count--;
	}
	log->damage = (struct log_damage){0}; /* whether a line is lost is seen when it is read */
	p->index = p->bytes;
	p->place = p->lowest = p->count;
	return NULL;
}

static uint64_t in_window(const struct plain *p, uint64_t place)
{
	return (p->oldest + place) % PLAIN_WINDOW;
}

static uint64_t window_part(uint64_t left, uint64_t part)
{
	return part < left ? part : left;
}

static bool plain_older(struct log *log, struct record *record)
{
	struct plain *p = &log->in.plain;
	uint64_t end = p->place;
	bool found;

	while (p->place && character(log, p->place - 1) == UNREADABLE)
		p->place -= window_part(p->place, in_window(p, p->place - 1) + 1);
	if (p->place < end && p->place < p->lowest)
		log->damage.records++;
	found = p->place > 0;
	if (found) {
		end = p->place;
		p->place = line_start(log, end);
		line_read(log, p->place, end, record);
	}
	p->lowest = p->place < p->lowest ? p->place : p->lowest;
	return found;
}

static bool plain_newer(struct log *log, struct record *record)
{
	struct plain *p = &log->in.plain;
	uint64_t start;

	while (p->place < p->count && character(log, p->place) == UNREADABLE)
		p->place += window_part(p->count - p->place, PLAIN_WINDOW - in_window(p, p->place));
	if (p->place == p->count)
		return false;
	start = p->place;
	p->place = line_end(log, start);
	line_read(log, start, p->place, record);
	return true;
}

static bool plain_oldest_seq(struct log *log, uint64_t *seq)
{
	(void)log;
	(void)seq;
	return false;
}

const struct log_format log_plain = {
	.present = plain_present,
	.open = plain_open,
	.older = plain_older,
	.newer = plain_newer,
	.oldest_seq = plain_oldest_seq,
};
