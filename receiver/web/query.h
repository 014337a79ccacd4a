/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * query - what a browser asks for: the path and the words behind it
 *
 *   /                                     reports, the newest first
 *   /crashes  /hosts                      the same in groups
 *   /report/web-042/20261123T…-9f2c….log  one report; /raw/ has its bytes
 *   /state                                a word that changes when something came
 *   /metrics  /style.css  /live.js  /icon.svg
 *
 *   ?q=nvme+timeout&host=web-042&kind=oom&signature=f+g+h&page=2
 */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "receiver/store_name.h"

#define QUERY_WORDS_MAX     200
#define QUERY_HOST_MAX      200 /* 64 bytes of a frame, each of which may have become three */
#define QUERY_KIND_MAX      32
#define QUERY_SIGNATURE_MAX 520
#define QUERY_PAGE_MAX      1000000

enum query_page {
	QUERY_REPORTS,
	QUERY_CRASHES,
	QUERY_HOSTS,
	QUERY_REPORT,
	QUERY_RAW,
	QUERY_STATE,
	QUERY_METRICS,
	QUERY_STYLE,
	QUERY_SCRIPT,
	QUERY_ICON,
};

/* What is not asked for is empty; a signature may be asked for that is empty. */
struct query {
	enum query_page page;
	char file[STORE_PATH_MAX]; /* of QUERY_REPORT and QUERY_RAW: that of a report's file */
	char words[QUERY_WORDS_MAX], host[QUERY_HOST_MAX], kind[QUERY_KIND_MAX];
	char signature[QUERY_SIGNATURE_MAX];
	bool has_signature;
	uint64_t number; /* of the page; 0 if none was given */
};

/*
 * Reads the n bytes between the method and the version. Keys that nobody knows are passed over.
 * Returns 0, -ENOENT: there is no such page, or -EBADMSG: it is malformed or too long.
 */
int query_read(const char *target, size_t n, struct query *query);

#endif
