/* SPDX-License-Identifier: GPL-2.0-only */
/* print - the log as text or as JSON, the oldest line first */
#ifndef PRINT_H
#define PRINT_H

#include <stdbool.h>

#include "sender/log.h"
#include "sender/log_text.h"
#include "sender/output.h"

struct print_form {
	bool json; /* one record a line; style then means nothing */
	struct log_style style;
};

/*
 * Writes the newest whole lines of a log that was just opened, at most tail bytes of them (or
 * SETTINGS_TAIL_ALL), to output. In the style of syslog(2) they are the bytes that go into frames.
 * Returns how many records it read.
 */
uint64_t print_log(struct log *log, uint64_t tail, const struct print_form *form,
                   struct output *output);

#endif
