/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model_test - random parts, losses, doubles, orders, ports and forgeries against a simple
 * reference
 *
 * The reference is a table of what each crash said, part by part, and of which parts were delivered
 * through which of its ports. What the assembler shows is judged by it: nothing that was not sent,
 * all that was, and whole reports once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "receiver/assemble.h"
#include "receiver/joined.h"

#define CRASHES   40
#define PARTS_MAX 24
#define PORTS_MAX 3
#define WORLDS    300
#define ROUNDS    2 /* in which nobody forges; a sender sends six */
#define SECOND    1000000ull

struct crash {
	uint32_t parts;
	unsigned ports;
	bool forged;                      /* somebody sends other parts under its name */
	bool heard[PORTS_MAX][PARTS_MAX]; /* true parts that were delivered */
	unsigned whole, partial;          /* showings that say exactly what is true */
	uint32_t most;                    /* parts in the fullest of them */
};

struct world {
	struct assembler *assembler;
	struct crash crashes[CRASHES];
	struct spill *spill;
	uint64_t now_us, random;
	unsigned wrong; /* showings of crashes without forgery that say anything else */
	size_t most_bytes;
};

static uint32_t draw(struct world *world, uint32_t below)
{
	/* xorshift64* */
	world->random ^= world->random >> 12;
	world->random ^= world->random << 25;
	world->random ^= world->random >> 27;
	return (uint32_t)((world->random * 2685821657736338717ull) >> 33) % below;
}

/* What a part says. Some are long, some empty. */
static size_t say_part(char *text, uint32_t crash, uint32_t number)
{
	size_t n = (size_t)sprintf(text, "<6>[    1.000000] crash %u part %u", crash, number);

	if ((crash + number) % 7 == 0)
		return 0;
	while ((crash * number) % 3 == 0 && n < 900)
		n += (size_t)sprintf(text + n, " and more of it");
	text[n++] = '\n';
	return n;
}

/* Whether the text is made of true parts alone; *parts is set to their number. */
static bool is_true(uint32_t number, const struct crash *crash, const struct joined *joined,
                    uint32_t *parts)
{
	char expected[1100];
	size_t at = 0, n, empty = 0;

	*parts = 0;
	for (uint32_t part = 1; part <= crash->parts; part++) {
		n = say_part(expected, number, part);
		empty += n == 0;
		if (n && joined->bytes - at >= n && !memcmp(joined->text + at, expected, n)) {
			at += n;
			++*parts;
		}
	}
	if (at != joined->bytes)
		return false;
	*parts = (uint32_t)joined->parts;
	return joined->parts <= crash->parts && *parts + empty >= joined->parts;
}

static enum assemble_shown on_show(void *context, struct cut *cut, bool again)
{
	struct world *world = context;
	struct crash *crash = &world->crashes[cut->header.id - 1];
	uint32_t number = (uint32_t)cut->header.id - 1, parts;
	struct joined joined;

	assert_false(again);
	assert_int_equal(joined_make(cut, &joined), 0);
	if (!is_true(number, crash, &joined, &parts)) {
		world->wrong += !crash->forged;
	} else {
		crash->whole += cut_complete(cut);
		crash->partial += !cut_complete(cut);
		crash->most = parts > crash->most ? parts : crash->most;
	}
	joined_free(&joined);
	return draw(world, 2) ? ASSEMBLE_SAVED : ASSEMBLE_WRITTEN;
}

static bool on_sync(void *context)
{
	(void)context;
	return true;
}

static void deliver(struct world *world, uint32_t number, unsigned port, uint32_t part, bool forged)
{
	struct crash *crash = &world->crashes[number];
	const struct frame_header header = {.id = number + 1,
	                                    .part = part,
	                                    .parts = crash->parts,
	                                    .has_seq = true,
	                                    .seq = part};
	const struct frame_address from = {
		.source_mac = {2, (uint8_t)port, 0, 0, (uint8_t)(number >> 8), (uint8_t)number}};
	const struct arrival arrival = {"eth0", world->now_us, world->now_us, draw(world, 2)};
	char payload[FRAME_PAYLOAD_MAX];
	uint8_t frame[FRAME_BYTES_MAX];
	size_t n = frame_put_header(&header, payload, sizeof(payload)), head;

	if (forged)
		n += (size_t)sprintf(payload + n, "forged %u\n", draw(world, 3));
	else
		n += say_part(payload + n, number, part);
	head = frame_put_prefix(&from, n, frame);
	memcpy(frame + head, payload, n);
	assembler_tick(world->assembler, world->now_us);
	assembler_add(world->assembler, frame, head + n, &arrival);
	if (!draw(world, 5))
		assembler_show_ready(world->assembler);
	if (!forged)
		crash->heard[port][part - 1] = true;
	if (assembler_bytes(world->assembler) > world->most_bytes)
		world->most_bytes = assembler_bytes(world->assembler);
}

