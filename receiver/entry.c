/* SPDX-License-Identifier: GPL-2.0-only */
/* entry - a line of the store's index (docs/store.md), as far as readers of it need it */
#include "receiver/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "receiver/store_name.h"

/* Numbers as doubles: those of a frame have 64 bits, which are an error where integers have a sign.
 */
#define READ_AS (JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL)

static const char *string_of(const struct entry *entry, const char *key)
{
	return json_string_value(json_object_get(entry->object, key));
}

static double number_of(const struct entry *entry, const char *key)
{
	double number = json_number_value(json_object_get(entry->object, key));

	return number > 0 && number < 1e15 ? number : 0;
}

static void fill(struct entry *entry)
{
	const json_t *complete = json_object_get(entry->object, "complete");

	entry->file = string_of(entry, "file");
	entry->id = string_of(entry, "id");
	entry->host = string_of(entry, "host");
	entry->mac = string_of(entry, "mac");
	entry->kernel = string_of(entry, "kernel");
	entry->title = string_of(entry, "title");
	entry->kind = string_of(entry, "kind");
	entry->signature = string_of(entry, "signature");
	entry->why = string_of(entry, "why");
	entry->replaces = string_of(entry, "replaces");
	entry->interface = string_of(entry, "interface");
	/* As long as the parts are many; nobody asks for it here. */
	json_object_del(entry->object, "missing");
	entry->stored_at = number_of(entry, "stored_at");
	entry->crashed_at = (uint64_t)number_of(entry, "at");
	if (!entry->crashed_at)
		entry->crashed_at = (uint64_t)number_of(entry, "received_at");
	entry->bytes = (uint64_t)number_of(entry, "bytes");
	entry->parts = (uint64_t)number_of(entry, "parts");
	entry->parts_received = (uint64_t)number_of(entry, "parts_received");
	entry->older = (uint64_t)number_of(entry, "older");
	entry->partial = json_is_false(complete);
	entry->conflict = json_is_true(json_object_get(entry->object, "conflict"));
	entry->drill = json_is_true(json_object_get(entry->object, "drill"));
}

int entry_read(const char *line, size_t n, struct entry *entry)
{
	char host[STORE_HOST_MAX];
	json_error_t error;

	*entry = (struct entry){.object = json_loadb(line, n, READ_AS, &error)};
	if (!entry->object)
		return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
	if (json_is_object(entry->object))
		fill(entry);
	if (!entry->file || !store_name_split(entry->file, host)) {
		entry_free(entry);
		return -EBADMSG;
	}
	return 0;
}

void entry_free(struct entry *entry)
{
	json_decref(entry->object);
	*entry = (struct entry){.object = NULL};
}

/* Nothing on the way may be a link, and what is opened must be a file. */
int entry_open(const struct entry *entry, int directory)
{
	char host[STORE_HOST_MAX];
	const char *file = store_name_split(entry->file, host);
	struct stat status;
	int host_fd, fd;

	if (!file)
		return -EINVAL;
	host_fd = openat(directory, host, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (host_fd < 0)
		return -errno;
	fd = openat(host_fd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	close(host_fd);
	if (fd >= 0 && (fstat(fd, &status) || !S_ISREG(status.st_mode))) {
		close(fd);
		return -EINVAL;
	}
	return fd;
}

const char *entry_host(const struct entry *entry)
{
	return entry->host ? entry->host : entry->mac ? entry->mac : "unknown host";
}

bool entry_is_of(const struct entry *entry, const char *name)
{
	const char *host = entry_host(entry);
	size_t short_host = strcspn(host, "."), short_name = strcspn(name, ".");

	if (host[short_host] && name[short_name])
		return !strcasecmp(host, name);
	return short_host == short_name && !strncasecmp(host, name, short_host);
}

const char *entry_title(const struct entry *entry)
{
	return entry->title ? entry->title : entry->why ? entry->why : ENTRY_NO_TITLE;
}
