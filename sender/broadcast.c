/* SPDX-License-Identifier: GPL-2.0-only */
/* broadcast - sends a report through every port, in rounds */
#include "sender/broadcast.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sender/clock.h"
#include "sender/raising.h"
#include "sender/say.h"

#define HOLD_US       (10 * SECOND_US) /* for ports without carrier, once one has it */
#define HOLD_NONE_US  (35 * SECOND_US) /* while none has it */
#define STEP_BACK_US  (10 * SECOND_US)
#define DRAIN_US      100000
#define WAIT_MAX_US   100000
#define WAIT_RAISE_US 2000 /* the end of a raise makes no event */
#define IP_BYTES      20

int broadcast_open(struct broadcast *b, const struct settings *settings)
{
	memset(b, 0, sizeof(*b));
	b->settings = settings;
	b->loader = -1;
	b->start_us = now_us();
	for (unsigned i = 0; i < BROADCAST_CUTS; i++)
		b->readers[i].done = -1;
	return ports_open(&b->ports, settings->interfaces);
}

static int cut_start(struct broadcast *b, unsigned i, uint32_t payload)
{
	int error = reader_start(&b->readers[i], b->origin, b->settings, payload);

	b->started[i] = !error;
	return error;
}

int broadcast_read(struct broadcast *b, const struct origin *origin)
{
	b->origin = origin;
	return cut_start(b, 0, b->settings->payload);
}

/*
 * The report that a port can carry: as payload says, or with the smallest MTU that IPv4 hosts must
 * take, or with the smallest payload that holds a header. The latter two are cut when a port needs
 * them. NULL if the port can carry none.
 */
static const struct reader *port_reader(struct broadcast *b, const struct port *port)
{
	const uint32_t payloads[BROADCAST_CUTS] = {b->settings->payload, 576 - IP_BYTES,
	                                           FRAME_PAYLOAD_MIN};

	for (unsigned i = 0; i < BROADCAST_CUTS; i++) {
		if (payloads[i] > b->settings->payload || payloads[i] + IP_BYTES > port->mtu)
			continue;
		if (!b->started[i] && (b->sealed || cut_start(b, i, payloads[i]) < 0))
			return NULL;
		return &b->readers[i];
	}
	return NULL;
}

static void reader_choose(struct broadcast *b, const struct port *port, struct course *course)
{
	const struct reader *reader = port_reader(b, port);

	if (!reader && !course->unfit)
		say("%s: its MTU, %" PRIu32 ", is too small", port->name, port->mtu);
	if (reader != course->reader)
		course->schedule.begun = false;
	course->unfit = !reader;
	course->reader = reader;
}

static uint64_t crash_id(struct broadcast *b, const struct reader *reader, const struct port *port)
{
	if (reader->state.header.id)
		return reader->state.header.id;
	if (!b->unknown_id)
		b->unknown_id = source_unknown_id(port->mac);
	return b->unknown_id;
}

static void port_check(struct broadcast *b, struct port *port, struct course *course, uint64_t now)
{
	bool fresh = !raising_under_way(b); /* else the kernel's answer would have to wait */

	if (fresh)
		ports_count(&b->ports, port);
	if (port->serial != course->serial) /* that was the news */
		return;
	if (course_check(course, port, fresh, now))
		port_raise_begin(port);
}

/* Does what is due for a port now. */
static void port_step(struct broadcast *b, struct port *port, struct course *course, uint64_t now)
{
	uint64_t id = 0;

	if (course->serial != port->serial)
		*course = (struct course){.serial = port->serial, .seen_us = now};
	if (port->up)
		reader_choose(b, port, course);
	if (course->reader && course->reader->frames)
		id = crash_id(b, course->reader, port);
	course_follow(course, port, id, now);
	if (now < course_next_us(course))
		return;
	if (now >= course->check_us)
		port_check(b, port, course, now);
	else
		course_send(course, port, id, now);
}

static bool wanted(const struct port *port)
{
	return port->index && port->rank != PORT_UNNAMED;
}

static void ports_step(struct broadcast *b)
{
	if (b->beside)
		b->beside_wait_us = b->beside(b, now_us());
	for (unsigned i = 0; i < b->ports.count; i++) {
		if (!wanted(&b->ports.port[i]))
			continue;
		b->present_us = now_us();
		port_step(b, &b->ports.port[i], &b->courses[i], b->present_us);
	}
	raising_step(b, now_us());
}

/* A port that lost carrier is waited for as long as its schedule would take, and then a while. */
static bool course_pending(const struct broadcast *b, const struct course *course,
                           const struct port *port, uint64_t now)
{
	const struct reader *reader = course->reader;
	uint64_t last_us = b->start_us;

	if (course->unfit || course_done(course) || (reader && reader->done < 0 && !reader->frames))
		return false;
	if (course->schedule.settings)
		last_us = schedule_last_us(&course->schedule);
	return port->carrier || now < last_us + HOLD_NONE_US;
}

static bool reading(const struct broadcast *b)
{
	for (unsigned i = 0; i < BROADCAST_CUTS; i++)
		if (b->started[i] && b->readers[i].done >= 0)
			return true;
	return false;
}

/* The other init waits no longer: for a queue that stays full, or for a round that takes long. */
static bool first_round_over(const struct course *course, uint64_t now)
{
	return course->rounds_done || now - course->seen_us >= HOLD_US;
}

