/* SPDX-License-Identifier: GPL-2.0-only */
/* report - the tail of a log, cut into numbered parts, ready to be sent again and again */
#include "sender/report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "sender/log_text.h"

#define RESORT   "/lastwords-report"
#define BODY_MIN 64 /* bytes of log that each frame has room for, however long its header */

/* A report that is being written. */
struct draft {
	int fd;
	struct report_state state;
	struct report_part part; /* filled from its end: the oldest line so far comes first */
	size_t used;
	bool has_first;
	uint64_t first;  /* the oldest finished record that has a line in the report */
	uint64_t newest; /* the highest number that can be: header room was measured by it */
};

static bool root_is_memory(void)
{
	struct statfs root;

	return statfs("/", &root) == 0 &&
	       ((uint32_t)root.f_type == RAMFS_MAGIC || root.f_type == TMPFS_MAGIC);
}

int report_create(void)
{
	int fd = memfd_create("lastwords", MFD_CLOEXEC);

	/* A kernel without memfd: a capture kernel's root is memory itself. */
	if (fd < 0)
		fd = open("/", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 && root_is_memory()) { /* and without O_TMPFILE */
		fd = open(RESORT, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
		unlink(RESORT);
	}
	return fd < 0 ? -errno : fd;
}

static int write_at(int fd, const void *bytes, size_t n, uint64_t offset)
{
	ssize_t done = pwrite(fd, bytes, n, (off_t)offset);

	return done < 0 ? -errno : (size_t)done == n ? 0 : -ENOSPC;
}

/* A part takes only the room that its body can fill: memory is scarce. */
static size_t part_bytes(const struct report_state *state)
{
	return offsetof(struct report_part, body) + state->body_max;
}

static uint64_t part_offset(const struct report_state *state, uint32_t place)
{
	return sizeof(*state) + (uint64_t)place * part_bytes(state);
}

static int state_write(const struct draft *draft)
{
	return write_at(draft->fd, &draft->state, sizeof(draft->state), 0);
}

static size_t header_bytes(const struct frame_header *header)
{
	char line[FRAME_HEADER_MAX];

	return frame_put_header(header, line, sizeof(line));
}

/* Names, then reasons, give way where a small payload would have no room for the log. */
static bool header_shorten(struct frame_header *header)
{
	char *victim = header->kernel[0] ? header->kernel
	               : header->host[0] ? header->host
	                                 : header->why + strlen(header->why) / 2;

	if (!*victim)
		return false;
	*victim = 0;
	return true;
}

/* What the header, with every number as long as it can get, leaves of the payload for the body. */
static uint32_t body_room(struct frame_header *header, uint32_t payload, uint64_t newest_seq)
{
	for (;;) {
		struct frame_header longest = *header;
		size_t n;

		longest.part = longest.parts = FRAME_PARTS_MAX;
		longest.cont = longest.has_seq = true;
		longest.seq = longest.last = longest.older = newest_seq;
		n = header_bytes(&longest);
		if (n && n + BODY_MIN <= payload)
			return payload - (uint32_t)n;
		if (!header_shorten(header))
			return BODY_MIN;
	}
}

static void part_begin(struct draft *draft)
{
	draft->used = 0;
	draft->part.has_seq = draft->part.cont = false;
}

/* Writes the part in hand to its place, and begins the next one. */
static int part_end(struct draft *draft)
{
	struct report_part *part = &draft->part;
	int error;

	if (!draft->used)
		return 0;
	memmove(part->body, part->body + draft->state.body_max - draft->used, draft->used);
	part->body_bytes = (uint16_t)draft->used;
	error = write_at(draft->fd, part, part_bytes(&draft->state),
	                 part_offset(&draft->state, 1 + draft->state.parts));
	part_begin(draft);
	if (error)
		return error;
	draft->state.parts++;
	return state_write(draft);
}

/*
 * Records that were still being written stand out of order: their numbers would name no gap. Nor
 * does one that damage made higher than the newest; the header has no room for it.
 */
static void part_prepend(struct draft *draft, const struct record *record, const char *bytes,
                         size_t n)
{
	struct report_part *part = &draft->part;

	draft->used += n;
	memcpy(part->body + draft->state.body_max - draft->used, bytes, n);
	part->cont = false;
	if (!record->numbered || record->unfinished || record->seq > draft->newest)
		return;
	if (!part->has_seq)
		part->last = record->seq;
	part->seq = draft->first = record->seq;
	part->has_seq = draft->has_first = true;
}

/* Puts a line before all others. One that is longer than a frame fills as many as it needs. */
static int line_prepend(struct draft *draft, const struct record *record, const char *line,
                        size_t n)
{
	size_t left = draft->state.body_max - draft->used;
	int error = 0;

	if (n > left && (n <= draft->state.body_max || !left))
		error = part_end(draft);
	while (!error && n) {
		size_t room = draft->state.body_max - draft->used;
		size_t cut = n < room ? n : room;

		n -= cut;
		part_prepend(draft, record, line + n, cut);
		if (n) {
			draft->part.cont = true;
			error = part_end(draft);
		}
	}
	return error;
}

/* Puts as many of a record's lines as the tail has room for. *room is 0 when it is full. */
static int record_prepend(struct draft *draft, const struct record *record, uint64_t *room)
{
	static char line[LOG_LINE_MAX];
	size_t at = record->text_bytes + 1, n;
	int error;

	while ((n = log_line_previous(record, &log_style_syslog, &at, line))) {
		if (n > *room) {
			*room = 0;
			return 0;
		}
		*room -= n;
		error = line_prepend(draft, record, line, n);
		if (record->joined && !at)
			draft->part.cont = true;
		if (error)
			return error;
	}
	return 0;
}

/* A line that snprintf cut still ends its line. n is what it returned. Returns the line's length.
 */
static size_t line_end(char *line, size_t room, int n)
{
	if ((size_t)n < room)
		return (size_t)n;
	line[room - 1] = '\n';
	return room;
}

static int note_write(struct draft *draft, const struct log_damage *damage)
{
	struct report_part *part = &draft->part;
	char words[LOG_DAMAGE_WORDS_MAX];
	int n;

	part_begin(draft);
	log_damage_words(damage, words);
	n = snprintf(part->body, draft->state.body_max, "lastwords: %s\n", words);
	part->body_bytes = (uint16_t)line_end(part->body, draft->state.body_max, n);
	draft->state.has_note = true;
	return write_at(draft->fd, part, part_bytes(&draft->state), part_offset(&draft->state, 0));
}

static int draft_end(struct draft *draft)
{
	draft->state.ready = true;
	return state_write(draft);
}

int report_write(int fd, struct source *source, const struct settings *settings,
                 struct log_damage *damage)
{
	struct draft draft = {.fd = fd};
	uint64_t room = settings->tail < REPORT_TAIL_MAX ? settings->tail : REPORT_TAIL_MAX;
	uint64_t oldest;
	struct record record;
	int error = 0;

	source_describe(source, &draft.state.header);
	draft.newest = source_identify(source, &draft.state.header);
	draft.state.body_max = body_room(&draft.state.header, settings->payload, draft.newest);
	while (!error && room && log_older(&source->log, &record))
		error = record_prepend(&draft, &record, &room);
	if (draft.has_first && log_oldest_seq(&source->log, &oldest) && oldest < draft.first)
		draft.state.header.older = draft.first - oldest;
	if (!error)
		error = part_end(&draft);
	*damage = source->log.damage;
	if (!error && !draft.state.parts)
		return room ? -ENODATA : -EMSGSIZE;
	if (error && draft.state.parts) { /* no room for more: what is there is sent */
		damage->error = error;
		error = 0;
	}
	if (!error && log_damaged(damage))
		error = note_write(&draft, damage);
	return error ? error : draft_end(&draft);
}

/* The newest whole lines of a text that fit into room bytes. */
static size_t lines_tail(const char **text, size_t n, size_t room)
{
	const char *end = *text + n, *start = *text;

	if (n > room) {
		start = memchr(end - room - 1, '\n', room + 1);
		start = start ? start + 1 : end;
	}
	*text = start;
	return (size_t)(end - start);
}

int report_write_why(int fd, const struct frame_header *header, const struct settings *settings,
                     const char *why, const char *own, size_t own_bytes)
{
	struct draft draft = {.fd = fd, .state.header = *header};
	struct report_part *part = &draft.part;
	size_t n;
	int error;

	snprintf(draft.state.header.why, sizeof(draft.state.header.why), "%s", why);
	draft.state.body_max = body_room(&draft.state.header, settings->payload, 0);
	n = line_end(part->body, draft.state.body_max,
	             snprintf(part->body, draft.state.body_max, "lastwords: no log: %s\n", why));
	own_bytes = lines_tail(&own, own_bytes, draft.state.body_max - n);
	memcpy(part->body + n, own, own_bytes);
	part->body_bytes = (uint16_t)(n + own_bytes);
	draft.state.parts = 1;
	error = write_at(fd, part, part_bytes(&draft.state), part_offset(&draft.state, 1));
	return error ? error : draft_end(&draft);
}

uint32_t report_load(int fd, struct report_state *state)
{
	/* The writer read a hostile core: what it wrote is checked like anything from outside. */
	if (pread(fd, state, sizeof(*state), 0) != sizeof(*state) ||
	    state->body_max > FRAME_PAYLOAD_MAX || state->parts >= FRAME_PARTS_MAX)
		return 0;
	return state->parts + state->has_note;
}

size_t report_frame(int fd, const struct report_state *state, uint32_t i,
                    const struct frame_address *address, uint8_t *frame)
{
	struct report_part part;
	struct frame_header header = state->header;
	uint32_t total = state->parts + state->has_note;
	uint32_t place = state->has_note ? i : i + 1;
	size_t prefix, line;

	if (i >= total || pread(fd, &part, part_bytes(state), (off_t)part_offset(state, place)) !=
	                          (ssize_t)part_bytes(state))
		return 0;
	header.part = total - i;
	header.parts = total;
	header.has_seq = part.has_seq;
	header.seq = part.seq;
	header.last = part.last;
	header.cont = part.cont;
	prefix = FRAME_PREFIX_BYTES + (address->vlan ? FRAME_VLAN_BYTES : 0);
	line = frame_put_header(&header, (char *)frame + prefix, FRAME_PAYLOAD_MAX);
	if (!line || part.body_bytes > FRAME_PAYLOAD_MAX - line)
		return 0;
	memcpy(frame + prefix + line, part.body, part.body_bytes);
	frame_put_prefix(address, line + part.body_bytes, frame);
	return prefix + line + part.body_bytes;
}
