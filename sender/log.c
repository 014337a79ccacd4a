/* SPDX-License-Identifier: GPL-2.0-only */
/* log - the crashed kernel's log as records, stepped through in either direction */
#include "sender/log.h"

#include <string.h>

static const struct log_format *const formats[] = {&log_prb};

const char *log_open(struct log *log, struct core *core, const struct vmcoreinfo *info)
{
	log->core = core;
	log->damage = (struct log_damage){0};
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i]->present(info)) {
			log->format = formats[i];
			return log->format->open(log, info);
		}
	return "has a VMCOREINFO note that names no kernel log of a known format";
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
