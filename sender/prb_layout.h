/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prb_layout - how the printk ring's structures are laid out
 *
 * VMCOREINFO tells it. Where the note is damaged, it is taken from what kernels are known to have,
 * as the sizes and offsets in the note of Debian's kernels are (w: bytes of an unsigned long):
 *
 *   structure           fields                                              known[]: 0      1     2
 *   printk_ringbuffer   desc_ring 0, text_data_ring                                 5w     6w    6w
 *   prb_desc_ring       count_bits 0, descs w, infos 2w, head_id 3w, tail_id 4w
 *   prb_data_ring       size_bits 0, data w
 *   prb_desc            state_var 0, begin w, next 2w; 3w in all
 *   printk_info         seq 0, ts_nsec 8, text_len 16, caller_id 20; in all         88     88 112
 *
 * 0 is what 5.10 has, 1 is 6.1 and 6.12, 2 is 7.2.
 */
#ifndef PRB_LAYOUT_H
#define PRB_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/vmcoreinfo.h"

#define PRB_LAYOUTS_KNOWN    3
#define PRB_STRUCT_BYTES_MAX 512 /* the largest is printk_info */

struct prb_layout {
	uint64_t word; /* bytes of an unsigned long: 4 or 8 */
	/* In struct printk_ringbuffer. */
	uint64_t count_bits, descs, infos, head_id, tail_id, size_bits, data;
	uint64_t desc_bytes, desc_state, desc_begin, desc_next;
	uint64_t info_bytes, info_seq, info_ts, info_text_len, info_caller;
	bool inferred; /* the note did not tell all of it */
};

/*
 * Takes the layout from a note, and what that does not tell from known[i]; with no note (NULL) all
 * of it. word is the core's own. False if the result is no layout: fields lie outside.
 */
bool prb_layout_read(struct prb_layout *layout, const struct vmcoreinfo *info, uint64_t word,
                     unsigned known);

#endif
