/* SPDX-License-Identifier: GPL-2.0-only */
/* vmcoreinfo - the crashed kernel's own description, a text note in the core */
#include "sender/vmcoreinfo.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "sender/core_file.h"
#include "sender/number.h"

#define NOTES_MAX  (1u << 20) /* one a CPU comes first */
#define SEARCH_MAX (1u << 20) /* bytes in which the text is searched for */

/* Elf32_Nhdr and Elf64_Nhdr are the same: three words of 32 bits. */
struct note {
	uint32_t name_bytes, text_bytes;
	uint64_t name, text, next; /* file offsets */
};

static uint64_t padded(uint64_t n)
{
	return (n + 3) & ~(uint64_t)3;
}

static int note_read(struct core *core, uint64_t at, struct note *note)
{
	uint8_t header[sizeof(Elf64_Nhdr)];
	int error = core_read_file(core, at, header, sizeof(header));

	if (error)
		return error;
	note->name_bytes = (uint32_t)core_number(core, header, 4);
	note->text_bytes = (uint32_t)core_number(core, header + 4, 4);
	note->name = at + sizeof(header);
	note->text = note->name + padded(note->name_bytes);
	note->next = note->text + padded(note->text_bytes);
	return 0;
}

static bool note_is_vmcoreinfo(struct core *core, const struct note *note)
{
	static const char name[] = "VMCOREINFO";
	char found[sizeof(name)];

	/* Some tools leave the NUL out of the length. */
	if (note->name_bytes != sizeof(name) && note->name_bytes != sizeof(name) - 1)
		return false;
	return core_read_file(core, note->name, found, sizeof(name) - 1) == 0 &&
	       memcmp(found, name, sizeof(name) - 1) == 0;
}

static bool is_text(char c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\n';
}

/* Adds one character of the file to the text. False at its end. */
static bool text_add(struct vmcoreinfo *info, struct core *core, uint64_t at)
{
	if (info->bytes == VMCOREINFO_MAX ||
	    core_read_file(core, at, info->text + info->bytes, 1) ||
	    !is_text(info->text[info->bytes]))
		return false;
	info->bytes++;
	return true;
}

/*
 * Reads what is there of the text: a note header that lies about its size costs only its tail, and
 * nothing if the text goes on as text up to the end of its segment.
 */
static int text_read(struct vmcoreinfo *info, struct core *core, const struct note *note,
                     uint64_t end)
{
	size_t n = note->text_bytes < VMCOREINFO_MAX ? note->text_bytes : VMCOREINFO_MAX;
	uint64_t at = note->text;

	info->bytes = 0;
	while (info->bytes < n) {
		size_t part = n - info->bytes < 256 ? n - info->bytes : 256;
		int error = core_read_file(core, at + info->bytes, info->text + info->bytes, part);

		if (error)
			return info->bytes ? 0 : error;
		info->bytes += part;
	}
	while (n && at + info->bytes < end && text_add(info, core, at + info->bytes))
		info->damaged = true;
	return n ? 0 : -ENOENT;
}

/*
 * Searches a segment for the text: it begins with OSRELEASE since there is one. *left is how many
 * bytes may still be looked at, in all segments together.
 */
static int text_search(struct vmcoreinfo *info, struct core *core, const struct core_segment *s,
                       unsigned *left)
{
	static const char start[] = "OSRELEASE=";
	char found[sizeof(start) - 1];

	for (uint64_t i = 0; i < s->bytes && *left; i++, --*left) {
		uint64_t at = s->offset + i;
		int error = core_read_file(core, at, found, sizeof(found));

		if (error)
			return error == -ENODATA ? -ENOENT : error;
		if (memcmp(found, start, sizeof(found)) != 0)
			continue;
		info->bytes = 0;
		info->damaged = true;
		while (text_add(info, core, at))
			at++;
		return 0;
	}
	return -ENOENT;
}

/* *left is how many notes may still be looked at, in all segments together. */
static int segment_search(struct vmcoreinfo *info, struct core *core, const struct core_segment *s,
                          unsigned *left)
{
	uint64_t at = s->offset;
	struct note note;

	for (; *left && at >= s->offset && at - s->offset < s->bytes; --*left) {
		int error = note_read(core, at, &note);

		if (error)
			return error;
		if (note_is_vmcoreinfo(core, &note))
			return text_read(info, core, &note, s->offset + s->bytes);
		at = note.next;
	}
	return -ENOENT;
}

/* Does the same to each segment of notes. */
static int segments_search(struct vmcoreinfo *info, struct core *core, bool by_text)
{
	unsigned left = by_text ? SEARCH_MAX : NOTES_MAX;
	int result = -ENOENT;

	for (uint32_t i = 0; i < core->header_count; i++) {
		struct core_segment segment;
		int error = core_segment(core, i, &segment);

		if (error)
			return error;
		if (segment.type != PT_NOTE)
			continue;
		error = by_text ? text_search(info, core, &segment, &left)
		                : segment_search(info, core, &segment, &left);
		if (!error)
			return 0;
		if (error != -ENOENT)
			result = error;
	}
	return result;
}

int vmcoreinfo_read(struct vmcoreinfo *info, struct core *core)
{
	int error;

	info->bytes = 0;
	info->damaged = false;
	error = segments_search(info, core, false);
	if (error && segments_search(info, core, true) == 0)
		error = 0;
	return error;
}

const char *vmcoreinfo_text(const struct vmcoreinfo *info, const char *key, size_t *n)
{
	size_t key_bytes = strlen(key);
	const char *line = info->text, *end = info->text + info->bytes;

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		if (!stop)
			stop = end;
		if ((size_t)(stop - line) > key_bytes && line[key_bytes] == '=' &&
		    memcmp(line, key, key_bytes) == 0) {
			line += key_bytes + 1;
			*n = (size_t)(stop - line);
			return line;
		}
		line = stop + 1;
	}
	return NULL;
}

bool vmcoreinfo_has(const struct vmcoreinfo *info, const char *key)
{
	size_t n;

	return vmcoreinfo_text(info, key, &n) != NULL;
}

bool vmcoreinfo_hex(const struct vmcoreinfo *info, const char *key, uint64_t *value)
{
	size_t n;
	const char *text = vmcoreinfo_text(info, key, &n);

	return text && number_read(text, n, 16, UINT64_MAX, value);
}

bool vmcoreinfo_decimal(const struct vmcoreinfo *info, const char *key, uint64_t *value)
{
	size_t n;
	const char *text = vmcoreinfo_text(info, key, &n);

	return text && number_read(text, n, 10, UINT64_MAX, value);
}
