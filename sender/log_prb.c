/* SPDX-License-Identifier: GPL-2.0-only */
/* log_prb - the printk ring of Linux 5.10 and later */
#include "sender/log_prb.h"

#include <errno.h>
#include <string.h>

#include "sender/log.h"

#define SIZE_BITS_MAX    31    /* log_buf_len= is capped at 2 GiB */
#define COUNT_BITS_MAX   27    /* one descriptor for 32 bytes of text, and one bit to spare */
#define STRUCT_BYTES_MAX 512   /* printk_info has 88 in 5.10 and 112 in 7.2 */
#define MISSES_MAX       65536 /* damaged records in a row, after which nothing older is tried */
#define UNFINISHED_SPAN  1024  /* newest ids in which records still being written are looked for */

/* Descriptor states, the two top bits of state_var (enum desc_state, same values since 5.10). */
enum { RESERVED = 0, COMMITTED = 1, FINALIZED = 2, REUSABLE = 3 };

/* Both positions of a record without a block. 5.10 and later; odd, so no real position. */
#define LPOS_FAILED 1 /* no room could be had: the record was lost as it was written */
#define LPOS_EMPTY  3 /* an empty line */

static bool prb_present(const struct vmcoreinfo *info)
{
	size_t n;

	return vmcoreinfo_text(info, "SYMBOL(prb)", &n) != NULL;
}

struct need {
	const char *key;
	uint64_t *value;
};

/* Fills in all values; returns the first key that the note does not have, or NULL. */
static const char *needs_read(const struct vmcoreinfo *info, const struct need *needs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!vmcoreinfo_decimal(info, needs[i].key, needs[i].value) ||
		    *needs[i].value > STRUCT_BYTES_MAX)
			return needs[i].key;
	return NULL;
}

#define NEEDS_READ(info, needs) needs_read(info, needs, sizeof(needs) / sizeof(needs[0]))

static bool within(uint64_t offset, uint64_t bytes, uint64_t whole)
{
	return bytes <= whole && offset <= whole - bytes;
}

static bool layout_read(struct prb_layout *l, const struct vmcoreinfo *info)
{
	uint64_t lpos, begin, next;
	const struct need needs[] = {
		{"SIZE(atomic_long_t)", &l->word},
		{"SIZE(prb_desc)", &l->desc_bytes},
		{"OFFSET(prb_desc.state_var)", &l->desc_state},
		{"OFFSET(prb_desc.text_blk_lpos)", &lpos},
		{"OFFSET(prb_data_blk_lpos.begin)", &begin},
		{"OFFSET(prb_data_blk_lpos.next)", &next},
		{"SIZE(printk_info)", &l->info_bytes},
		{"OFFSET(printk_info.seq)", &l->info_seq},
		{"OFFSET(printk_info.ts_nsec)", &l->info_ts},
		{"OFFSET(printk_info.text_len)", &l->info_text_len},
		{"OFFSET(printk_info.caller_id)", &l->info_caller},
	};

	if (NEEDS_READ(info, needs))
		return false;
	l->desc_begin = lpos + begin;
	l->desc_next = lpos + next;
	return (l->word == 4 || l->word == 8) && within(l->desc_state, l->word, l->desc_bytes) &&
	       within(l->desc_begin, l->word, l->desc_bytes) &&
	       within(l->desc_next, l->word, l->desc_bytes) &&
	       within(l->info_seq, 8, l->info_bytes) && within(l->info_ts, 8, l->info_bytes) &&
	       within(l->info_text_len, 4, l->info_bytes) && l->info_caller >= 2 &&
	       within(l->info_caller, 4, l->info_bytes);
}

/* Reads a part of a record; the first read that fails is noted. */
static bool memory_read(struct log *log, uint64_t address, void *to, size_t n)
{
	int error = core_read(log->core, address, to, n);

	if (error && !log->damage.error)
		log->damage.error = error;
	return !error;
}

static bool number_at(struct core *core, uint64_t address, uint64_t bytes, uint64_t *value)
{
	uint8_t raw[8];

	if (core_read(core, address, raw, bytes))
		return false;
	*value = core_number(core, raw, bytes);
	return true;
}

