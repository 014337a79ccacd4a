/* SPDX-License-Identifier: GPL-2.0-only */
/* say - one-line messages for people: on standard error, or in the kernel's log */
#include "sender/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 512

static int say_fd = STDERR_FILENO;
static const char *say_prefix = "";

void say_to(int fd, const char *prefix)
{
	say_fd = fd;
	say_prefix = prefix;
}

void say(const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	size_t n = strlen(say_prefix), room = sizeof(line) - 1;
	va_list arguments;
	int more;

	memcpy(line, say_prefix, n);
	va_start(arguments, format);
	more = vsnprintf(line + n, room - n, format, arguments);
	va_end(arguments);
	if (more > 0)
		n += (size_t)more < room - n ? (size_t)more : room - n - 1;
	line[n++] = '\n';
	if (write(say_fd, line, n) < 0)
		return; /* nobody to tell */
}
