/* SPDX-License-Identifier: GPL-2.0-only */
/* print - the log as text, the oldest line first */
#ifndef PRINT_H
#define PRINT_H

#include "sender/log.h"
#include "sender/output.h"

/*
 * Writes the newest whole lines of a log that was just opened, at most tail bytes of them (or
 * SETTINGS_TAIL_ALL), to output: the bytes that go into frames. Returns how many records it read.
 */
uint64_t print_log(struct log *log, uint64_t tail, struct output *output);

#endif
