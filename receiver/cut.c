/* SPDX-License-Identifier: GPL-2.0-only */
/* cut - the parts of one report, as one sender cut them */
#include "receiver/cut.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MIN     4
#define FEW          8  /* so many parts are looked through without a table */
#define MALLOC_BYTES 16 /* what malloc(3) adds to a block, on average */

struct cut *cut_new(const struct frame *frame, bool original)
{
	struct cut *cut = calloc(1, sizeof(*cut));

	if (!cut)
		return NULL;
	cut->original = original;
	cut->header = frame->header;
	memcpy(cut->macs[0], frame->source_mac, FRAME_MAC_BYTES);
	cut->macs_known = 1;
	cut->bytes = sizeof(*cut) + MALLOC_BYTES;
	return cut;
}

static size_t body_bytes(const struct part *part)
{
	return part->body ? part->bytes + 1 + MALLOC_BYTES : 0;
}

static void drop_body(struct cut *cut, struct part *part)
{
	cut->bytes -= body_bytes(part);
	free(part->body);
	part->body = NULL;
	if (part->slot != SPILL_NONE)
		spill_release(cut->spill, part->slot);
	part->slot = SPILL_NONE;
}

void cut_free(struct cut *cut)
{
	cut_forget_bodies(cut);
	free(cut->parts);
	free(cut->table);
	free(cut->seal);
	free(cut->stored);
	free(cut);
}

bool cut_has_mac(const struct cut *cut, const uint8_t *mac)
{
	for (unsigned i = 0; i < cut->macs_known; i++)
		if (!memcmp(cut->macs[i], mac, FRAME_MAC_BYTES))
			return true;
	return false;
}

bool cut_complete(const struct cut *cut)
{
	return !cut->original && cut->known == cut->header.parts;
}

bool cut_holds(const struct part *part)
{
	return part->body || part->slot != SPILL_NONE;
}

size_t cut_held_parts(const struct cut *cut)
{
	size_t held = 0;

	for (size_t i = 0; !cut->seal && i < cut->known; i++)
		held += cut_holds(&cut->parts[i]);
	return held;
}

size_t cut_held_bytes(const struct cut *cut)
{
	size_t bytes = 0;

	for (size_t i = 0; !cut->seal && i < cut->known; i++)
		bytes += cut_holds(&cut->parts[i]) ? cut->parts[i].bytes : 0;
	return bytes;
}

int cut_read(const struct cut *cut, const struct part *part, char *body)
{
	if (!part->body)
		return spill_get(cut->spill, part->slot, body, part->bytes);
	if (part->bytes)
		memcpy(body, part->body, part->bytes);
	return 0;
}

/* The place in the table where the number is, or where it would go. Half of the table is free. */
static uint32_t *table_place(const struct cut *cut, uint32_t number)
{
	size_t mask = cut->room * 2 - 1, at = number & mask;

	while (cut->table[at] && cut->parts[cut->table[at] - 1].number != number)
		at = (at + 1) & mask;
	return &cut->table[at];
}

static struct part *find(const struct cut *cut, uint32_t number)
{
	uint32_t place;

	if (cut->table) {
		place = *table_place(cut, number);
		return place ? &cut->parts[place - 1] : NULL;
	}
	for (size_t i = 0; i < cut->known; i++)
		if (cut->parts[i].number == number)
			return &cut->parts[i];
	return NULL;
}

static bool same(const struct part *a, const struct part *b)
{
	return a->digest == b->digest && a->bytes == b->bytes && a->has_seq == b->has_seq &&
	       a->seq == b->seq && a->last == b->last && a->cont == b->cont;
}

/* What a seal keeps of a part. The digest is keyed: nobody can choose a part with this value. */
static uint32_t brief(const struct part *part)
{
	uint64_t mixed = part->digest ^ part->bytes ^ (uint64_t)part->cont << 32;

	mixed = (mixed ^ part->seq) * 0x9e3779b97f4a7c15;
	mixed = (mixed ^ part->last ^ (uint64_t)part->has_seq << 63) * 0x9e3779b97f4a7c15;
	return (uint32_t)(mixed >> 32);
}

enum cut_match cut_compare(const struct cut *cut, const struct part *part)
{
	const struct part *mine;

	if (cut->seal)
		return cut->seal[part->number - 1] == brief(part) ? CUT_SAME : CUT_OTHER;
	mine = find(cut, part->number);
	if (!mine)
		return CUT_MISSING;
	return same(mine, part) ? CUT_SAME : CUT_OTHER;
}

bool cut_has_body(const struct cut *cut, const struct part *part)
{
	for (size_t i = 0; i < cut->known; i++)
		if (cut->parts[i].digest == part->digest && cut->parts[i].bytes == part->bytes)
			return true;
	return false;
}

static size_t table_bytes(const struct cut *cut, size_t room)
{
	return room > FEW && !cut->original ? room * 2 * sizeof(*cut->table) : 0;
}

static void fill_table(struct cut *cut)
{
	for (size_t i = 0; i < cut->known; i++)
		*table_place(cut, cut->parts[i].number) = (uint32_t)(i + 1);
}

