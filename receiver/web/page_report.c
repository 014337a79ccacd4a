/* SPDX-License-Identifier: GPL-2.0-only */
/* page_report - one report: what is known of it, and its log with the panic marked */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "receiver/prefix.h"
#include "receiver/web/html.h"
#include "receiver/web/marks.h"
#include "receiver/web/page.h"

#define LOG_MAX       (64u << 20)  /* a report has 16 MiB at most, and what its receiver joined */
#define LINES_MAX     5000         /* on a page */
#define BYTES_MAX     (512u << 10) /* on a page: of the log, not of what it becomes */
#define LINE_MAX      4096         /* what is shown of a line */
#define EXCERPT_LINES 40

/* Where a line is; 0: it is not there. */
struct place {
	uint64_t line, page; /* from 1 */
};

struct log {
	char *text;
	size_t n;
	struct marks marks;
	struct place event, panic;
	uint64_t pages;
};

/* A walk over the log by lines, which are cut into pages from its beginning. Starts as {0}. */
struct walk {
	size_t at, next;
	struct place place;
	size_t page_at;
	uint64_t page_line;
};

static size_t line_end(const struct log *log, size_t at)
{
	const char *end = memchr(log->text + at, '\n', log->n - at);

	return end ? (size_t)(end - log->text) : log->n;
}

static bool walk_on(const struct log *log, struct walk *walk)
{
	if (walk->next >= log->n)
		return false;
	walk->at = walk->next;
	walk->next = line_end(log, walk->at) + 1;
	walk->place.line++;
	if (!walk->place.page || walk->place.line - walk->page_line >= LINES_MAX ||
	    walk->next - walk->page_at > BYTES_MAX) {
		walk->place.page++;
		walk->page_at = walk->at;
		walk->page_line = walk->place.line;
	}
	return true;
}

static void find_places(struct log *log)
{
	struct walk walk = {0};

	marks_read(log->text, log->n, &log->marks);
	while (walk_on(log, &walk)) {
		if (log->marks.found && walk.at == log->marks.event_at)
			log->event = walk.place;
		if (log->marks.found && walk.at == log->marks.panic_at)
			log->panic = walk.place;
	}
	log->pages = walk.place.page;
}

static int read_log(const struct page *page, const struct report *report, struct log *log)
{
	int fd = entry_open(&report->entry, page->catalog->follow.directory);
	struct stat status;
	ssize_t n = -1;

	*log = (struct log){.n = 0};
	if (fd < 0)
		return fd;
	if (!fstat(fd, &status) && status.st_size <= LOG_MAX) {
		log->text = malloc((size_t)status.st_size + 1);
		/* A file in the store never changes. */
		n = log->text ? read(fd, log->text, (size_t)status.st_size) : -1;
	}
	close(fd);
	if (n < 0) {
		free(log->text);
		return -EIO;
	}
	log->n = (size_t)n;
	find_places(log);
	return 0;
}

/* Unasked, the page with what went wrong is shown; without that, the last one. */
static uint64_t choose_page(const struct page *page, const struct log *log)
{
	uint64_t number = page->query->number ? page->query->number : log->event.page;

	return number && number < log->pages ? number : log->pages;
}

static void put_fact(const struct page *page, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	html_print(page->out, "<div><dt>%t</dt><dd>%h</dd></div>\n", name, value);
}

static void put_host(const struct page *page, const struct entry *entry)
{
	const char *host = entry_host(entry);

	html_print(page->out, "<div><dt>Host</dt><dd><a href=\"/?host=%u\">%h</a></dd></div>\n",
	           host, host);
}

static void put_times(const struct page *page, const struct entry *entry)
{
	html_print(page->out, "<div><dt>Stored</dt><dd>");
	page_put_when(page, (uint64_t)entry->stored_at);
	html_print(page->out, "</dd></div>\n<div><dt>Crashed</dt><dd>%w, by its clock</dd></div>\n",
	           entry->crashed_at);
}

static void put_older(const struct page *page, const struct entry *entry)
{
	if (entry->older)
		html_print(page->out, "<div><dt>Not sent</dt><dd>%d older records</dd></div>\n",
		           entry->older);
}

static void put_facts(const struct page *page, const struct entry *entry)
{
	html_print(page->out, "<dl class=\"facts\">\n");
	put_host(page, entry);
	html_print(page->out, "<div><dt>Report</dt><dd>");
	page_put_state_of(page, entry);
	html_print(page->out, "</dd></div>\n");
	put_times(page, entry);
	put_fact(page, "Kernel", entry->kernel);
	put_fact(page, "Kind", entry->kind);
	put_fact(page, "No log", entry->why);
	put_older(page, entry);
	put_fact(page, "Sent from", entry->mac);
	put_fact(page, "Heard on", entry->interface);
	put_fact(page, "Id", entry->id);
	put_fact(page, "Functions", entry->signature);
	html_print(page->out, "</dl>\n");
}

static uint64_t count_same(const struct page *page, const struct entry *entry)
{
	uint64_t n = 0;

	for (size_t i = 0; i < page->catalog->n; i++) {
		const char *other = page->catalog->reports[i]->entry.signature;

		n += other && !strcmp(other, entry->signature);
	}
	return n;
}

