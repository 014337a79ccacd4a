/* SPDX-License-Identifier: GPL-2.0-only */
/* assemble_test - parts lost, doubled, reordered, forged, through two ports: what is shown when */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "receiver/assemble.h"
#include "receiver/joined.h"

#define SECOND       1000000ull
#define SHOWINGS_MAX 4096

/* One showing, as it was then. */
struct showing {
	uint64_t id;
	bool complete, again;
	unsigned macs;
	uint8_t mac;
	size_t parts;
	char text[200]; /* its beginning */
};

struct scene {
	struct assembler *assembler;
	struct showing shown[SHOWINGS_MAX];
	unsigned n;
	bool disk_fails, disk_waits; /* for a sync */
	bool hurry;
	uint64_t now;
};

static enum assemble_shown on_show(void *context, struct cut *cut, bool again)
{
	struct scene *scene = context;
	struct showing *showing = &scene->shown[scene->n++];
	struct joined joined;

	assert_in_range(scene->n, 1, SHOWINGS_MAX - 1);
	assert_int_equal(joined_make(cut, &joined), 0);
	*showing = (struct showing){cut->header.id,  cut_complete(cut), again, cut->macs_known,
	                            cut->macs[0][5], joined.parts,      ""};
	snprintf(showing->text, sizeof(showing->text), "%.*s", (int)joined.bytes, joined.text);
	joined_free(&joined);
	if (scene->disk_waits)
		return ASSEMBLE_WRITTEN;
	return scene->disk_fails ? ASSEMBLE_FAILED : ASSEMBLE_SAVED;
}

static bool on_sync(void *context)
{
	struct scene *scene = context;

	return !scene->disk_fails;
}

static void start(struct scene *scene, const struct assemble_limits *limits)
{
	static const struct assemble_limits defaults = {0};

	memset(scene, 0, sizeof(*scene));
	scene->now = 1000 * SECOND;
	const struct assemble_output output = {.show = on_show, .sync = on_sync, .context = scene};

	scene->assembler = assembler_new(limits ? limits : &defaults, &output);
	assert_non_null(scene->assembler);
}

static int set_up(void **state)
{
	static struct scene scene;

	start(&scene, NULL);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	assembler_free(scene->assembler);
	return 0;
}

static void feed_payload(struct scene *scene, uint8_t mac, const char *payload, size_t n)
{
	const struct frame_address from = {.source_mac = {2, 0, 0, 0, 0, mac}};
	const struct arrival arrival = {"eth0", 5 * SECOND, scene->now, scene->hurry};
	uint8_t bytes[FRAME_BYTES_MAX];
	size_t length = frame_put_prefix(&from, n, bytes);

	memcpy(bytes + length, payload, n);
	assembler_add(scene->assembler, bytes, length + n, &arrival);
}

static void feed_header(struct scene *scene, uint8_t mac, const struct frame_header *header,
                        const char *body)
{
	char payload[FRAME_PAYLOAD_MAX];
	size_t n = frame_put_header(header, payload, sizeof(payload)), length = strlen(body);

	assert_int_not_equal(n, 0);
	assert_in_range(length, 0, sizeof(payload) - n);
	memcpy(payload + n, body, length);
	feed_payload(scene, mac, payload, n + length);
}

/* A part whose records are 10 * part and the nine that follow. */
static void feed(struct scene *scene, uint8_t mac, uint64_t id, uint32_t part, uint32_t parts,
                 const char *body)
{
	const struct frame_header header = {.id = id,
	                                    .part = part,
	                                    .parts = parts,
	                                    .has_seq = true,
	                                    .seq = 10 * part,
	                                    .last = 10 * part + 9};

	feed_header(scene, mac, &header, body);
}

static void wait(struct scene *scene, uint64_t us)
{
	scene->now += us;
	assembler_tick(scene->assembler, scene->now);
}

static const struct showing *last_shown(const struct scene *scene)
{
	assert_int_not_equal(scene->n, 0);
	return &scene->shown[scene->n - 1];
}

static void whole_report_at_once(void **state)
{
	struct scene *scene = *state;

	feed(scene, 1, 7, 3, 3, "c\n");
	feed(scene, 1, 7, 2, 3, "b\n");
	assert_int_equal(scene->n, 0);
	feed(scene, 1, 7, 1, 3, "a\n");
	assert_int_equal(scene->n, 1);
	assert_true(scene->shown[0].complete);
	assert_string_equal(scene->shown[0].text, "a\nb\nc\n");
}

