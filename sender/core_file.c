/* SPDX-License-Identifier: GPL-2.0-only */
/* core_file - the file that a core is: its ELF headers, and its bytes by their offset */
#include "sender/core_file.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define OFFSET_MAX  (INT64_MAX - CORE_WINDOW_BYTES)
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

const uint8_t *core_file_view(struct core *core, uint64_t offset, size_t n)
{
	size_t skip = offset % CORE_WINDOW_BYTES;
	const struct core_window *w;

	if (offset > OFFSET_MAX)
		return NULL;
	w = window_get(core, offset - skip);
	return skip < w->bytes && n <= w->bytes - skip ? w->data + skip : NULL;
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

const char *core_file_open(struct core *core, int fd)
{
	uint8_t ehdr[sizeof(Elf64_Ehdr)] = {0};

	core->fd = fd;
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
