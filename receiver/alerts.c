/* SPDX-License-Identifier: GPL-2.0-only */
/* alerts - which reports are told of, when, and how many at once */
#include "receiver/alerts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS 60000
#define SUM_TITLE "more kinds of crashes at once than there are alerts for"

int alerts_open(struct alerts *alerts, const struct alerts_settings *settings)
{
	*alerts = (struct alerts){.settings = *settings, .allowance = MINUTE_MS};
	alerts->list = calloc(settings->kinds_max + 1, sizeof(*alerts->list));
	return alerts->list ? 0 : -ENOMEM;
}

/* Forgets the first n. */
static void forget_hosts(struct alert *alert, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		free(alert->hosts[i]);
	alert->n_hosts -= n;
	memmove(alert->hosts, alert->hosts + n, alert->n_hosts * sizeof(alert->hosts[0]));
}

static void alert_free(struct alert *alert)
{
	forget_hosts(alert, alert->n_hosts);
	free(alert->key);
	entry_free(&alert->entry);
}

void alerts_close(struct alerts *alerts)
{
	for (size_t i = 0; i < alerts->n; i++)
		alert_free(&alerts->list[i]);
	free(alerts->list);
}

static void forget(struct alerts *alerts, struct alert *alert)
{
	alert_free(alert);
	*alert = alerts->list[--alerts->n];
}

static const char *key_of(const struct alerts *alerts, const struct entry *entry)
{
	if (!alerts->settings.quiet_ms)
		return entry->file;
	return entry->drill       ? "a drill"
	       : entry->signature ? entry->signature
	       : entry->why       ? entry->why
	                          : "no crash";
}

static struct alert *find(struct alerts *alerts, const char *key)
{
	for (size_t i = 0; i < alerts->n; i++)
		if (!alerts->list[i].sum && !strcmp(alerts->list[i].key, key))
			return &alerts->list[i];
	return NULL;
}

static struct alert *find_sum(struct alerts *alerts)
{
	for (size_t i = 0; i < alerts->n; i++)
		if (alerts->list[i].sum)
			return &alerts->list[i];
	return NULL;
}

static void add_host(struct alert *alert, const char *host)
{
	for (unsigned i = 0; i < alert->n_hosts; i++)
		if (!strcmp(alert->hosts[i], host))
			return;
	if (alert->n_hosts < ALERT_HOSTS && (alert->hosts[alert->n_hosts] = strdup(host)))
		alert->n_hosts++;
}

/* A waiting alert about a report that the entry completes: it tells of the whole one then. */
static bool complete(struct alerts *alerts, struct entry *entry)
{
	for (size_t i = 0; entry->replaces && i < alerts->n; i++) {
		struct alert *alert = &alerts->list[i];
		char *key;

		if (alert->sum || !alert->waiting || strcmp(alert->entry.file, entry->replaces))
			continue;
		key = strdup(key_of(alerts, entry));
		if (key && !find(alerts, key)) {
			free(alert->key);
			alert->key = key;
		} else {
			free(key);
		}
		entry_free(&alert->entry);
		alert->entry = *entry;
		return true;
	}
	return false;
}

/* Makes room by forgetting one that was told and is quiet, the longest first. */
static bool make_room(struct alerts *alerts)
{
	struct alert *oldest = NULL;

	if (alerts->n - (find_sum(alerts) != NULL) < alerts->settings.kinds_max)
		return true;
	for (size_t i = 0; i < alerts->n; i++) {
		struct alert *alert = &alerts->list[i];

		if (!alert->sum && !alert->waiting && !alert->running &&
		    (!oldest || alert->due_ms < oldest->due_ms))
			oldest = alert;
	}
	if (oldest)
		forget(alerts, oldest);
	return oldest != NULL;
}

/* There is room for it. */
static struct alert *begin(struct alerts *alerts, const char *key, uint64_t now_ms)
{
	char *copy = strdup(key);
	struct alert *alert;

	if (!copy)
		return NULL;
	alert = &alerts->list[alerts->n++];
	*alert = (struct alert){
		.key = copy, .waiting = true, .due_ms = now_ms + alerts->settings.settle_ms};
	return alert;
}

/* That of the entry, or a new one; NULL: no room, or no memory. */
static struct alert *find_or_begin(struct alerts *alerts, const char *key, uint64_t now_ms)
{
	struct alert *alert = find(alerts, key);

	return alert || !make_room(alerts) ? alert : begin(alerts, key, now_ms);
}

/* The same for an entry whose kind finds no room. It tells of no crash of its own then. */
static struct alert *find_or_begin_sum(struct alerts *alerts, struct entry *entry, uint64_t now_ms)
{
	struct alert *sum = find_sum(alerts);

