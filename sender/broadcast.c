/* SPDX-License-Identifier: GPL-2.0-only */
/* broadcast - sends a report through every port, in rounds */
#include "sender/broadcast.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sender/say.h"

#define SECOND_US       UINT64_C(1000000)
#define HOLD_US         (10 * SECOND_US) /* for ports without carrier, once one has it */
#define HOLD_NONE_US    (35 * SECOND_US) /* while none has it */
#define RAISE_RETRY_US  SECOND_US
#define BUSY_RETRY_US   1000      /* the driver's queue is full */
#define BUSY_LIMIT_US   SECOND_US /* then the frame is given up */
#define ABSENT_RETRY_US 10000     /* the port is going down, or af_packet is not loaded yet */
#define LAG_FRAMES      4 /* so many frames late are caught up; what is later is spread anew */
#define DRAIN_US        100000
#define WAIT_MAX_US     100000

uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_US + (uint64_t)now.tv_nsec / 1000;
}

int broadcast_open(struct broadcast *b, const struct settings *settings, const char *interfaces,
                   struct reader *reader, int loader)
{
	memset(b, 0, sizeof(*b));
	b->settings = settings;
	b->interfaces = interfaces;
	b->reader = reader;
	b->loader = loader;
	b->start_us = now_us();
	return ports_open(&b->ports);
}

static bool wanted(const struct broadcast *b, const struct port *port)
{
	return port->index && port->name[0] && port_named(port, b->interfaces);
}

/*
 * When round i starts, after the schedule began. Rounds after the first come up to a quarter later,
 * by the crash's id: machines that panic together do not collide again and again.
 */
static uint64_t round_us(const struct broadcast *b, unsigned i)
{
	uint64_t start = b->settings->repeat_s[i] * SECOND_US;

	return start + start / 4 * (b->state.header.id & 0xffff) / 0x10000;
}

static void course_begin(struct broadcast *b, struct course *course, uint64_t now)
{
	course->begun = true;
	course->finished = false;
	course->origin_us = now;
	course->round = 0;
	course->frame = 0;
	course->due_us = course->next_us = now + round_us(b, 0);
}

/* The next round that does not begin before the last one ended. */
static void round_end(struct broadcast *b, struct course *course, uint64_t now)
{
	course->rounds_done++;
	course->frame = 0;
	do
		course->round++;
	while (course->round < b->settings->repeat_count &&
	       course->origin_us + round_us(b, course->round) < now);
	course->finished = course->round >= b->settings->repeat_count;
	if (!course->finished)
		course->due_us = course->next_us = course->origin_us + round_us(b, course->round);
}

static uint32_t frames_in_round(const struct broadcast *b)
{
	return b->settings->vlan && !b->settings->vlan_only ? 2 * b->frames : b->frames;
}

static size_t frame_build(struct broadcast *b, const struct port *port, uint32_t i, uint8_t *frame)
{
	const struct settings *s = b->settings;
	struct frame_address address = {.vlan = s->vlan};

	memcpy(address.source_mac, s->has_source_mac ? s->source_mac : port->mac,
	       sizeof(address.source_mac));
	memcpy(address.source_ip, s->source_ip, sizeof(address.source_ip));
	if (s->vlan && !s->vlan_only) {
		address.vlan = i & 1 ? s->vlan : 0;
		i /= 2;
	}
	return report_frame(b->reader->report, &b->state, i, &address, frame);
}

/* How long to wait before the same frame is tried again; 0 = go on with the next one. */
static uint64_t retry_us(const struct port *port, const struct course *course, int error,
                         uint64_t now)
{
	switch (error) {
	case -ENOBUFS:
	case -EAGAIN:
		return port->carrier && now < course->due_us + BUSY_LIMIT_US ? BUSY_RETRY_US : 0;
	case -ENETDOWN:
	case -ENXIO:
	case -ENODEV:
	case -EAFNOSUPPORT:
		return ABSENT_RETRY_US;
	default:
		return 0;
	}
}

static void frame_send(struct broadcast *b, struct port *port, struct course *course, uint64_t now)
{
	uint64_t gap = SECOND_US / b->settings->rate, again = 0;
	uint8_t frame[FRAME_BYTES_MAX];
	size_t n = frame_build(b, port, course->frame, frame);
	int error = n ? port_send(port, frame, n) : -EIO;

	if (error) {
		again = retry_us(port, course, error, now);
		/* Without carrier a refusal is no news: the schedule begins anew with it. */
		if (!again && port->carrier && !course->complained) {
			say("%s: %s", port->name, strerror(-error));
			course->complained = true;
		}
	}
	if (again) {
		course->next_us = now + again;
		return;
	}
	course->sent += !error;
	course->failed += !!error;
	if (!error && b->frames && course->sent == 1)
		say("%s: first frame sent, %" PRIu32 " a round", port->name, frames_in_round(b));
	course->next_us = course->due_us + gap;
	if (course->next_us + LAG_FRAMES * gap < now)
		course->next_us = now;
	course->due_us = course->next_us;
	if (++course->frame >= frames_in_round(b))
		round_end(b, course, now);
}

/* A port is raised in a child process: a driver that hangs while it starts holds up no other. */
static void port_try_raise(struct broadcast *b, struct port *port, struct course *course,
                           uint64_t now)
{
	int error;

	if (port->raiser) {
		error = port_raise_end(port);
		if (error == -EAGAIN)
			return;
		course->next_us = now + RAISE_RETRY_US;
		if (error && !course->complained) {
			say("%s: cannot be raised: %s", port->name, strerror(-error));
			course->complained = true;
		}
		ports_update(&b->ports); /* whether it is up, and has carrier */
		return;
	}
	if (now >= course->next_us && now >= b->raise_from_us)
		port_raise_begin(&b->ports, port);
}

