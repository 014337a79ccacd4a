/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * html - markup into which foreign text comes escaped, and in no other way
 *
 *   html_print(out, "<a href=\"/report/%u\">%t</a>", file, title);
 *
 * What the page says of itself stands in formats; all else is an argument. There is no directive
 * that writes text as it is, so what a host called itself cannot become an element, an attribute or
 * a script.
 */
#ifndef HTML_H
#define HTML_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Writes the format, with
 *   %t  const char *  as text, for elements and for attributes in double quotes; NULL as nothing
 *   %h  const char *  the same as html_text() writes it, for elements alone
 *   %u  const char *  as part of a URL: all but letters, digits, . _ - ~ and / as %XX
 *   %d  uint64_t      as a number, 12,345 for people
 *   %n  uint64_t      the same for programs, 12345
 *   %w  uint64_t      as a time element: 2026-11-23 06:16:34 UTC
 *   %a  uint64_t      seconds as an age: 5 min
 */
void html_print(FILE *out, const char *format, ...);

/*
 * Writes the bytes as text: markup is escaped. What is no character, or one that is not seen, or
 * that changes in which order others are shown, comes as \xNN or \u{NNNN} in an element of its own.
 */
void html_text(FILE *out, const char *text, size_t n);

#endif
