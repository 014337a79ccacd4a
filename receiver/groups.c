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
	int order = compare_text(a->signature, b->signature);

	if (!order)
		order = compare_text(a->host, b->host);
	if (!order)
		order = a->at < b->at ? -1 : a->at > b->at;
	return order;
}

/* Copies the text. False: no memory. */
static bool copy(char **to, const char *text)
{
	*to = text ? strdup(text) : NULL;
	return *to || !text;
}

static void member_free(struct member *member)
{
	free(member->signature);
	free(member->host);
	free(member->kind);
	free(member->title);
}

int groups_add(struct groups *groups, const struct entry *entry)
{
	struct member *member;

	if (groups->n == groups->room) {
		size_t room = groups->room ? groups->room * 2 : 256;
		struct member *members = reallocarray(groups->members, room, sizeof(*members));

		if (!members)
			return -ENOMEM;
		groups->members = members;
		groups->room = room;
	}
	member = &groups->members[groups->n];
	*member = (struct member){.at = entry->crashed_at};
	if (!copy(&member->signature, entry->signature) ||
	    !copy(&member->host, entry_host(entry)) || !copy(&member->kind, entry->kind) ||
	    !copy(&member->title, entry->title)) {
		member_free(member);
		return -ENOMEM;
	}
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
	const struct member *first = groups->members + *at;

	if (*at >= groups->n)
		return false;
	*group = (struct group){first, first, 0, 0, first->at, first->at};
	for (; *at < groups->n; ++*at) {
		const struct member *member = &groups->members[*at];

		if (compare_text(member->signature, first->signature))
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
