/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * broadcast - sends a report through every port, in rounds
 *
 * One loop, driven by three sources: rtnetlink (ports come, gain carrier, go), the log's readers
 * (a report is ready), and time (the next frame of each port). Each port keeps its own schedule:
 * it begins when the port is up and the report is there, and anew when the port gains carrier.
 */
#ifndef BROADCAST_H
#define BROADCAST_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "sender/course.h"
#include "sender/ports.h"
#include "sender/reader.h"
#include "sender/settings.h"

/* Reports: one as payload says, and others for ports whose MTU is less than that takes. */
#define BROADCAST_CUTS 3

struct broadcast {
	const struct settings *settings;
	const struct origin *origin;
	int loader; /* ends when no driver is being loaded any more; -1 = it has */
	uint64_t start_us;
	uint64_t present_us;        /* when a port was there last; 0 = never */
	uint64_t raise_from_us;     /* no port is raised before */
	bool sealed;                /* no path may be used any more */
	volatile sig_atomic_t stop; /* set by a signal's handler: the run ends at once */
	/*
	 * If not NULL, called before the ports are looked after. Returns in how many microseconds
	 * to call it again, at the latest.
	 */
	uint64_t (*beside)(struct broadcast *broadcast, uint64_t now);
	uint64_t beside_wait_us;
	uint64_t unknown_id; /* of a crash that left no note; 0 = not needed yet */
	struct reader readers[BROADCAST_CUTS];
	bool started[BROADCAST_CUTS];
	struct ports ports;
	struct course courses[PORTS_MAX];
};

/*
 * Prepares a run through the ports that settings->interfaces names. settings stay the caller's.
 * Returns 0 or -errno.
 */
int broadcast_open(struct broadcast *broadcast, const struct settings *settings);

/* Starts to read the log; see reader_start(). The origin stays the caller's. Returns 0 or -errno.
 */
int broadcast_read(struct broadcast *broadcast, const struct origin *origin);

/*
 * Runs until every port that has carrier is through with its schedule. Ports without carrier, and
 * drivers that are still being loaded, hold it for 10 s; if no port has carrier, 35 s. With
 * first_round it returns as soon as each port with carrier has sent one round, or was there for
 * 10 s; called again, it goes on. It ends at end_us in any case, and after twice 35 s and the
 * length of the schedule, since a link may blink for ever.
 */
void broadcast_run(struct broadcast *broadcast, bool first_round, uint64_t end_us);

/* Says how many frames each port took, or which ports there are if none was used. */
void broadcast_say(const struct broadcast *broadcast);

/* Lowers the ports that were raised here. */
void broadcast_lower(struct broadcast *broadcast);

/*
 * Makes room for the distribution: lowers the ports, raises none for 10 s, and uses no path from
 * now on.
 */
void broadcast_step_back(struct broadcast *broadcast);

/* Ends the log's readers. Returns true if the whole log that there is was sent, and no reason. */
bool broadcast_close(struct broadcast *broadcast);

/* How many frames all ports took together. Those that never left do not count. */
uint64_t broadcast_sent(const struct broadcast *broadcast);

#endif
