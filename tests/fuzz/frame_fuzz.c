/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame_fuzz - any frames: decoded, put together, shown as text and as JSON, forgotten
 *
 * Besides not crashing: memory stays within its limits, what is complete has no gap, what is saved
 * in the end is forgotten, and nothing is left.
 *
 * An input is a row of frames: two bytes of length, big-endian, one byte of which the high half
 * says how much time went by (in s) and the low half is the last byte of the source MAC unless 0;
 * then the payload, which gets the headers of a frame of ours. A length of 0xffff: all that is
 * left, raw.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receiver/assemble.h"
#include "receiver/joined.h"
#include "receiver/json.h"
#include "receiver/text.h"

#define LIMIT_BYTES 30000
#define LIMIT_CUTS  24
#define SLACK_BYTES 4000 /* beyond the limit, besides the last frame: a cut and its table */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FILE *sink;
static unsigned shown;

static void check(bool good)
{
	if (!good)
		abort();
}

static enum assemble_shown on_show(void *context, struct cut *cut, bool again)
{
	const unsigned *stubborn = context;
	struct joined joined;

	check(!joined_make(cut, &joined));
	check(joined.parts <= cut->known && (cut->original || cut->known <= cut->header.parts));
	check(!cut_complete(cut) || joined.gaps_known == 0);
	text_show(sink, cut, &joined, again);
	json_show(sink, cut, &joined);
	joined_free(&joined);
	rewind(sink);
	/* The disk fails at once, or at the sync, or not. */
	if (++shown % 7 == *stubborn)
		return ASSEMBLE_FAILED;
	return shown % 2 ? ASSEMBLE_SAVED : ASSEMBLE_WRITTEN;
}

static bool on_sync(void *context)
{
	unsigned *stubborn = context;

	return ++shown % 7 != *stubborn;
}

/* One frame out of the input; returns how many bytes of it were used. */
static size_t feed(struct assembler *assembler, const uint8_t *data, size_t size, uint64_t *now)
{
	struct frame_address from = {.source_mac = {2}};
	struct arrival arrival = {"eth0", *now, *now, size & 1};
	uint8_t bytes[FRAME_PREFIX_BYTES + FRAME_VLAN_BYTES + 4096];
	size_t n = (size_t)data[0] << 8 | data[1], head;

	if (n == 0xffff) {
		assembler_add(assembler, data + 2, size - 2, &arrival);
		return size;
	}
	*now += (data[2] >> 4) * 1000000ull;
	from.source_mac[5] = data[2] & 15;
	from.vlan = data[2] & 15 ? 0 : 5;
	n = n < size - 3 ? n : size - 3;
	n = n < 4096 ? n : 4096;
	head = frame_put_prefix(&from, n, bytes);
	memcpy(bytes + head, data + 3, n);
	arrival.now_us = *now;
	assembler_tick(assembler, *now);
	assembler_add(assembler, bytes, head + n, &arrival);
	if (data[2] & 8)
		assembler_show_ready(assembler);
	return n + 3;
}

/* One for all inputs: what they put in, they take out. */
static struct spill *open_spill(void)
{
	static struct spill *spill;

	check(spill || !spill_open(&spill, "/tmp", 1 << 20));
	return spill;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct assemble_limits limits = {LIMIT_BYTES, LIMIT_BYTES / 2, LIMIT_CUTS};
	unsigned stubborn = size ? data[0] % 8 : 7;
	struct spill *spill = open_spill();
	const struct assemble_output output = {on_show, on_sync, &stubborn, spill};
	struct assembler *assembler = assembler_new(&limits, &output);
	uint64_t now = 1000000000;

	check(assembler != NULL);
	if (!sink)
		sink = fopen("/dev/null", "w");
	check(sink != NULL);
	for (size_t i = 0; i < 64 && size >= 3; i++) {
		size_t used = feed(assembler, data, size, &now);

		data += used;
		size -= used;
		check(assembler_bytes(assembler) <= LIMIT_BYTES + used + SLACK_BYTES);
		check(assembler_deadline(assembler) >= now);
	}
	assembler_tick(assembler, now + 5000000);
	assembler_finish(assembler);
	check(assembler_deadline(assembler) > now);
	stubborn = 7;
	assembler_finish(assembler);
	check(assembler_unsaved(assembler) == 0);
	assembler_tick(assembler, now + 605000000);
	check(assembler_bytes(assembler) == 0);
	assembler_free(assembler);
	check(spill_bytes(spill) == 0);
	return 0;
}
