/* SPDX-License-Identifier: GPL-2.0-only */
/* cut - the parts of one report, as one sender cut them */
#include "receiver/cut.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MIN     16
#define MALLOC_BYTES 40

struct cut *cut_new(const struct frame *frame, bool original)
{
	struct cut *cut = calloc(1, sizeof(*cut));

	if (!cut)
		return NULL;
	cut->original = original;
	cut->header = frame->header;
	memcpy(cut->macs[0], frame->source_mac, FRAME_MAC_BYTES);
	cut->macs_known = 1;
	cut->bytes = sizeof(*cut);
	return cut;
}

/* What a part costs, with what malloc(3) adds to two small blocks. */
static size_t part_bytes(const struct part *part)
{
	return sizeof(*part) + MALLOC_BYTES + (part->body ? part->bytes : 0);
}

static void part_free(struct part *part)
{
	free(part->body);
	free(part);
}

void cut_free(struct cut *cut)
{
	for (size_t i = 0; i < cut->known; i++)
		part_free(cut->parts[i]);
	free(cut->parts);
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

size_t cut_held_parts(const struct cut *cut)
{
	size_t held = 0;

	for (size_t i = 0; i < cut->known; i++)
		held += cut->parts[i]->body != NULL;
	return held;
}

size_t cut_held_bytes(const struct cut *cut)
{
	size_t bytes = 0;

	for (size_t i = 0; i < cut->known; i++)
		bytes += cut->parts[i]->body ? cut->parts[i]->bytes : 0;
	return bytes;
}

/* The place of the number in parts[], or where it would go. */
static size_t find(const struct cut *cut, uint32_t number)
{
	size_t low = 0, high = cut->known;

	/* Parts come newest first: most belong behind all others. */
	if (high && cut->parts[high - 1]->number > number)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cut->parts[middle]->number > number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool same(const struct part *a, const struct part *b)
{
	return a->digest == b->digest && a->bytes == b->bytes && a->has_seq == b->has_seq &&
	       a->seq == b->seq && a->last == b->last && a->cont == b->cont;
}

enum cut_match cut_compare(const struct cut *cut, const struct part *part)
{
	size_t at = find(cut, part->number);

	if (at == cut->known || cut->parts[at]->number != part->number)
		return CUT_MISSING;
	return same(cut->parts[at], part) ? CUT_SAME : CUT_OTHER;
}

bool cut_has_body(const struct cut *cut, const struct part *part)
{
	for (size_t i = 0; i < cut->known; i++)
		if (cut->parts[i]->digest == part->digest && cut->parts[i]->bytes == part->bytes)
			return true;
	return false;
}

static int make_room(struct cut *cut, size_t wanted)
{
	size_t room = cut->room ? cut->room : ROOM_MIN;
	struct part **parts;

	if (wanted <= cut->room)
		return 0;
	while (room < wanted)
		room *= 2;
	parts = reallocarray(cut->parts, room, sizeof(*parts));
	if (!parts)
		return -ENOMEM;
	cut->bytes += (room - cut->room) * sizeof(*parts);
	cut->parts = parts;
	cut->room = room;
	return 0;
}

/* Hands the part over to the cut, which has room for it. */
static void insert(struct cut *cut, struct part *part)
{
	size_t at = find(cut, part->number);

	memmove(cut->parts + at + 1, cut->parts + at, (cut->known - at) * sizeof(*cut->parts));
	cut->parts[at] = part;
	cut->known++;
	cut->bytes += part_bytes(part);
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
	struct part *copy = malloc(sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	*copy = *part;
	copy->body = malloc(part->bytes + 1); /* never NULL for an empty body */
	if (!copy->body || make_room(cut, cut->known + 1)) {
		part_free(copy);
		return -ENOMEM;
	}
	if (part->bytes)
		memcpy(copy->body, part->body, part->bytes);
	insert(cut, copy);
	learn(&cut->header, header);
	return 0;
}

bool cut_agrees(const struct cut *a, const struct cut *b)
{
	for (size_t i = 0, j = 0; i < a->known && j < b->known;) {
		const struct part *left = a->parts[i], *right = b->parts[j];

		if (left->number == right->number && !same(left, right))
			return false;
		i += left->number >= right->number;
		j += right->number >= left->number;
	}
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
	size_t kept = 0;

	if (make_room(cut, cut->known + other->known))
		return -ENOMEM;
	for (size_t i = 0; i < other->known; i++) {
		struct part *part = other->parts[i];

		if (cut_compare(cut, part) != CUT_MISSING) {
			other->parts[kept++] = part;
			continue;
		}
		insert(cut, part);
		other->bytes -= part_bytes(part);
	}
	other->known = kept;
	absorb_macs(cut, other);
	learn(&cut->header, &other->header);
	return 0;
}

void cut_forget_bodies(struct cut *cut)
{
	for (size_t i = 0; i < cut->known; i++) {
		struct part *part = cut->parts[i];

		if (!part->body)
			continue;
		cut->bytes -= part->bytes;
		free(part->body);
		part->body = NULL;
	}
}
