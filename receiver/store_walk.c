/* SPDX-License-Identifier: GPL-2.0-only */
/* store_walk - every report that lies in the store, one after the other */
#include "receiver/store_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "receiver/store_name.h"

#define NEW_PREFIX ".new-"

static DIR *open_directory(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *stream;

	if (fd < 0)
		return NULL;
	stream = fdopendir(fd);
	if (!stream)
		close(fd);
	return stream;
}

static int walk_host(DIR *stream, const char *host, store_found *found, void *context)
{
	struct dirent *entry;
	int result = 0;

	while (!result && (entry = readdir(stream))) {
		struct store_file file = {
			.host = host, .name = entry->d_name, .host_fd = dirfd(stream)};

		if (store_name_is_report(entry->d_name, &file.partial) &&
		    !fstatat(file.host_fd, file.name, &file.status, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(file.status.st_mode))
			result = found(context, &file);
	}
	return result;
}

int store_walk(int directory, store_found *found, void *context)
{
	DIR *stream = open_directory(directory, "."), *host;
	struct dirent *entry;
	int result = 0;

	if (!stream)
		return -errno;
	while (!result && (entry = readdir(stream))) {
		if (!store_name_is_host(entry->d_name))
			continue;
		host = open_directory(directory, entry->d_name);
		if (!host)
			continue; /* no directory, or none that may be read */
		result = walk_host(host, entry->d_name, found, context);
		closedir(host);
	}
	closedir(stream);
	return result;
}

static void clean_one(int parent, const char *name)
{
	DIR *stream = open_directory(parent, name);
	struct dirent *entry;

	if (!stream)
		return;
	while ((entry = readdir(stream)))
		if (!strncmp(entry->d_name, NEW_PREFIX, strlen(NEW_PREFIX)))
			unlinkat(dirfd(stream), entry->d_name, 0);
	closedir(stream);
}

void store_walk_clean(int directory)
{
	DIR *stream = open_directory(directory, ".");
	struct dirent *entry;

	clean_one(directory, ".");
	if (!stream)
		return;
	while ((entry = readdir(stream)))
		if (store_name_is_host(entry->d_name))
			clean_one(directory, entry->d_name);
	closedir(stream);
}
