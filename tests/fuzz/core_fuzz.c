/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core_fuzz - any file as a core: opened, read in both directions, printed, cut into frames
 *
 * Besides not crashing: what is read backwards is read forwards again, and every frame of the
 * report can be decoded and is as large as was asked for at most.
 */
#undef NDEBUG
#include <assert.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sender/frame.h"
#include "sender/print.h"
#include "sender/report.h"
#include "sender/source.h"

#define PAYLOADS    (FRAME_PAYLOAD_MAX - FRAME_PAYLOAD_MIN + 1)
#define RECORDS_MAX 20000 /* a file of a few KiB can claim millions, and each costs time */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct source source;
static struct output output;

static void walk(void)
{
	uint64_t older = 0, newer = 0;
	struct record record;

	while (log_older(&source.log, &record)) {
		assert(record.text_bytes <= LOG_TEXT_MAX && record.level < 8);
		older++;
	}
	while (log_newer(&source.log, &record))
		newer++;
	assert(older == newer);
}

static void frames_check(int report, const struct settings *settings)
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

static void report_check(const struct settings *settings)
{
	struct log_damage damage;
	int report = report_create(), error;

	assert(report >= 0);
	error = report_write(report, &source, settings, &damage);
	if (!error)
		frames_check(report, settings);
	close(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("core", MFD_CLOEXEC);
	struct settings settings;

	settings_default(&settings);
	settings.payload = FRAME_PAYLOAD_MIN + (uint32_t)size % PAYLOADS;
	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	if (!source_open(&source, fd) &&
	    (source.log.format != &log_prb || source.log.in.prb.count <= RECORDS_MAX)) {
		output_open(&output, open("/dev/null", O_WRONLY | O_CLOEXEC));
		walk();
		print_log(&source.log, size, &output);
		output_close(&output);
		close(output.fd);
		report_check(&settings);
	}
	close(fd);
	return 0;
}
