/* SPDX-License-Identifier: GPL-2.0-only */
/* output - a descriptor that is written to in large pieces */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stddef.h>

struct output {
	int fd;
	int error; /* the first write that failed, as -errno; nothing is written after it */
	size_t used;
	char bytes[32768];
};

void output_open(struct output *output, int fd);
void output_put(struct output *output, const void *bytes, size_t n);

/* Writes what is left. Returns 0, or the first error of all, as -errno. The fd stays open. */
int output_close(struct output *output);

#endif