	alerts->lost++;
	entry->title = SUM_TITLE;
	entry->kind = entry->signature = NULL;
	if (!sum)
		sum = begin(alerts, "", now_ms);
	if (sum)
		sum->sum = true;
	return sum;
}

int alerts_add(struct alerts *alerts, struct entry *entry, uint64_t now_ms)
{
	const char *key = key_of(alerts, entry);
	struct alert *alert;

	if (complete(alerts, entry))
		return 0;
	if (entry->replaces && find(alerts, key)) { /* told of already */
		entry_free(entry);
		return 0;
	}
	alert = find_or_begin(alerts, key, now_ms);
	if (!alert)
		alert = find_or_begin_sum(alerts, entry, now_ms);
	if (!alert) {
		entry_free(entry);
		return -ENOMEM;
	}
	alert->count++;
	add_host(alert, entry_host(entry));
	alert->waiting = !alert->running; /* if told of: when the quiet time ends */
	if (alert->running) {
		entry_free(entry);
	} else {
		entry_free(&alert->entry);
		alert->entry = *entry;
	}
	return 0;
}

/* Alerts may come in a burst of a minute's worth, then evenly. */
static bool is_allowed(struct alerts *alerts, uint64_t now_ms)
{
	uint64_t cost = MINUTE_MS / alerts->settings.per_minute;

	alerts->allowance += now_ms - alerts->allowance_ms;
	alerts->allowance_ms = now_ms;
	if (alerts->allowance > MINUTE_MS)
		alerts->allowance = MINUTE_MS;
	if (alerts->allowance < cost)
		return false;
	alerts->allowance -= cost;
	return true;
}

static void forget_quiet(struct alerts *alerts, uint64_t now_ms)
{
	for (size_t i = alerts->n; i--;) {
		struct alert *alert = &alerts->list[i];

		if (!alert->waiting && !alert->running && alert->due_ms <= now_ms)
			forget(alerts, alert);
	}
}

static bool goes_before(const struct alert *a, const struct alert *b)
{
	return a->sum != b->sum ? a->sum : a->due_ms < b->due_ms;
}

struct alert *alerts_next(struct alerts *alerts, uint64_t now_ms)
{
	struct alert *next = NULL;

	forget_quiet(alerts, now_ms);
	for (size_t i = 0; i < alerts->n; i++) {
		struct alert *alert = &alerts->list[i];

		if (alert->running)
			return NULL;
		if (alert->waiting && alert->due_ms <= now_ms &&
		    (!next || goes_before(alert, next)))
			next = alert;
	}
	if (!next || !is_allowed(alerts, now_ms))
		return NULL;
	next->waiting = false;
	next->running = true;
	next->told_count = next->count;
	next->told_hosts = next->n_hosts;
	return next;
}

static void retry(struct alerts *alerts, struct alert *alert, uint64_t now_ms)
{
	alert->waiting = true;
	alert->due_ms = now_ms + (alerts->settings.retry_ms << (alert->failures - 1));
}

void alerts_told(struct alerts *alerts, bool well, uint64_t now_ms)
{
	for (size_t i = 0; i < alerts->n; i++) {
		struct alert *alert = &alerts->list[i];

		if (!alert->running)
			continue;
		alert->running = false;
		if (!well && ++alert->failures < alerts->settings.tries) {
			retry(alerts, alert, now_ms);
			return;
		}
		if (!well && !alert->sum)
			alerts->lost += alert->told_count;
		alert->failures = 0;
		alert->count -= alert->told_count;
		forget_hosts(alert, alert->told_hosts);
		alert->waiting = alert->count > 0;
		alert->due_ms = now_ms + alerts->settings.quiet_ms;
	}
}

uint64_t alerts_deadline(const struct alerts *alerts)
{
	uint64_t deadline = UINT64_MAX, cost = MINUTE_MS / alerts->settings.per_minute;
	uint64_t allowed = alerts->allowance_ms;

	if (alerts->allowance < cost)
		allowed += cost - alerts->allowance;
	for (size_t i = 0; i < alerts->n; i++) {
		const struct alert *alert = &alerts->list[i];
		uint64_t due_ms = alert->due_ms;

		if (alert->running)
			continue;
		if (alert->waiting && due_ms < allowed)
			due_ms = allowed;
		if (due_ms < deadline)
			deadline = due_ms;
	}
	return deadline;
}

double alerts_watermark(const struct alerts *alerts, double read_up_to)
{
	double mark = read_up_to;

	for (size_t i = 0; i < alerts->n; i++) {
		const struct alert *alert = &alerts->list[i];

		/* A microsecond less, so that it is read again itself. */
		if ((alert->waiting || alert->running) && alert->entry.stored_at - 1e-6 < mark)
			mark = alert->entry.stored_at - 1e-6;
	}
	return mark;
}
