/* SPDX-License-Identifier: GPL-2.0-only */
/* output - a descriptor that is written to in large pieces */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#define OUTPUT_PIECE 32768
#define OUTPUT_ROOM  (65536 + 4096) /* a log's longest line fits */

struct output {
	int fd;
	int error; /* the first write that failed, as -errno; nothing is written after it */
	bool any;  /* something was put in */
	size_t used;
	char bytes[OUTPUT_PIECE + OUTPUT_ROOM];
};

void output_open(struct output *output, int fd);
void output_put(struct output *output, const void *bytes, size_t n);

/* Where the next bytes go: there is room for OUTPUT_ROOM of them. output_add() says how many came.
 */
char *output_room(struct output *output);
void output_add(struct output *output, size_t n);

/* Writes what is left. Returns 0, or the first error of all, as -errno. The fd stays open. */
int output_close(struct output *output);

#endif
