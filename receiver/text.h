/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text - a report for people
 *
 * No byte of a frame reaches the terminal as a control byte: C0, DEL, C1 and what is no UTF-8 come
 * out as \xNN, in the log and in the heading.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "receiver/cut.h"
#include "receiver/joined.h"

/* Writes heading, log lines and gaps; in colours by level if colour. */
void text_show(FILE *out, const struct cut *cut, const struct joined *joined, bool colour);

#endif
