/* SPDX-License-Identifier: GPL-2.0-only */
/* core - an ELF core file, or /proc/vmcore, read by the crashed kernel's addresses */
#include "sender/core.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "sender/core_file.h"

#define LOOKS_MAX (1u << 25) /* at headers, in all: no core in order needs a hundredth of it */

static uint64_t segment_start(const struct core_segment *segment, bool physical)
{
	return physical ? segment->paddr : segment->vaddr;
}

/* A segment that does not hold the address: the range goes no further than to it. */
static void range_narrow(struct core_range *range, uint64_t address, uint64_t start, uint64_t bytes)
{
	if (start > address && start <= range->last)
		range->last = start - 1;
	if (start < address && start + bytes > range->first)
		range->first = start + bytes;
}

/* The segment that holds the address, of which segments before it may have the ends. */
static void range_set(struct core_range *range, const struct core_segment *segment, uint64_t start)
{
	range->segment = *segment;
	if (start > range->first)
		range->first = start;
	if (segment->bytes - 1 < range->last - start)
		range->last = start + (segment->bytes - 1);
}

static struct core_range *range_known(struct core_ranges *ranges, uint64_t address)
{
	for (unsigned i = 0; i < CORE_RANGES; i++) {
		struct core_range *range = &ranges->range[i];

		if (range->known && address >= range->first && address <= range->last)
			return range;
	}
	return NULL;
}

/*
 * Whether a segment holds memory, and how much: the file has no more of it than memory has. A
 * header that is damaged may have lost its type or its size; it counts only where no other one
 * does.
 */
static bool segment_usable(struct core_segment *segment, bool damaged)
{
	bool sound = segment->type == PT_LOAD && segment->bytes;

	if (segment->memory && (segment->memory < segment->bytes || !segment->bytes))
		segment->bytes = segment->memory;
	return damaged ? !sound && segment->type != PT_NOTE && segment->bytes : sound;
}

/* Searches the sound segments or the damaged ones. Returns 0, -EFAULT if none has it, or -errno. */
static int range_search(struct core *core, bool physical, bool damaged, uint64_t address,
                        struct core_range *range)
{
	struct core_segment segment;

	for (uint32_t i = 0; i < core->header_count && core->looks_left; i++) {
		int error = core_segment(core, i, &segment);
		uint64_t start;

		core->looks_left--;
		if (error)
			return error;
		if (!segment_usable(&segment, damaged))
			continue;
		start = segment_start(&segment, physical);
		if (address >= start && address - start < segment.bytes) {
			range_set(range, &segment, start);
			return 0;
		}
		range_narrow(range, address, start, segment.bytes);
	}
	return -EFAULT;
}

/*
 * Fills in the range of the first segment that holds the address: where damage lets segments
 * overlap, the same address is always read from the same one. first and last are as far as that is
 * so.
 */
static void range_fill(struct core *core, bool physical, uint64_t address, struct core_range *range)
{
	*range = (struct core_range){.last = UINT64_MAX};
	range->error = range_search(core, physical, false, address, range);
	if (range->error == -EFAULT)
		range->error = range_search(core, physical, true, address, range);
	/* The file will not grow; but what fails to be read may be had later. */
	range->known = !range->error || range->error == -EFAULT || range->error == -ENODATA;
}

static const struct core_range *range_find(struct core *core, struct core_ranges *ranges,
                                           uint64_t address)
{
	struct core_range *range = range_known(ranges, address);

	if (!range) {
		range = &ranges->range[ranges->next++ % CORE_RANGES];
		range_fill(core, ranges->physical, address, range);
	}
	return range;
}

static const struct core_map *map_find(const struct core *core, uint64_t address)
{
	for (unsigned i = 0; i < core->map_count; i++)
		if (address >= core->maps[i].first && address <= core->maps[i].last)
			return &core->maps[i];
	return NULL;
}

