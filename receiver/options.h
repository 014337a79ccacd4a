/* SPDX-License-Identifier: GPL-2.0-only */
/* options - the command line of lastwords-recv */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIONS_INTERFACES_MAX 64
#define OPTIONS_FILES_MAX      4096

struct options {
	const char *interfaces[OPTIONS_INTERFACES_MAX];
	unsigned n_interfaces;
	bool all; /* also those that are not named */
	const char *files[OPTIONS_FILES_MAX];
	unsigned n_files;
	const char *directory, *metrics, *user; /* NULL = none */
	bool json, wait;

	/* Limits. */
	uint64_t memory_bytes, spill_bytes, ring_bytes;
	uint64_t reports, partials_per_s, messages_per_minute;
	uint64_t dir_bytes, dir_age_s;
};

/* Reads the command line. Whatever is wrong with it ends the program, with status 2. */
void options_read(struct options *options, int argc, char **argv);

/* Whether there are interfaces to listen on, and not files to read. */
bool options_listen(const struct options *options);

#endif
