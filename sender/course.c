/* SPDX-License-Identifier: GPL-2.0-only */
/* course - where one port stands: its schedule, and whether what it accepted has left it */
#include "sender/course.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "sender/clock.h"
#include "sender/say.h"

#define BUSY_RETRY_US   1000  /* the driver's queue is full */
#define ABSENT_RETRY_US 10000 /* the port is going down, or af_packet is not loaded yet */
#define ALONE_US        (10 * SECOND_US)
#define CHECK_US        100000
#define BELIEF_US       (3 * SECOND_US)
#define AGAIN_MAX       2

/* Each frame twice with a VLAN tag, unless it is to be sent with it only. */
static bool sent_twice(const struct settings *s)
{
	return s->vlan && !s->vlan_only;
}

static void course_begin(struct course *course, const struct port *port, uint64_t id, uint64_t now)
{
	const struct reader *reader = course->reader;

	course->version = reader->version;
	course->rises = port->rises;
	course->doubted = false;
	course->again = 0;
	course->rounds_done = 0;
	course->accepted = 0;
	course->base = port->tx_packets;
	course->check_us = UINT64_MAX;
	course->doubt_us = 0;
	schedule_begin(&course->schedule, &reader->settings, id,
	               reader->frames << sent_twice(&reader->settings), now);
}

void course_follow(struct course *course, const struct port *port, uint64_t id, uint64_t now)
{
	if (course->was_up && !port->up && !port->raiser) /* by somebody else, who has a reason */
		course->try_us = now + ALONE_US;
	course->was_up = port->up;
	course->had_carrier |= port->carrier;
	if (!port->up || port->resetting || !course->reader || !course->reader->frames)
		course->schedule.begun = false;
	else if (!course->schedule.begun || course->version != course->reader->version ||
	         course->rises != port->rises)
		course_begin(course, port, id, now);
}

/* How long to wait before the same frame is tried again; 0 = go on with the next one. */
static uint64_t retry_us(const struct port *port, int error)
{
	switch (error) {
	case -ENOBUFS:
	case -EAGAIN:
		return port->carrier ? BUSY_RETRY_US : 0;
	case -ENETDOWN:
	case -ENXIO:
	case -ENODEV:
	case -EAFNOSUPPORT:
		return ABSENT_RETRY_US;
	default:
		return 0;
	}
}

static size_t frame_build(const struct course *course, const struct port *port, uint64_t id,
                          uint8_t *frame)
{
	const struct reader *reader = course->reader;
	const struct settings *s = &reader->settings;
	struct frame_address address = {.vlan = s->vlan};
	struct report_state state = reader->state;
	uint32_t i = course->schedule.frame;

	state.header.id = id;
	memcpy(address.source_mac, s->has_source_mac ? s->source_mac : port->source_mac,
	       sizeof(address.source_mac));
	memcpy(address.source_ip, s->source_ip, sizeof(address.source_ip));
	if (sent_twice(s)) {
		address.vlan = i & 1 ? s->vlan : 0;
		i /= 2;
	}
	return report_frame(reader->sending, &state, i, &address, frame);
}

static void complain(struct course *course, const struct port *port, int error)
{
	if (!course->complained)
		say("%s: %s", port->name, strerror(-error));
	course->complained = true;
}

/* After the first round it is seen whether anything left, after the last one whether all did. */
static void round_end(struct course *course, uint64_t now)
{
	course->rounds_done++;
	if (!course->schedule.finished && course->doubt_us)
		return;
	course->doubt_us = now + BELIEF_US;
	course->check_us = course->schedule.finished ? now : course->doubt_us;
}

void course_send(struct course *course, struct port *port, uint64_t id, uint64_t now)
{
	uint8_t frame[FRAME_BYTES_MAX];
	size_t n = frame_build(course, port, id, frame);
	int error = n ? port_send(port, frame, n) : -EIO;
	uint64_t again = error ? retry_us(port, error) : 0;

	if (again && now < course->schedule.limit_us) {
		schedule_retry(&course->schedule, now, again);
		return;
	}
	/* Without carrier a refusal is no news: the schedule begins anew with it. */
	if (error && port->carrier)
		complain(course, port, error);
	course->sent += !error;
	course->accepted += !error;
	course->failed += !!error;
	if (!error && course->sent == 1)
		say("%s: first frame sent, %" PRIu32 " a round", port->name,
		    course->schedule.frames);
	if (schedule_advance(&course->schedule, now))
		round_end(course, now);
	if (again) {
		course->schedule.finished = true;
		round_end(course, now);
	}
}

/* Nothing moved at all: a device that the crash left half alive may need to be stopped first. */
static bool reset_begin(struct course *course, const struct port *port)
{
	if (port->tx_packets != course->base || !port->raised || course->was_reset ||
	    !port->carrier) /* a link that is negotiating would begin again */
		return false;
	say("%s: accepted %" PRIu64 " frames, of which none left; lowered and raised again",
	    port->name, course->accepted);
	course->was_reset = true;
	course->schedule.begun = false;
	return true;
}

static void once_more(struct course *course, const struct port *port, uint64_t now)
{
	course->doubted = course->again++ >= AGAIN_MAX;
	say("%s: accepted %" PRIu64 " frames, of which %" PRIu64 " left; %s", port->name,
	    course->accepted, port->tx_packets - course->base,
	    course->doubted ? "given up" : "sent once more");
	if (course->doubted)
		return;
	course->accepted = 0;
	course->base = port->tx_packets;
	schedule_again(&course->schedule, now);
}

bool course_check(struct course *course, const struct port *port, bool fresh, uint64_t now)
{
	bool over = now >= course->doubt_us, finished = course->schedule.finished;

	if (port->tx_packets < course->base) /* begun anew, as some drivers do when raised */
		course->base = 0;
	course->check_us = finished ? now + CHECK_US : UINT64_MAX;
	if (fresh ? port->tx_packets - course->base >= course->accepted : over && finished) {
		course->base = port->tx_packets;
		course->accepted = 0;
	}
	if (!fresh || !over || !course->accepted)
		return false;
	if (reset_begin(course, port))
		return true;
	if (finished)
		once_more(course, port, now);
	return false;
}

static bool to_check(const struct course *course)
{
	return course->accepted && course->had_carrier && !course->doubted;
}

uint64_t course_next_us(const struct course *course)
{
	if (!course->schedule.begun)
		return UINT64_MAX;
	if (course->schedule.finished)
		return to_check(course) ? course->check_us : UINT64_MAX;
	return course->check_us < course->schedule.next_us ? course->check_us
	                                                   : course->schedule.next_us;
}

bool course_done(const struct course *course)
{
	return course->schedule.begun && course->schedule.finished && !to_check(course);
}
