/* SPDX-License-Identifier: GPL-2.0-only */
/* page - what all pages have in common */
#include "receiver/web/page.h"

#include <stdlib.h>

#include "receiver/web/html.h"
#include "receiver/web/metrics.h"

#define SILENT_S 60 /* a receiver writes its counters every 15 seconds */

void page_put_state(FILE *out, const struct catalog *catalog)
{
	html_print(out, "%n-%n", catalog->opened_us, catalog->changes);
}

static void put_head(const struct page *page, const char *title, bool live)
{
	html_print(page->out,
	           "<!DOCTYPE html>\n"
	           "<html lang=\"en\">\n"
	           "<head>\n"
	           "<meta charset=\"utf-8\">\n"
	           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	           "<meta name=\"color-scheme\" content=\"light dark\">\n"
	           "<title>%t - Lastwords</title>\n"
	           "<link rel=\"icon\" href=\"/icon.svg\">\n"
	           "<link rel=\"stylesheet\" href=\"/style.css\">\n"
	           "<script src=\"/live.js\" defer></script>\n",
	           title);
	if (live)
		html_print(page->out, "<noscript><meta http-equiv=\"refresh\" content=\"30\">"
		                      "</noscript>\n");
	html_print(page->out, "</head>\n<body>\n");
}

static void put_views(const struct page *page)
{
	static const struct {
		enum query_page page;
		const char *path, *name;
	} views[] = {
		{QUERY_REPORTS, "/", "Reports"},
		{QUERY_CRASHES, "/crashes", "Crashes"},
		{QUERY_HOSTS, "/hosts", "Hosts"},
	};

	html_print(page->out, "<nav aria-label=\"Views\">");
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		html_print(page->out, "<a href=\"%t\" aria-current=\"%t\">%t</a>", views[i].path,
		           page->query->page == views[i].page ? "page" : "false", views[i].name);
	html_print(page->out, "</nav>\n");
}

/* No news is good news only from a receiver that runs. */
static void put_warning(const struct page *page)
{
	int64_t age_s = page->metrics ? metrics_age_s(page->metrics) : 0;

	if (age_s > SILENT_S)
		html_print(
			page->out,
			"<p class=\"warning\"><strong>The receiver is silent:</strong> it has not "
			"written its counters for %a. Is lastwords-recv running?</p>\n",
			(uint64_t)age_s);
	else if (age_s < 0)
		html_print(
			page->out,
			"<p class=\"warning\"><strong>The receiver is silent:</strong> %t cannot "
			"be read. Is lastwords-recv running?</p>\n",
			page->metrics);
}

void page_begin(const struct page *page, const char *title, bool live)
{
	put_head(page, title, live);
	html_print(page->out, "<a class=\"skip\" href=\"#main\">Skip to the reports</a>\n"
	                      "<header>\n<a class=\"name\" href=\"/\">Lastwords</a>\n");
	put_views(page);
	html_print(page->out,
	           "<form role=\"search\" action=\"/\">"
	           "<input type=\"search\" name=\"q\" value=\"%t\" maxlength=\"%n\" "
	           "aria-label=\"Search host, title, kernel, function, id\" "
	           "placeholder=\"host, title, kernel, function, id\">"
	           "<button>Search</button></form>\n"
	           "<p id=\"live\" role=\"status\"></p>\n"
	           "</header>\n<main id=\"main\" tabindex=\"-1\"%t data-state=\"",
	           page->query->words, (uint64_t)QUERY_WORDS_MAX - 1, live ? " data-live" : "");
	page_put_state(page->out, page->catalog);
	html_print(page->out, "\">\n");
	if (live)
		put_warning(page);
}

void page_end(const struct page *page)
{
	html_print(page->out,
	           "</main>\n<footer>"
	           "<p>What these pages show was sent by someone on the LAN: a witness, not a "
	           "proof. Times are those of this receiver, in UTC. "
	           "<a href=\"/metrics\">Metrics</a></p></footer>\n</body>\n</html>\n");
}

static uint64_t pages_of(size_t rows)
{
	return rows ? (rows + PAGE_ROWS - 1) / PAGE_ROWS : 1;
}

/* A page that is not there is the last one. */
static uint64_t number_of(const struct page *page, size_t rows)
{
	uint64_t number = page->query->number ? page->query->number : 1;

	return number < pages_of(rows) ? number : pages_of(rows);
}

