/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pcapfile - frames as a classic capture file, as tcpdump and Wireshark read it
 *
 *   24 bytes   d4 c3 b2 a1 | 2.4 | 0 | 0 | snap length | 1 = Ethernet     all little-endian
 *   16 bytes   seconds | microseconds | length kept | length on the wire  before each frame
 */
#ifndef PCAPFILE_H
#define PCAPFILE_H

#include <stddef.h>
#include <stdint.h>

#include "sender/output.h"

void pcapfile_begin(struct output *output);

/* Adds one frame of n bytes, heard at time_us: microseconds since 1970. */
void pcapfile_frame(struct output *output, uint64_t time_us, const uint8_t *frame, size_t n);

#endif
