/* SPDX-License-Identifier: GPL-2.0-only */
/* store_name - what reports are called in the store: HOST/TIME-ID[-N][.partial].log */
#include "receiver/store_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "receiver/calendar.h"

#define DIGITS    "0123456789"
#define ID_DIGITS 16
#define ORIGINAL  "original" /* in place of the id */
#define PARTIAL   ".partial.log"
#define WHOLE     ".log"

static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789._-";

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void filter(char *name, const char *text)
{
	size_t n = 0;

	for (; text[n] && n < FRAME_HOST_MAX; n++)
		name[n] = strchr(allowed, text[n]) ? text[n] : '_';
	name[n] = '\0';
	/* The store's own files begin so. */
	if (*name == '.' || *name == '-' || begins(name, "index."))
		*name = '_';
}

void store_name_host(const struct cut *cut, char host[STORE_HOST_MAX])
{
	const uint8_t *mac = cut->macs[0];

	if (cut->header.host[0])
		filter(host, cut->header.host);
	else
		snprintf(host, STORE_HOST_MAX, "%02x-%02x-%02x-%02x-%02x-%02x", mac[0], mac[1],
		         mac[2], mac[3], mac[4], mac[5]);
}

static void put_when(const struct cut *cut, char *when, size_t size)
{
	uint64_t seconds = cut->header.has_at ? cut->header.at : cut->received_us / 1000000;
	struct tm tm;

	/* Beyond the calendar the number itself is as good. */
	if (!calendar_split(seconds, &tm) || !strftime(when, size, "%Y%m%dT%H%M%SZ", &tm))
		snprintf(when, size, "%" PRIu64, seconds);
}

void store_name_stem(const struct cut *cut, char stem[STORE_STEM_MAX])
{
	char when[24];

	put_when(cut, when, sizeof(when));
	if (cut->original)
		snprintf(stem, STORE_STEM_MAX, "%s-" ORIGINAL, when);
	else
		snprintf(stem, STORE_STEM_MAX, "%s-%016" PRIx64, when, cut->header.id);
}

void store_name_file(const char *stem, unsigned n, bool partial, char file[STORE_FILE_MAX])
{
	char number[12] = "";

	if (n > 1)
		snprintf(number, sizeof(number), "-%u", n);
	snprintf(file, STORE_FILE_MAX, "%.*s%s%s", STORE_STEM_MAX, stem, number,
	         partial ? PARTIAL : WHOLE);
}

/* What follows YYYYMMDDTHHMMSSZ, or seconds since 1970, and a dash; NULL: it is neither. */
static const char *skip_when(const char *at)
{
	size_t digits = strspn(at, DIGITS);

	at += digits;
	if (digits == 8 && *at == 'T' && strspn(at + 1, DIGITS) == 6 && at[7] == 'Z')
		at += 8;
	return digits && *at == '-' ? at + 1 : NULL;
}

/* What follows the id, or the word in its place. */
static const char *skip_id(const char *at)
{
	if (strspn(at, DIGITS "abcdef") == ID_DIGITS)
		return at + ID_DIGITS;
	return begins(at, ORIGINAL) ? at + strlen(ORIGINAL) : NULL;
}

static const char *skip_number(const char *at)
{
	size_t digits = *at == '-' ? strspn(at + 1, DIGITS) : 0;

	return digits ? at + 1 + digits : at;
}

bool store_name_is_report(const char *file, bool *partial)
{
	const char *at = skip_when(file);

	at = at ? skip_id(at) : NULL;
	if (!at || strlen(file) >= STORE_FILE_MAX)
		return false;
	at = skip_number(at);
	*partial = !strcmp(at, PARTIAL);
	return *partial || !strcmp(at, WHOLE);
}

bool store_name_is_host(const char *name)
{
	return *name != '.' && *name != '-' && strlen(name) < STORE_HOST_MAX &&
	       strspn(name, allowed) == strlen(name);
}

const char *store_name_split(const char *path, char host[STORE_HOST_MAX])
{
	const char *slash = strchr(path, '/');
	bool partial;

	if (!slash || slash == path || (size_t)(slash - path) >= STORE_HOST_MAX)
		return NULL;
	memcpy(host, path, (size_t)(slash - path));
	host[slash - path] = '\0';
	if (!store_name_is_host(host) || !store_name_is_report(slash + 1, &partial))
		return NULL;
	return slash + 1;
}
