/* SPDX-License-Identifier: GPL-2.0-only */
/* page - what all pages have in common, and the pages themselves: each is in a file of its own */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "receiver/groups.h"
#include "receiver/web/catalog.h"
#include "receiver/web/query.h"

#define PAGE_ROWS 50

struct page {
	FILE *out;
	const struct catalog *catalog;
	const struct query *query;
	uint64_t now_s;
	const char *metrics; /* the receiver's, by which its silence is seen; or NULL */
};

/* Up to and with the beginning of main. A live page is fetched anew when something came. */
void page_begin(const struct page *page, const char *title, bool live);
void page_end(const struct page *page);

/* The word by which a page knows whether something came since. */
void page_put_state(FILE *out, const struct catalog *catalog);

/* The number of this page's first row, from 0, and which rows it has: [first, end). */
size_t page_first_row(const struct page *page, size_t rows);
size_t page_end_row(const struct page *page, size_t rows);

/* Links to the pages before and after this one of so many, from 1, if there are any. */
void page_put_pager(const struct page *page, const char *path, uint64_t number, uint64_t pages);
void page_put_row_pager(const struct page *page, const char *path, size_t rows);

/* "5 min ago", and the time. */
void page_put_when(const struct page *page, uint64_t seconds);

/* Whole, partial, a drill: in words and signs, not in colour alone. */
void page_put_state_of(const struct page *page, const struct entry *entry);

/* One line of a list of crashes: how many, of what, where and when. */
void page_put_group(const struct page *page, const struct group *group);

/* The groups, those with the newest reports first. Freed by free(3); NULL: none, or no memory. */
struct group *page_sort_groups(struct groups *groups, size_t *n);

void page_error(const struct page *page, unsigned status);
void page_reports(const struct page *page);
void page_crashes(const struct page *page);
void page_hosts(const struct page *page);

/* Returns 0, or -errno if the log cannot be read: then nothing is written. */
int page_report(const struct page *page, const struct report *report);

#endif
