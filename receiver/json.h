/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json - a report for programs: one object on one line
 *
 * Written as it goes, since a tree of a hostile log's lines would take a hundred times its size.
 * Strings are valid UTF-8, with U+FFFD for each byte that is not, and hold no raw control
 * character.
 */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>
#include <stdio.h>

#include "receiver/cut.h"
#include "receiver/joined.h"

/* Writes the text as a string, in quotes. */
void json_put_text(FILE *out, const char *text, size_t n);

void json_show(FILE *out, const struct cut *cut, const struct joined *joined);

#endif
