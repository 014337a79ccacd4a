/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log_text - a record as the lines that syslog(2) gives
 *
 *   <facility*8+level>[%5u.%06u] text\n
 *
 * with printk.time=1 and without CONFIG_PRINTK_CALLER. The prefix stands on each line of a record;
 * bytes are raw, NUL too; nothing is cut. The last line of a record that was still being written
 * ends in " [unfinished]", and a scrap in " [salvaged]". A line that goes on in another record has
 * no \n there, and no prefix in that one; raw text is given as it stands.
 *
 * Another style leaves the time out, or adds the caller, as a kernel with CONFIG_PRINTK_CALLER
 * does:
 *
 *   <facility*8+level>[%5u.%06u][%6s] text\n      [ T1234] a thread, [    C0] a processor
 */
#ifndef LOG_TEXT_H
#define LOG_TEXT_H

#include <stddef.h>

#include "sender/log.h"

#define LOG_LINE_MAX   (LOG_TEXT_MAX + 80) /* prefix, mark and \n */
#define LOG_CALLER_MAX 12

#define LOG_SECOND_NS UINT64_C(1000000000)

struct log_style {
	bool time, caller;
};

extern const struct log_style log_style_syslog; /* what frames hold */

/* What raw text begins with: "<6>[    1.234567] ", or only the one or the other. */
struct log_prefix {
	size_t level_bytes; /* of <6>; 0 = there is none */
	size_t bytes;       /* of all of it */
	bool has_time;
	uint32_t priority; /* facility * 8 + level */
	uint64_t ts_nsec;
};

/* Reads the prefix of a record's text, which is raw. */
struct log_prefix log_prefix_read(const struct record *record);

/* Writes a record's caller, as T123 or C0. "" if it is not known. */
void log_caller(const struct record *record, char name[LOG_CALLER_MAX]);

/*
 * Step through a record's lines. *at is where the step stands: 0 before the first line,
 * record->text_bytes + 1 behind the last. Each writes one whole line to buf, with its \n and no
 * NUL, and returns its length in bytes; 0 when there is no line left.
 */
size_t log_line_next(const struct record *record, const struct log_style *style, size_t *at,
                     char buf[LOG_LINE_MAX]);
size_t log_line_previous(const struct record *record, const struct log_style *style, size_t *at,
                         char buf[LOG_LINE_MAX]);

#endif