size_t page_first_row(const struct page *page, size_t rows)
{
	return (size_t)(number_of(page, rows) - 1) * PAGE_ROWS;
}

size_t page_end_row(const struct page *page, size_t rows)
{
	size_t end = page_first_row(page, rows) + PAGE_ROWS;

	return end < rows ? end : rows;
}

static void put_page_link(const struct page *page, const char *path, uint64_t number,
                          const char *rel, const char *text)
{
	const struct query *query = page->query;

	html_print(page->out, "<a rel=\"%t\" href=\"%u?page=%n", rel, path, number);
	if (*query->words)
		html_print(page->out, "&amp;q=%u", query->words);
	if (*query->host)
		html_print(page->out, "&amp;host=%u", query->host);
	if (*query->kind)
		html_print(page->out, "&amp;kind=%u", query->kind);
	if (query->has_signature)
		html_print(page->out, "&amp;signature=%u", query->signature);
	html_print(page->out, "\">%t</a>", text);
}

void page_put_pager(const struct page *page, const char *path, uint64_t number, uint64_t pages)
{
	if (pages < 2)
		return;
	html_print(page->out, "<nav class=\"pager\" aria-label=\"Pages\">");
	if (number > 1)
		put_page_link(page, path, number - 1, "prev", "\u2190 Previous");
	html_print(page->out, "<span>Page %d of %d</span>", number, pages);
	if (number < pages)
		put_page_link(page, path, number + 1, "next", "Next \u2192");
	html_print(page->out, "</nav>\n");
}

void page_put_row_pager(const struct page *page, const char *path, size_t rows)
{
	page_put_pager(page, path, number_of(page, rows), pages_of(rows));
}

void page_put_when(const struct page *page, uint64_t seconds)
{
	if (seconds <= page->now_s)
		html_print(page->out, "<b>%a ago</b> ", page->now_s - seconds);
	html_print(page->out, "%w", seconds);
}

void page_put_state_of(const struct page *page, const struct entry *entry)
{
	if (entry->drill)
		html_print(page->out, "<span class=\"tag drill\">drill</span> ");
	if (entry->conflict)
		html_print(page->out, "<span class=\"tag conflict\">contradicted</span> ");
	if (entry->partial && entry->parts)
		html_print(page->out,
		           "<span class=\"tag partial\">\u25d0 partial</span> "
		           "<span class=\"parts\">%d of %d parts</span>",
		           entry->parts_received, entry->parts);
	else if (entry->partial)
		html_print(page->out, "<span class=\"tag partial\">\u25d0 partial</span>");
	else if (!entry->parts)
		html_print(page->out, "<span class=\"tag\">\u25cb bare text</span>");
	else
		html_print(page->out, "<span class=\"tag whole\">\u25cf whole</span>");
}

static int by_newest(const void *left, const void *right)
{
	const struct group *a = left, *b = right;

	if (a->last != b->last)
		return a->last > b->last ? -1 : 1;
	return a->members < b->members ? -1 : a->members > b->members;
}

struct group *page_sort_groups(struct groups *groups, size_t *n)
{
	size_t at = 0, room = 0;
	struct group *sorted = NULL, group;

	*n = 0;
	groups_sort(groups);
	while (groups_next(groups, &at, &group)) {
		if (*n == room) {
			struct group *more;

			room = room ? room * 2 : 64;
			more = reallocarray(sorted, room, sizeof(*sorted));
			if (!more)
				break;
			sorted = more;
		}
		sorted[(*n)++] = group;
	}
	if (*n)
		qsort(sorted, *n, sizeof(*sorted), by_newest);
	return sorted;
}

void page_error(const struct page *page, unsigned status)
{
	static const struct {
		unsigned status;
		const char *title, *text;
	} errors[] = {
		{400, "Not understood", "The address is malformed or too long."},
		{404, "Not here", "There is no such page, or the report has gone from the store."},
		{405, "Only reading", "These pages can be read, and nothing else."},
		{421, "Another name", "This name was not given to lastwords-web; see --name."},
		{503, "Too much at once", "Try again in a moment."},
		{500, "It failed", "The report's file cannot be read."},
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i].status != status)
			continue;
		page_begin(page, errors[i].title, false);
		html_print(page->out,
		           "<h1>%t</h1>\n<p>%t</p>\n<p><a href=\"/\">All reports</a></p>\n",
		           errors[i].title, errors[i].text);
		page_end(page);
	}
}
