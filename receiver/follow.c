/* SPDX-License-Identifier: GPL-2.0-only */
/* follow - reads the store's index, and goes on as it grows or is written anew */
#include "receiver/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "receiver/index.h"

int follow_open(struct follow *follow, const char *directory)
{
	*follow = (struct follow){.directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	if (follow->directory < 0)
		return -errno;
	if (getrandom(&follow->key, sizeof(follow->key), 0) != sizeof(follow->key)) {
		close(follow->directory);
		return -EIO;
	}
	follow->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (follow->watch >= 0 &&
	    inotify_add_watch(follow->watch, directory, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
		close(follow->watch);
		follow->watch = -1;
	}
	return 0;
}

void follow_close(struct follow *follow)
{
	if (follow->index)
		fclose(follow->index);
	if (follow->watch >= 0)
		close(follow->watch);
	free(follow->line);
	close(follow->directory);
}

int follow_fd(const struct follow *follow)
{
	return follow->watch;
}

void follow_drain(const struct follow *follow)
{
	char events[4096];

	while (follow->watch >= 0 && read(follow->watch, events, sizeof(events)) > 0)
		;
}

/* Of the file's name, which comes first in a line. */
static uint64_t name_hash(const struct follow *follow, const char *line, size_t n)
{
	const char *end = memchr(line, ',', n);

	return siphash(&follow->key, line, end ? (size_t)(end - line) : n);
}

static bool is_seen(const struct follow *follow, uint64_t hash)
{
	size_t n = follow->n_seen < FOLLOW_SEEN ? follow->n_seen : FOLLOW_SEEN;

	for (size_t i = 0; i < n; i++)
		if (follow->seen[i] == hash)
			return true;
	return false;
}

/* The next whole line; its place is kept for a line that is not whole yet. Returns its length. */
static size_t read_line(struct follow *follow)
{
	off_t start = ftello(follow->index);
	ssize_t n;

	clearerr(follow->index);
	n = getline(&follow->line, &follow->room, follow->index);
	if (n > 0 && follow->line[n - 1] == '\n')
		return (size_t)n;
	fseeko(follow->index, start, SEEK_SET);
	return 0;
}

static void pass_seen(struct follow *follow)
{
	off_t start = 0;
	size_t n;

	while ((n = read_line(follow)))
		if (is_seen(follow, name_hash(follow, follow->line, n)))
			start = ftello(follow->index);
	fseeko(follow->index, start, SEEK_SET);
}

/* Opens the index if it is there and another one than that which is open. */
static bool open_newer(struct follow *follow)
{
	struct stat status;
	FILE *index;
	int fd;

	if (fstatat(follow->directory, INDEX_FILE, &status, AT_SYMLINK_NOFOLLOW) ||
	    (follow->index && status.st_dev == follow->device && status.st_ino == follow->inode))
		return false;
	fd = openat(follow->directory, INDEX_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) || !S_ISREG(status.st_mode) ||
	    !(index = fdopen(fd, "r"))) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (follow->index)
		fclose(follow->index);
	follow->index = index;
	follow->device = status.st_dev;
	follow->inode = status.st_ino;
	pass_seen(follow);
	return true;
}

int follow_next(struct follow *follow, const char **line, size_t *n)
{
	size_t length = follow->index ? read_line(follow) : 0;

	/* What was left in the old one came before what is in the new one. */
	while (!length && open_newer(follow))
		length = read_line(follow);
	if (!length)
		return follow->index && ferror(follow->index) ? -EIO : 0;
	follow->seen[follow->n_seen++ % FOLLOW_SEEN] = name_hash(follow, follow->line, length);
	*line = follow->line;
	*n = length - 1;
	return 1;
}

void follow_skip(struct follow *follow)
{
	const char *line;
	size_t n;

	while (follow_next(follow, &line, &n) > 0)
		;
}
