/* SPDX-License-Identifier: GPL-2.0-only */
/* page_reports - the first page: what happened today, and every report, the newest first */
#include <stdlib.h>
#include <string.h>

#include "receiver/web/html.h"
#include "receiver/web/page.h"

#define DAY_S       (24 * 3600)
#define CRASHES     5   /* kinds of crash on top of the page */
#define CLOCK_OFF_S 600 /* a clock that is so far off is told of */
#define WORDS_MAX   8

/* What is asked for, taken apart once. */
struct filter {
	const struct query *query;
	char text[QUERY_WORDS_MAX];
	const char *words[WORDS_MAX];
	unsigned n;
};

static void read_filter(const struct query *query, struct filter *filter)
{
	char *word, *rest;

	*filter = (struct filter){.query = query};
	strcpy(filter->text, query->words);
	rest = filter->text;
	while (filter->n < WORDS_MAX && (word = strsep(&rest, " ")))
		if (*word)
			filter->words[filter->n++] = word;
}

static bool is_filtered(const struct filter *filter)
{
	const struct query *query = filter->query;

	return filter->n || *query->host || *query->kind || query->has_signature;
}

static bool has_word(const struct entry *entry, const char *word)
{
	const char *const texts[] = {entry_host(entry), entry->title, entry->kernel,
	                             entry->signature,  entry->kind,  entry->id,
	                             entry->mac,        entry->why,   entry->file};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i] && strcasestr(texts[i], word))
			return true;
	return false;
}

static bool is_equal(const char *text, const char *wanted)
{
	return !strcmp(text ? text : "", wanted);
}

static bool matches(const struct filter *filter, const struct entry *entry)
{
	const struct query *query = filter->query;

	if ((*query->host && strcmp(entry_host(entry), query->host)) ||
	    (*query->kind && !is_equal(entry->kind, query->kind)) ||
	    (query->has_signature && !is_equal(entry->signature, query->signature)))
		return false;
	for (unsigned i = 0; i < filter->n; i++)
		if (!has_word(entry, filter->words[i]))
			return false;
	return true;
}

static size_t count(const struct page *page, const struct filter *filter)
{
	size_t found = 0;

	if (!is_filtered(filter))
		return page->catalog->n;
	for (size_t i = 0; i < page->catalog->n; i++)
		found += matches(filter, &page->catalog->reports[i]->entry);
	return found;
}

static void put_row(const struct page *page, const struct report *report)
{
	const struct entry *entry = &report->entry;
	const char *host = entry_host(entry);
	uint64_t stored_at = (uint64_t)entry->stored_at;

	html_print(page->out,
	           "<li data-file=\"%t\"><a class=\"host\" href=\"/?host=%u\">%h</a> "
	           "<a class=\"title\" href=\"/report/%u\">%h</a> <span class=\"when\">",
	           entry->file, host, host, entry->file, entry_title(entry));
	page_put_when(page, stored_at);
	if (entry->crashed_at + CLOCK_OFF_S < stored_at ||
	    entry->crashed_at > stored_at + CLOCK_OFF_S)
		html_print(page->out, " <small>crashed, by its clock: %w</small>",
		           entry->crashed_at);
	html_print(page->out, "</span> <span class=\"state\">");
	page_put_state_of(page, entry);
	html_print(page->out, "</span></li>\n");
}

static void put_rows(const struct page *page, const struct filter *filter, size_t rows)
{
	size_t first = page_first_row(page, rows), end = page_end_row(page, rows), row = 0;

	if (!rows)
		return;
	html_print(page->out, "<ul class=\"reports\">\n");
	for (size_t i = page->catalog->n; i > 0 && row < end; i--) {
		const struct report *report = page->catalog->reports[i - 1];

		if (!matches(filter, &report->entry))
			continue;
		if (row++ >= first)
			put_row(page, report);
	}
	html_print(page->out, "</ul>\n");
}

