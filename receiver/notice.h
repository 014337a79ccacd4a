/* SPDX-License-Identifier: GPL-2.0-only */
/* notice - tells the journal, with fields, or syslog, of an alert */
#ifndef NOTICE_H
#define NOTICE_H

#define NOTICE_JOURNAL "/run/systemd/journal/socket"
#define NOTICE_SYSLOG  "/dev/log"

/*
 * Sends MESSAGE=message, the priority (LOG_CRIT ...) and the fields, each NAME=value without
 * control characters, to the journal's socket. Returns 0 or -errno.
 */
int notice_journal(const char *socket, int priority, const char *message, char *const *fields);

/* Sends the message to the socket of syslog, as one of a daemon. Returns 0 or -errno. */
int notice_syslog(const char *socket, int priority, const char *message);

#endif
