/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * alerts - which reports are told of, when, and how many at once
 *
 * Reports of one signature are one alert. It waits a moment for others of its kind (settle), and
 * after it was told, more of the kind are told of together, once the quiet time is over:
 *
 *   report ──► waiting ──settle──► told ──quiet──► forgotten
 *                 ▲                  │ more came
 *                 └──────quiet───────┘
 *
 * Memory is bounded by the number of kinds; so many alerts a minute are told at most. Reports of
 * more kinds than that are one alert together, the sum, which is told before all others that wait.
 * Times are in ms of a clock that never goes back.
 */
#ifndef ALERTS_H
#define ALERTS_H

#include <stdint.h>

#include "receiver/entry.h"

#define ALERT_HOSTS 20 /* names that are kept of one alert */

struct alerts_settings {
	uint64_t settle_ms, quiet_ms; /* quiet 0: each report is an alert of its own */
	uint64_t retry_ms;            /* first wait after a failure; doubled each time */
	unsigned tries;
	unsigned per_minute;
	size_t kinds_max;
};

struct alert {
	char *key;
	struct entry entry;  /* of the newest report */
	unsigned long count; /* reports since it was told last */
	char *hosts[ALERT_HOSTS];
	unsigned n_hosts;
	bool waiting, running;
	bool sum;        /* of the reports for whose kinds there was no room */
	uint64_t due_ms; /* if waiting: to be told; else to be forgotten */
	unsigned failures;
	unsigned long
		told_count; /* how many of count, and of hosts, the running command knows of */
	unsigned told_hosts;
};

struct alerts {
	struct alerts_settings settings;
	struct alert *list;
	size_t n;
	uint64_t allowance; /* of alerts, in ms of the minute; one costs 60000 / per_minute */
	uint64_t allowance_ms;
	unsigned long lost; /* reports that no alert of their kind told of */
};

/* Returns 0 or -ENOMEM. */
int alerts_open(struct alerts *alerts, const struct alerts_settings *settings);
void alerts_close(struct alerts *alerts);

/* Takes the entry over. Returns 0 or -ENOMEM: then it is counted as lost. */
int alerts_add(struct alerts *alerts, struct entry *entry, uint64_t now_ms);

/* The alert to tell of now, which is running then, or NULL. At most one runs. */
struct alert *alerts_next(struct alerts *alerts, uint64_t now_ms);

/* What runs has been told, or could not be. */
void alerts_told(struct alerts *alerts, bool well, uint64_t now_ms);

/* When alerts_next has something to do again; UINT64_MAX: not before a report comes. */
uint64_t alerts_deadline(const struct alerts *alerts);

/* Reports that were stored up to this time need not be read again after a restart. */
double alerts_watermark(const struct alerts *alerts, double read_up_to);

#endif
