/* SPDX-License-Identifier: GPL-2.0-only */
/* source - a crashed kernel: its core, its note and its log, opened together */
#ifndef SOURCE_H
#define SOURCE_H

#include "sender/core.h"
#include "sender/frame.h"
#include "sender/log.h"
#include "sender/vmcoreinfo.h"

struct source {
	struct core core;
	struct vmcoreinfo info; /* bytes is 0 if there is no note */
	struct log log;
	const struct frame_header *header; /* known without a core; NULL = read from it */
};

/*
 * Opens what fd is open on; fd stays the caller's. Returns NULL, or what is wrong as the end of a
 * sentence that begins with the file's name.
 */
const char *source_open(struct source *source, int fd);

/*
 * Fills in what the note says of the crash: host, kernel and at, as far as they are known, and the
 * id: a 64-bit FNV-1a hash of the note.
 */
void source_describe(struct source *source, struct frame_header *header);

/*
 * Adds the newest record to the id: its sequence number and its time in nanoseconds, each as 8
 * bytes, the lowest first. Returns that record's number; 0, and the id is left, if there is none.
 * The log must have been opened; it is left behind its newest record.
 */
uint64_t source_identify(struct source *source, struct frame_header *header);

/* The id of a crash that left no note: of a MAC address and of when this kernel was booted. */
uint64_t source_unknown_id(const uint8_t mac[6]);

#endif
