/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * broadcast - sends a report through every port, in rounds
 *
 * One loop, driven by three sources: rtnetlink (ports come, gain carrier, go), the log's reader
 * (the report is ready), and time (the next frame of each port). Each port keeps its own schedule:
 * it begins when the port is up and the report is there, and anew when the port gains carrier.
 */
#ifndef BROADCAST_H
#define BROADCAST_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "sender/ports.h"
#include "sender/reader.h"
#include "sender/report.h"
#include "sender/settings.h"

/* Where a port stands in its schedule. */
struct course {
	int index; /* of the port that it belongs to; 0 = none */
	bool begun, carrier, had_carrier, finished, complained;
	uint64_t origin_us; /* when the schedule began */
	uint64_t due_us;    /* when the next frame is due */
	uint64_t next_us;   /* when to try it, or to raise the port, next: later if that failed */
	unsigned round;
	uint32_t frame; /* within the round; a VLAN tag makes two of each */
	unsigned rounds_done;
	uint64_t sent, failed;
};

struct broadcast {
	const struct settings *settings;
	const char *interfaces; /* see port_named() */
	struct reader *reader;
	int loader;                 /* ends when no driver is being loaded any more; -1 = it has */
	uint64_t start_us;          /* of the monotonic clock, like all times here */
	uint64_t raise_from_us;     /* no port is raised before */
	volatile sig_atomic_t stop; /* set by a signal's handler: the run ends at once */
	struct report_state state;
	bool taken;      /* the reader has ended, or was given up */
	uint32_t frames; /* 0 until the report is ready */
	struct ports ports;
	struct course courses[PORTS_MAX];
};

/*
 * Prepares a run. interfaces and reader stay the caller's; the reader is started before the first
 * run. loader is a descriptor that ends (POLLHUP) when all drivers are loaded, or -1. Returns 0 or
 * -errno.
 */
int broadcast_open(struct broadcast *broadcast, const struct settings *settings,
                   const char *interfaces, struct reader *reader, int loader);

/*
 * Runs until every port that has carrier is through with its schedule. Ports without carrier, and
 * drivers that are still being loaded, hold it for 10 s; if no port has carrier, 35 s. With
 * first_round it returns as soon as each port with carrier has sent one round; called again, it
 * goes on. It ends at end_us in any case.
 */
void broadcast_run(struct broadcast *broadcast, bool first_round, uint64_t end_us);

/* Says how many frames each port took, or which ports there are if none was used. */
void broadcast_say(const struct broadcast *broadcast);

/* Lowers the ports that were raised here. */
void broadcast_lower(struct broadcast *broadcast);

/* How many frames all ports took together. */
uint64_t broadcast_sent(const struct broadcast *broadcast);

/* The monotonic clock, in microseconds. */
uint64_t now_us(void);

#endif
