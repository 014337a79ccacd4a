/* SPDX-License-Identifier: GPL-2.0-only */
/* page_crashes - the same crash on many hosts as one line, by its signature */
#include <stdlib.h>
#include <string.h>

#include "receiver/web/html.h"
#include "receiver/web/page.h"

#define HOSTS_SHOWN 6

/* Members of a group stand host by host. */
static void put_hosts(const struct page *page, const struct group *group)
{
	size_t shown = 0;

	html_print(page->out, "<span class=\"hosts\">%d host%t: ", (uint64_t)group->hosts,
	           group->hosts == 1 ? "" : "s");
	for (size_t i = 0; i < group->n && shown < HOSTS_SHOWN; i++) {
		const char *host = group->members[i].host;

		if (i && !strcmp(host, group->members[i - 1].host))
			continue;
		html_print(page->out, "%t<a href=\"/?host=%u\">%h</a>", shown++ ? ", " : "", host,
		           host);
	}
	html_print(page->out, "%t</span>", group->hosts > shown ? " \u2026" : "");
}

void page_put_group(const struct page *page, const struct group *group)
{
	const struct entry *newest = group->newest->entry;

	html_print(page->out,
	           "<li><a class=\"count\" href=\"/?signature=%u\" "
	           "aria-label=\"%n reports of this crash\">%d\u00d7</a> ",
	           newest->signature, (uint64_t)group->n, (uint64_t)group->n);
	html_print(page->out, "<a class=\"title\" href=\"/report/%u\">%h</a> <span class=\"when\">",
	           newest->file, entry_title(newest));
	page_put_when(page, group->last);
	html_print(page->out, "</span> ");
	put_hosts(page, group);
	html_print(page->out, "</li>\n");
}

void page_crashes(const struct page *page)
{
	struct groups crashes = {.n = 0};
	struct group *groups;
	size_t n;

	for (size_t i = 0; i < page->catalog->n; i++) {
		const struct entry *entry = &page->catalog->reports[i]->entry;

		if (!entry->drill && groups_lend(&crashes, entry, entry->signature))
			break;
	}
	groups = page_sort_groups(&crashes, &n);
	page_begin(page, "Crashes", true);
	html_print(page->out,
	           "<h1>%d kind%t of crash</h1>\n"
	           "<p class=\"sum\">Reports whose traces have the same functions, the newest "
	           "first</p>\n<ul class=\"crashes\">\n",
	           (uint64_t)n, n == 1 ? "" : "s");
	for (size_t i = page_first_row(page, n); i < page_end_row(page, n); i++)
		page_put_group(page, &groups[i]);
	html_print(page->out, "</ul>\n");
	page_put_row_pager(page, "/crashes", n);
	page_end(page);
	free(groups);
	groups_free(&crashes);
}