/* Does what is due for a port now. */
static void port_step(struct broadcast *b, struct port *port, struct course *course, uint64_t now)
{
	if (course->index != port->index)
		*course = (struct course){.index = port->index};
	if (!port->up) {
		course->begun = course->carrier = false;
		port_try_raise(b, port, course, now);
	}
	if (!port->up || !b->frames)
		return;
	if (!course->begun || (port->carrier && !course->carrier))
		course_begin(b, course, now);
	course->carrier = port->carrier;
	course->had_carrier |= port->carrier;
	if (!course->finished && now >= course->next_us)
		frame_send(b, port, course, now);
}

/* Takes the report from its reader, once that has ended or its time is over. */
static void report_take(struct broadcast *b, bool ended, uint64_t now)
{
	if (b->taken || (!ended && now - b->start_us < READER_LIMIT_MS * UINT64_C(1000)))
		return;
	b->taken = true;
	reader_finish(b->reader);
	b->frames = report_load(b->reader->report, &b->state);
}

static void ports_step(struct broadcast *b, uint64_t now)
{
	for (unsigned i = 0; i < b->ports.count; i++) {
		struct port *port = &b->ports.port[i];

		if (!wanted(b, port))
			continue;
		if (b->frames && !b->state.header.id)
			b->state.header.id = source_unknown_id(port->mac);
		port_step(b, port, &b->courses[i], now);
	}
}

/* A port that lost carrier is waited for as long as its schedule would take, and then a while. */
static uint64_t course_end(const struct broadcast *b, const struct course *course)
{
	if (course->carrier)
		return UINT64_MAX;
	return course->origin_us + round_us(b, b->settings->repeat_count - 1) + HOLD_NONE_US;
}

static bool run_over(const struct broadcast *b, bool first_round, uint64_t now)
{
	bool any = false, pending = false, hold = b->loader >= 0;

	for (unsigned i = 0; i < b->ports.count; i++) {
		const struct course *course = &b->courses[i];

		if (!wanted(b, &b->ports.port[i]))
			continue;
		any |= course->had_carrier;
		if (course->had_carrier)
			pending |= !course->finished && !(first_round && course->rounds_done) &&
			           now < course_end(b, course);
		else
			hold = true;
	}
	if (!any)
		return now - b->start_us >= (first_round ? HOLD_US : HOLD_NONE_US);
	return !pending && (!hold || now - b->start_us >= HOLD_US);
}

static uint64_t wait_us(const struct broadcast *b, uint64_t now)
{
	uint64_t wait = WAIT_MAX_US;

	for (unsigned i = 0; i < b->ports.count && b->frames; i++) {
		const struct course *course = &b->courses[i];

		if (!wanted(b, &b->ports.port[i]) || !course->begun || course->finished)
			continue;
		if (course->next_us <= now)
			return 0;
		wait = course->next_us - now < wait ? course->next_us - now : wait;
	}
	return wait;
}

static bool wait_for_events(struct broadcast *b, uint64_t wait)
{
	struct pollfd events[] = {
		{.fd = b->ports.netlink, .events = POLLIN},
		{.fd = b->reader->done, .events = POLLIN},
		{.fd = b->loader, .events = POLLIN},
	};
	struct timespec timeout = {.tv_nsec = (long)wait * 1000};

	if (ppoll(events, 3, &timeout, NULL) <= 0)
		return false;
	if (events[0].revents)
		ports_update(&b->ports);
	if (events[2].revents) {
		close(b->loader);
		b->loader = -1;
	}
	return events[1].revents;
}

void broadcast_run(struct broadcast *b, bool first_round, uint64_t end_us)
{
	const struct timespec drain = {.tv_nsec = DRAIN_US * 1000};
	uint64_t now = now_us();

	while (now < end_us && !b->stop && !run_over(b, first_round, now)) {
		bool ended = wait_for_events(b, wait_us(b, now)) || b->reader->done < 0;

		report_take(b, ended, now_us());
		ports_step(b, now_us());
		now = now_us();
	}
	/* What the drivers took is still in their queues: who goes on now may stop them. */
	nanosleep(&drain, NULL);
}

static bool ports_say(const struct broadcast *b)
{
	bool any = false;

	for (unsigned i = 0; i < b->ports.count; i++) {
		const struct port *port = &b->ports.port[i];
		const struct course *course = &b->courses[i];

		if (!port->index || course->index != port->index)
			continue;
		any = true;
		say("%s: %" PRIu64 " frames sent, %" PRIu64 " refused%s", port->name, course->sent,
		    course->failed, course->had_carrier ? "" : "; no carrier");
	}
	return any;
}

void broadcast_say(const struct broadcast *b)
{
	if (ports_say(b))
		return;
	say("if=%s: no such Ethernet port%s", b->interfaces, b->ports.count ? "; there are:" : "");
	for (unsigned i = 0; i < b->ports.count; i++)
		if (b->ports.port[i].index)
			say("%s, " PORT_MAC, b->ports.port[i].name,
			    PORT_MAC_BYTES(b->ports.port[i].mac));
}

void broadcast_lower(struct broadcast *b)
{
	for (unsigned i = 0; i < b->ports.count; i++)
		if (b->ports.port[i].index)
			port_lower(&b->ports, &b->ports.port[i]);
}

uint64_t broadcast_sent(const struct broadcast *b)
{
	uint64_t sent = 0;

	for (unsigned i = 0; i < b->ports.count; i++)
		sent += b->courses[i].sent;
	return sent;
}