/*
 * Finds the file offset of an address, and how many of the n bytes wanted lie there in a row.
 * Returns 0, -EFAULT if no segment holds it, or -errno.
 */
static int address_find(struct core *core, uint64_t address, uint64_t *offset, size_t *n)
{
	const struct core_range *range = range_find(core, &core->virtual, address);
	const struct core_map *map = range->error == -EFAULT ? map_find(core, address) : NULL;
	uint64_t skip;

	if (map) {
		if (map->last - address < *n)
			*n = (size_t)(map->last - address) + 1;
		address -= map->offset;
		range = range_find(core, &core->physical, address);
	}
	if (range->error)
		return range->error;
	skip = address - segment_start(&range->segment, map != NULL);
	if (range->segment.offset > UINT64_MAX - skip)
		return -ENODATA;
	*offset = range->segment.offset + skip;
	if (range->last - address < *n)
		*n = (size_t)(range->last - address) + 1;
	return 0;
}

int core_read(struct core *core, uint64_t address, void *buf, size_t n)
{
	uint8_t *to = buf;

	while (n) {
		uint64_t offset;
		size_t part = n;
		int error = address_find(core, address, &offset, &part);

		if (!error)
			error = core_read_file(core, offset, to, part);
		if (error)
			return error;
		to += part;
		address += part;
		n -= part;
	}
	return 0;
}

int core_view(struct core *core, uint64_t address, size_t n, void *scratch, const uint8_t **bytes)
{
	uint64_t offset;
	size_t part = n;

	*bytes = NULL;
	if (!address_find(core, address, &offset, &part) && part == n)
		*bytes = core_file_view(core, offset, n);
	if (*bytes)
		return 0;
	*bytes = scratch;
	return core_read(core, address, scratch, n);
}

static void hole_narrow(uint64_t address, uint64_t first, uint64_t last, uint64_t *back,
                        uint64_t *ahead)
{
	if (address - first < *back)
		*back = address - first;
	if (last - address < *ahead)
		*ahead = last - address;
}

/* What a look-up by virtual or by physical address says of it. */
static void hole_by_range(struct core *core, struct core_ranges *ranges, uint64_t address,
                          uint64_t *back, uint64_t *ahead)
{
	const struct core_range *range = range_find(core, ranges, address);
	uint64_t skip = address - segment_start(&range->segment, ranges->physical);
	uint8_t byte;

	if (range->error)
		hole_narrow(address, range->first, range->last, back, ahead);
	else if (range->segment.offset > UINT64_MAX - skip ||
	         core_read_file(core, range->segment.offset + skip, &byte, 1) == -ENODATA)
		hole_narrow(address, address, range->last, back, ahead);
	else
		*back = *ahead = 0;
}

/* A map that does not hold the address may begin or end within the hole. */
static void hole_by_map(const struct core_map *map, uint64_t address, uint64_t *back,
                        uint64_t *ahead)
{
	if (map->first > address)
		hole_narrow(address, 0, map->first - 1, back, ahead);
	else if (map->last < address)
		hole_narrow(address, map->last + 1, UINT64_MAX, back, ahead);
}

void core_hole(struct core *core, uint64_t address, uint64_t *back, uint64_t *ahead)
{
	const struct core_map *map = map_find(core, address);

	*back = *ahead = UINT64_MAX;
	hole_by_range(core, &core->virtual, address, back, ahead);
	if (map && range_find(core, &core->virtual, address)->error == -EFAULT) {
		hole_narrow(address, map->first, map->last, back, ahead);
		hole_by_range(core, &core->physical, address - map->offset, back, ahead);
	}
	for (unsigned i = 0; i < core->map_count; i++)
		hole_by_map(&core->maps[i], address, back, ahead);
}

const char *core_open(struct core *core, int fd)
{
	memset(core, 0, sizeof(*core));
	core->physical.physical = true;
	core->looks_left = LOOKS_MAX;
	return core_file_open(core, fd);
}
