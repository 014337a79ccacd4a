/* SPDX-License-Identifier: GPL-2.0-only */
/* prb_record - one record of the printk ring, read by its id */
#include "sender/prb_record.h"

#include <string.h>

#include "sender/core_file.h"
#include "sender/log.h"

#define UNUSED_MAX       64 /* bytes of a block without text */
#define UNUSED_EMPTY_MAX 8  /* the same if there is none */
#define RESERVING_MAX    64 /* newest ids that processors may be about to take */

static void error_note(struct log *log, int error)
{
	if (error && !log->damage.error)
		log->damage.error = error;
}

/* What stands in a record's slot. */
struct slot {
	struct prb_desc desc;
	uint64_t seq, ts_nsec;
	uint32_t caller;
	uint16_t text_len;
	uint8_t facility, level;
	bool unreadable; /* a part of the record could not be read */
};

/* Reads a part of a record, see core_view(); the first read that fails is noted. */
static bool memory_view(struct log *log, struct slot *slot, uint64_t address, size_t n,
                        void *scratch, const uint8_t **bytes)
{
	int error = core_view(log->core, address, n, scratch, bytes);

	error_note(log, error);
	slot->unreadable |= error != 0;
	return !error;
}

static uint64_t info_address(const struct prb_ring *ring, uint64_t id)
{
	return ring->infos + (id & (ring->desc_count - 1)) * ring->layout.info_bytes;
}

/* Whether the record beside one counts on from it: its number is as far from its id. */
static bool neighbour_agrees(struct log *log, const struct prb_ring *ring, uint64_t id,
                             uint64_t distance)
{
	uint8_t raw[8];

	return core_read(log->core, info_address(ring, id) + ring->layout.info_seq, raw, 8) == 0 &&
	       ((id - core_number(log->core, raw, 8)) & ring->id_mask) == distance;
}

/*
 * Ids and numbers count up together: DESC0_ID makes ids begin at minus the number of descriptors,
 * as an unsigned int in 5.10 to 6.12 and as an unsigned long in 7.2. Should a kernel begin
 * elsewhere, the neighbours tell.
 */
static bool seq_fits(struct log *log, const struct prb_ring *ring, uint64_t id, uint64_t seq)
{
	uint64_t distance = (id - seq) & ring->id_mask;

	return distance == ((uint32_t)-ring->desc_count & ring->id_mask) ||
	       distance == (-ring->desc_count & ring->id_mask) ||
	       (seq % ring->desc_count == id % ring->desc_count &&
	        (neighbour_agrees(log, ring, id - 1, distance) ||
	         neighbour_agrees(log, ring, id + 1, distance)));
}

/* Reads a record's info. False if it cannot be read or belongs to another record. */
static bool info_read(struct log *log, const struct prb_ring *ring, struct slot *slot)
{
	const struct prb_layout *l = &ring->layout;
	uint64_t id = slot->desc.id;
	uint8_t scratch[PRB_STRUCT_BYTES_MAX], level;
	const uint8_t *raw;

	if (!memory_view(log, slot, info_address(ring, id), (size_t)l->info_bytes, scratch, &raw))
		return false;
	slot->seq = core_number(log->core, raw + l->info_seq, 8);
	slot->ts_nsec = core_number(log->core, raw + l->info_ts, 8);
	slot->text_len = (uint16_t)core_number(log->core, raw + l->info_text_len, 2);
	slot->caller = (uint32_t)core_number(log->core, raw + l->info_caller, 4);
	/* facility, then flags:5 and level:3, fill the bytes before caller_id; not in the note. */
	slot->facility = raw[l->info_caller - 2];
	level = raw[l->info_caller - 1];
	slot->level = log->core->big_endian ? level & 7 : level >> 5;
	return seq_fits(log, ring, id, slot->seq);
}

/*
 * Whether an info's length goes with the block: only the number may be left of an info, where it
 * lies across the end of a page that is lost. printk reserves what it formats, and leaves unused an
 * end of line, a level, a NUL (since 5.13) and what alignment takes.
 */
static bool text_fits(const struct record *record, uint64_t room)
{
	uint64_t most = record->text_bytes ? UNUSED_MAX : UNUSED_EMPTY_MAX;

	if (record->unfinished)
		return record->text_bytes <= room;
	if (!record->text_bytes && !record->ts_nsec && !record->caller && !record->level)
		return false;
	return record->text_bytes <= room && room - record->text_bytes <= most;
}

static bool is_block_of(struct log *log, const struct prb_ring *ring, uint64_t offset, uint64_t id)
{
	size_t n = (size_t)ring->layout.word;
	uint8_t scratch[8];
	const uint8_t *word;

	return !core_view(log->core, ring->data + offset, n, scratch, &word) &&
	       core_number(log->core, word, n) == id;
}

