/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * counters - what came in, what was lost, and how much of each limit is used
 *
 * As text for people, as JSON, and in the format of Prometheus.
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <stdint.h>
#include <stdio.h>

#define COUNTERS_MAX 40

struct counter {
	const char *name; /* of letters and _ */
	const char *help;
	uint64_t value;
	int is_level; /* it may go down too */
};

struct counters {
	struct counter list[COUNTERS_MAX];
	unsigned n;
};

void counters_add(struct counters *counters, const char *name, const char *help, uint64_t value);
void counters_add_level(struct counters *counters, const char *name, const char *help,
                        uint64_t value);

/* {"counters":{"frames":128,…}} and a line end. */
void counters_json(FILE *out, const struct counters *counters);

/* "frames 128, repeated 64, …", without a line end; cut if it is longer than size. */
void counters_text(char *text, size_t size, const struct counters *counters);

/* In the format of Prometheus, all names with lastwords_ before. */
void counters_print_metrics(FILE *out, const struct counters *counters);

/* Replaces the file, which a collector may read at any time. Returns 0 or -errno. */
int counters_write_metrics(const char *path, const struct counters *counters);

#endif
