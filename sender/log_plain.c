/* SPDX-License-Identifier: GPL-2.0-only */
/* log_plain - the plain text of Linux 2.6 to 3.4 */
#include "sender/log_plain.h"

#include <string.h>

#include "sender/log.h"

#define BYTES_MIN TEXT_RING_WINDOW /* a power of two, so a multiple of the window */
#define BYTES_MAX (1u << 26)       /* CONFIG_LOG_BUF_SHIFT allows 2 MiB, log_buf_len= more */

#define UNREADABLE TEXT_RING_UNREADABLE

_Static_assert(2 * PLAIN_CUT <= LOG_TEXT_MAX, "a piece fits into a record");

static bool plain_present(const struct vmcoreinfo *info)
{
	return vmcoreinfo_has(info, "SYMBOL(log_end)");
}

static int character(struct log *log, uint64_t place)
{
	struct text_ring *ring = &log->in.plain.ring;
	int c = text_ring_character(ring, log->core, place);

	if (c == UNREADABLE && !log->damage.error)
		log->damage.error = ring->error;
	return c;
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
	uint64_t buffer, bytes, end, logged = 0;

	memset(p, 0, sizeof(*p));
	if (!log_symbol(log, info, "SYMBOL(log_buf)", log->core->word, &buffer))
		return "holds no log text where its VMCOREINFO note says";
	log->scraps_at = buffer; /* until length and end are known */
	if (!log_symbol(log, info, "SYMBOL(log_buf_len)", 4, &bytes) || bytes < BYTES_MIN ||
	    bytes > BYTES_MAX || bytes & (bytes - 1))
		return "holds log text of a length that cannot be";
	log->scraps_bytes = bytes;
	if (!log_symbol(log, info, "SYMBOL(log_end)", 4, &end))
		return "holds log text whose end cannot be read";
	log->scraps_at = 0;
	log_symbol(log, info, "SYMBOL(logged_chars)", 4, &logged);
	text_ring_set(&p->ring, buffer, bytes);
	p->count = end > logged ? end : logged;
	if (p->count > bytes)
		p->count = bytes;
	p->ring.oldest = (end - p->count) & (bytes - 1);
	/* Where neither number holds, what was never written stands before the log. */
	while (p->count && character(log, 0) == 0) {
		p->ring.oldest = (p->ring.oldest + 1) & (bytes - 1);
		p->count--;
	}
	log->damage = (struct log_damage){0}; /* whether a line is lost is seen when it is read */
	p->ring.index = bytes;
	p->place = p->seen_from = p->seen_to = p->count;
	return NULL;
}

static void plain_rewind(struct log *log)
{
	struct plain *p = &log->in.plain;

	p->place = p->seen_from = p->seen_to = 0;
}

static uint64_t smaller(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

static bool plain_older(struct log *log, struct record *record)
{
	struct plain *p = &log->in.plain;
	uint64_t end = p->place;
	bool found;

	while (p->place && character(log, p->place - 1) == UNREADABLE)
		p->place -= smaller(p->place, text_ring_behind(&p->ring, log->core, p->place - 1));
	if (p->place < end && p->place < p->seen_from)
		log->damage.records++;
	found = p->place > 0;
	if (found) {
		end = p->place;
		p->place = line_start(log, end);
		line_read(log, p->place, end, record);
	}
	p->seen_from = smaller(p->place, p->seen_from);
	return found;
}

static bool plain_newer(struct log *log, struct record *record)
{
	struct plain *p = &log->in.plain;
	uint64_t start = p->place;
	bool found;

	while (p->place < p->count && character(log, p->place) == UNREADABLE)
		p->place += smaller(p->count - p->place,
		                    text_ring_ahead(&p->ring, log->core, p->place));
	if (p->place > start && p->place > p->seen_to)
		log->damage.records++;
	found = p->place < p->count;
	if (found) {
		start = p->place;
		p->place = line_end(log, start);
		line_read(log, start, p->place, record);
	}
	if (p->place > p->seen_to)
		p->seen_to = p->place;
	return found;
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
	.rewind = plain_rewind,
	.older = plain_older,
	.newer = plain_newer,
	.oldest_seq = plain_oldest_seq,
};
