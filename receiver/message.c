/* SPDX-License-Identifier: GPL-2.0-only */
/* message - what a program says of itself: to standard error, one line each, and never too many */
#include "receiver/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sender/clock.h"

static struct {
	unsigned per_minute, said;
	uint64_t minute_us; /* when the one that counts began */
	uint64_t suppressed;
} limit = {.per_minute = UINT32_MAX};

static void print(const char *format, va_list args)
{
	fprintf(stderr, "%s: ", program_invocation_short_name);
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
	uint64_t now = now_us();

	if (now - limit.minute_us >= 60 * SECOND_US) {
		limit.minute_us = now;
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

void message_output_and_exit(const char *text)
{
	fputs(text, stdout);
	exit(fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS);
}
