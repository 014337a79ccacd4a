/* SPDX-License-Identifier: GPL-2.0-only */
/* log_prb - the printk ring of Linux 5.10 and later */
#include "sender/log_prb.h"

#include <errno.h>
#include <string.h>

#include "sender/log.h"

#define MISSES_MAX      65536 /* damaged records in a row, after which nothing older is tried */
#define UNFINISHED_SPAN 1024  /* newest ids in which records still being written are looked for */
#define READABLE_SPAN   1024  /* newest ids of which one must be a record that can be read */

static bool has_key(const struct vmcoreinfo *info, const char *key)
{
	size_t n;

	return vmcoreinfo_text(info, key, &n) != NULL;
}

static bool prb_present(const struct vmcoreinfo *info)
{
	return has_key(info, "SYMBOL(prb)") || has_key(info, "SYMBOL(printk_rb_static)");
}

/* Reads a part of a record; the first read that fails is noted. */
static bool memory_read(struct log *log, uint64_t address, void *to, size_t n)
{
	int error = core_read(log->core, address, to, n);

	if (error && !log->damage.error)
		log->damage.error = error;
	return !error;
}

/* What stands in a record's slot. */
struct slot {
	struct prb_desc desc;
	uint64_t seq, ts_nsec;
	uint32_t caller;
	uint16_t text_len;
	uint8_t facility, level;
};

static uint64_t id_at(const struct prb *prb, uint64_t position)
{
	return (prb->ring.tail_id + position) & prb->ring.id_mask;
}

/* Reads the descriptor at a position. False if it cannot be read or belongs to another record. */
static bool desc_read(struct log *log, uint64_t position, struct slot *slot)
{
	const struct prb *prb = &log->in.prb;
	uint64_t id = id_at(prb, position);
	int error = prb_desc_read(&prb->ring, log->core, id, &slot->desc);

	if (error && !log->damage.error)
		log->damage.error = error;
	return !error && slot->desc.id == id;
}

static uint64_t info_address(const struct prb_ring *ring, uint64_t id)
{
	return ring->infos + id % ring->desc_count * ring->layout.info_bytes;
}

/* Whether the record beside one counts on from it: its number is as far from its id. */
static bool neighbour_agrees(struct log *log, uint64_t id, uint64_t distance)
{
	const struct prb_ring *ring = &log->in.prb.ring;
	uint8_t raw[8];

	return core_read(log->core, info_address(ring, id) + ring->layout.info_seq, raw, 8) == 0 &&
	       ((id - core_number(log->core, raw, 8)) & ring->id_mask) == distance;
}

/*
 * Ids and numbers count up together: DESC0_ID makes ids begin at minus the number of descriptors,
 * as an unsigned int in 5.10 to 6.12 and as an unsigned long in 7.2. Should a kernel begin
 * elsewhere, the neighbours tell.
 */
static bool seq_fits(struct log *log, uint64_t id, uint64_t seq)
{
	const struct prb_ring *ring = &log->in.prb.ring;
	uint64_t distance = (id - seq) & ring->id_mask;

	return distance == ((uint32_t)-ring->desc_count & ring->id_mask) ||
	       distance == (-ring->desc_count & ring->id_mask) ||
	       (seq % ring->desc_count == id % ring->desc_count &&
	        (neighbour_agrees(log, id - 1, distance) ||
	         neighbour_agrees(log, id + 1, distance)));
}

