/* SPDX-License-Identifier: GPL-2.0-only */
/* page_hosts - each host that sent a report, with its last one */
#include <stdlib.h>
#include <string.h>

#include "receiver/web/html.h"
#include "receiver/web/page.h"

static void put_host(const struct page *page, const struct group *group)
{
	const struct entry *newest = group->newest->entry;
	const char *host = entry_host(newest);

	html_print(page->out,
	           "<li><a class=\"host\" href=\"/?host=%u\">%h</a> "
	           "<a class=\"title\" href=\"/report/%u\">%h</a> <span class=\"when\">",
	           host, host, newest->file, entry_title(newest));
	page_put_when(page, group->last);
	html_print(page->out, "</span> <span class=\"state\">%d report%t</span></li>\n",
	           (uint64_t)group->n, group->n == 1 ? "" : "s");
}

void page_hosts(const struct page *page)
{
	struct groups hosts = {.n = 0};
	struct group *groups;
	size_t n;

	for (size_t i = 0; i < page->catalog->n; i++) {
		const struct entry *entry = &page->catalog->reports[i]->entry;

		if (groups_lend(&hosts, entry, entry_host(entry)))
			break;
	}
	groups = page_sort_groups(&hosts, &n);
	page_begin(page, "Hosts", true);
	html_print(page->out,
	           "<h1>%d host%t</h1>\n<p class=\"sum\">With the last report of each</p>\n"
	           "<ul class=\"reports\">\n",
	           (uint64_t)n, n == 1 ? "" : "s");
	for (size_t i = page_first_row(page, n); i < page_end_row(page, n); i++)
		put_host(page, &groups[i]);
	html_print(page->out, "</ul>\n");
	page_put_row_pager(page, "/hosts", n);
	page_end(page);
	free(groups);
	groups_free(&hosts);
}