/* Reads the ring's own fields, whose places the note gives in two steps each. */
static bool ring_read(struct prb *prb, struct core *core, const struct vmcoreinfo *info)
{
	uint64_t ring, desc_ring, text_ring, count_bits, descs, infos, head, tail, size_bits, data;
	uint64_t word = prb->layout.word;
	const struct need needs[] = {
		{"OFFSET(printk_ringbuffer.desc_ring)", &desc_ring},
		{"OFFSET(printk_ringbuffer.text_data_ring)", &text_ring},
		{"OFFSET(prb_desc_ring.count_bits)", &count_bits},
		{"OFFSET(prb_desc_ring.descs)", &descs},
		{"OFFSET(prb_desc_ring.infos)", &infos},
		{"OFFSET(prb_desc_ring.head_id)", &head},
		{"OFFSET(prb_desc_ring.tail_id)", &tail},
		{"OFFSET(prb_data_ring.size_bits)", &size_bits},
		{"OFFSET(prb_data_ring.data)", &data},
	};

	if (NEEDS_READ(info, needs) || !vmcoreinfo_hex(info, "SYMBOL(prb)", &ring) ||
	    !number_at(core, ring, word, &ring)) /* prb is a pointer */
		return false;
	desc_ring += ring;
	text_ring += ring;
	if (!number_at(core, desc_ring + count_bits, 4, &count_bits) ||
	    !number_at(core, desc_ring + descs, word, &prb->descs) ||
	    !number_at(core, desc_ring + infos, word, &prb->infos) ||
	    !number_at(core, desc_ring + head, word, &prb->head_id) ||
	    !number_at(core, desc_ring + tail, word, &prb->tail_id) ||
	    !number_at(core, text_ring + size_bits, 4, &size_bits) ||
	    !number_at(core, text_ring + data, word, &prb->data))
		return false;
	if (!count_bits || count_bits > COUNT_BITS_MAX || !size_bits || size_bits > SIZE_BITS_MAX ||
	    count_bits > size_bits) /* the kernel has 32 bytes of text for each descriptor */
		return false;
	prb->desc_count = UINT64_C(1) << count_bits;
	prb->data_bytes = UINT64_C(1) << size_bits;
	return true;
}

/* What stands in a record's slot. */
struct slot {
	unsigned state;
	uint64_t begin, next;
	uint64_t seq, ts_nsec;
	uint32_t caller;
	uint16_t text_len;
	uint8_t facility, level;
};

static uint64_t id_at(const struct prb *prb, uint64_t position)
{
	return (prb->tail_id + position) & prb->id_mask;
}

/* Reads the descriptor at a position. False if it cannot be read or belongs to another record. */
static bool desc_read(struct log *log, uint64_t position, struct slot *slot)
{
	const struct prb *prb = &log->in.prb;
	const struct prb_layout *l = &prb->layout;
	uint64_t id = id_at(prb, position), value;
	uint8_t raw[STRUCT_BYTES_MAX];

	if (!memory_read(log, prb->descs + id % prb->desc_count * l->desc_bytes, raw,
	                 l->desc_bytes))
		return false;
	value = core_number(log->core, raw + l->desc_state, l->word);
	slot->state = (unsigned)(value >> (l->word * 8 - 2));
	slot->begin = core_number(log->core, raw + l->desc_begin, l->word);
	slot->next = core_number(log->core, raw + l->desc_next, l->word);
	return (value & prb->id_mask) == id;
}

static uint64_t info_address(const struct prb *prb, uint64_t id)
{
	return prb->infos + id % prb->desc_count * prb->layout.info_bytes;
}

/* Whether the record beside one counts on from it: its number is as far from its id. */
static bool neighbour_agrees(struct log *log, uint64_t id, uint64_t distance)
{
	const struct prb *prb = &log->in.prb;
	uint64_t seq;

	return number_at(log->core, info_address(prb, id) + prb->layout.info_seq, 8, &seq) &&
	       ((id - seq) & prb->id_mask) == distance;
}

/*
 * Ids and numbers count up together: DESC0_ID makes ids begin at minus the number of descriptors,
 * as an unsigned int in 5.10 to 6.12 and as an unsigned long in 7.2. Should a kernel begin
 * elsewhere, the neighbours tell.
 */
static bool seq_fits(struct log *log, uint64_t id, uint64_t seq)
{
	const struct prb *prb = &log->in.prb;
	uint64_t distance = (id - seq) & prb->id_mask;

	return distance == ((uint32_t)-prb->desc_count & prb->id_mask) ||
	       distance == (-prb->desc_count & prb->id_mask) ||
	       (seq % prb->desc_count == id % prb->desc_count &&
	        (neighbour_agrees(log, id - 1, distance) ||
	         neighbour_agrees(log, id + 1, distance)));
}

