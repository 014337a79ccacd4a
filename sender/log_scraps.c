/* SPDX-License-Identifier: GPL-2.0-only */
/* log_scraps - what is legible of a log whose records cannot be found */
#include "sender/log_scraps.h"

#include "sender/core_file.h"
#include "sender/log.h"

#define BYTES_MAX      (UINT64_C(1) << 26) /* of a larger ring the beginning is searched */
#define BYTES_UNKNOWN  (1u << 17)          /* what CONFIG_LOG_BUF_SHIFT makes of it by default */
#define ID_STEP_MAX    8                   /* records without a block have ids too */
#define IDS_MAX        (1u << 22)          /* no ring has more */
#define SPACES_MAX     4                   /* [%5lu.%06lu] */
#define SECONDS_DIGITS 12
#define BLOCK_MAX      4096 /* between the beginnings of two neighbours, at most */

/* The newest block seen so far, and the last word that could be an id. */
struct id_search {
	bool found, has_last;
	uint64_t newest, newest_at;
	uint64_t last, last_at;
};

/* Ids begin near the top of their range or of 32 bits, and go on from 0; text looks otherwise. */
static bool id_plausible(uint64_t id, uint64_t word, uint64_t mask)
{
	uint64_t span = word == 8 ? UINT64_C(1) << 40 : UINT64_C(1) << 24;

	return id && id <= mask && (id < span || id > mask - span);
}

/* Two neighbours whose ids count up confirm each other. */
static void id_take(struct id_search *s, uint64_t id, uint64_t at, uint64_t mask)
{
	uint64_t step = (id - s->last) & mask;
	bool follows = s->has_last && step && step <= ID_STEP_MAX && at - s->last_at <= BLOCK_MAX;

	if (follows && (!s->found || ((id - s->newest) & mask) <= mask / 2)) {
		s->found = true;
		s->newest = id;
		s->newest_at = at;
	}
	s->has_last = true;
	s->last = id;
	s->last_at = at;
}

static uint64_t id_mask(const struct log *log)
{
	return log->core->word == 8 ? UINT64_MAX >> 2 : UINT32_MAX >> 2;
}

/* How many bytes behind an address that cannot be read cannot be either; 0 if that is not known. */
static uint64_t unreadable(struct core *core, uint64_t address)
{
	uint64_t back, ahead;

	core_hole(core, address, &back, &ahead);
	return ahead < BYTES_MAX ? ahead : BYTES_MAX;
}

/* The index of the newest block's text. False if there are no ids. */
static bool newest_by_id(struct log *log, uint64_t *index)
{
	struct scraps *s = &log->in.scraps;
	const struct text_ring *ring = &s->ring;
	size_t word = log->core->word;
	struct id_search search = {0};
	uint8_t raw[8];

	for (uint64_t at = 0; at < ring->bytes; at += word) {
		uint64_t id;

		if (core_read(log->core, ring->address + at, raw, word)) {
			at += unreadable(log->core, ring->address + at) / word * word;
			continue;
		}
		id = core_number(log->core, raw, word);
		if (id_plausible(id, word, id_mask(log)))
			id_take(&search, id, at, id_mask(log));
	}
	*index = search.newest_at + word;
	s->has_ids = search.found;
	s->newest_id = search.newest;
	return search.found;
}

static int character(struct log *log, uint64_t place)
{
	return text_ring_character(&log->in.scraps.ring, log->core, place);
}

/* Reads at most max digits at a place, and adds them to a number. Returns how many there are. */
static unsigned digits_read(struct log *log, uint64_t place, unsigned max, uint64_t *number)
{
	unsigned n = 0;
	int c;

	while (n < max && (c = character(log, place + n)) >= '0' && c <= '9') {
		*number = *number * 10 + (uint64_t)(c - '0');
		n++;
	}
	return n;
}

/* Reads the time in "[    1.234567]" at a place, in microseconds. */
static bool time_at(struct log *log, uint64_t place, uint64_t *us)
{
	unsigned n;

	*us = 0;
	if (character(log, place++) != '[')
		return false;
	for (unsigned i = 0; i < SPACES_MAX && character(log, place) == ' '; i++)
		place++;
	n = digits_read(log, place, SECONDS_DIGITS, us);
	if (!n || character(log, place + n) != '.')
		return false;
	place += n + 1;
	return digits_read(log, place, 6, us) == 6 && character(log, place + 6) == ']';
}

/* The index of the first line whose time is lower than that of the line before. */
static bool oldest_by_time(struct log *log, uint64_t *index)
{
	uint64_t last = 0, us;

	for (uint64_t at = 0; at < log->in.scraps.ring.bytes; at++) {
		if (character(log, at) == TEXT_RING_UNREADABLE)
			at += text_ring_ahead(&log->in.scraps.ring, log->core, at) - 1;
		else if (time_at(log, at, &us)) {
			if (us < last) {
				*index = at;
				return true;
			}
			last = us;
		}
	}
	return false;
}

/* Whether a character is part of a block's id. */
static bool is_in_id(struct log *log, uint64_t place)
{
	struct scraps *s = &log->in.scraps;
	uint64_t index = (s->ring.oldest + place) % s->ring.bytes;
	size_t word = log->core->word;
	uint8_t raw[8];

	if (!s->has_ids || core_read(log->core, s->ring.address + index - index % word, raw, word))
		return false;
	return ((s->newest_id - core_number(log->core, raw, word)) & id_mask(log)) < IDS_MAX;
}

