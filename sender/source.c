/* SPDX-License-Identifier: GPL-2.0-only */
/* source - a crashed kernel: its core, its note and its log, opened together */
#include "sender/source.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "sender/address.h"
#include "sender/fnv.h"

/* struct new_utsname, the same since 2.0: six fields of 65 bytes; nodename is the second. */
#define UTS_FIELD_BYTES 65

const char *source_open(struct source *source, int fd)
{
	const char *wrong;

	source->info.bytes = 0;
	source->header = NULL;
	wrong = core_open(&source->core, fd);
	if (wrong)
		return wrong;
	switch (vmcoreinfo_read(&source->info, &source->core)) {
	case 0:
		address_map(&source->core, &source->info);
		wrong = log_open(&source->log, &source->core, &source->info);
		source->log.damage.note |= source->info.damaged;
		return wrong;
	case -ENOENT:
		return "has no VMCOREINFO note, so its log cannot be found";
	default:
		return "is cut or damaged before its VMCOREINFO note, so its log cannot be found";
	}
}

static void string_set(char *to, size_t max, const char *from, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < max && from[i]; i++)
		to[i] = from[i];
	to[i] = 0;
}

static void host_read(struct source *source, struct frame_header *header)
{
	uint64_t address, offset = 4; /* 5.10 has a kref before the name, and does not say so */
	char name[UTS_FIELD_BYTES];

	vmcoreinfo_decimal(&source->info, "OFFSET(uts_namespace.name)", &offset);
	if (vmcoreinfo_hex(&source->info, "SYMBOL(init_uts_ns)", &address) &&
	    core_read(&source->core, address + offset + UTS_FIELD_BYTES, name, sizeof(name)) == 0)
		string_set(header->host, FRAME_HOST_MAX, name, sizeof(name));
}

void source_describe(struct source *source, struct frame_header *header)
{
	const char *release;
	size_t n;

	if (source->header) {
		*header = *source->header;
		return;
	}
	header->id = fnv_add(FNV_START, source->info.text, source->info.bytes);
	host_read(source, header);
	release = vmcoreinfo_text(&source->info, "OSRELEASE", &n);
	if (release)
		string_set(header->kernel, FRAME_KERNEL_MAX, release, n);
	header->has_at = vmcoreinfo_decimal(&source->info, "CRASHTIME", &header->at);
}

uint64_t source_identify(struct source *source, struct frame_header *header)
{
	struct record record;
	uint64_t seq = 0;

	if (source->header) /* it has its id */
		return 0;
	/* Records that were still being written come last, but need not be the newest by number. */
	while (log_older(&source->log, &record)) {
		if (record.unfinished)
			continue;
		seq = record.seq;
		header->id = fnv_add_number(fnv_add_number(header->id, seq), record.ts_nsec);
		break;
	}
	while (log_newer(&source->log, &record))
		;
	return seq;
}

uint64_t source_unknown_id(const uint8_t mac[6])
{
	struct timespec wall, boot;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return fnv_add_number(fnv_add(FNV_START, mac, 6), (uint64_t)(wall.tv_sec - boot.tv_sec));
}