static void whole_reports_wait_in_a_hurry(void **state)
{
	struct scene *scene = *state;

	scene->hurry = true;
	for (uint64_t id = 0; id < 20; id++)
		feed(scene, 1, id, 1, 1, "a\n");
	feed(scene, 2, 0, 1, 1, "a\n"); /* heard through another port, while it waits */
	wait(scene, SECOND / 2);
	assert_int_equal(scene->n, 0);
	assert_int_equal(assembler_deadline(scene->assembler), scene->now);
	assert_true(assembler_show_ready(scene->assembler));
	assert_false(assembler_show_ready(scene->assembler));
	assert_int_equal(scene->n, 20);
	for (uint64_t id = 1; id < 20; id++)
		assert_int_equal(scene->shown[id - 1].id, id);
	assert_int_equal(scene->shown[19].macs, 2);
	wait(scene, 10 * SECOND);
	assert_int_equal(scene->n, 20);
}

static void no_hurry_lasts(void **state)
{
	struct scene *scene = *state;

	scene->hurry = true;
	feed(scene, 1, 7, 1, 1, "a\n");
	wait(scene, SECOND - 1);
	assert_int_equal(scene->n, 0);
	wait(scene, 1);
	assert_int_equal(scene->n, 1);
	for (uint64_t id = 10; id < 15; id++)
		feed(scene, 1, id, 1, 1, "b\n");
	wait(scene, SECOND);
	assert_int_equal(scene->n, 2);
	wait(scene, 500); /* frames go on: they get most of the time */
	assert_int_equal(scene->n, 2);
	wait(scene, 500);
	assert_int_equal(scene->n, 3);
	assembler_finish(scene->assembler);
	assert_int_equal(scene->n, 6);
	assert_false(assembler_show_ready(scene->assembler));
}

static void any_order(void **state)
{
	static const uint32_t order[] = {4, 1, 6, 2, 5, 3};
	struct scene *scene = *state;

	for (int i = 0; i < 6; i++) {
		char body[] = {(char)('a' + order[i]), '\n', '\0'};

		feed(scene, 1, 7, order[i], 6, body);
		feed(scene, 1, 7, order[i], 6, body);
	}
	assert_int_equal(scene->n, 1);
	assert_string_equal(scene->shown[0].text, "b\nc\nd\ne\nf\ng\n");
	assert_int_equal(assembler_counts(scene->assembler)->repeated, 6);
}

static void rounds_say_nothing_new(void **state)
{
	struct scene *scene = *state;

	for (int round = 0; round < 5; round++) {
		feed(scene, 1, 7, 2, 2, "b\n");
		feed(scene, 1, 7, 1, 2, "a\n");
		wait(scene, 200 * SECOND);
	}
	assert_int_equal(scene->n, 1);
	wait(scene, 400 * SECOND); /* 10 minutes after the last frame */
	assert_int_equal(assembler_bytes(scene->assembler), 0);
	feed(scene, 1, 7, 2, 2, "b\n");
	feed(scene, 1, 7, 1, 2, "a\n");
	assert_int_equal(scene->n, 2);
}

static void partial_after_silence_then_whole(void **state)
{
	struct scene *scene = *state;

	feed(scene, 1, 7, 3, 3, "c\n");
	assert_int_equal(assembler_deadline(scene->assembler), scene->now + 3 * SECOND);
	wait(scene, 2 * SECOND);
	feed(scene, 1, 7, 1, 3, "a\n");
	feed(scene, 1, 7, 3, 3, "c\n");
	wait(scene, 3 * SECOND - 1);
	assert_int_equal(scene->n, 0);
	wait(scene, 1);
	assert_int_equal(scene->n, 1);
	assert_false(scene->shown[0].complete);
	assert_int_equal(scene->shown[0].parts, 2);
	wait(scene, 20 * SECOND);
	feed(scene, 1, 7, 3, 3, "c\n");
	wait(scene, 20 * SECOND);
	assert_int_equal(scene->n, 1); /* nothing new in that round */
	feed(scene, 1, 7, 2, 3, "b\n");
	assert_int_equal(scene->n, 2);
	assert_string_equal(scene->shown[1].text, "a\nb\nc\n");
	assert_true(scene->shown[1].complete);
}