static bool legible(struct log *log, uint64_t place)
{
	int c = character(log, place);

	return ((c >= 0x20 && c < 0x7f) || c == '\t') && !is_in_id(log, place);
}

/* The index behind the text that begins at one: a NUL ends it since 5.13, the next id before. */
static uint64_t text_end(struct log *log, uint64_t index)
{
	while (index < log->in.scraps.ring.bytes && character(log, index) > 0 &&
	       !is_in_id(log, index))
		index++;
	return index;
}

/* Makes the oldest character place 0. */
static void oldest_set(struct log *log)
{
	struct text_ring *ring = &log->in.scraps.ring;
	uint64_t index;

	if (log->format == &log_prb) {
		if (!newest_by_id(log, &index))
			return;
		ring->oldest = text_end(log, index) % ring->bytes;
		ring->index = ring->bytes;
	} else if (oldest_by_time(log, &index)) {
		/* Its level stands before the time; the line end before that. */
		while (index && legible(log, index - 1))
			index--;
		ring->oldest = index;
	}
}

static void scrap_read(struct log *log, uint64_t start, uint64_t end, struct record *record)
{
	size_t n = 0;

	for (uint64_t at = start; at < end; at++)
		log->text[n++] = (char)character(log, at);
	*record = (struct record){.raw = true, .scrap = true, .text = log->text, .text_bytes = n};
}

/*
 * How many characters next to a place are not legible, as far as that is seen at once. What cannot
 * be read is passed over by the window.
 */
static uint64_t illegible_behind(struct log *log, uint64_t place)
{
	uint64_t n = 1;

	if (legible(log, place - 1))
		return 0;
	if (character(log, place - 1) == TEXT_RING_UNREADABLE)
		n = text_ring_behind(&log->in.scraps.ring, log->core, place - 1);
	return n < place ? n : place;
}

static uint64_t illegible_ahead(struct log *log, uint64_t place)
{
	uint64_t n = 1, left = log->in.scraps.ring.bytes - place;

	if (legible(log, place))
		return 0;
	if (character(log, place) == TEXT_RING_UNREADABLE)
		n = text_ring_ahead(&log->in.scraps.ring, log->core, place);
	return n < left ? n : left;
}

/*
 * Where the run of legible characters that ends before a place begins, or the piece of it: one that
 * is too long is cut at multiples of SCRAP_CUT with as many legible characters before them.
 */
static uint64_t scrap_start(struct log *log, uint64_t end)
{
	uint64_t cut = (end - 1) / SCRAP_CUT * SCRAP_CUT;
	uint64_t lowest = cut ? cut - SCRAP_CUT : 0;

	for (uint64_t at = end - 1; at > lowest; at--)
		if (!legible(log, at - 1))
			return at;
	return cut;
}

static uint64_t scrap_end(struct log *log, uint64_t start)
{
	uint64_t at = start + 1;

	while (at < log->in.scraps.ring.bytes && legible(log, at) &&
	       (at % SCRAP_CUT || at - start < SCRAP_CUT))
		at++;
	return at;
}

static bool scraps_older(struct log *log, struct record *record)
{
	struct scraps *s = &log->in.scraps;

	while (s->place) {
		uint64_t end = s->place, n = illegible_behind(log, end);

		s->place = n ? end - n : scrap_start(log, end);
		if (!n && end - s->place >= SCRAP_MIN) {
			scrap_read(log, s->place, end, record);
			return true;
		}
	}
	return false;
}

static bool scraps_newer(struct log *log, struct record *record)
{
	struct scraps *s = &log->in.scraps;

	while (s->place < s->ring.bytes) {
		uint64_t start = s->place, n = illegible_ahead(log, start);

		s->place = n ? start + n : scrap_end(log, start);
		if (!n && s->place - start >= SCRAP_MIN) {
			scrap_read(log, start, s->place, record);
			return true;
		}
	}
	return false;
}

static void scraps_rewind(struct log *log)
{
	log->in.scraps.place = 0;
}

static bool scraps_oldest_seq(struct log *log, uint64_t *seq)
{
	(void)log;
	(void)seq;
	return false;
}

bool log_scraps_open(struct log *log)
{
	struct scraps *s = &log->in.scraps;
	uint64_t bytes = log->scraps_bytes ? log->scraps_bytes : BYTES_UNKNOWN;
	struct record record;

	if (bytes > BYTES_MAX)
		bytes = BYTES_MAX;
	if (bytes % TEXT_RING_WINDOW)
		return false;
	text_ring_set(&s->ring, log->scraps_at, bytes);
	s->has_ids = false;
	oldest_set(log);
	s->place = bytes;
	if (!scraps_older(log, &record))
		return false;
	s->place = bytes;
	log->format = &log_scraps;
	log->damage = (struct log_damage){.scraps = true};
	return true;
}

const struct log_format log_scraps = {
	.rewind = scraps_rewind,
	.older = scraps_older,
	.newer = scraps_newer,
	.oldest_seq = scraps_oldest_seq,
};
