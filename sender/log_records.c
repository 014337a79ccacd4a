/* SPDX-License-Identifier: GPL-2.0-only */
/* log_records - the record buffer of Linux 3.5 to 5.9 */
#include "sender/log_records.h"

#include <string.h>

#include "sender/core_file.h"
#include "sender/log.h"

#define BUFFER_MAX    (1u << 31) /* log_buf_len= is capped at 2 GiB */
#define BUFFER_LEAST  RECORDS_HEADER_MAX
#define BUFFER_LIKELY 4096       /* at least, where the length is not known */
#define SEARCH_MAX    (1u << 26) /* places looked at for a record, in all */
#define INDEX_LIKELY_MAX                                                                           \
	(1u << 26)        /* an index beyond is no index, where the length is not known            \
	                   */
#define ALIGN           4 /* of records; 8 on machines that cannot do with less */
#define PADDING_MAX     7
#define UNREADABLE_STEP 4096 /* what cannot be read is a page at least */

/* enum log_flags */
enum { NEWLINE = 2, PREFIX = 4, CONT = 8 };

struct head {
	uint64_t ts_nsec;
	uint32_t caller;
	uint16_t len, text_len, dict_len;
	uint8_t facility, level, flags;
};

static bool records_present(const struct vmcoreinfo *info)
{
	static const char *const keys[] = {"SYMBOL(log_first_idx)", "SYMBOL(log_next_idx)",
	                                   "SIZE(printk_log)", "SIZE(log)"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (vmcoreinfo_has(info, keys[i]))
			return true;
	return false;
}

/*
 * An index that cannot be one costs the order of the log, not the log: without the first, all of
 * the buffer behind the newest record is searched; without the next, all of it behind the oldest.
 */
static void span_set(struct records *r, uint64_t first, uint64_t next)
{
	bool first_fits = first < r->bytes && first % ALIGN == 0;
	bool next_fits = next < r->bytes && next % ALIGN == 0;

	r->end_unknown = !next_fits;
	r->ends_inferred = !first_fits || !next_fits;
	r->first = (uint32_t)(first_fits ? first : next_fits ? next : 0);
	r->span = r->bytes;
	if (first_fits && next_fits)
		r->span = (uint32_t)(next >= first ? next - first : r->bytes - first + next);
}

/* Offsets before the buffer's end, and from there on, are stretches that no record crosses. */
static uint32_t stretch_end(const struct records *r, uint32_t offset)
{
	uint32_t upper = r->bytes - r->first;

	return offset < upper && upper < r->span ? upper : r->span;
}

static uint64_t address_of(const struct records *r, uint32_t offset)
{
	uint32_t upper = r->bytes - r->first;

	return r->buffer + (offset < upper ? r->first + offset : offset - upper);
}

enum found { FOUND_RECORD, FOUND_ZERO, FOUND_NOTHING, FOUND_UNREADABLE };

static bool is_plausible(const struct records *r, const struct head *head, uint32_t room)
{
	uint32_t header = (uint32_t)r->layout.header_bytes, text = head->text_len, rest;

	if (head->len > room || head->len < header || head->len % ALIGN)
		return false;
	rest = head->len - header;
	return text <= rest && head->dict_len <= rest - text &&
	       rest - text - head->dict_len <= PADDING_MAX;
}

/* What there is at an offset. */
static enum found head_read(struct log *log, uint32_t offset, struct head *head)
{
	const struct records *r = &log->in.records;
	const struct records_layout *l = &r->layout;
	uint32_t room = stretch_end(r, offset) - offset;
	uint8_t scratch[RECORDS_HEADER_MAX], level;
	const uint8_t *raw;
	int error;

	if (room < l->header_bytes)
		return FOUND_NOTHING;
	error = core_view(log->core, address_of(r, offset), (size_t)l->header_bytes, scratch, &raw);
	if (error) {
		if (!log->damage.error)
			log->damage.error = error;
		return FOUND_UNREADABLE;
	}
	head->ts_nsec = core_number(log->core, raw + l->ts, 8);
	head->len = (uint16_t)core_number(log->core, raw + l->len, 2);
	head->text_len = (uint16_t)core_number(log->core, raw + l->text_len, 2);
	head->dict_len = (uint16_t)core_number(log->core, raw + l->dict_len, 2);
	head->caller = l->caller ? (uint32_t)core_number(log->core, raw + l->caller, 4) : 0;
	head->facility = raw[l->dict_len + 2];
	level = raw[l->dict_len + 3];
	head->level = log->core->big_endian ? level & 7 : level >> 5;
	head->flags = log->core->big_endian ? level >> 3 : level & 31;
	if (!head->len)
		return FOUND_ZERO;
	return is_plausible(r, head, room) ? FOUND_RECORD : FOUND_NOTHING;
}

/* Older than the oldest record: what is left of text that the kernel had freed. */
static bool is_stale(const struct records *r, const struct head *head)
{
	return head->ts_nsec < r->oldest_ts;
}

/* Whether what follows a record could follow it: another one, or the end of all or of the buffer.
 */
static bool is_followed(struct log *log, uint32_t offset)
{
	const struct records *r = &log->in.records;
	struct head head;
	enum found found;

	if (offset == r->span || offset == r->bytes - r->first)
		return true;
	found = head_read(log, offset, &head);
	return found == FOUND_RECORD || (found == FOUND_ZERO && stretch_end(r, offset) < r->span);
}

/* How far on from an address that cannot be read a search goes on: a page at least is lost. */
static uint32_t unreadable_step(struct log *log, uint64_t address)
{
	uint64_t page = UNREADABLE_STEP - address % UNREADABLE_STEP, back, ahead;

	core_hole(log->core, address, &back, &ahead);
	if (ahead >= UINT32_MAX)
		return UINT32_MAX;
	ahead = (ahead + 1) / ALIGN * ALIGN;
	return (uint32_t)(ahead > page ? ahead : page);
}

/* The next offset at which a record can be, or the end of the stretch. */
static uint32_t record_search(struct log *log, uint32_t offset)
{
	const struct records *r = &log->in.records;
	uint32_t end = stretch_end(r, offset);
	struct head head;

	while (offset < end && log->in.records.search_left) {
		enum found found = head_read(log, offset, &head);
		uint32_t step = ALIGN;

		log->in.records.search_left--;
		if (found == FOUND_RECORD && !is_stale(r, &head) &&
		    is_followed(log, offset + head.len))
			return offset;
		if (found == FOUND_UNREADABLE)
			step = unreadable_step(log, address_of(r, offset));
		offset = step < end - offset ? offset + step : end;
	}
	return end;
}

/*
 * Makes *place that of the next record and *next what a walk needs to go on behind it. False at the
 * end of the log.
 */
static bool walk_step(struct log *log, struct records_place *place, struct records_place *next)
{
	struct records *r = &log->in.records;
	struct head head;

	for (*place = *next; place->offset < r->span;) {
		enum found found = head_read(log, place->offset, &head);
		uint32_t end = stretch_end(r, place->offset), went_on;

		if (found == FOUND_RECORD && !(r->end_unknown && is_stale(r, &head))) {
			next->offset = place->offset + head.len;
			next->before = head.flags;
			next->gap = false;
			return true;
		}
		went_on = record_search(log,
		                        place->offset + ALIGN < end ? place->offset + ALIGN : end);
		/* A record of length 0 says that nothing else comes before the buffer's end. */
		if (found != FOUND_ZERO || went_on < end || end == r->span) {
			place->gap = true;
			place->before = 0;
		}
		place->offset = went_on;
	}
	*next = *place;
	return false;
}

static void keep(struct records *r, uint64_t position, const struct records_place *place)
{
	r->kept[position % RECORDS_KEPT] = *place;
	r->kept_to = position + 1;
	if (r->kept_to - r->kept_from > RECORDS_KEPT)
		r->kept_from = r->kept_to - RECORDS_KEPT;
}

/* Marks every so many records; when there are too many marks, every other one goes. */
static void mark(struct records *r, uint64_t position, const struct records_place *place)
{
	if (position % r->stride)
		return;
	if (position / r->stride == RECORDS_MARKS) {
		for (unsigned i = 1; i < RECORDS_MARKS / 2; i++)
			r->marks[i] = r->marks[2 * i];
		r->stride *= 2;
	}
	r->marks[position / r->stride] = *place;
}

/* The time of the oldest record is known before anything has to be searched for, if it is whole. */
static void oldest_find(struct log *log)
{
	struct head head;

	if (head_read(log, 0, &head) == FOUND_RECORD && is_followed(log, head.len))
		log->in.records.oldest_ts = head.ts_nsec;
}

static void walk_all(struct log *log)
{
	struct records *r = &log->in.records;
	struct records_place place, next = {0};

	r->oldest_ts = r->count = r->kept_from = r->kept_to = 0;
	oldest_find(log);
	for (r->stride = 1; walk_step(log, &place, &next); r->count++) {
		keep(r, r->count, &place);
		mark(r, r->count, &place);
	}
	r->gap_at_end = next.gap;
}

/* Finds the places of the positions before to again, as many as are kept. */
static void walk_again(struct log *log, uint64_t from, uint64_t to)
{
	struct records *r = &log->in.records;
	uint64_t position = from / r->stride * r->stride;
	struct records_place place, next = r->marks[from / r->stride];

	r->kept_from = r->kept_to = position;
	for (; position < to && walk_step(log, &place, &next); position++)
		keep(r, position, &place);
}

static const struct records_place *place_at(struct log *log, uint64_t position)
{
	struct records *r = &log->in.records;
	uint64_t left = r->count - position;

	if (position < r->kept_from)
		walk_again(log, position, position + 1);
	else if (position >= r->kept_to)
		walk_again(log, position, position + (left < RECORDS_KEPT ? left : RECORDS_KEPT));
	if (position < r->kept_from || position >= r->kept_to)
		return NULL; /* what could be read once can no longer be */
	return &r->kept[position % RECORDS_KEPT];
}

/* The length, else the smallest power of two that both indexes lie in; 0 if none is known. */
static uint64_t length_read(struct log *log, const struct vmcoreinfo *info, uint64_t first,
                            uint64_t next)
{
	uint64_t highest = first > next ? first : next, bytes;

	if (log_symbol(log, info, "SYMBOL(log_buf_len)", 4, &bytes) && bytes >= BUFFER_LEAST &&
	    bytes <= BUFFER_MAX && !(bytes & (bytes - 1)))
		return bytes;
	log->damage.fields = true;
	for (bytes = BUFFER_LIKELY; bytes <= highest; bytes *= 2)
		if (bytes > INDEX_LIKELY_MAX)
			return 0;
	return bytes;
}

/* An index that cannot be read is like one that cannot be: span_set() tells both. */
static uint64_t index_read(struct log *log, const struct vmcoreinfo *info, const char *key)
{
	uint64_t index;

	return log_symbol(log, info, key, 4, &index) ? index : UINT32_MAX;
}

/* Walks the buffer with one layout after the other; the one that finds most records stays. */
static void layout_find(struct log *log, const struct vmcoreinfo *info)
{
	struct records *r = &log->in.records;
	struct records_layout best = r->layout;
	uint64_t most = 0;

	for (unsigned known = 0; known < RECORDS_LAYOUTS_KNOWN; known++) {
		records_layout_read(&r->layout, info, known);
		walk_all(log);
		if (r->count > most) {
			most = r->count;
			best = r->layout;
		}
	}
	r->layout = best;
	walk_all(log);
}

static const char *records_open(struct log *log, const struct vmcoreinfo *info)
{
	struct records *r = &log->in.records;
	uint64_t bytes, first, next;

	memset(r, 0, sizeof(*r));
	records_layout_read(&r->layout, info, RECORDS_LAYOUT_3_5);
	if (!log_symbol(log, info, "SYMBOL(log_buf)", log->core->word, &r->buffer))
		return "holds no record buffer where its VMCOREINFO note says";
	first = index_read(log, info, "SYMBOL(log_first_idx)");
	next = index_read(log, info, "SYMBOL(log_next_idx)");
	bytes = length_read(log, info, first, next);
	if (!bytes) {
		log->scraps_at = r->buffer;
		return "holds a record buffer of a length that cannot be";
	}
	r->bytes = (uint32_t)bytes;
	r->search_left = SEARCH_MAX;
	r->joins = records_joined(info);
	span_set(r, first, next);
	walk_all(log);
	if (r->layout.inferred)
		layout_find(log, info);
	r->position = r->seen_from = r->seen_to = r->count;
	log->damage.records = r->gap_at_end && !r->end_unknown; /* there it is free space */
	log->damage.fields |= r->ends_inferred;
	log->damage.note = r->layout.inferred;
	if (!r->count) {
		log->scraps_at = r->buffer;
		log->scraps_bytes = bytes;
	}
	return NULL;
}

static void records_rewind(struct log *log)
{
	struct records *r = &log->in.records;

	r->position = r->seen_from = r->seen_to = 0;
}

/*
 * What msg_print_text() did with continuation records. At the log's end, where nothing goes on, a
 * line is ended all the same.
 */
static void join(const struct records *r, uint64_t position, uint8_t before, uint8_t flags,
                 struct record *record)
{
	if (!r->joins)
		return;
	record->joined = (before & CONT && !(flags & PREFIX)) ||
	                 (flags & CONT && before & CONT && !(before & NEWLINE));
	record->open = flags & CONT && !(flags & NEWLINE) && position + 1 < r->count;
}

static bool record_read(struct log *log, uint64_t position, const struct records_place *place,
                        struct record *record)
{
	const struct records *r = &log->in.records;
	const uint8_t *text;
	struct head head;
	int error;

	if (head_read(log, place->offset, &head) != FOUND_RECORD)
		return false;
	error = core_view(log->core, address_of(r, place->offset) + r->layout.header_bytes,
	                  head.text_len, log->text, &text);
	if (error && !log->damage.error)
		log->damage.error = error;
	*record = (struct record){
		.seq = position,
		.numbered = true,
		.ts_nsec = head.ts_nsec,
		.caller = head.caller,
		.has_caller = r->layout.caller > 0,
		.facility = head.facility,
		.level = head.level,
		.text = (const char *)text,
		.text_bytes = head.text_len,
	};
	join(r, position, place->before, head.flags, record);
	return !error;
}

static void damage_add(struct log *log, const struct records_place *place, bool read)
{
	log->damage.records += !read;
	log->damage.records += place && place->gap;
}

static bool records_older(struct log *log, struct record *record)
{
	struct records *r = &log->in.records;

	while (r->position) {
		const struct records_place *place = place_at(log, --r->position);
		bool read = place && record_read(log, r->position, place, record);

		if (r->position < r->seen_from) {
			r->seen_from = r->position;
			damage_add(log, place, read);
		}
		if (read)
			return true;
	}
	return false;
}

static bool records_newer(struct log *log, struct record *record)
{
	struct records *r = &log->in.records;

	while (r->position < r->count) {
		const struct records_place *place = place_at(log, r->position);
		bool read = place && record_read(log, r->position, place, record);

		if (++r->position > r->seen_to) {
			r->seen_to = r->position;
			damage_add(log, place, read);
		}
		if (read)
			return true;
	}
	return false;
}

static bool records_oldest_seq(struct log *log, uint64_t *seq)
{
	*seq = 0;
	return log->in.records.count > 0;
}

const struct log_format log_records = {
	.present = records_present,
	.open = records_open,
	.rewind = records_rewind,
	.older = records_older,
	.newer = records_newer,
	.oldest_seq = records_oldest_seq,
};
