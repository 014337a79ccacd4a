/* SPDX-License-Identifier: GPL-2.0-only */
/* drill - the running kernel's log as a source, to see without a crash whether anyone hears */
#include "sender/drill.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "sender/fnv.h"
#include "sender/report.h"

#define KLOG_READ_ALL 3
#define BOOT_ID       "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_BYTES 37

/* Pages that the log does not fill are never touched. */
static char text[REPORT_TAIL_MAX];
static size_t text_bytes, place; /* place: how many bytes are older than here */
static struct frame_header drill_header;

/* Ends without a \n only if the log does: then that counts as the line's end. */
static size_t line_bytes(const char *line, size_t n)
{
	if (n && line[n - 1] == '\n')
		n--;
	return n < LOG_TEXT_MAX ? n : LOG_TEXT_MAX;
}

static void line_read(size_t start, size_t end, struct record *record)
{
	*record = (struct record){.raw = true,
	                          .text = text + start,
	                          .text_bytes = line_bytes(text + start, end - start)};
}

static bool drill_older(struct log *log, struct record *record)
{
	size_t end = place;
	const char *before;

	(void)log;
	if (!end)
		return false;
	before = memrchr(text, '\n', end - 1);
	place = before ? (size_t)(before - text) + 1 : 0;
	line_read(place, end, record);
	return true;
}

static bool drill_newer(struct log *log, struct record *record)
{
	size_t start = place;
	const char *end = memchr(text + start, '\n', text_bytes - start);

	(void)log;
	if (start == text_bytes)
		return false;
	place = end ? (size_t)(end - text) + 1 : text_bytes;
	line_read(start, place, record);
	return true;
}

static void drill_rewind(struct log *log)
{
	(void)log;
	place = 0;
}

static bool drill_oldest_seq(struct log *log, uint64_t *seq)
{
	(void)log;
	(void)seq;
	return false;
}

static const struct log_format log_drill = {
	.rewind = drill_rewind,
	.older = drill_older,
	.newer = drill_newer,
	.oldest_seq = drill_oldest_seq,
};

static void header_make(struct frame_header *header)
{
	char boot_id[BOOT_ID_BYTES];
	struct utsname name;
	struct timespec now;
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, boot_id, sizeof(boot_id));

	if (fd >= 0)
		close(fd);
	clock_gettime(CLOCK_REALTIME, &now);
	header->id = fnv_add(FNV_START, boot_id, n > 0 ? (size_t)n : 0);
	header->id = fnv_add_number(header->id, (uint64_t)now.tv_sec);
	header->id = fnv_add_number(header->id, (uint64_t)now.tv_nsec);
	header->drill = header->has_at = true;
	header->at = (uint64_t)now.tv_sec;
	if (uname(&name) == 0) {
		memcpy(header->host, name.nodename, strnlen(name.nodename, FRAME_HOST_MAX));
		memcpy(header->kernel, name.release, strnlen(name.release, FRAME_KERNEL_MAX));
	}
}

const char *drill_open(struct source *source, int fd)
{
	int n;

	(void)fd;
	if (!drill_header.drill)
		header_make(&drill_header);
	source->info.bytes = 0;
	source->header = &drill_header;
	source->log = (struct log){.format = &log_drill};
	n = klogctl(KLOG_READ_ALL, text, sizeof(text));
	text_bytes = place = n > 0 ? (size_t)n : 0;
	return n < 0 ? strerror(errno) : NULL;
}