/*
 * The same by where the block begins and how long its text is, for next may be lost where the
 * descriptor lies across the end of a page. A block that did not fit before the ring's end bears
 * its id there too.
 */
static bool block_guess(struct log *log, const struct prb_ring *ring, const struct slot *slot,
                        uint64_t *offset, uint64_t *bytes)
{
	uint64_t word = ring->layout.word, left;

	*offset = slot->desc.begin % ring->data_bytes;
	left = ring->data_bytes - *offset;
	if (slot->desc.begin % word || slot->desc.state == PRB_RESERVED ||
	    !is_block_of(log, ring, *offset, slot->desc.id))
		return false;
	if (left < word + slot->text_len + UNUSED_MAX && is_block_of(log, ring, 0, slot->desc.id)) {
		*offset = 0;
		left = ring->data_bytes;
	}
	*bytes = slot->text_len;
	return word + slot->text_len <= left;
}

/* Reads a record's text. A block that bears another record's id was overwritten. */
static bool text_read(struct log *log, const struct prb_ring *ring, struct slot *slot,
                      struct record *record)
{
	size_t word = (size_t)ring->layout.word;
	uint64_t offset, room;
	const uint8_t *block;

	record->text = log->text;
	record->text_bytes = 0;
	if (slot->desc.begin == PRB_LPOS_EMPTY && slot->desc.next == PRB_LPOS_EMPTY)
		return true;
	if (!prb_block_find(ring, &slot->desc, &offset, &room) &&
	    !block_guess(log, ring, slot, &offset, &room))
		return false;
	record->text_bytes = slot->text_len;
	if (record->unfinished && !record->text_bytes)
		record->text_bytes = room < LOG_TEXT_MAX ? (size_t)room : LOG_TEXT_MAX;
	if (!text_fits(record, room))
		return false;
	if (!record->text_bytes && !record->unfinished) /* nothing of the block is wanted */
		return true;
	if (!memory_view(log, slot, ring->data + offset, word + record->text_bytes, log->text,
	                 &block))
		return false;
	record->text = (const char *)block + word;
	return core_number(log->core, block, word) == slot->desc.id;
}

/*
 * The text of a record that was being written, of which nobody knows how far it came: up to the NUL
 * that vsnprintf() puts at its end, if it came to that. Else the ring's older content follows.
 */
static void text_trim(struct record *record)
{
	const char *end = memchr(record->text, 0, record->text_bytes);

	if (end)
		record->text_bytes = (size_t)(end - record->text);
}

/*
 * Whether a record was about to be reserved when the machine died: desc_reserve() moves the head
 * first, and then takes the slot, of which the last record is reusable, or which was never used.
 */
static bool not_begun(struct log *log, const struct prb_ring *ring, uint64_t id,
                      const struct prb_desc *desc)
{
	bool unused = !desc->id && !desc->state && !desc->begin && !desc->next;
	bool reusable = desc->state == PRB_REUSABLE &&
	                desc->id == ((id - ring->desc_count) & ring->id_mask);
	uint64_t seq;

	return ((ring->head_id - id) & ring->id_mask) < RESERVING_MAX &&
	       (reusable || (unused && !prb_seq_read(log, ring, id, &seq)));
}

enum prb_verdict prb_record_read(struct log *log, const struct prb_ring *ring, uint64_t id,
                                 struct record *record)
{
	struct slot slot = {0};
	bool unfinished;
	int error = prb_desc_read(ring, log->core, id, &slot.desc);

	error_note(log, error);
	if (error)
		return PRB_DAMAGED;
	if (slot.desc.id != (id & ring->id_mask))
		return not_begun(log, ring, id, &slot.desc) ? PRB_NONE : PRB_DAMAGED;
	if (slot.desc.state == PRB_REUSABLE ||
	    (slot.desc.begin == PRB_LPOS_FAILED && slot.desc.next == PRB_LPOS_FAILED))
		return PRB_NONE;
	unfinished = slot.desc.state == PRB_RESERVED;
	if (!info_read(log, ring, &slot))
		return unfinished && !slot.unreadable ? PRB_NONE : PRB_DAMAGED;
	*record = (struct record){
		.seq = slot.seq,
		.numbered = true,
		.ts_nsec = slot.ts_nsec,
		.caller = slot.caller,
		.facility = slot.facility,
		.level = slot.level,
		.has_caller = true,
		.unfinished = unfinished,
	};
	if (!text_read(log, ring, &slot, record))
		return unfinished && !slot.unreadable ? PRB_NONE : PRB_DAMAGED;
	if (unfinished && !slot.text_len)
		text_trim(record);
	return PRB_READ;
}

bool prb_seq_read(struct log *log, const struct prb_ring *ring, uint64_t id, uint64_t *seq)
{
	struct slot slot = {.desc.id = id & ring->id_mask};

	if (!info_read(log, ring, &slot))
		return false;
	*seq = slot.seq;
	return true;
}
