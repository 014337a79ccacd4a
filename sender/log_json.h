/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log_json - a record for programs: one object on one line
 *
 *   {"seq":5120,"time":12.345678901,"facility":0,"level":6,"caller":"T123","text":"…","mark":null}
 *
 * All keys are always there, null where unknown. time is in seconds since boot, text without its
 * prefix and made valid UTF-8: U+FFFD stands for a byte that begins no character. mark is
 * "unfinished" for a record that was being written when the machine died, and "salvaged" for
 * legible text of a log whose records are lost.
 */
#ifndef LOG_JSON_H
#define LOG_JSON_H

#include <stddef.h>

#include "sender/log.h"
#include "sender/output.h"

/* Writes a record's line to output, or nowhere if that is NULL. Returns its bytes, with the \n. */
size_t log_json_put(const struct record *record, struct output *output);

#endif
