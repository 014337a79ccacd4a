/* SPDX-License-Identifier: GPL-2.0-only */
/* message - what goes to standard error, one line each, and never too many */
#include "receiver/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#define MINUTE_S 60

static struct {
	unsigned per_minute, said;
	time_t minute; /* when the one that counts began */
	uint64_t suppressed;
} limit = {.per_minute = UINT32_MAX};

static void print(const char *format, va_list args)
{
	fputs("lastwords-recv: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void message_limit(unsigned per_minute)
{
	limit.per_minute = per_minute;
}

uint64_t message_suppressed(void)
{
	return limit.suppressed;
}

/* Whether one more may be said. */
static int allowed(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec - limit.minute >= MINUTE_S) {
		limit.minute = now.tv_sec;
		limit.said = 0;
	}
	return limit.said < limit.per_minute ? (limit.said++, 1) : 0;
}

void message(const char *format, ...)
{
	va_list args;

	if (!allowed()) {
		limit.suppressed++;
		return;
	}
	va_start(args, format);
	print(format, args);
	va_end(args);
}

void message_always(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(format, args);
	va_end(args);
}