static bool run_over(const struct broadcast *b, bool first_round, uint64_t now)
{
	bool present = false, any = false, pending = false, hold = b->loader >= 0;

	for (unsigned i = 0; i < b->ports.count; i++) {
		const struct course *course = &b->courses[i];
		const struct port *port = &b->ports.port[i];

		if (!wanted(port))
			continue;
		present = true;
		any |= course->had_carrier;
		if (course->had_carrier)
			pending |= !(first_round && first_round_over(course, now)) &&
			           course_pending(b, course, port, now);
		else
			hold = true;
	}
	if (!present && b->present_us) /* the last port is gone: it may come again */
		return now - b->present_us >= HOLD_US;
	if (!any)
		return now - b->start_us >= (first_round ? HOLD_US : HOLD_NONE_US);
	/* A late log is worth as long a wait as a link. */
	if (!first_round && reading(b) && now - b->start_us < HOLD_NONE_US)
		return false;
	return !pending && (!hold || now - b->start_us >= HOLD_US);
}

static uint64_t wait_us(const struct broadcast *b, uint64_t now)
{
	uint64_t wait = raising_under_way(b) ? WAIT_RAISE_US : WAIT_MAX_US;

	if (b->beside && b->beside_wait_us < wait)
		wait = b->beside_wait_us;
	for (unsigned i = 0; i < b->ports.count; i++) {
		uint64_t next = course_next_us(&b->courses[i]);

		if (!wanted(&b->ports.port[i]) || b->courses[i].serial != b->ports.port[i].serial)
			continue;
		if (next <= now)
			return 0;
		wait = next - now < wait ? next - now : wait;
	}
	return wait;
}

static bool waited_for(const struct broadcast *b, pid_t child)
{
	for (unsigned i = 0; i < BROADCAST_CUTS; i++)
		if (b->readers[i].pid == child && b->readers[i].done >= 0)
			return true;
	for (unsigned i = 0; i < b->ports.count; i++)
		if (b->ports.port[i].raiser == child)
			return true;
	return false;
}

/*
 * What loaded drivers, or had to be left alone, and has ended since. systemd, when it ends the
 * machine, takes a dead process for one that does not want to go, and waits for it.
 */
static void child_reap(const struct broadcast *b)
{
	siginfo_t child = {0};

	if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0 && child.si_pid &&
	    !waited_for(b, child.si_pid))
		waitpid(child.si_pid, NULL, WNOHANG);
}

static void wait_for_events(struct broadcast *b, uint64_t wait)
{
	struct pollfd events[2 + BROADCAST_CUTS] = {
		{.fd = b->ports.netlink, .events = POLLIN},
		{.fd = b->loader, .events = POLLIN},
	};
	struct timespec timeout = {.tv_nsec = (long)wait * 1000};

	for (unsigned i = 0; i < BROADCAST_CUTS; i++)
		events[2 + i] = (struct pollfd){.fd = b->readers[i].done, .events = POLLIN};
	ppoll(events, 2 + BROADCAST_CUTS, &timeout, NULL);
	ports_update(&b->ports);
	if (events[1].revents) {
		close(b->loader);
		b->loader = -1;
	}
	for (unsigned i = 0; i < BROADCAST_CUTS; i++)
		reader_update(&b->readers[i], now_us());
	child_reap(b);
}

/*
 * When a run is over that nobody ends: there is time for a link that comes late, goes, and comes
 * late again. One that blinks for ever begins its schedule anew for ever.
 */
static uint64_t limit_us(const struct broadcast *b)
{
	uint32_t frames = 0;

	for (unsigned i = 0; i < BROADCAST_CUTS; i++)
		if (b->readers[i].frames > frames)
			frames = b->readers[i].frames;
	if (b->settings->vlan)
		frames *= 2;
	return b->start_us + 2 * (HOLD_NONE_US + schedule_longest_us(b->settings, frames));
}

void broadcast_run(struct broadcast *b, bool first_round, uint64_t end_us)
{
	const struct timespec drain = {.tv_nsec = DRAIN_US * 1000};
	uint64_t now = now_us();

	while (now < end_us && now < limit_us(b) && !b->stop && !run_over(b, first_round, now)) {
		wait_for_events(b, wait_us(b, now));
		ports_step(b);
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

		if (!port->index || course->serial != port->serial)
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
	say("if=%s: %s Ethernet port%s", b->ports.list,
	    b->present_us ? "there is no more such" : "no such",
	    b->ports.count ? "; there are:" : "");
	for (unsigned i = 0; i < b->ports.count; i++)
		if (b->ports.port[i].index)
			say("%s, " PORT_MAC, b->ports.port[i].name,
			    PORT_MAC_BYTES(b->ports.port[i].mac));
}

void broadcast_lower(struct broadcast *b)
{
	for (unsigned i = 0; i < b->ports.count; i++)
		if (b->ports.port[i].index)
			port_lower(&b->ports.port[i]);
}

void broadcast_step_back(struct broadcast *b)
{
	broadcast_lower(b);
	b->raise_from_us = now_us() + STEP_BACK_US;
	b->sealed = true;
}

bool broadcast_close(struct broadcast *b)
{
	for (unsigned i = 0; i < BROADCAST_CUTS; i++)
		reader_finish(&b->readers[i]);
	return b->readers[0].frames && !b->readers[0].state.header.why[0];
}

uint64_t broadcast_sent(const struct broadcast *b)
{
	uint64_t sent = 0;

	for (unsigned i = 0; i < b->ports.count; i++)
		sent += b->courses[i].doubted ? 0 : b->courses[i].sent;
	return sent;
}