/* Reads the info at a position. False if it cannot be read or belongs to another record. */
static bool info_read(struct log *log, uint64_t position, struct slot *slot)
{
	const struct prb *prb = &log->in.prb;
	const struct prb_layout *l = &prb->layout;
	uint64_t id = id_at(prb, position);
	uint8_t raw[STRUCT_BYTES_MAX], level;

	if (!memory_read(log, info_address(prb, id), raw, l->info_bytes))
		return false;
	slot->seq = core_number(log->core, raw + l->info_seq, 8);
	slot->ts_nsec = core_number(log->core, raw + l->info_ts, 8);
	slot->text_len = (uint16_t)core_number(log->core, raw + l->info_text_len, 2);
	slot->caller = (uint32_t)core_number(log->core, raw + l->info_caller, 4);
	/* facility, then flags:5 and level:3, fill the bytes before caller_id; not in the note. */
	slot->facility = raw[l->info_caller - 2];
	level = raw[l->info_caller - 1];
	slot->level = log->core->big_endian ? level & 7 : level >> 5;
	return seq_fits(log, id, slot->seq);
}

/* Finds the block of a record: *offset in data, *bytes of text behind its id. */
static bool block_find(const struct prb *prb, const struct slot *slot, uint64_t *offset,
                       uint64_t *bytes)
{
	uint64_t mask = prb->word_mask, word = prb->layout.word;
	uint64_t whole = (slot->next - slot->begin) & mask;
	uint64_t last = (slot->next - 1) & mask;

	if (slot->begin % word || slot->next % word || !whole || whole > prb->data_bytes)
		return false;
	*offset = slot->begin % prb->data_bytes;
	if (slot->begin / prb->data_bytes != last / prb->data_bytes) {
		*offset = 0;
		whole = last % prb->data_bytes + 1;
	}
	if (whole < word)
		return false;
	*bytes = whole - word;
	return true;
}

/* Reads a record's text. A block that bears another record's id was overwritten. */
static bool text_read(struct log *log, uint64_t position, const struct slot *slot,
                      struct record *record)
{
	const struct prb *prb = &log->in.prb;
	uint64_t word = prb->layout.word, offset, room;
	uint8_t id[8];

	record->text = log->text;
	record->text_bytes = 0;
	if (slot->begin == LPOS_EMPTY && slot->next == LPOS_EMPTY)
		return true;
	if (!block_find(prb, slot, &offset, &room) ||
	    !memory_read(log, prb->data + offset, id, word) ||
	    core_number(log->core, id, word) != id_at(prb, position))
		return false;
	record->text_bytes = slot->text_len;
	if (record->unfinished && !record->text_bytes)
		record->text_bytes = room < LOG_TEXT_MAX ? room : LOG_TEXT_MAX;
	if (record->text_bytes > room)
		return false;
	return memory_read(log, prb->data + offset + word, log->text, record->text_bytes);
}

/*
 * The text of a record that was being written: what vsnprintf() got to, up to its NUL; behind it
 * is the ring's older content.
 */
static void text_trim(struct record *record)
{
	const char *end = memchr(record->text, 0, record->text_bytes);

	if (end)
		record->text_bytes = (size_t)(end - record->text);
}

enum verdict { RECORD_READ, RECORD_NONE, RECORD_DAMAGED };

static enum verdict record_read(struct log *log, uint64_t position, struct record *record)
{
	struct slot slot;

	if (!desc_read(log, position, &slot))
		return RECORD_DAMAGED;
	if (slot.state == REUSABLE || (slot.begin == LPOS_FAILED && slot.next == LPOS_FAILED))
		return RECORD_NONE;
	if (!info_read(log, position, &slot))
		return slot.state == RESERVED ? RECORD_NONE : RECORD_DAMAGED;
	*record = (struct record){
		.seq = slot.seq,
		.numbered = true,
		.ts_nsec = slot.ts_nsec,
		.caller = slot.caller,
		.facility = slot.facility,
		.level = slot.level,
		.unfinished = slot.state == RESERVED,
	};
	if (!text_read(log, position, &slot, record))
		return slot.state == RESERVED ? RECORD_NONE : RECORD_DAMAGED;
	if (slot.state == RESERVED && !slot.text_len)
		text_trim(record);
	return RECORD_READ;
}