static void end_of_input_shows_the_rest(void **state)
{
	struct scene *scene = *state;

	feed(scene, 1, 7, 3, 3, "c\n");
	feed(scene, 1, 8, 1, 3, "x\n");
	assembler_finish(scene->assembler);
	assert_int_equal(scene->n, 2);
	assembler_finish(scene->assembler);
	assert_int_equal(scene->n, 2);
}

static void two_ports_are_one_report(void **state)
{
	struct scene *scene = *state;

	feed(scene, 1, 7, 4, 4, "d\n");
	feed(scene, 2, 7, 3, 4, "c\n"); /* nothing in common yet */
	feed(scene, 1, 7, 2, 4, "b\n");
	feed(scene, 2, 7, 4, 4, "d\n"); /* now there is */
	assert_int_equal(scene->n, 0);
	feed(scene, 2, 7, 1, 4, "a\n");
	assert_int_equal(scene->n, 1);
	assert_string_equal(scene->shown[0].text, "a\nb\nc\nd\n");
	assert_int_equal(scene->shown[0].macs, 2);
}

static void a_second_port_later_says_nothing_new(void **state)
{
	struct scene *scene = *state;

	feed(scene, 1, 7, 2, 2, "b\n");
	feed(scene, 1, 7, 1, 2, "a\n");
	feed(scene, 2, 7, 2, 2, "b\n");
	wait(scene, 5 * SECOND);
	feed(scene, 2, 7, 1, 2, "a\n");
	wait(scene, 5 * SECOND);
	assert_int_equal(scene->n, 1);
}

/* Also if it has one part only, and is not saved yet. */
static void a_second_port_of_one_part(void **state)
{
	struct scene *scene = *state;

	for (int fails = 0; fails < 2; fails++) {
		scene->disk_fails = fails;
		feed(scene, 1, 7 + fails, 1, 1, "a\n");
		feed(scene, 2, 7 + fails, 1, 1, "a\n");
		wait(scene, 5 * SECOND);
		assert_int_equal(scene->n, 1 + fails);
	}
}

static void contradicting_ports_stay_apart(void **state)
{
	struct scene *scene = *state;

	feed(scene, 1, 7, 2, 3, "b\n");
	feed(scene, 2, 7, 2, 3, "forged\n");
	feed(scene, 1, 7, 3, 3, "c\n");
	feed(scene, 2, 7, 3, 3, "c\n"); /* identical, but 2 contradicts */
	feed(scene, 2, 7, 1, 3, "forged\n");
	assert_string_equal(last_shown(scene)->text, "forged\nforged\nc\n");
	feed(scene, 1, 7, 1, 3, "a\n");
	assert_string_equal(last_shown(scene)->text, "a\nb\nc\n");
	wait(scene, 10 * SECOND);
	assert_int_equal(scene->n, 2);
}

/* The forger knows the MAC too, and comes first: the true report gets whole all the same. */
static void forged_part_first(void **state)
{
	struct scene *scene = *state;
	bool whole = false;

	feed(scene, 1, 7, 2, 3, "forged\n");
	for (int round = 0; round < 2; round++) {
		feed(scene, 1, 7, 3, 3, "c\n");
		feed(scene, 1, 7, 2, 3, "b\n");
		feed(scene, 1, 7, 1, 3, "a\n");
	}
	for (unsigned i = 0; i < scene->n; i++)
		whole |= scene->shown[i].complete && !strcmp(scene->shown[i].text, "a\nb\nc\n");
	assert_true(whole);
}

static bool any_whole(const struct scene *scene, const char *text)
{
	for (unsigned i = 0; i < scene->n; i++)
		if (scene->shown[i].complete && !strcmp(scene->shown[i].text, text))
			return true;
	return false;
}

/* Each true part is in some cut, but none has them all: the next rounds make one that has. */
static void true_parts_scattered(void **state)
{
	struct scene *scene = *state;

	feed(scene, 1, 7, 2, 2, "forged 2\n");
	feed(scene, 1, 7, 1, 2, "a\n");
	feed(scene, 1, 7, 2, 2, "b\n");
	feed(scene, 1, 7, 1, 2, "forged 1\n");
	for (int round = 0; round < 2; round++) {
		feed(scene, 1, 7, 2, 2, "b\n");
		feed(scene, 1, 7, 1, 2, "a\n");
	}
	assert_true(any_whole(scene, "a\nb\n"));
}

