/* SPDX-License-Identifier: GPL-2.0-only */
/* records_layout - how a record of Linux 3.5 to 5.9 is laid out */
#include "sender/records_layout.h"

#include <stdio.h>
#include <string.h>

#include "sender/number.h"

#define VERSION_NUMBERS 4

/* Where kernels differ, the largest first: in a smaller one a larger one's records look padded. */
static const struct {
	uint64_t header_bytes, caller;
} known[RECORDS_LAYOUTS_KNOWN] = {{24, 16}, {20, 16}, {16, 0}};

struct field {
	const char *name;
	uint64_t bytes, known;
	uint64_t *offset;
};

/* The structure is called log before 3.11 (62e32ac3505a). */
static bool note_read(const struct vmcoreinfo *info, const char *form, const char *field,
                      uint64_t *value)
{
	static const char *const structures[] = {"printk_log", "log"};
	char key[40];

	for (unsigned i = 0; i < 2; i++) {
		snprintf(key, sizeof(key), form, structures[i], field);
		if (vmcoreinfo_decimal(info, key, value) && *value <= RECORDS_HEADER_MAX)
			return true;
	}
	return false;
}

/* A kernel that says nothing of its records need not be damaged. */
static bool note_silent(const struct vmcoreinfo *info)
{
	size_t n;
	const char *release = vmcoreinfo_text(info, "OSRELEASE", &n);

	return release && n >= 3 && memcmp(release, "3.5", 3) == 0;
}

void records_layout_read(struct records_layout *l, const struct vmcoreinfo *info, unsigned i)
{
	/* facility and flags:5 level:3 follow dict_len; they are not in the note. */
	const struct field fields[] = {
		{"ts_nsec", 8, 0, &l->ts},
		{"len", 2, 8, &l->len},
		{"text_len", 2, 10, &l->text_len},
		{"dict_len", 4, 12, &l->dict_len},
		{"caller_id", 4, known[i].caller, &l->caller},
	};
	bool told = note_read(info, "SIZE(%s)", NULL, &l->header_bytes) &&
	            l->header_bytes >= known[RECORDS_LAYOUT_3_5].header_bytes;

	if (!told)
		l->header_bytes = known[i].header_bytes;
	l->inferred = !told && !note_silent(info);
	for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]); f++) {
		bool caller = fields[f].offset == &l->caller;

		if (note_read(info, "OFFSET(%s.%s)", fields[f].name, fields[f].offset) &&
		    fields[f].bytes + *fields[f].offset <= l->header_bytes)
			continue;
		/* What is known fits into any header that is taken. */
		*fields[f].offset = told && caller ? 0 : fields[f].known;
		l->inferred |= !caller && !note_silent(info);
	}
}

/* Reads the numbers that a release begins with, as 4.9.0-19. What is not there is 0. */
static void version_read(const char *release, size_t n, uint64_t version[VERSION_NUMBERS])
{
	size_t start = 0;

	for (size_t i = 0, field = 0; i <= n && field < VERSION_NUMBERS; i++) {
		if (i < n && release[i] >= '0' && release[i] <= '9')
			continue;
		if (!number_read(release + start, i - start, 10, 999, &version[field++]) ||
		    (i < n && release[i] != '.' && release[i] != '-'))
			return;
		start = i + 1;
	}
}

/*
 * 5aa068ea4082 ended that: in 4.10, and in 4.9.195. Debian's 4.9 calls itself 4.9.0-N whatever it
 * is; 4.9.0-12 is the first that is later (4.9.210).
 */
bool records_joined(const struct vmcoreinfo *info)
{
	uint64_t version[VERSION_NUMBERS] = {0};
	const char *release;
	size_t n;

	release = vmcoreinfo_text(info, "OSRELEASE", &n);
	if (release)
		version_read(release, n, version);
	if (version[0] != 4 || version[1] != 9)
		return version[0] < 4 || (version[0] == 4 && version[1] < 9);
	return version[2] ? version[2] < 195 : version[3] < 12;
}
