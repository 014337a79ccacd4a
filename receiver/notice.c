/* SPDX-License-Identifier: GPL-2.0-only */
/* notice - tells the journal, with fields, or syslog, of an alert */
#include "receiver/notice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* Finds all alerts: journalctl MESSAGE_ID=... */
#define MESSAGE_ID "b3a9b3f0e1d24cf0a7a5d2c9c1f3e042"

/* Nobody waits for a log that does not read. */
static int send_to(const char *path, const char *text, size_t n)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, error;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	error = sendto(fd, text, n, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof(address)) < 0
	                ? -errno
	                : 0;
	close(fd);
	return error;
}

int notice_journal(const char *socket, int priority, const char *message, char *const *fields)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	int error;

	if (!out)
		return -ENOMEM;
	fprintf(out, "MESSAGE=%s\nPRIORITY=%d\nSYSLOG_IDENTIFIER=lastwords-hook\n", message,
	        priority);
	fputs("MESSAGE_ID=" MESSAGE_ID "\n", out);
	for (; *fields; fields++)
		fprintf(out, "%s\n", *fields);
	error = fclose(out) ? -ENOMEM : send_to(socket, text, n);
	free(text);
	return error;
}

int notice_syslog(const char *socket, int priority, const char *message)
{
	char when[32], text[1024];
	time_t now = time(NULL);
	struct tm tm;
	int n;

	if (!localtime_r(&now, &tm) || !strftime(when, sizeof(when), "%b %e %H:%M:%S", &tm))
		return -EOVERFLOW;
	n = snprintf(text, sizeof(text), "<%d>%s lastwords-hook[%d]: %s", LOG_DAEMON | priority,
	             when, (int)getpid(), message);
	if (n >= (int)sizeof(text))
		n = (int)sizeof(text) - 1;
	return send_to(socket, text, (size_t)n);
}
