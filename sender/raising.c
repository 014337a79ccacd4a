/* SPDX-License-Identifier: GPL-2.0-only */
/* raising - brings the ports up, one by one, in the order to try */
#include "sender/raising.h"

#include <errno.h>
#include <string.h>

#include "sender/broadcast.h"
#include "sender/clock.h"
#include "sender/say.h"

#define RETRY_US SECOND_US
#define REST_US  (2 * SECOND_US)

bool raising_under_way(const struct broadcast *b)
{
	for (unsigned i = 0; i < b->ports.count; i++)
		if (b->ports.port[i].raiser)
			return true;
	return false;
}

static void raise_end(struct broadcast *b, struct port *port, struct course *course, uint64_t now)
{
	int error = port_raise_end(port);

	if (error == -EAGAIN)
		return;
	course->try_us = now + RETRY_US;
	if (error && !course->complained) {
		say("%s: cannot be raised: %s", port->name, strerror(-error));
		course->complained = true;
	}
	ports_update(&b->ports); /* whether it is up, and has carrier */
}

/* Whether a port that if= names needs the others no more, or cannot have them wait any longer. */
static bool settled(const struct course *course, const struct port *port, uint64_t now)
{
	return course->serial == port->serial &&
	       (course->rounds_done || course->complained || now - course->seen_us >= REST_US);
}

static bool rest_waits(const struct broadcast *b, uint64_t now)
{
	bool named = strcmp(b->ports.list, "all") != 0;

	if (named && b->loader >= 0 && now - b->start_us < REST_US)
		return true;
	for (unsigned i = 0; i < b->ports.count; i++) {
		const struct port *port = &b->ports.port[i];

		if (port->index && port->rank >= 0 && port->rank < PORT_REST &&
		    !settled(&b->courses[i], port, now))
			return true;
	}
	return false;
}

static bool may_be_raised(const struct broadcast *b, unsigned i, uint64_t now)
{
	const struct port *port = &b->ports.port[i];
	const struct course *course = &b->courses[i];

	return port->index && port->rank != PORT_UNNAMED && !port->up && !port->held &&
	       course->serial == port->serial && now >= course->try_us;
}

void raising_step(struct broadcast *b, uint64_t now)
{
	struct port *next = NULL;

	for (unsigned i = 0; i < b->ports.count; i++)
		if (b->ports.port[i].raiser)
			raise_end(b, &b->ports.port[i], &b->courses[i], now);
	if (now < b->raise_from_us || raising_under_way(b))
		return;
	for (unsigned i = 0; i < b->ports.count; i++)
		if (may_be_raised(b, i, now) && (!next || b->ports.port[i].rank < next->rank))
			next = &b->ports.port[i];
	if (next && (next->rank < PORT_REST || !rest_waits(b, now)))
		port_raise_begin(next);
}