/* A forger with a MAC of its own repeats what it heard, to get its part into the true report. */
static void forged_part_through_another_port(void **state)
{
	struct scene *scene = *state;

	feed(scene, 1, 7, 3, 3, "c\n");
	feed(scene, 2, 7, 1, 3, "forged\n");
	feed(scene, 2, 7, 3, 3, "c\n");
	for (int round = 0; round < 2; round++) {
		feed(scene, 1, 7, 3, 3, "c\n");
		feed(scene, 1, 7, 2, 3, "b\n");
		feed(scene, 1, 7, 1, 3, "a\n");
	}
	assert_true(any_whole(scene, "a\nb\nc\n"));
	wait(scene, 10 * SECOND);
	assert_int_equal(scene->n, 2); /* that, and the one with the forged part; nothing twice */
}

static void forged_part_after_the_report(void **state)
{
	struct scene *scene = *state;

	feed(scene, 1, 7, 2, 2, "b\n");
	feed(scene, 1, 7, 1, 2, "a\n");
	feed(scene, 1, 7, 2, 2, "forged\n");
	assert_int_equal(scene->n, 1);
	wait(scene, 3 * SECOND);
	assert_int_equal(scene->n, 2);
	assert_string_equal(scene->shown[1].text, "forged\n");
	assert_false(scene->shown[1].complete);
}

/* One id, another total or older: another cut. At the end the fullest comes first. */
static void cuts_beside_each_other(void **state)
{
	struct scene *scene = *state;
	struct frame_header header = {.id = 7, .part = 2, .parts = 3, .older = 5};

	feed(scene, 1, 7, 3, 3, "c\n");
	feed(scene, 1, 7, 5, 5, "longer, E\n");
	feed_header(scene, 1, &header, "the longest of all\n");
	assembler_finish(scene->assembler);
	assert_int_equal(scene->n, 3);
	assert_string_equal(scene->shown[0].text, "the longest of all\n");
	assert_string_equal(scene->shown[1].text, "longer, E\n");
	assert_string_equal(scene->shown[2].text, "c\n");
}

/* A cut waits a second at most for another of its id, to be shown beside it. */
static void cuts_wait_for_each_other(void **state)
{
	struct scene *scene = *state;

	feed(scene, 1, 7, 3, 3, "c\n");
	wait(scene, SECOND / 2);
	feed(scene, 2, 7, 5, 5, "longer, E\n");
	wait(scene, 3 * SECOND - SECOND / 2);
	assert_int_equal(scene->n, 0);
	assert_int_equal(assembler_deadline(scene->assembler), scene->now + SECOND / 2);
	wait(scene, SECOND / 2);
	assert_int_equal(scene->n, 2);
	assert_string_equal(scene->shown[0].text, "longer, E\n");

	feed(scene, 1, 8, 3, 3, "c\n");
	for (int i = 0; i < 8; i++) {
		wait(scene, SECOND / 2);
		feed(scene, 2, 8, 1 + i, 9, "x\n");
	}
	assert_int_equal(scene->n, 3);
	assert_string_equal(scene->shown[2].text, "c\n");
}

static void originals(void **state)
{
	struct scene *scene = *state;

	feed_payload(scene, 1, "one\n\0\0", 6);
	feed_payload(scene, 1, "two\n", 4);
	feed_payload(scene, 1, "one\n", 4);
	feed_payload(scene, 2, "other\n", 6);
	wait(scene, 3 * SECOND);
	assert_int_equal(scene->n, 2);
	assert_string_equal(scene->shown[0].text, "one\ntwo\n");
	assert_int_equal(scene->shown[1].mac, 2);
	feed_payload(scene, 1, "two\n", 4);
	wait(scene, 60 * SECOND);
	assert_int_equal(scene->n, 2);
	feed_payload(scene, 1, "three\n", 6);
	wait(scene, 60 * SECOND);
	assert_int_equal(scene->n, 3);
	assert_string_equal(scene->shown[2].text, "three\n"); /* what was shown is not repeated */
}

static void bad_frames_are_counted(void **state)
{
	struct scene *scene = *state;

	feed_payload(scene, 1, "LASTWORDS/2 id=0\n", 17);
	feed_payload(scene, 1, "\0", 1);
	wait(scene, 60 * SECOND);
	assert_int_equal(scene->n, 0);
	assert_int_equal(assembler_counts(scene->assembler)->bad, 1);
	assert_int_equal(assembler_counts(scene->assembler)->foreign, 1);
	assert_int_equal(assembler_bytes(scene->assembler), 0);
}

