/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calendar - the date and time of a moment, in UTC
 *
 * Crash times are 64 bits of whoever sent them. gmtime(3) takes a time_t, which has 32 bits on
 * older machines: there, a number that it does not hold would be another date.
 */
#ifndef CALENDAR_H
#define CALENDAR_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Seconds since 1970, for strftime(3). False after the year 9999: no form of a date has room for
 * it. */
bool calendar_split(uint64_t seconds, struct tm *tm);

#endif
