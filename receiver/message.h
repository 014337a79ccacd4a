/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * message - what a program says of itself: to standard error, one line each, and never too many
 *
 * What anyone on the LAN can bring about must not fill the journal.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdint.h>

/* At most so many from now on in each minute. */
void message_limit(unsigned per_minute);

__attribute__((format(printf, 1, 2))) void message(const char *format, ...);

/* The same for what was asked for, or is said once: it is not counted. */
__attribute__((format(printf, 1, 2))) void message_always(const char *format, ...);

/* Writes what was asked for to standard output, as it is, and ends the program. */
__attribute__((noreturn)) void message_output_and_exit(const char *text);

/* How many were left out. */
uint64_t message_suppressed(void);

#endif
