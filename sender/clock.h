/* SPDX-License-Identifier: GPL-2.0-only */
/* clock - the monotonic clock, in microseconds: the one that all times here are of */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

#define SECOND_US UINT64_C(1000000)

uint64_t now_us(void);

#endif
