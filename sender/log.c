/* SPDX-License-Identifier: GPL-2.0-only */
/* log - the crashed kernel's log as records, stepped through in either direction */
#include "sender/log.h"

#include <string.h>

#include "sender/core_file.h"

static const struct log_format *const formats[] = {&log_prb, &log_records, &log_plain};

static const char *format_open(struct log *log, const struct vmcoreinfo *info)
{
	log->damage = (struct log_damage){0};
	log->scraps_at = log->scraps_bytes = 0;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i]->present(info)) {
			log->format = formats[i];
			return log->format->open(log, info);
		}
	return "has a VMCOREINFO note that names no kernel log of a known format";
}

const char *log_open(struct log *log, struct core *core, const struct vmcoreinfo *info)
{
	const char *wrong;

	log->core = core;
	wrong = format_open(log, info);
	if (!log->scraps_at)
		return wrong;
	if (log_scraps_open(log))
		return NULL;
	return format_open(log, info); /* the search wrote over what was there */
}

void log_rewind(struct log *log)
{
	log->format->rewind(log);
}

bool log_symbol(struct log *log, const struct vmcoreinfo *info, const char *key, uint64_t bytes,
                uint64_t *value)
{
	size_t n = (size_t)bytes;
	uint64_t address;
	uint8_t raw[8];

	if (!vmcoreinfo_hex(info, key, &address) || core_read(log->core, address, raw, n))
		return false;
	*value = core_number(log->core, raw, n);
	return true;
}

bool log_older(struct log *log, struct record *record)
{
	return log->format->older(log, record);
}

bool log_newer(struct log *log, struct record *record)
{
	return log->format->newer(log, record);
}

bool log_oldest_seq(struct log *log, uint64_t *seq)
{
	return log->format->oldest_seq(log, seq);
}