static void failing_disk(void **state)
{
	struct scene *scene = *state;

	scene->disk_fails = true;
	feed(scene, 1, 7, 1, 1, "a\n");
	assert_int_equal(assembler_unsaved(scene->assembler), 1);
	wait(scene, 59 * SECOND);
	assert_int_equal(scene->n, 1);
	wait(scene, SECOND);
	assert_int_equal(scene->n, 2);
	assert_true(scene->shown[1].again);
	wait(scene, 2000 * SECOND); /* not forgotten before it is safe */
	assert_int_equal(assembler_unsaved(scene->assembler), 1);
	scene->disk_fails = false;
	feed(scene, 1, 8, 1, 1, "b\n"); /* a later showing that works */
	wait(scene, 0);
	assert_int_equal(assembler_unsaved(scene->assembler), 0);
	assert_string_equal(last_shown(scene)->text, "a\n");
	assert_true(last_shown(scene)->again);
}

static void failing_disk_until_the_end(void **state)
{
	struct scene *scene = *state;

	scene->disk_fails = true;
	feed(scene, 1, 7, 1, 2, "a\n");
	wait(scene, 3 * SECOND);
	scene->disk_fails = false;
	assembler_finish(scene->assembler);
	assert_int_equal(scene->n, 2);
	assert_true(scene->shown[1].again);
	assert_int_equal(assembler_unsaved(scene->assembler), 0);
}

/* The last part comes between the writing of the partial report and its sync. */
static void completed_before_the_sync(void **state)
{
	struct scene *scene = *state;

	scene->disk_waits = true;
	feed(scene, 1, 7, 2, 2, "b\n");
	wait(scene, 3 * SECOND);
	assert_int_equal(scene->n, 1);
	feed(scene, 1, 7, 1, 2, "a\n");
	assert_int_equal(scene->n, 2);
	assert_string_equal(last_shown(scene)->text, "a\nb\n");
	assert_true(assembler_sync(scene->assembler));
	assert_int_equal(assembler_unsaved(scene->assembler), 0);

	feed_payload(scene, 1, "one\n", 4);
	wait(scene, 3 * SECOND);
	feed_payload(scene, 1, "two\n", 4);
	wait(scene, 3 * SECOND);
	assert_string_equal(last_shown(scene)->text, "two\n");
}

/* A sync that fails: all that waited for it is shown to the disk again, and nothing else. */
static void failing_sync(void **state)
{
	struct scene *scene = *state;

	scene->disk_waits = scene->disk_fails = true;
	for (uint64_t id = 1; id <= 3; id++)
		feed(scene, 1, id, 1, 1, "a\n");
	assert_int_equal(assembler_unsaved(scene->assembler), 0);
	assert_false(assembler_sync(scene->assembler));
	assert_int_equal(assembler_unsaved(scene->assembler), 3);
	scene->disk_fails = false;
	wait(scene, 60 * SECOND);
	assert_int_equal(scene->n, 6);
	assert_true(last_shown(scene)->again);
	assert_string_equal(last_shown(scene)->text, "a\n");
	assert_int_equal(assembler_unsaved(scene->assembler), 0);
}

static void gaps_by_record(void **state)
{
	struct scene *scene = *state;
	struct frame frame = {.header = {.id = 7, .parts = 9}};
	struct cut *cut = cut_new(&frame, false);
	struct part part = {.number = 2, .has_seq = true, .seq = 20, .last = 29, .bytes = 2};
	struct joined joined;

	(void)scene;
	part.body = (char *)"b\n";
	assert_int_equal(cut_put(cut, &part, &frame.header), 0);
	part.body = (char *)"d "; /* its line goes on in part 5 */
	part.number = 4;
	part.seq = 40, part.last = 49;
	assert_int_equal(cut_put(cut, &part, &frame.header), 0);
	part.body = (char *)"f\n"; /* and this one begins in the middle of record 60 */
	part.number = 6;
	part.seq = 60, part.last = 69, part.cont = true;
	assert_int_equal(cut_put(cut, &part, &frame.header), 0);
	part.number = 8;
	part.has_seq = part.cont = false;
	assert_int_equal(cut_put(cut, &part, &frame.header), 0);

	assert_int_equal(joined_make(cut, &joined), 0);
	assert_int_equal(joined.bytes, 9);
	assert_memory_equal(joined.text, "b\nd \nf\nf\n", 9);
	assert_int_equal(joined.gaps_known, 5);
	assert_false(joined.gaps[0].has_first);
	assert_int_equal(joined.gaps[0].last, 19);
	assert_int_equal(joined.gaps[1].first, 30);
	assert_int_equal(joined.gaps[1].last, 39);
	assert_int_equal(joined.gaps[2].first, 49);
	assert_int_equal(joined.gaps[2].last, 60);
	assert_int_equal(joined.gaps[3].first, 70);
	assert_false(joined.gaps[3].has_last);
	assert_false(joined.gaps[4].has_first || joined.gaps[4].has_last);
	assert_int_equal(joined.gaps[4].first_part, 9);
	assert_int_equal(joined.gaps[4].at, 9);
	joined_free(&joined);
	cut_free(cut);
}

