/* SPDX-License-Identifier: GPL-2.0-only */
/* groups - reports of the same crash, on however many hosts */
#ifndef GROUPS_H
#define GROUPS_H

#include <stddef.h>
#include <stdint.h>

#include "receiver/entry.h"

struct member {
	const char *key; /* what the members of a group have in common */
	const char *signature, *host, *kind, *title; /* NULL where unknown */
	uint64_t at;
	const struct entry *entry; /* that of groups_lend, or NULL */
};

struct groups {
	struct member *members;
	size_t n, room;
};

/* One group: n members beside each other. */
struct group {
	const struct member *members, *newest;
	size_t n, hosts;
	uint64_t first, last;
};

/* Adds to the group of the entry's signature. Strings are copied. Returns 0 or -ENOMEM. */
int groups_add(struct groups *groups, const struct entry *entry);

/*
 * Adds to the group of the key. The entry and the key are kept by the caller until groups_free, and
 * the time is that when the report was stored. Returns 0 or -ENOMEM.
 */
int groups_lend(struct groups *groups, const struct entry *entry, const char *key);

/* Sorts what was added; to be called before groups_next. */
void groups_sort(struct groups *groups);

/* Fills *group with the one that begins at member *at, and moves *at behind it. False: no more. */
bool groups_next(const struct groups *groups, size_t *at, struct group *group);
void groups_free(struct groups *groups);

#endif
