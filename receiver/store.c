/* SPDX-License-Identifier: GPL-2.0-only */
/* store - reports as files, one for each showing, never overwritten */
#include "receiver/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TRIES_MAX 10000 /* files of one name */
#define STEM_MAX  (STORE_NAME_MAX - (int)sizeof("-10000.partial.log"))

int store_check(const char *directory)
{
	struct stat status;

	if (mkdir(directory, 0700) && errno != EEXIST)
		return -errno;
	if (stat(directory, &status))
		return -errno;
	if (!S_ISDIR(status.st_mode))
		return -ENOTDIR;
	return faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) ? -errno : 0;
}

/* Foreign text as part of a file's name: never a path, never hidden, never an option. */
static void filter(char *name, const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t n = 0;

	for (; text[n] && n < FRAME_HOST_MAX; n++) {
		bool first = !n && (text[n] == '.' || text[n] == '-');

		name[n] = strchr(allowed, text[n]) && !first ? text[n] : '_';
	}
	name[n] = '\0';
}

static void put_who(const struct cut *cut, char who[FRAME_HOST_MAX + 1])
{
	const uint8_t *mac = cut->macs[0];

	if (cut->header.host[0])
		filter(who, cut->header.host);
	else
		snprintf(who, FRAME_HOST_MAX + 1, "%02x-%02x-%02x-%02x-%02x-%02x", mac[0], mac[1],
		         mac[2], mac[3], mac[4], mac[5]);
}

static void put_when(const struct cut *cut, char *when, size_t size)
{
	uint64_t seconds = cut->header.has_at ? cut->header.at : cut->received_us / 1000000;
	time_t time = (time_t)seconds;
	struct tm tm;

	/* Beyond the year 9999 the number itself is as good. */
	if (seconds >= 253402300800 || !gmtime_r(&time, &tm) ||
	    !strftime(when, size, "%Y%m%dT%H%M%SZ", &tm))
		snprintf(when, size, "%" PRIu64, seconds);
}

static void put_stem(const struct cut *cut, char stem[STEM_MAX])
{
	char who[FRAME_HOST_MAX + 1], when[32];

	put_who(cut, who);
	put_when(cut, when, sizeof(when));
	if (cut->original)
		snprintf(stem, STEM_MAX, "%s-%s-original", who, when);
	else
		snprintf(stem, STEM_MAX, "%s-%s-%016" PRIx64, who, when, cut->header.id);
}

/* A new file under the first name that is free. Returns its descriptor or -errno. */
static int create(int directory, const struct cut *cut, char name[STORE_NAME_MAX])
{
	const char *ending = cut->original || cut_complete(cut) ? ".log" : ".partial.log";
	char stem[STEM_MAX], number[8] = "";

	put_stem(cut, stem);
	for (unsigned i = 2; i <= TRIES_MAX; i++) {
		int fd;

		snprintf(name, STORE_NAME_MAX, "%s%s%s", stem, number, ending);
		fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		            0600);
		if (fd >= 0 || errno != EEXIST)
			return fd >= 0 ? fd : -errno;
		snprintf(number, sizeof(number), "-%u", i);
	}
	return -EEXIST;
}

static int write_all(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
	}
	return fsync(fd) ? -errno : 0;
}

static int save_in(int directory, const struct cut *cut, const struct joined *joined,
                   char name[STORE_NAME_MAX])
{
	int fd = create(directory, cut, name), error;

	if (fd < 0)
		return fd;
	error = write_all(fd, joined->text, joined->bytes);
	if (close(fd) && !error)
		error = -errno;
	if (error)
		unlinkat(directory, name, 0); /* our own, and not whole */
	return error;
}

int store_save(const char *directory, const struct cut *cut, const struct joined *joined,
               char name[STORE_NAME_MAX])
{
	/* Opened anew each time: it may have been mounted over or mended since. */
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;

	if (fd < 0)
		return -errno;
	error = save_in(fd, cut, joined, name);
	close(fd);
	return error;
}
