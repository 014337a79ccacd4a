/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * course - where one port stands: its schedule, and whether what it accepted has left it
 *
 * A driver that accepts a frame has not sent it. A round is believed when the port's counter of
 * sent frames rose by as many as the port accepted, or more: the kernel's own frames count too.
 * Some drivers bring their counter up to date every 2 s.
 */
#ifndef COURSE_H
#define COURSE_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/port.h"
#include "sender/reader.h"
#include "sender/schedule.h"

struct course {
	int index;                   /* of the port that it belongs to; 0 = none */
	const struct reader *reader; /* whose report it sends; NULL = none yet */
	bool unfit;                  /* the port is too small for any report */
	unsigned version, rises;     /* of the report, and of carrier, that the schedule is for */
	uint64_t seen_us, try_us;    /* the port was there first; it may be raised next */
	bool was_up, had_carrier, complained;
	bool doubted; /* frames did not leave, to the end */
	bool was_reset;
	struct schedule schedule;
	unsigned rounds_done, again; /* of the schedule; rounds beyond it */
	uint64_t sent, failed;
	uint64_t base, accepted;     /* the port's counter, and what came on top, to be believed */
	uint64_t doubt_us, check_us; /* then it should be believed; when to look next */
};

/* Follows what the port did: begins the schedule, or anew, or stops it. */
void course_follow(struct course *course, const struct port *port, uint64_t id, uint64_t now);

/* Sends the frame that is due, or notes that it was refused. id is the crash's. */
void course_send(struct course *course, struct port *port, uint64_t id, uint64_t now);

/*
 * Looks whether port->tx_packets tells that the frames have left; one that is not fresh tells
 * nothing. If 3 s after the first round none has, returns true once: the port should be reset. If 3
 * s after the last round some have not, begins one more round, at most twice.
 */
bool course_check(struct course *course, const struct port *port, bool fresh, uint64_t now);

/* When there is something to do for the port next; UINT64_MAX = only when something happens. */
uint64_t course_next_us(const struct course *course);

/* True if nothing more is to be done for the port as it is. */
bool course_done(const struct course *course);

#endif
