/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core - an ELF core file, or /proc/vmcore, read by the crashed kernel's addresses
 *
 * Nothing is kept of the file but a few windows of 4 KiB: program headers and notes are read where
 * they are needed, so their number costs no memory; the time that it costs has a limit. Addresses
 * are looked up in PT_LOAD, by virtual address and else, where a map says which one, by physical
 * address; never through page tables: those belong to a kernel that crashed.
 *
 *   VMCOREINFO, log ─ core (by address) ─ core_file (by offset) ─ pread(2)
 */
#ifndef CORE_H
#define CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CORE_WINDOWS      8
#define CORE_WINDOW_BYTES 4096
#define CORE_MAPS         2
#define CORE_RANGES       4 /* remembered: a record lies in several places */

struct core_window {
	uint64_t start; /* file offset, a multiple of CORE_WINDOW_BYTES */
	size_t bytes;   /* how many were read; 0 = window not in use */
	int error;      /* why reading stopped there: 0 at the end of the file, else -errno */
	uint8_t data[CORE_WINDOW_BYTES];
};

struct core_segment {
	uint32_t type;
	uint64_t offset, vaddr, paddr;
	uint64_t bytes;  /* in the file */
	uint64_t memory; /* bytes in memory; as many in a core that is in order */
};

/* What a look-up found: the addresses from first to last are all in segment, or in none. */
struct core_range {
	bool known;
	int error; /* 0, -EFAULT if no segment has them, -ENODATA if the headers end too early */
	struct core_segment segment;
	uint64_t first, last;
};

struct core_ranges {
	bool physical; /* by p_paddr, not by p_vaddr */
	unsigned next; /* the one to be forgotten next */
	struct core_range range[CORE_RANGES];
};

/* Virtual addresses from first to last lie at physical addresses lower by offset, modulo 2^64. */
struct core_map {
	uint64_t first, last, offset;
};

struct core {
	int fd;
	bool elf64, big_endian;
	uint16_t machine;
	unsigned word;    /* bytes of the kernel's unsigned long: 4 or 8 */
	uint64_t headers; /* file offset of the program headers */
	uint32_t header_count;
	uint16_t header_bytes;
	uint32_t looks_left; /* headers that may still be looked at; then no other segment is found
	                      */
	struct core_ranges virtual, physical;
	unsigned map_count;
	struct core_map maps[CORE_MAPS]; /* see address.h */
	unsigned next_window;
	struct core_window windows[CORE_WINDOWS];
};

/*
 * Begins to read the core that fd is open on; fd stays the caller's. Returns NULL, or what is wrong
 * as the end of a sentence that begins with the file's name ("is empty").
 */
const char *core_open(struct core *core, int fd);

/* Reads n bytes at a virtual address. Returns 0, -EFAULT if no segment holds it, or -errno. */
int core_read(struct core *core, uint64_t address, void *buf, size_t n);

/*
 * The same without a copy where the bytes lie together in a window: *bytes points there, or else to
 * scratch, which has room for n. Valid until the next read.
 */
int core_view(struct core *core, uint64_t address, size_t n, void *scratch, const uint8_t **bytes);

/*
 * How many addresses around one that cannot be read cannot be either, as far as the headers and the
 * end of the file tell: *back of them before it, *ahead behind it. Both are 0 if it can be read.
 */
void core_hole(struct core *core, uint64_t address, uint64_t *back, uint64_t *ahead);

#endif