/* So many frames of random crashes, through random ports; a tenth of those of some are forged. */
static void chatter(struct world *world, unsigned frames)
{
	for (unsigned i = 0; i < frames; i++) {
		uint32_t number = draw(world, CRASHES);
		struct crash *crash = &world->crashes[number];
		bool forged = crash->forged && !draw(world, 10);

		world->now_us += draw(world, 2000);
		deliver(world, number, draw(world, crash->ports), 1 + draw(world, crash->parts),
		        forged);
	}
}

/* One round, as a sender sends it: newest part first, from one port; none is lost. */
static void send_round(struct world *world, uint32_t number, unsigned port)
{
	for (uint32_t part = world->crashes[number].parts; part; part--) {
		world->now_us += draw(world, 1000);
		deliver(world, number, port, part, false);
	}
}

static void start(struct world *world, uint64_t seed, const struct assemble_limits *limits)
{
	struct assemble_output output = {on_show, on_sync, world, NULL};

	memset(world, 0, sizeof(*world));
	world->random = seed * 2 + 1;
	world->now_us = 1000 * SECOND;
	if (limits->bytes)
		assert_int_equal(spill_open(&world->spill, "/tmp", 64 << 20), 0);
	output.spill = world->spill;
	world->assembler = assembler_new(limits, &output);
	assert_non_null(world->assembler);
	for (uint32_t i = 0; i < CRASHES; i++)
		world->crashes[i] = (struct crash){.parts = 1 + draw(world, PARTS_MAX),
		                                   .ports = 1 + draw(world, PORTS_MAX),
		                                   .forged = !draw(world, 3)};
}

static void end(struct world *world)
{
	assembler_free(world->assembler);
	spill_close(world->spill);
}

/* Parts that all ports together delivered. Ports are one report once they share a part. */
static uint32_t heard_in_all(const struct crash *crash, bool *joined)
{
	uint32_t parts = 0, shared = 0;

	for (uint32_t part = 0; part < crash->parts; part++) {
		unsigned ports = 0;

		for (unsigned port = 0; port < crash->ports; port++)
			ports += crash->heard[port][part];
		parts += ports > 0;
		shared += ports == crash->ports;
	}
	*joined = shared > 0;
	return parts;
}

static void check_honest(const struct crash *crash)
{
	bool joined;
	uint32_t heard = heard_in_all(crash, &joined);

	assert_in_range(crash->most, 0, heard);
	if (!joined)
		return;
	assert_int_equal(crash->most, heard);
	assert_int_equal(crash->whole, heard == crash->parts);
}

static void run_world(uint64_t seed, const struct assemble_limits *limits, bool rounds)
{
	static struct world world;

	start(&world, seed, limits);
	chatter(&world, draw(&world, 3000));
	if (rounds)
		for (uint32_t i = 0; i < CRASHES * ROUNDS; i++)
			send_round(&world, i % CRASHES, 0);
	chatter(&world, draw(&world, 500));
	assembler_finish(world.assembler);
	assert_int_equal(world.wrong, 0);
	for (uint32_t i = 0; i < CRASHES; i++) {
		if (!world.crashes[i].forged)
			check_honest(&world.crashes[i]);
		/* Who forges knows id, port and number: the sender's rounds make it whole all the
		 * same. */
		if (rounds)
			assert_in_range(world.crashes[i].whole, 1,
			                world.crashes[i].forged ? PORTS_MAX : 1);
	}
	if (limits->bytes)
		assert_in_range(world.most_bytes, 0, limits->bytes + 4096);
	assert_int_equal(assembler_unsaved(world.assembler), 0);
	assert_int_equal(assembler_counts(world.assembler)->refused, 0);
	end(&world);
}

static uint64_t first_seed(void)
{
	const char *given = getenv("SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 1000;

	print_message("# SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

static void losses_and_orders(void **state)
{
	const struct assemble_limits limits = {0};
	uint64_t seed = first_seed();

	(void)state;
	for (unsigned i = 0; i < WORLDS; i++)
		run_world(seed + i, &limits, false);
}

static void rounds_make_whole(void **state)
{
	const struct assemble_limits limits = {0};
	uint64_t seed = first_seed();

	(void)state;
	for (unsigned i = 0; i < WORLDS; i++)
		run_world(seed + i, &limits, true);
}

/* Bodies do not fit in memory, but what is known of them does: the disk changes nothing. */
static void short_of_memory(void **state)
{
	const struct assemble_limits limits = {.bytes = 256 << 10};
	uint64_t seed = first_seed();

	(void)state;
	for (unsigned i = 0; i < WORLDS; i++)
		run_world(seed + i, &limits, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(losses_and_orders),
		cmocka_unit_test(rounds_make_whole),
		cmocka_unit_test(short_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
