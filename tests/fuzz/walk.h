/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * walk - what must hold of any log that could be opened, whatever it was opened from
 *
 * Read backwards and forwards it has the same records, and damage is counted the same; every form
 * can be printed, and every frame of the report can be decoded and is no larger than was asked for.
 */
#ifndef WALK_H
#define WALK_H

#undef NDEBUG
#include <assert.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sender/frame.h"
#include "sender/print.h"
#include "sender/report.h"
#include "sender/source.h"

#define WALK_PAYLOADS    (FRAME_PAYLOAD_MAX - FRAME_PAYLOAD_MIN + 1)
#define WALK_RECORDS_MAX 20000 /* a file of a few KiB can claim millions, and each costs time */

static struct source source;
static struct output output;

/* Opens the core that fd is open on. False if it is none, or claims too much. */
static bool walk_open(int fd)
{
	return !source_open(&source, fd) &&
	       (source.log.format != &log_prb || source.log.in.prb.count <= WALK_RECORDS_MAX);
}

static uint64_t walk_newer(void)
{
	struct record record;
	uint64_t count = 0, text_bytes = 0;

	while (log_newer(&source.log, &record)) {
		assert(record.text_bytes <= LOG_TEXT_MAX && record.level < 8);
		text_bytes += record.unfinished ? 0 : record.text_bytes;
		count++;
	}
	/* Once up to where it went out of order, and once from where stepping back comes to. */
	assert(source.log.format != &log_prb ||
	       text_bytes <= 2 * source.log.in.prb.ring.data_bytes);
	return count;
}

static void walk_both_ways(int fd)
{
	uint64_t count = 0, damaged, newer;
	struct record record;

	while (log_older(&source.log, &record))
		count++;
	assert(walk_newer() == count);
	damaged = source.log.damage.records;
	assert(walk_open(fd));
	log_rewind(&source.log);
	newer = walk_newer();
	/* Beyond the limits of what can be in order, more is found on the way to newer records. */
	if (source.log.format == &log_prb && source.log.in.prb.skipped)
		assert(newer >= count);
	else
		assert(newer == count && source.log.damage.records == damaged);
}

static void walk_print(int fd, uint64_t tail)
{
	const struct {
		struct print_form form;
		uint64_t tail;
	} wanted[] = {{{.style = {.time = true}}, tail},
	              {{.style = {.caller = true}}, SETTINGS_TAIL_ALL},
	              {{.json = true}, tail}};

	output_open(&output, open("/dev/null", O_WRONLY | O_CLOEXEC));
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		assert(walk_open(fd));
		print_log(&source.log, wanted[i].tail, &wanted[i].form, &output);
	}
	assert(output_close(&output) == 0);
	close(output.fd);
}

static void walk_frames(int report, const struct settings *settings)
{
	struct frame_address address = {.vlan = 0};
	uint8_t bytes[FRAME_BYTES_MAX];
	struct report_state state;
	uint32_t count = report_load(report, &state);

	for (uint32_t i = 0; i < count; i++) {
		size_t n = report_frame(report, &state, i, &address, bytes);
		struct frame frame;

		assert(n > 0 && n <= FRAME_PREFIX_BYTES + settings->payload);
		assert(frame_decode(bytes, n, &frame) == FRAME_PART);
		assert(frame.header.part == count - i && frame.header.parts == count);
	}
}

static void walk_report(int fd, uint32_t payload)
{
	struct log_damage damage;
	struct settings settings;
	int report = report_create();

	assert(report >= 0 && walk_open(fd));
	settings_default(&settings);
	settings.payload = payload;
	if (!report_write(report, &source, &settings, &damage))
		walk_frames(report, &settings);
	close(report);
}

/* Does all of it with the core that fd is open on. size makes it vary. */
static void walk(int fd, size_t size)
{
	if (!walk_open(fd))
		return;
	walk_both_ways(fd);
	walk_print(fd, size);
	walk_report(fd, FRAME_PAYLOAD_MIN + (uint32_t)size % WALK_PAYLOADS);
}

#endif
