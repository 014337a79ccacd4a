/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log - the crashed kernel's log as records, stepped through in either direction
 *
 * A log stands between two records. log_older() gives the one before and log_newer() the one after;
 * log_open() places it behind the newest. Each format of the kernel's log is one struct log_format
 * in a file of its own (log_prb.c, log_records.c, log_plain.c). Where none finds a record, what is
 * legible of the text stands in for them (log_scraps.c).
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sender/core.h"
#include "sender/log_damage.h"
#include "sender/log_plain.h"
#include "sender/log_prb.h"
#include "sender/log_records.h"
#include "sender/log_scraps.h"
#include "sender/vmcoreinfo.h"

#define LOG_TEXT_MAX 65536       /* text_len has 16 bits */
#define RECORD_CPU   0x80000000u /* in caller */

struct record {
	uint64_t seq;     /* sequence number, if numbered */
	uint64_t ts_nsec; /* nanoseconds since boot */
	uint32_t caller;  /* thread, or RECORD_CPU + processor; only if has_caller */
	uint8_t facility, level;
	bool numbered, has_caller;
	bool unfinished;  /* was being written when the machine died */
	bool scrap;       /* legible text, of which nothing else is known */
	bool raw;         /* the text has whatever prefix there is */
	bool joined;      /* the first line goes on from the record before: it has no prefix */
	bool open;        /* the last line has no \n: the record behind goes on */
	const char *text; /* any bytes; valid until the next step */
	size_t text_bytes;
};

struct log;

struct log_format {
	/* True if the note speaks of this format. */
	bool (*present)(const struct vmcoreinfo *info);
	/*
	 * NULL, or what is wrong, as the end of a sentence. Sets scraps_at, and scraps_bytes if it
	 * is known, where records may be lost while their text is there.
	 */
	const char *(*open)(struct log *log, const struct vmcoreinfo *info);
	void (*rewind)(struct log *log);
	bool (*older)(struct log *log, struct record *record);
	bool (*newer)(struct log *log, struct record *record);
	/* The sequence number of the oldest record that has its text still. False if none has. */
	bool (*oldest_seq)(struct log *log, uint64_t *seq);
};

struct log {
	const struct log_format *format;
	struct core *core;
	struct log_damage damage;
	uint64_t scraps_at, scraps_bytes; /* text to search if no record can be read; 0 = none */
	union {
		struct prb prb;
		struct records records;
		struct plain plain;
		struct scraps scraps;
	} in;
	char text[LOG_TEXT_MAX + 8]; /* of a record that lies in no window of the core as a whole */
};

/*
 * Opens the log of a core, to be stepped through from its newest record. Returns NULL, or what is
 * wrong as the end of a sentence that begins with the file's name ("holds no kernel log").
 */
const char *log_open(struct log *log, struct core *core, const struct vmcoreinfo *info);

/*
 * Reads the kernel variable of so many bytes whose address the note gives, for a format's open().
 * False if the note does not name it or no segment holds it.
 */
bool log_symbol(struct log *log, const struct vmcoreinfo *info, const char *key, uint64_t bytes,
                uint64_t *value);

/*
 * Places a log that was just opened before its oldest record. Damage is then counted on the way to
 * the newest.
 */
void log_rewind(struct log *log);

/* Step to the next older or newer record. False when there is none. Damaged ones are passed over.
 */
bool log_older(struct log *log, struct record *record);
bool log_newer(struct log *log, struct record *record);

/*
 * The sequence number of the oldest record, without stepping there; empty lines older than the
 * oldest text do not count. False if it is not known.
 */
bool log_oldest_seq(struct log *log, uint64_t *seq);

#endif
