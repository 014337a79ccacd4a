/* SPDX-License-Identifier: GPL-2.0-only */
/* groups - reports of the same crash, on however many hosts */
#include "receiver/groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What says nothing of the crash makes one group, under the name "". */
static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare(const void *left, const void *right)
{
	const struct member *a = left, *b = right;
	int order = compare_text(a->key, b->key);

	if (!order)
		order = compare_text(a->host, b->host);
	if (!order)
		order = a->at < b->at ? -1 : a->at > b->at;
	return order;
}

/* Copies the text. False: no memory. */
static bool copy(const char **to, const char *text)
{
	*to = text ? strdup(text) : NULL;
	return *to || !text;
}

static void member_free(const struct member *member)
{
	if (member->entry)
		return;
	free((char *)member->signature);
	free((char *)member->host);
	free((char *)member->kind);
	free((char *)member->title);
}

/* Room for one more, or NULL. It counts once groups->n does. */
static struct member *next_member(struct groups *groups)
{
	size_t room = groups->room ? groups->room * 2 : 256;
	struct member *members;

	if (groups->n < groups->room)
		return &groups->members[groups->n];
	members = reallocarray(groups->members, room, sizeof(*members));
	if (!members)
		return NULL;
	groups->members = members;
	groups->room = room;
	return &members[groups->n];
}

int groups_add(struct groups *groups, const struct entry *entry)
{
	struct member *member = next_member(groups);

	if (!member)
		return -ENOMEM;
	*member = (struct member){.at = entry->crashed_at};
	if (!copy(&member->signature, entry->signature) ||
	    !copy(&member->host, entry_host(entry)) || !copy(&member->kind, entry->kind) ||
	    !copy(&member->title, entry->title)) {
		member_free(member);
		return -ENOMEM;
	}
	member->key = member->signature;
	groups->n++;
	return 0;
}

int groups_lend(struct groups *groups, const struct entry *entry, const char *key)
{
	struct member *member = next_member(groups);

	if (!member)
		return -ENOMEM;
	*member = (struct member){
		.key = key,
		.signature = entry->signature,
		.host = entry_host(entry),
		.kind = entry->kind,
		.title = entry->title,
		.at = (uint64_t)entry->stored_at,
		.entry = entry,
	};
	groups->n++;
	return 0;
}

void groups_sort(struct groups *groups)
{
	if (groups->n)
		qsort(groups->members, groups->n, sizeof(*groups->members), compare);
}

bool groups_next(const struct groups *groups, size_t *at, struct group *group)
{
	const struct member *first;

	if (*at >= groups->n)
		return false;
	first = &groups->members[*at];
	*group = (struct group){first, first, 0, 0, first->at, first->at};
	for (; *at < groups->n; ++*at) {
		const struct member *member = &groups->members[*at];

		if (compare_text(member->key, first->key))
			break;
		group->hosts += member == first || compare_text(member->host, member[-1].host);
		group->n++;
		if (member->at < group->first)
			group->first = member->at;
		if (member->at > group->last) {
			group->last = member->at;
			group->newest = member;
		}
	}
	return true;
}

void groups_free(struct groups *groups)
{
	for (size_t i = 0; i < groups->n; i++)
		member_free(&groups->members[i]);
	free(groups->members);
}