static void numbers_that_cannot_be_right(void **state)
{
	struct frame frame = {.header = {.id = 7, .parts = 5}};
	struct cut *cut = cut_new(&frame, false);
	struct part part = {.has_seq = true, .bytes = 2, .body = (char *)"x\n"};
	struct joined joined;

	(void)state;
	part.number = 2, part.seq = 0, part.last = UINT64_MAX;
	assert_int_equal(cut_put(cut, &part, &frame.header), 0);
	part.number = 4, part.last = 0;
	assert_int_equal(cut_put(cut, &part, &frame.header), 0);
	assert_int_equal(joined_make(cut, &joined), 0);
	assert_int_equal(joined.gaps_known, 3);
	for (int i = 0; i < 2; i++)
		assert_false(joined.gaps[i].has_first || joined.gaps[i].has_last);
	assert_int_equal(joined.gaps[2].first, 1);
	joined_free(&joined);
	cut_free(cut);
}

static void a_line_over_several_parts(void **state)
{
	struct scene *scene = *state;
	struct frame_header header = {
		.id = 7, .part = 1, .parts = 3, .has_seq = true, .seq = 4, .last = 5};

	feed_header(scene, 1, &header, "a\nlong ");
	header.part = 2, header.cont = true, header.seq = 5;
	feed_header(scene, 1, &header, "long ");
	header.part = 3, header.last = 6;
	feed_header(scene, 1, &header, "line\nb\n");
	assert_string_equal(last_shown(scene)->text, "a\nlong long line\nb\n");
}

