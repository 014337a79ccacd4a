/* SPDX-License-Identifier: GPL-2.0-only */
/* pcapfile - frames as a classic capture file, as tcpdump and Wireshark read it */
#include "sender/pcapfile.h"

#define MAGIC    0xa1b2c3d4u /* times in microseconds */
#define SNAP     65535
#define ETHERNET 1

static uint8_t *put32(uint8_t *to, uint64_t n)
{
	for (int i = 0; i < 4; i++)
		*to++ = (uint8_t)(n >> 8 * i);
	return to;
}

void pcapfile_begin(struct output *output)
{
	uint8_t header[24], *end = put32(header, MAGIC);

	end = put32(end, 2 | 4 << 16); /* version 2.4 */
	end = put32(end, 0);
	end = put32(end, 0);
	end = put32(end, SNAP);
	put32(end, ETHERNET);
	output_put(output, header, sizeof(header));
}

void pcapfile_frame(struct output *output, uint64_t time_us, const uint8_t *frame, size_t n)
{
	uint8_t header[16], *end = put32(header, time_us / 1000000);

	end = put32(end, time_us % 1000000);
	end = put32(end, n);
	put32(end, n);
	output_put(output, header, sizeof(header));
	output_put(output, frame, n);
}
