/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory - any bytes as a crashed kernel's memory, with a core around it that is in order
 *
 *   input: flags | bytes of the image, 16 bits | image (the kernel's variables) | what it allocated
 *
 * The two stretches are at the addresses that tests/cores uses, so that its cores are seeds
 * (tests/cores/build --memory). Flags: 1 = words of 32 bits, 2 = big-endian, 4 = the newer layout.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/walk.h"

#define MEMORY_NOTE_MAX 4096
#define MEMORY_HEAD     3

struct memory {
	bool is_32, big, newer;
	uint64_t image, allocated; /* addresses */
	size_t at;                 /* bytes of file written */
	uint8_t file[65536];
};

static struct memory memory;

static void memory_put(uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		size_t shift = 8 * (memory.big ? bytes - 1 - i : i);

		memory.file[memory.at++] = (uint8_t)(value >> shift);
	}
}

static void memory_put_bytes(const void *bytes, size_t n)
{
	if (n)
		memcpy(memory.file + memory.at, bytes, n);
	memory.at += n;
}

static void memory_put_ehdr(void)
{
	size_t word = memory.is_32 ? 4 : 8;
	const uint8_t ident[EI_NIDENT] = {ELFMAG0,
	                                  ELFMAG1,
	                                  ELFMAG2,
	                                  ELFMAG3,
	                                  memory.is_32 ? ELFCLASS32 : ELFCLASS64,
	                                  memory.big ? ELFDATA2MSB : ELFDATA2LSB,
	                                  EV_CURRENT};

	memory_put_bytes(ident, sizeof(ident));
	memory_put(ET_CORE, 2);
	memory_put(memory.is_32 ? EM_386 : EM_X86_64, 2);
	memory_put(EV_CURRENT, 4);
	memory_put(0, word); /* e_entry */
	memory_put(memory.is_32 ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr), word);
	memory_put(0, word); /* e_shoff */
	memory_put(0, 4);    /* e_flags */
	memory_put(memory.is_32 ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr), 2);
	memory_put(memory.is_32 ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr), 2);
	memory_put(3, 2); /* e_phnum */
	memory_put(0, 6); /* section headers */
}

static void memory_put_phdr(uint32_t type, uint64_t offset, uint64_t vaddr, uint64_t bytes)
{
	size_t word = memory.is_32 ? 4 : 8;

	memory_put(type, 4);
	if (!memory.is_32)
		memory_put(0, 4); /* p_flags */
	memory_put(offset, word);
	memory_put(vaddr, word);
	memory_put(0, word); /* p_paddr */
	memory_put(bytes, word);
	memory_put(bytes, word);
	memory_put(0, word); /* p_flags or p_align */
	if (memory.is_32)
		memory_put(0, word);
}

/*
 * Makes a core of the input; write_note writes VMCOREINFO for memory.image. Returns a descriptor,
 * or -1 if the input is no such thing.
 */
static int memory_open(const uint8_t *data, size_t size, int (*write_note)(char *note, size_t n))
{
	static char note[MEMORY_NOTE_MAX];
	size_t image, note_bytes, start, padding;
	int fd;

	if (size < MEMORY_HEAD || size > sizeof(memory.file) - MEMORY_NOTE_MAX - 512)
		return -1;
	image = (size_t)data[1] << 8 | data[2];
	data += MEMORY_HEAD;
	size -= MEMORY_HEAD;
	image = image < size ? image : size;
	memory.image = memory.is_32 ? 0xc2000000 : 0xffffffff82000000;
	memory.allocated = memory.is_32 ? 0xc4000000 : 0xffff888004000000;
	note_bytes = (size_t)write_note(note, sizeof(note));
	padding = -note_bytes & 3;
	memory.at = 0;
	memory_put_ehdr();
	start = memory.at + 3 * (memory.is_32 ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr));
	memory_put_phdr(PT_NOTE, start, 0, 24 + note_bytes + padding);
	start += 24 + note_bytes + padding;
	memory_put_phdr(PT_LOAD, start, memory.image, image);
	memory_put_phdr(PT_LOAD, start + image, memory.allocated, size - image);
	memory_put(11, 4);
	memory_put(note_bytes, 4);
	memory_put(0, 4);
	memory_put_bytes("VMCOREINFO\0", 12);
	memory_put_bytes(note, note_bytes);
	memory_put(0, padding);
	memory_put_bytes(data, size);
	fd = memfd_create("core", MFD_CLOEXEC);
	assert(fd >= 0 && write(fd, memory.file, memory.at) == (ssize_t)memory.at);
	return fd;
}

static int memory_walk(const uint8_t *data, size_t size, int (*write_note)(char *note, size_t n))
{
	int fd;

	if (!size)
		return 0;
	memory.is_32 = data[0] & 1;
	memory.big = data[0] & 2;
	memory.newer = data[0] & 4;
	fd = memory_open(data, size, write_note);
	if (fd >= 0)
		walk(fd, size);
	close(fd);
	return 0;
}

#endif