/* A part of 1000 bytes, all of one letter. */
static void feed_big(struct scene *scene, uint8_t mac, uint64_t id, uint32_t part, uint32_t parts,
                     char letter)
{
	char body[1001];

	memset(body, letter, sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	feed(scene, mac, id, part, parts, body);
}

static void memory_is_bounded(void **state)
{
	static const struct assemble_limits limits = {.bytes = 200000};
	struct scene *scene = *state;
	bool seen = false;

	assembler_free(scene->assembler);
	start(scene, &limits);
	feed_big(scene, 1, 1, 1, 40, 'r'); /* a small sender, long silent */
	for (uint32_t i = 0; i < 2000; i++) {
		scene->now += 1000;
		feed_big(scene, 2, 100 + i / 20, 1 + i % 20, 999999, 'f');
		assert_in_range(assembler_bytes(scene->assembler), 1, limits.bytes + 2000);
	}
	assert_in_range(assembler_counts(scene->assembler)->evicted, 80, 100);
	for (unsigned i = 0; i < scene->n; i++)
		seen |= scene->shown[i].mac == 1;
	assert_false(seen); /* it was not the one that lost its parts */
	for (uint32_t part = 2; part <= 40; part++)
		feed_big(scene, 1, 1, part, 40, 'r');
	assert_true(last_shown(scene)->complete);
	assert_int_equal(last_shown(scene)->parts, 40);
}

/* A crowd of forged senders, one part each: the report that makes progress is not the one to go. */
static void a_crowd_takes_nothing(void **state)
{
	static const struct assemble_limits limits = {.cuts = 256};
	struct scene *scene = *state;

	assembler_free(scene->assembler);
	start(scene, &limits);
	for (uint32_t part = 10; part; part--) {
		feed_big(scene, 1, 1, part, 10, 'r');
		for (uint32_t i = 0; i < 150; i++) {
			scene->now += 1000;
			feed(scene, (uint8_t)(2 + i), 1000 * part + i, 2, 3, "forged\n");
		}
	}
	assert_in_range(assembler_counts(scene->assembler)->evicted, 1000, 1500);
	for (unsigned i = 0; i < scene->n; i++)
		assert_true(scene->shown[i].mac != 1 || scene->shown[i].complete);
	assert_int_equal(assembler_counts(scene->assembler)->lost, 0);
}

static void a_cut_is_bounded(void **state)
{
	static const struct assemble_limits limits = {.cut_bytes = 100000};
	struct scene *scene = *state;

	assembler_free(scene->assembler);
	start(scene, &limits);
	for (uint32_t part = 1; part < 1000; part++)
		feed_big(scene, 1, 1, part, 999999, 'f');
	assert_in_range(assembler_bytes(scene->assembler), 90000, 110000);
	assert_in_range(assembler_counts(scene->assembler)->refused, 900, 920);
	assert_int_equal(scene->n, 0);
}

static void cuts_are_bounded(void **state)
{
	static const struct assemble_limits limits = {.cuts = 64};
	struct scene *scene = *state;

	assembler_free(scene->assembler);
	start(scene, &limits);
	for (uint32_t i = 0; i < 1000; i++)
		feed(scene, (uint8_t)i, i, 2, 3, "x\n");
	assert_int_equal(scene->n, assembler_counts(scene->assembler)->evicted);
	assembler_finish(scene->assembler);
	assert_int_equal(scene->n, 1000); /* each was shown, once, before it went */
	assert_in_range(assembler_counts(scene->assembler)->evicted, 1000 - 64, 1000 - 56);
}

/* Forgers of one id may have 31 cuts of it; the one that makes progress is never theirs to take. */
static void cuts_of_one_id_are_bounded(void **state)
{
	struct scene *scene = *state;

	for (uint32_t part = 20; part > 1; part--) {
		feed(scene, 1, 7, part, 20, "true\n");
		for (unsigned i = 0; i < 40; i++)
			feed(scene, (uint8_t)(2 + i), 7, 1000 - part, 1000 + i, "forged\n");
	}
	feed(scene, 1, 7, 1, 20, "true\n");
	assert_true(last_shown(scene)->complete);
	assert_int_equal(last_shown(scene)->mac, 1);
	assembler_finish(scene->assembler);
	assert_in_range(assembler_bytes(scene->assembler), 1, 100000);
}

static void originals_are_bounded(void **state)
{
	struct scene *scene = *state;

	for (unsigned i = 0; i < 10000; i++) {
		char text[16];

		feed_payload(scene, 1, text, (size_t)snprintf(text, sizeof(text), "%u\n", i));
	}
	assert_int_equal(scene->n, 2);
	assert_int_equal(scene->shown[0].parts, 4096);
	assembler_finish(scene->assembler);
	assert_int_equal(last_shown(scene)->parts, 10000 - 2 * 4096);
}

int main(void)
{
#define scene_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		scene_test(whole_report_at_once),
		scene_test(whole_reports_wait_in_a_hurry),
		scene_test(no_hurry_lasts),
		scene_test(any_order),
		scene_test(rounds_say_nothing_new),
		scene_test(partial_after_silence_then_whole),
		scene_test(end_of_input_shows_the_rest),
		scene_test(two_ports_are_one_report),
		scene_test(a_second_port_later_says_nothing_new),
		scene_test(a_second_port_of_one_part),
		scene_test(contradicting_ports_stay_apart),
		scene_test(forged_part_first),
		scene_test(true_parts_scattered),
		scene_test(forged_part_through_another_port),
		scene_test(forged_part_after_the_report),
		scene_test(cuts_beside_each_other),
		scene_test(cuts_wait_for_each_other),
		scene_test(originals),
		scene_test(bad_frames_are_counted),
		scene_test(failing_disk),
		scene_test(failing_disk_until_the_end),
		scene_test(completed_before_the_sync),
		scene_test(failing_sync),
		scene_test(gaps_by_record),
		scene_test(numbers_that_cannot_be_right),
		scene_test(a_line_over_several_parts),
		scene_test(memory_is_bounded),
		scene_test(a_crowd_takes_nothing),
		scene_test(a_cut_is_bounded),
		scene_test(cuts_are_bounded),
		scene_test(cuts_of_one_id_are_bounded),
		scene_test(originals_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
