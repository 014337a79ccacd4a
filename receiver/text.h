/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text - a report for people
 *
 * No byte of a frame reaches the terminal as a control byte: C0, DEL, C1 and what is no UTF-8 come
 * out as \xNN, in the log and in the heading. So do characters that nobody sees, or that turn the
 * order of others: what people read is what was sent.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "receiver/cut.h"
#include "receiver/joined.h"

/* Whether standard output is a terminal whose user has nothing against colours. */
bool text_wants_colour(void);

/* Writes the text, with \xNN for each byte that no terminal should get as it is. */
void text_put(FILE *out, const char *text, size_t n);

/* 2026-11-23 06:16:34 UTC */
void text_put_time(FILE *out, uint64_t seconds);

/* A line of a log, without its level, in the colour of that if colour. */
void text_put_line(FILE *out, const char *line, size_t n, bool colour);

/* Writes heading, log lines and gaps; in colours by level if colour. */
void text_show(FILE *out, const struct cut *cut, const struct joined *joined, bool colour);

#endif