/* Reads the info at a position. False if it cannot be read or belongs to another record. */
static bool info_read(struct log *log, uint64_t position, struct slot *slot)
{
	const struct prb *prb = &log->in.prb;
	const struct prb_layout *l = &prb->ring.layout;
	uint64_t id = id_at(prb, position);
	uint8_t raw[PRB_STRUCT_BYTES_MAX], level;

	if (!memory_read(log, info_address(&prb->ring, id), raw, l->info_bytes))
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

/* Reads a record's text. A block that bears another record's id was overwritten. */
static bool text_read(struct log *log, const struct slot *slot, struct record *record)
{
	const struct prb_ring *ring = &log->in.prb.ring;
	uint64_t word = ring->layout.word, offset, room;
	uint8_t id[8];

	record->text = log->text;
	record->text_bytes = 0;
	if (slot->desc.begin == PRB_LPOS_EMPTY && slot->desc.next == PRB_LPOS_EMPTY)
		return true;
	if (!prb_block_find(ring, &slot->desc, &offset, &room) ||
	    !memory_read(log, ring->data + offset, id, word) ||
	    core_number(log->core, id, word) != slot->desc.id)
		return false;
	record->text_bytes = slot->text_len;
	if (record->unfinished && !record->text_bytes)
		record->text_bytes = room < LOG_TEXT_MAX ? room : LOG_TEXT_MAX;
	if (record->text_bytes > room)
		return false;
	return memory_read(log, ring->data + offset + word, log->text, record->text_bytes);
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
	bool unfinished;

	if (!desc_read(log, position, &slot))
		return RECORD_DAMAGED;
	if (slot.desc.state == PRB_REUSABLE ||
	    (slot.desc.begin == PRB_LPOS_FAILED && slot.desc.next == PRB_LPOS_FAILED))
		return RECORD_NONE;
	unfinished = slot.desc.state == PRB_RESERVED;
	if (!info_read(log, position, &slot))
		return unfinished ? RECORD_NONE : RECORD_DAMAGED;
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
	if (!text_read(log, &slot, record))
		return unfinished ? RECORD_NONE : RECORD_DAMAGED;
	if (unfinished && !slot.text_len)
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
		if (desc_read(log, prb->count - i, &slot) && slot.desc.state == PRB_RESERVED)
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

/* Takes a ring as it is: all ids from its tail to its head, none of them seen yet. */
static void ring_take(struct log *log, const struct prb_ring *ring)
{
	struct prb *prb = &log->in.prb;

	*prb = (struct prb){.ring = *ring};
	prb->count = ((ring->head_id - ring->tail_id) & ring->id_mask) + 1;
	prb->position = prb->seen_from = prb->seen_to = prb->count;
	unfinished_find(log);
}

/*
 * Whether records can be read with this layout. One alone proves nothing: the info of slot 0 stands
 * where it does whatever its size.
 */
static bool ring_readable(struct log *log)
{
	struct prb *prb = &log->in.prb;
	unsigned read = 0, damaged = 0;
	struct record record;

	for (uint64_t i = 1; i <= prb->count && i <= READABLE_SPAN && read < 2; i++) {
		enum verdict verdict = record_read(log, prb->count - i, &record);

		read += verdict == RECORD_READ;
		damaged += verdict == RECORD_DAMAGED;
	}
	return read > 1 || (read && !damaged);
}

/*
 * Where the ring is: prb is a pointer to it. Without that it is the kernel's own, which is in use
 * unless log_buf_len= or the number of processors asked for a larger one.
 */
static bool ring_address(struct log *log, const struct vmcoreinfo *info, uint64_t word,
                         unsigned way, uint64_t *address)
{
	if (way == 0)
		return log_symbol(log, info, "SYMBOL(prb)", word, address) && *address;
	return vmcoreinfo_hex(info, "SYMBOL(printk_rb_static)", address);
}

/* Tries a layout at both places. True if a record can be read; else *found is the first ring. */
static bool layout_try(struct log *log, const struct vmcoreinfo *info,
                       const struct prb_layout *layout, struct prb_ring *found)
{
	struct prb_ring ring = {.layout = *layout};
	uint64_t address;

	for (unsigned way = 0; way < 2; way++) {
		if (!ring_address(log, info, layout->word, way, &address) ||
		    !prb_ring_read(&ring, log->core, address))
			continue;
		ring.inferred |= way > 0;
		if (!found->data)
			*found = ring;
		ring_take(log, &ring);
		if (ring_readable(log))
			return true;
	}
	return false;
}

/* As the note says, with what it lacks from one kernel after the other; else without the note. */
static bool ring_find(struct log *log, const struct vmcoreinfo *info, struct prb_ring *found)
{
	const struct vmcoreinfo *const sources[] = {info, NULL};
	struct prb_layout layout;

	for (unsigned s = 0; s < 2; s++)
		for (unsigned known = 0; known < PRB_LAYOUTS_KNOWN; known++) {
			if (!prb_layout_read(&layout, sources[s], log->core->word, known))
				continue;
			if (layout_try(log, info, &layout, found))
				return true;
			if (!layout.inferred) /* the others would be the same */
				break;
		}
	return false;
}

/* A ring that claims millions of records and has none must not take minutes to say so. */
static void damage_add_older(struct log *log)
{
	struct prb *prb = &log->in.prb;

	log->damage.records++;
	if (++prb->misses < MISSES_MAX)
		return;
	log->damage.records += prb->position - prb->bottom;
	prb->bottom = prb->position;
}

/* The lowest position that stepping back from the newest record would come to. */
static uint64_t bottom_find(struct log *log)
{
	struct prb *prb = &log->in.prb;
	uint64_t position = prb->count, misses = 0;
	struct record record;

	while (position > prb->position && misses < MISSES_MAX)
		misses = record_read(log, --position, &record) == RECORD_DAMAGED ? misses + 1 : 0;
	return position;
}

/* The same on the way to newer records: those that stepping back would come to are not lost. */
static void damage_add_newer(struct log *log)
{
	struct prb *prb = &log->in.prb;
	uint64_t from;

	log->damage.records++;
	if (++prb->misses != MISSES_MAX)
		return;
	from = bottom_find(log);
	log->damage.records += from - prb->position;
	prb->position = from;
}

static void prb_rewind(struct log *log)
{
	struct prb *prb = &log->in.prb;

	prb->position = prb->seen_from = prb->seen_to = 0;
	prb->unfinished_at = prb->unfinished_count;
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
		if (verdict == RECORD_DAMAGED && prb->position < prb->seen_from)
			damage_add_older(log);
		if (prb->position < prb->seen_from)
			prb->seen_from = prb->position;
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

	while (prb->position < prb->count) {
		uint64_t position = prb->position++;
		enum verdict verdict;

		if (is_unfinished(prb, position))
			continue;
		verdict = record_read(log, position, record);
		if (verdict == RECORD_DAMAGED && position >= prb->seen_to)
			damage_add_newer(log);
		if (prb->position > prb->seen_to)
			prb->seen_to = prb->position;
		if (verdict == RECORD_READ) {
			prb->misses = 0;
			return true;
		}
	}
	while (prb->unfinished_at)
		if (record_read(log, prb->unfinished[--prb->unfinished_at], record) == RECORD_READ)
			return true;
	return false;
}

/* The ring in which no newest record can be read: older ones may be, else its text is. */
static void ring_take_damaged(struct log *log, const struct prb_ring *ring)
{
	struct record record;

	ring_take(log, ring);
	if (!prb_older(log, &record)) {
		log->scraps_at = ring->data;
		log->scraps_bytes = ring->data_bytes;
	}
	ring_take(log, ring);
}

static const char *prb_open(struct log *log, const struct vmcoreinfo *info)
{
	struct prb *prb = &log->in.prb;
	struct prb_ring found = {0};

	if (!ring_find(log, info, &found)) {
		if (!found.data)
			return "holds no printk ring where its VMCOREINFO note says";
		ring_take_damaged(log, &found);
	}
	log->damage = (struct log_damage){
		.note = prb->ring.layout.inferred,
		.fields = prb->ring.inferred,
	};
	return NULL;
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

		if (desc_read(log, middle, &slot) && slot.desc.state != PRB_REUSABLE)
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
	.rewind = prb_rewind,
	.older = prb_older,
	.newer = prb_newer,
	.oldest_seq = prb_oldest_seq,
};
