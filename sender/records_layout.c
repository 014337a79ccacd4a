/* SPDX-License-Identifier: GPL-2.0-only */
/* records_layout - how a record of Linux 3.5 to 5.9 is laid out */
#include "sender/records_layout.h"

#include <stdio.h>
#include <string.h>

#include "sender/number.h"

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
	bool told = note_read(info, "SIZE(%s)", NULL, &l->header_bytes) && l->header_bytes;

	if (!told)
		l->header_bytes = known[i].header_bytes;
	l->inferred = !told && !note_silent(info);
	for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]); f++) {
		bool caller = fields[f].offset == &l->caller;

		if (note_read(info, "OFFSET(%s.%s)", fields[f].name, fields[f].offset) &&
		    fields[f].bytes + *fields[f].offset <= l->header_bytes)
			continue;
		*fields[f].offset = told && caller ? 0 : fields[f].known;
		l->inferred |= !caller && !note_silent(info);
	}
}

/* 5aa068ea4082 ended that: in 4.10, and in 4.9.195. */
bool records_joined(const struct vmcoreinfo *info)
{
	size_t n, i, start = 0, field = 0;
	const char *release = vmcoreinfo_text(info, "OSRELEASE", &n);
	uint64_t version[3] = {0};

	for (i = 0; release && i <= n && field < 3; i++)
		if (i == n || release[i] < '0' || release[i] > '9') {
			if (!number_read(release + start, i - start, 10, 999, &version[field++]))
				break;
			start = i + 1;
			if (i < n && release[i] != '.')
				break;
		}
	return version[0] < 4 || (version[0] == 4 && version[1] < 9) ||
	       (version[0] == 4 && version[1] == 9 && version[2] < 195);
}