/* Those still being written when the machine died are the newest of all, wherever they stand. */
static void unfinished_find(struct log *log)
{
	struct prb *prb = &log->in.prb;
	unsigned max = sizeof(prb->unfinished) / sizeof(prb->unfinished[0]);
	uint64_t span = prb->count < UNFINISHED_SPAN ? prb->count : UNFINISHED_SPAN;
	struct slot slot;

	for (uint64_t i = 1; i <= span && prb->unfinished_count < max; i++)
		if (desc_read(log, prb->count - i, &slot) && slot.state == RESERVED)
			prb->unfinished[prb->unfinished_count++] = prb->count - i;
	log->damage = (struct log_damage){0};
}

static bool is_unfinished(const struct prb *prb, uint64_t position)
{
	for (unsigned i = 0; i < prb->unfinished_count; i++)
		if (prb->unfinished[i] == position)
			return true;
	return false;
}

static const char *prb_open(struct log *log, const struct vmcoreinfo *info)
{
	struct prb *prb = &log->in.prb;

	memset(prb, 0, sizeof(*prb));
	if (!layout_read(&prb->layout, info))
		return "has a VMCOREINFO note that does not describe the printk ring";
	prb->word_mask = prb->layout.word == 8 ? UINT64_MAX : UINT32_MAX;
	prb->id_mask = prb->word_mask >> 2;
	if (!ring_read(prb, log->core, info))
		return "holds no printk ring where its VMCOREINFO note says";
	prb->count = ((prb->head_id - prb->tail_id) & prb->id_mask) + 1;
	if (prb->count > prb->desc_count) { /* the tail is damaged: go back as far as there is */
		prb->count = prb->desc_count;
		prb->tail_id = prb->head_id - prb->count + 1;
	}
	prb->position = prb->lowest = prb->count;
	unfinished_find(log);
	return NULL;
}

/* A ring that claims millions of records and has none must not take minutes to say so. */
static void damage_add(struct log *log)
{
	struct prb *prb = &log->in.prb;

	log->damage.records++;
	if (++prb->misses < MISSES_MAX)
		return;
	log->damage.records += prb->position - prb->bottom;
	prb->bottom = prb->position;
}

static bool prb_older(struct log *log, struct record *record)
{
	struct prb *prb = &log->in.prb;

	while (prb->unfinished_at < prb->unfinished_count)
		if (record_read(log, prb->unfinished[prb->unfinished_at++], record) == RECORD_READ)
			return true;
	while (prb->position > prb->bottom) {
		enum verdict verdict;

		if (is_unfinished(prb, --prb->position))
			continue;
		verdict = record_read(log, prb->position, record);
		if (verdict == RECORD_DAMAGED && prb->position < prb->lowest)
			damage_add(log);
		prb->lowest = prb->position < prb->lowest ? prb->position : prb->lowest;
		if (verdict == RECORD_READ) {
			prb->misses = 0;
			return true;
		}
	}
	return false;
}

static bool prb_newer(struct log *log, struct record *record)
{
	struct prb *prb = &log->in.prb;

	while (prb->position < prb->count)
		if (!is_unfinished(prb, prb->position++) &&
		    record_read(log, prb->position - 1, record) == RECORD_READ)
			return true;
	while (prb->unfinished_at)
		if (record_read(log, prb->unfinished[--prb->unfinished_at], record) == RECORD_READ)
			return true;
	return false;
}

/*
 * The kernel frees text long before it needs the descriptors again, so the oldest ids are in state
 * reusable, all in a row: the first behind them is found by halving. Damage makes it a guess.
 */
static bool prb_oldest_seq(struct log *log, uint64_t *seq)
{
	struct prb *prb = &log->in.prb;
	uint64_t low = 0, high = prb->count;
	struct slot slot;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (desc_read(log, middle, &slot) && slot.state != REUSABLE)
			high = middle;
		else
			low = middle + 1;
	}
	while (low < prb->count && is_unfinished(prb, low))
		low++;
	if (low == prb->count || !info_read(log, low, &slot))
		return false;
	*seq = slot.seq;
	return true;
}

const struct log_format log_prb = {
	.present = prb_present,
	.open = prb_open,
	.older = prb_older,
	.newer = prb_newer,
	.oldest_seq = prb_oldest_seq,
};