static void put_place(const struct page *page, const struct place *place, uint64_t number,
                      const char *text)
{
	if (place->page == number)
		html_print(page->out, "<a href=\"#L%n\">%t, line %d</a>\n", place->line, text,
		           place->line);
	else if (place->page)
		html_print(page->out, "<a href=\"?page=%n#L%n\">%t, line %d</a>\n", place->page,
		           place->line, text, place->line);
}

static void put_links(const struct page *page, const struct entry *entry, const struct log *log,
                      uint64_t number)
{
	uint64_t same = entry->signature ? count_same(page, entry) : 0;

	html_print(page->out, "<nav class=\"links\" aria-label=\"Report\">\n");
	put_place(page, &log->event, number, "What went wrong");
	if (log->panic.line != log->event.line)
		put_place(page, &log->panic, number, "Panic");
	if (same)
		html_print(page->out, "<a href=\"/?signature=%u\">Same crash: %d report%t</a>\n",
		           entry->signature, same, same == 1 ? "" : "s");
	html_print(page->out, "<a href=\"/raw/%u\" download>Download, %d bytes</a>\n</nav>\n",
	           entry->file, entry->bytes);
}

static void put_stamp(const struct page *page, const char *line, const struct prefix *prefix)
{
	if (prefix->text == prefix->stamp)
		return;
	html_print(page->out, "<span class=\"stamp\">");
	html_text(page->out, line + prefix->stamp, prefix->text - prefix->stamp);
	html_print(page->out, "</span>");
}

/* The text of a line, without its level. */
static void put_text(const struct page *page, const char *line, size_t n)
{
	struct prefix prefix = prefix_read(line, n);
	size_t shown = n - prefix.text < LINE_MAX ? n - prefix.text : LINE_MAX;

	put_stamp(page, line, &prefix);
	html_text(page->out, line + prefix.text, shown);
	if (shown < n - prefix.text)
		html_print(page->out, "<i class=\"byte\">\u2026 %d bytes more</i>",
		           (uint64_t)(n - prefix.text - shown));
}

/* The beginning of a line, with its number as a link to it. */
static void put_number(const struct page *page, const struct place *place, uint64_t number)
{
	html_print(page->out, "<a href=\"");
	if (place->page != number)
		html_print(page->out, "?page=%n", place->page);
	html_print(page->out, "#L%n\">%n</a>", place->line, place->line);
}

static void put_line(const struct page *page, const struct log *log, const struct walk *walk,
                     uint64_t number)
{
	static const struct {
		const char *class, *label;
	} marks[] = {
		[MARK_NONE] = {"", ""},
		[MARK_EVENT] = {" event", "what went wrong"},
		[MARK_PANIC] = {" panic", "panic"},
		[MARK_TRACE] = {" trace", ""},
	};
	const char *line = log->text + walk->at;
	size_t n = line_end(log, walk->at) - walk->at;
	enum mark mark = marks_of(&log->marks, log->text, walk->at, n);
	int level = prefix_read(line, n).level;

	html_print(page->out, " class=\"v%n%t\">", (uint64_t)(level < 0 ? 6 : level),
	           marks[mark].class);
	put_number(page, &walk->place, number);
	html_print(page->out, "<code>");
	if (*marks[mark].label)
		html_print(page->out, "<strong>%t</strong> ", marks[mark].label);
	put_text(page, line, n);
	html_print(page->out, "</code></li>\n");
}

/* The crash alone, before the log: its lines that are marked. */
static void put_excerpt(const struct page *page, const struct log *log, uint64_t number)
{
	struct walk walk = {0};
	unsigned lines = 0;

	if (!log->event.line)
		return;
	html_print(page->out, "<h2>The crash</h2>\n<ol class=\"log excerpt\">\n");
	while (lines < EXCERPT_LINES && walk_on(log, &walk)) {
		size_t n = line_end(log, walk.at) - walk.at;

		if (marks_of(&log->marks, log->text, walk.at, n) == MARK_NONE)
			continue;
		html_print(page->out, "<li");
		put_line(page, log, &walk, number);
		lines++;
	}
	html_print(page->out, "</ol>\n");
}

static void put_log(const struct page *page, const struct log *log, uint64_t number)
{
	struct walk walk = {0};

	if (!log->n) {
		html_print(page->out, "<p class=\"none\">The log is empty.</p>\n");
		return;
	}
	html_print(page->out, "<ol class=\"log\">\n");
	while (walk_on(log, &walk) && walk.place.page <= number) {
		if (walk.place.page != number)
			continue;
		html_print(page->out, "<li id=\"L%n\"", walk.place.line);
		put_line(page, log, &walk, number);
	}
	html_print(page->out, "</ol>\n");
}

static void put_page(const struct page *page, const struct entry *entry, const struct log *log)
{
	const char *title = entry_title(entry);
	uint64_t number = choose_page(page, log);

	page_begin(page, title, entry->partial);
	html_print(page->out, "<h1 class=\"title\">%h</h1>\n", title);
	put_facts(page, entry);
	put_links(page, entry, log, number);
	put_excerpt(page, log, number);
	html_print(page->out, "<h2>The log</h2>\n");
	page_put_pager(page, "", number, log->pages);
	put_log(page, log, number);
	page_put_pager(page, "", number, log->pages);
	page_end(page);
}

int page_report(const struct page *page, const struct report *report)
{
	struct log log;
	int error = read_log(page, report, &log);

	if (error)
		return error;
	put_page(page, &report->entry, &log);
	free(log.text);
	return 0;
}