/* Room is a power of two. Originals are never looked for by number. */
static int make_room(struct cut *cut, size_t wanted)
{
	size_t room = cut->room ? cut->room : ROOM_MIN;
	uint32_t *table = NULL;
	struct part *parts;

	if (wanted <= cut->room)
		return 0;
	while (room < wanted)
		room *= 2;
	if (table_bytes(cut, room) && !(table = calloc(room * 2, sizeof(*table))))
		return -ENOMEM;
	parts = reallocarray(cut->parts, room, sizeof(*parts));
	if (!parts) {
		free(table);
		return -ENOMEM;
	}
	cut->bytes += (room - cut->room) * sizeof(*parts) + table_bytes(cut, room) -
	              table_bytes(cut, cut->room);
	cut->parts = parts;
	cut->room = room;
	free(cut->table);
	cut->table = table;
	if (table)
		fill_table(cut);
	return 0;
}

/* Hands the part over to the cut, which has room for it. */
static void insert(struct cut *cut, const struct part *part)
{
	if (cut->table)
		*table_place(cut, part->number) = (uint32_t)(cut->known + 1);
	cut->parts[cut->known++] = *part;
	cut->bytes += body_bytes(part);
}

static void learn(struct frame_header *known, const struct frame_header *header)
{
	if (!known->host[0])
		memcpy(known->host, header->host, sizeof(known->host));
	if (!known->kernel[0])
		memcpy(known->kernel, header->kernel, sizeof(known->kernel));
	if (!known->why[0])
		memcpy(known->why, header->why, sizeof(known->why));
	if (!known->has_at) {
		known->has_at = header->has_at;
		known->at = header->at;
	}
	known->drill |= header->drill;
}

int cut_put(struct cut *cut, const struct part *part, const struct frame_header *header)
{
	struct part copy = *part;

	copy.slot = SPILL_NONE;
	copy.body = malloc(part->bytes + 1); /* never NULL for an empty body */
	if (!copy.body || make_room(cut, cut->known + 1)) {
		free(copy.body);
		return -ENOMEM;
	}
	if (part->bytes)
		memcpy(copy.body, part->body, part->bytes);
	insert(cut, &copy);
	learn(&cut->header, header);
	return 0;
}

bool cut_agrees(const struct cut *a, const struct cut *b)
{
	if (a->seal && b->seal)
		return a->header.parts == b->header.parts &&
		       !memcmp(a->seal, b->seal, a->known * sizeof(*a->seal));
	if (b->seal)
		return cut_agrees(b, a);
	for (size_t i = 0; i < b->known; i++)
		if (cut_compare(a, &b->parts[i]) == CUT_OTHER)
			return false;
	return true;
}

bool cut_contains(const struct cut *cut, const struct cut *other)
{
	if (other->seal)
		return cut_complete(cut) && cut_agrees(cut, other);
	for (size_t i = 0; i < other->known; i++)
		if (cut_compare(cut, &other->parts[i]) != CUT_SAME)
			return false;
	return true;
}

static void absorb_macs(struct cut *cut, const struct cut *other)
{
	for (unsigned i = 0; i < other->macs_known; i++)
		if (!cut_has_mac(cut, other->macs[i]) && cut->macs_known < CUT_MACS_MAX)
			memcpy(cut->macs[cut->macs_known++], other->macs[i], FRAME_MAC_BYTES);
}

int cut_absorb(struct cut *cut, struct cut *other)
{
	if (!cut->seal && !other->seal && make_room(cut, cut->known + other->known))
		return -ENOMEM;
	for (size_t i = 0; !other->seal && i < other->known; i++) {
		struct part *part = &other->parts[i];

		if (cut_compare(cut, part) != CUT_MISSING)
			continue;
		insert(cut, part);
		other->bytes -= body_bytes(part);
		part->body = NULL;
		part->slot = SPILL_NONE;
	}
	absorb_macs(cut, other);
	learn(&cut->header, &other->header);
	return 0;
}

bool cut_spill(struct cut *cut)
{
	bool any = false;

	for (size_t i = 0; !cut->seal && i < cut->known; i++) {
		struct part *part = &cut->parts[i];
		uint32_t slot = part->body ? spill_put(cut->spill, part->body, part->bytes)
		                           : SPILL_NONE;

		if (slot == SPILL_NONE)
			continue;
		drop_body(cut, part);
		part->slot = slot;
		any = true;
	}
	return any;
}

void cut_forget_bodies(struct cut *cut)
{
	for (size_t i = 0; !cut->seal && i < cut->known; i++)
		drop_body(cut, &cut->parts[i]);
}

void cut_seal(struct cut *cut)
{
	uint32_t *seal = calloc(cut->known, sizeof(*seal));

	cut_forget_bodies(cut);
	if (!seal)
		return;
	for (size_t i = 0; i < cut->known; i++)
		seal[cut->parts[i].number - 1] = brief(&cut->parts[i]);
	cut->bytes -= cut->room * sizeof(*cut->parts) + table_bytes(cut, cut->room);
	cut->bytes += cut->known * sizeof(*seal);
	free(cut->parts);
	free(cut->table);
	cut->parts = NULL;
	cut->table = NULL;
	cut->room = 0;
	cut->seal = seal;
}
