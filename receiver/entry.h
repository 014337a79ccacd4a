/* SPDX-License-Identifier: GPL-2.0-only */
/* entry - a line of the store's index (docs/store.md), as far as readers of it need it */
#ifndef ENTRY_H
#define ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

/* Strings end with a NUL, may hold any other character, and are NULL where the line has null. */
struct entry {
	json_t *object; /* owns the strings */
	const char *file, *id, *host, *mac, *kernel, *title, *kind, *signature, *why, *replaces;
	const char *interface;
	double stored_at;
	uint64_t crashed_at; /* by the crashed kernel, else when it was received */
	uint64_t bytes, parts, parts_received, older;
	bool partial, drill, conflict;
};

/* Returns 0, -EBADMSG: it is no such line, or -ENOMEM. The entry is freed by entry_free. */
int entry_read(const char *line, size_t n, struct entry *entry);
void entry_free(struct entry *entry);

/* Opens the report's file, below the store's directory. Returns a descriptor or -errno. */
int entry_open(const struct entry *entry, int directory);

#define ENTRY_NO_TITLE "no crash in the log"

/* What is to be said of it in one line: the title, else why there is no log. */
const char *entry_title(const struct entry *entry);

/* What the host is called: its name, else its source address. */
const char *entry_host(const struct entry *entry);

/* Whether the host is the one of this name; with or without its domain, in any case. */
bool entry_is_of(const struct entry *entry, const char *name);

#endif
