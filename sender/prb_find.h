/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prb_find - the printk ring, by what VMCOREINFO says or in spite of it
 *
 * Each way to read the ring is judged by how many of its newest records can be read.
 */
#ifndef PRB_FIND_H
#define PRB_FIND_H

#include <stdbool.h>

#include "sender/prb_ring.h"
#include "sender/vmcoreinfo.h"

struct log;

/*
 * Finds the ring of log's core that can be read best, if badly: *readable tells whether any of its
 * newest records can be. False if there is no ring at all. Uses log->text, and leaves in
 * log->damage what failed meanwhile.
 */
bool prb_find(struct log *log, const struct vmcoreinfo *info, struct prb_ring *ring,
              bool *readable);

#endif