/* The crashes of the last day, without drills. Returns how many hosts had one. */
static size_t collect_day(const struct page *page, struct groups *crashes)
{
	struct groups hosts = {.n = 0};
	struct group group;
	size_t n = 0, at = 0;

	for (size_t i = page->catalog->n; i > 0; i--) {
		const struct entry *entry = &page->catalog->reports[i - 1]->entry;

		if (entry->stored_at + DAY_S < (double)page->now_s)
			break;
		if (!entry->drill && (groups_lend(crashes, entry, entry->signature) ||
		                      groups_lend(&hosts, entry, entry_host(entry))))
			break;
	}
	groups_sort(&hosts);
	while (groups_next(&hosts, &at, &group))
		n++;
	groups_free(&hosts);
	return n;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void put_crashes(const struct page *page, const struct group *groups, size_t n)
{
	html_print(page->out, "<ul class=\"crashes\">\n");
	for (size_t i = 0; i < n && i < CRASHES; i++)
		page_put_group(page, &groups[i]);
	html_print(page->out, "</ul>\n");
	if (n > CRASHES)
		html_print(page->out, "<p><a href=\"/crashes\">All crashes</a></p>\n");
}

/* Who died today, of what. */
static void put_day(const struct page *page)
{
	struct groups crashes = {.n = 0};
	size_t hosts = collect_day(page, &crashes), n;
	struct group *groups = page_sort_groups(&crashes, &n);

	html_print(page->out, "<section aria-labelledby=\"day\">\n");
	if (hosts) {
		html_print(page->out,
		           "<h1 id=\"day\">%d host%t crashed in the last 24 hours</h1>\n"
		           "<p class=\"sum\">%d report%t, %d kind%t of crash</p>\n",
		           (uint64_t)hosts, plural(hosts), (uint64_t)crashes.n, plural(crashes.n),
		           (uint64_t)n, plural(n));
		put_crashes(page, groups, n);
	} else {
		html_print(page->out, "<h1 id=\"day\">No crash in the last 24 hours</h1>\n");
	}
	html_print(page->out, "</section>\n");
	free(groups);
	groups_free(&crashes);
}

static void put_filter(const struct page *page, const char *name, const char *value)
{
	html_print(page->out, "<li>%t <q>%h</q></li>", name, value);
}

/* What was asked for, and how much of it there is. */
static void put_found(const struct page *page, const struct filter *filter, size_t rows)
{
	const struct query *query = filter->query;

	html_print(page->out, "<h1>%d report%t</h1>\n<ul class=\"filters\">", (uint64_t)rows,
	           plural(rows));
	if (filter->n)
		put_filter(page, "with", query->words);
	if (*query->host)
		put_filter(page, "of host", query->host);
	if (*query->kind)
		put_filter(page, "of kind", query->kind);
	if (query->has_signature)
		put_filter(page, "in", *query->signature ? query->signature : "no function");
	html_print(page->out, "<li><a href=\"/\">All reports</a></li></ul>\n");
	if (!rows)
		html_print(page->out,
		           "<p class=\"none\">What is searched are hosts, titles, kernels, "
		           "functions, kinds, ids and addresses, not the logs.</p>\n");
}

static void put_none(const struct page *page)
{
	html_print(page->out,
	           "<p class=\"none\">No report is stored. They come from "
	           "<code>lastwords-recv --dir</code>; <code>lastwordsctl test</code> on a host "
	           "sends a drill that comes the whole way.</p>\n");
}

static void put_left_out(const struct page *page)
{
	if (page->catalog->left_out)
		html_print(page->out,
		           "<p class=\"none\">%d older reports are not shown here; "
		           "<code>lastwords-reports</code> has them.</p>\n",
		           page->catalog->left_out);
}

void page_reports(const struct page *page)
{
	struct filter filter;
	size_t rows;

	read_filter(page->query, &filter);
	rows = count(page, &filter);
	page_begin(page, is_filtered(&filter) ? "Search" : "Reports", true);
	if (is_filtered(&filter)) {
		put_found(page, &filter, rows);
	} else {
		if (!page_first_row(page, rows))
			put_day(page);
		html_print(page->out, "<h2>All reports</h2>\n");
		if (!rows)
			put_none(page);
	}
	put_rows(page, &filter, rows);
	page_put_row_pager(page, "/", rows);
	put_left_out(page);
	page_end(page);
}
