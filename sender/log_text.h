/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log_text - a record as the lines that syslog(2) gives
 *
 *   <facility*8+level>[%5u.%06u] text\n
 *
 * with printk.time=1 and without CONFIG_PRINTK_CALLER. The prefix stands on each line of a record;
 * bytes are raw, NUL too; nothing is cut. The last line of a record that was still being written
 * ends in " [unfinished]". A line that goes on in another record has no \n there, and no prefix in
 * that one; raw text is given as it stands.
 */
#ifndef LOG_TEXT_H
#define LOG_TEXT_H

#include <stddef.h>

#include "sender/log.h"

#define LOG_LINE_MAX (LOG_TEXT_MAX + 64) /* prefix, mark and \n */

/*
 * Step through a record's lines. *at is where the step stands: 0 before the first line,
 * record->text_bytes + 1 behind the last. Each writes one whole line to buf, with its \n and no
 * NUL, and returns its length in bytes; 0 when there is no line left.
 */
size_t log_line_next(const struct record *record, size_t *at, char buf[LOG_LINE_MAX]);
size_t log_line_previous(const struct record *record, size_t *at, char buf[LOG_LINE_MAX]);

#endif
