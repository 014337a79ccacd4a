/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report - the tail of a log, cut into numbered parts, ready to be sent again and again
 *
 * A report lives in a file without a name, so that a child process can write it and the parent
 * send what is there, whatever became of the child; no path is needed later, and the memory is
 * only what the tail takes. Parts are written newest first, each at a place of its own:
 *
 *   struct report_state | note part or nothing | newest part | … | oldest part
 *
 * The note is a line about damage, known only when all else was read, and sent as the newest part.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sender/frame.h"
#include "sender/settings.h"
#include "sender/source.h"

#define REPORT_TAIL_MAX (16u << 20) /* bytes sent at most, even with tail=all */

/* What the sending side needs to know; at the start of the file, brought up to date with each part.
 */
struct report_state {
	struct frame_header header; /* what all parts share */
	uint32_t body_max;          /* bytes of log in a frame, at most */
	uint32_t parts;             /* written, the note not counted */
	bool has_note;
	bool ready; /* the writer came to its end */
};

struct report_part {
	uint64_t seq, last; /* of its records */
	bool has_seq, cont;
	uint16_t body_bytes;
	char body[FRAME_PAYLOAD_MAX];
};

/* Opens an empty file for a report. Returns a descriptor, or -errno. */
int report_create(void);

/*
 * Writes the tail of a source's log, newest first, as the parts of a report. Returns 0, -ENODATA if
 * no record could be read, -EMSGSIZE if the tail is shorter than the newest line, or -errno. What
 * damage cost is told in the report, and in *damage.
 */
int report_write(int fd, struct source *source, const struct settings *settings,
                 struct log_damage *damage);

/*
 * Writes a report of one part that says why there is no log: why as a key, and in words as its
 * text, followed by as many whole lines of own (the newest, of own_bytes bytes) as the frame holds.
 * header has the id, and what else is known.
 */
int report_write_why(int fd, const struct frame_header *header, const struct settings *settings,
                     const char *why, const char *own, size_t own_bytes);

/* Reads how far the report has come. Returns the number of frames that it makes; 0 if none yet. */
uint32_t report_load(int fd, struct report_state *state);

/*
 * Writes frame i of a report (0 is sent first: the newest part) to frame, which has room for
 * FRAME_BYTES_MAX. Returns its length in bytes, or 0 if the report cannot be read.
 */
size_t report_frame(int fd, const struct report_state *state, uint32_t i,
                    const struct frame_address *address, uint8_t *frame);

#endif
