/* SPDX-License-Identifier: GPL-2.0-only */
/* metrics - what a collector gets: the receiver's counters, and those of the page */
#ifndef METRICS_H
#define METRICS_H

#include <stdint.h>
#include <stdio.h>

#include "receiver/web/catalog.h"
#include "receiver/web/server.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* How many seconds ago the receiver wrote its counters, or -1 if it did not or cannot be read. */
int64_t metrics_age_s(const char *file);

/*
 * Writes the lines of the file that lastwords-recv --metrics keeps, unless it is NULL, and the
 * page's own. A file that cannot be read, or has not been written for long, is told of by
 * lastwords_web_receiver_age_seconds.
 */
void metrics_write(FILE *out, const char *file, const struct catalog *catalog,
                   const struct server_counts *counts);

#endif
