/* SPDX-License-Identifier: GPL-2.0-only */
/* symbol - a place in the kernel, as %pS prints it: function+0x1/0x2 */
#ifndef SYMBOL_H
#define SYMBOL_H

#include <stdbool.h>
#include <stddef.h>

#define SYMBOL_MAX 128 /* bytes of a function's name; KSYM_NAME_LEN before 6.1 */

struct symbol {
	const char *text;
	size_t name; /* bytes of the function's name, with what a compiler hangs on: .isra.0, .cold
	              */
	size_t n;    /* bytes in all; 0 if the offset is unknown */
};

/* How many bytes of a name stand at the beginning. */
size_t symbol_name(const char *text, size_t n);

/* Finds the first one in a line. */
bool symbol_find(const char *line, size_t n, struct symbol *symbol);

/* The function as it stands in the source: without .isra.0, and without the dot of old powerpc. */
struct symbol symbol_plain(struct symbol symbol);

#endif
