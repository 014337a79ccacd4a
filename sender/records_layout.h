/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * records_layout - how a record of Linux 3.5 to 5.9 is laid out
 *
 * VMCOREINFO tells it since 3.6 (6791457a090d, in 3.5.1 too). Where the note is damaged, or is
 * older, it is taken from what kernels are known to have:
 *
 *   ts_nsec 0, len 8, text_len 10, dict_len 12, facility 14, flags:5 level:3 15 [, caller_id 16]
 *   16 bytes in all; with CONFIG_PRINTK_CALLER (5.1) 20, or 24 where structures are aligned to 8
 */
#ifndef RECORDS_LAYOUT_H
#define RECORDS_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/vmcoreinfo.h"

#define RECORDS_LAYOUTS_KNOWN 3
#define RECORDS_LAYOUT_3_5    2 /* of those, what 3.5 has */
#define RECORDS_HEADER_MAX    64 /* bytes */

struct records_layout {
	uint64_t header_bytes, ts, len, text_len, dict_len;
	uint64_t caller; /* 0 = records do not tell it */
	bool inferred;   /* the note did not tell all of it, or what cannot be */
};

/* Takes the layout from a note, and what that does not tell from known[i]. */
void records_layout_read(struct records_layout *layout, const struct vmcoreinfo *info,
                         unsigned known);

/* Whether this kernel's syslog(2) joined continuation records. */
bool records_joined(const struct vmcoreinfo *info);

#endif
