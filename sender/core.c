/* SPDX-License-Identifier: GPL-2.0-only */
/* core - an ELF core file, or /proc/vmcore, read by the crashed kernel's addresses */
#include "sender/core.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define OFFSET_MAX  (INT64_MAX - CORE_WINDOW_BYTES)
#define LOOKS_MAX   (1u << 25) /* at headers, in all: no core in order needs a hundredth of it */
#define HEADERS_MAX (1u << 20) /* no machine has as many memory ranges */

/* Where a field stands in ELF32 and in ELF64, and how wide it is there. */
struct field {
	uint8_t at32, bytes32, at64, bytes64;
};

#define FIELD(type, name)                                                                          \
	{                                                                                          \
		offsetof(Elf32_##type, name), sizeof(((Elf32_##type *)0)->name),                   \
			offsetof(Elf64_##type, name), sizeof(((Elf64_##type *)0)->name)            \
	}

static const struct field ehdr_type = FIELD(Ehdr, e_type);
static const struct field ehdr_machine = FIELD(Ehdr, e_machine);
static const struct field ehdr_phoff = FIELD(Ehdr, e_phoff);
static const struct field ehdr_shoff = FIELD(Ehdr, e_shoff);
static const struct field ehdr_phentsize = FIELD(Ehdr, e_phentsize);
static const struct field ehdr_phnum = FIELD(Ehdr, e_phnum);
static const struct field shdr_info = FIELD(Shdr, sh_info);
static const struct field phdr_type = FIELD(Phdr, p_type);
static const struct field phdr_offset = FIELD(Phdr, p_offset);
static const struct field phdr_vaddr = FIELD(Phdr, p_vaddr);
static const struct field phdr_paddr = FIELD(Phdr, p_paddr);
static const struct field phdr_filesz = FIELD(Phdr, p_filesz);
static const struct field phdr_memsz = FIELD(Phdr, p_memsz);

uint64_t core_number(const struct core *core, const void *p, size_t bytes)
{
	const uint8_t *b = p;
	uint64_t n = 0;

	for (size_t i = 0; i < bytes && i < 8; i++)
		n = n << 8 | b[core->big_endian ? i : bytes - 1 - i];
	return n;
}

static uint64_t field_get(const struct core *core, const uint8_t *structure, struct field f)
{
	if (core->elf64)
		return core_number(core, structure + f.at64, f.bytes64);
	return core_number(core, structure + f.at32, f.bytes32);
}

static void window_fill(const struct core *core, struct core_window *w, uint64_t start)
{
	w->start = start;
	w->bytes = 0;
	w->error = 0;
	while (w->bytes < CORE_WINDOW_BYTES) {
		ssize_t n = pread(core->fd, w->data + w->bytes, CORE_WINDOW_BYTES - w->bytes,
		                  (off_t)(start + w->bytes));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			w->error = -errno;
		if (n <= 0)
			break;
		w->bytes += (size_t)n;
	}
}

static struct core_window *window_get(struct core *core, uint64_t start)
{
	struct core_window *w;

	for (unsigned i = 0; i < CORE_WINDOWS; i++)
		if (core->windows[i].bytes && core->windows[i].start == start)
			return &core->windows[i];
	w = &core->windows[core->next_window++ % CORE_WINDOWS];
	window_fill(core, w, start);
	return w;
}

int core_read_file(struct core *core, uint64_t offset, void *buf, size_t n)
{
	uint8_t *to = buf;

	if (offset > OFFSET_MAX || n > OFFSET_MAX - offset)
		return -ENODATA;
	while (n) {
		size_t skip = offset % CORE_WINDOW_BYTES;
		struct core_window *w = window_get(core, offset - skip);
		size_t part;

		if (skip >= w->bytes)
			return w->error ? w->error : -ENODATA;
		part = w->bytes - skip < n ? w->bytes - skip : n;
		memcpy(to, w->data + skip, part);
		to += part;
		offset += part;
		n -= part;
	}
	return 0;
}

int core_segment(struct core *core, uint32_t i, struct core_segment *segment)
{
	uint8_t phdr[sizeof(Elf64_Phdr)];
	size_t bytes = core->elf64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	int error =
		core_read_file(core, core->headers + (uint64_t)i * core->header_bytes, phdr, bytes);

	if (error)
		return error;
	segment->type = (uint32_t)field_get(core, phdr, phdr_type);
	segment->offset = field_get(core, phdr, phdr_offset);
	segment->vaddr = field_get(core, phdr, phdr_vaddr);
	segment->paddr = field_get(core, phdr, phdr_paddr);
	segment->bytes = field_get(core, phdr, phdr_filesz);
	segment->memory = field_get(core, phdr, phdr_memsz);
	return 0;
}

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
	uint64_t offset = 0, skip;
	size_t part = n;

	if (!address_find(core, address, &offset, &part) && part == n && offset <= OFFSET_MAX) {
		const struct core_window *w;

		skip = offset % CORE_WINDOW_BYTES;
		w = window_get(core, offset - skip);
		if (skip < w->bytes && n <= w->bytes - skip) {
			*bytes = w->data + skip;
			return 0;
		}
	}
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

/* e_phnum holds only 16 bits: more headers than that are counted in section header 0. */
static int header_count_read(struct core *core, const uint8_t *ehdr)
{
	uint8_t shdr[sizeof(Elf64_Shdr)];
	int error;

	core->header_count = (uint32_t)field_get(core, ehdr, ehdr_phnum);
	if (core->header_count == PN_XNUM) {
		error = core_read_file(core, field_get(core, ehdr, ehdr_shoff), shdr,
		                       core->elf64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
		if (error)
			return error;
		core->header_count = (uint32_t)field_get(core, shdr, shdr_info);
	}
	return core->header_count <= HEADERS_MAX ? 0 : -ERANGE;
}

/* kexec writes ELF64 cores of 32-bit kernels too: of those with memory beyond 4 GiB. */
static bool machine_is_32_bit(uint16_t machine)
{
	return machine == EM_386 || machine == EM_ARM || machine == EM_PPC || machine == EM_SH;
}

const char *core_open(struct core *core, int fd)
{
	uint8_t ehdr[sizeof(Elf64_Ehdr)] = {0};

	memset(core, 0, sizeof(*core));
	core->fd = fd;
	core->physical.physical = true;
	core->looks_left = LOOKS_MAX;
	switch (core_read_file(core, 0, ehdr, EI_NIDENT)) {
	case 0:
		break;
	case -ENODATA:
		return core->windows[0].bytes ? "is too short for a core file" : "is empty";
	default:
		return strerror(-core->windows[0].error);
	}
	if (memcmp(ehdr, ELFMAG, SELFMAG) != 0)
		return "is no ELF file, so no core";
	if ((ehdr[EI_CLASS] != ELFCLASS32 && ehdr[EI_CLASS] != ELFCLASS64) ||
	    (ehdr[EI_DATA] != ELFDATA2LSB && ehdr[EI_DATA] != ELFDATA2MSB))
		return "is an ELF file of an unknown class or byte order";
	core->elf64 = ehdr[EI_CLASS] == ELFCLASS64;
	core->big_endian = ehdr[EI_DATA] == ELFDATA2MSB;
	if (core_read_file(core, 0, ehdr, core->elf64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
		return "ends within its ELF header";
	if (field_get(core, ehdr, ehdr_type) != ET_CORE)
		return "is an ELF file, but no core";
	core->machine = (uint16_t)field_get(core, ehdr, ehdr_machine);
	core->word = core->elf64 && !machine_is_32_bit(core->machine) ? 8 : 4;
	core->headers = field_get(core, ehdr, ehdr_phoff);
	core->header_bytes = (uint16_t)field_get(core, ehdr, ehdr_phentsize);
	if (core->header_bytes < (core->elf64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
		return "is a core file whose program headers are too small";
	if (header_count_read(core, ehdr))
		return "is a core file whose number of program headers cannot be read";
	return NULL;
}
