/* SPDX-License-Identifier: GPL-2.0-only */
/* store - reports as files, one for each showing, never overwritten, and an index of them */
#include "receiver/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "receiver/index.h"
#include "receiver/pending.h"
#include "receiver/quota.h"
#include "receiver/store_name.h"
#include "receiver/store_walk.h"

#define LOCK_FILE ".lock"
#define FEW       8 /* so many files are synced one by one */
#define HOUR_S    3600
#define DEAD_MAX  1024 /* lines without files before the index is written anew */

struct store {
	const char *directory;
	struct store_limits limits;
	int fd; /* of the directory while reports wait, or -1 */
	int lock_fd;
	struct pending batch[STORE_BATCH_MAX];
	size_t n;
	unsigned passages; /* names of passage given */
	uint64_t live, dead, checked_s;
	int index_error;
	struct store_counts counts;
};

/* Takes the lock in the directory, unless that is the one held: it may have been made anew. */
static int lock(struct store *store, int directory)
{
	struct stat held, there;
	int fd;

	if (store->lock_fd >= 0 && !fstat(store->lock_fd, &held) &&
	    !fstatat(directory, LOCK_FILE, &there, AT_SYMLINK_NOFOLLOW) &&
	    held.st_ino == there.st_ino && held.st_dev == there.st_dev)
		return 0;
	fd = openat(directory, LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		return -EBUSY;
	}
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	store->lock_fd = fd;
	return 0;
}

/* Opened anew for each batch: it may have been mounted over or mended since. */
static int open_directory(struct store *store)
{
	int fd, error;

	if (store->fd >= 0)
		return 0;
	fd = open(store->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	error = lock(store, fd);
	if (error) {
		close(fd);
		return error;
	}
	store->fd = fd;
	return 0;
}

static void close_directory(struct store *store)
{
	if (store->fd >= 0)
		close(store->fd);
	store->fd = -1;
}

static int check(const char *directory)
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

static uint64_t now_s(void)
{
	return (uint64_t)time(NULL);
}

/* Keeps to the limits, down to a bit less than them, so that it is not done for each report. */
static int keep(struct store *store, uint64_t bytes_max, uint64_t time_s)
{
	uint64_t age_s = store->limits.age_s;
	struct quota_result result;
	int error;

	store->checked_s = time_s;
	error = quota_keep(store->fd, bytes_max, age_s && age_s < time_s ? time_s - age_s : 0,
	                   &result);
	store->counts.removed_for_space += result.removed_for_space;
	store->counts.removed_by_age += result.removed_by_age;
	store->dead += result.removed_for_space + result.removed_by_age;
	if (!error) {
		store->counts.bytes = result.bytes;
		store->live = result.files;
	}
	return error;
}

static int start(struct store *store)
{
	uint64_t added = 0;
	int error = open_directory(store);

	if (error)
		return error;
	store_walk_clean(store->fd);
	error = keep(store, store->limits.bytes, now_s());
	store->index_error = index_mend(store->fd, &added);
	store->counts.found = added;
	store->dead = 0;
	close_directory(store);
	return error;
}

int store_open(struct store **store, const char *directory, const struct store_limits *limits)
{
	int error = check(directory);

	*store = NULL;
	if (error)
		return error;
	*store = calloc(1, sizeof(**store));
	if (!*store)
		return -ENOMEM;
	(*store)->directory = directory;
	(*store)->limits = *limits;
	(*store)->fd = (*store)->lock_fd = -1;
	error = start(*store);
	if (error) {
		store_close(*store);
		*store = NULL;
	}
	return error;
}

/* Takes back all that was put. */
static void discard(struct store *store)
{
	for (size_t i = 0; i < store->n; i++)
		pending_discard(&store->batch[i]);
	store->n = 0;
}

void store_close(struct store *store)
{
	discard(store);
	close_directory(store);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	free(store);
}

static int put(struct store *store, struct cut *cut, const struct joined *joined)
{
	int error = open_directory(store);

	if (!error)
		error = pending_write(&store->batch[store->n], store->fd, store->passages++, cut,
		                      joined);
	store->n += !error;
	return error;
}

int store_put(struct store *store, struct cut *cut, const struct joined *joined)
{
	int error = store->n == STORE_BATCH_MAX ? -EAGAIN : put(store, cut, joined);

	store->counts.failed += error != 0;
	if (!store->n)
		close_directory(store);
	return error;
}

static int sync_files(struct store *store)
{
	if (store->n > FEW)
		return syncfs(store->fd) ? -errno : 0;
	for (size_t i = 0; i < store->n; i++)
		if (fsync(store->batch[i].fd))
			return -errno;
	return 0;
}

/* The names, and the directories of new hosts. */
static int sync_names(struct store *store)
{
	if (store->n > FEW)
		return syncfs(store->fd) ? -errno : 0;
	for (size_t i = 0; i < store->n; i++)
		if (fsync(store->batch[i].host_fd))
			return -errno;
	return fsync(store->fd) ? -errno : 0;
}

static int write_index(struct store *store)
{
	struct timespec now;
	size_t n = 0;
	char *lines = NULL;
	FILE *out = open_memstream(&lines, &n);
	int error;

	if (!out)
		return -ENOMEM;
	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < store->n; i++)
		pending_put_line(out, &store->batch[i], &now);
	error = ferror(out) ? -ENOMEM : 0;
	if (fclose(out))
		error = -ENOMEM;
	if (!error)
		error = index_append(store->fd, lines, n);
	free(lines);
	return error;
}

static int place_all(struct store *store)
{
	int error = sync_files(store);

	for (size_t i = 0; !error && i < store->n; i++)
		error = pending_place(&store->batch[i]);
	if (!error)
		error = sync_names(store);
	return error ? error : write_index(store);
}

/* The partial file of the same cut, all of which is in the new one. */
static void remove_replaced(struct store *store, const char *path)
{
	struct stat status;

	if (fstatat(store->fd, path, &status, AT_SYMLINK_NOFOLLOW) || unlinkat(store->fd, path, 0))
		return;
	store->counts.bytes -= quota_bytes((uint64_t)status.st_size);
	store->counts.replaced++;
	store->dead++;
	store->live--;
}

static void note_stored(struct store *store, struct pending *pending)
{
	char path[STORE_PATH_MAX];

	if (pending->cut->stored)
		remove_replaced(store, pending->cut->stored);
	free(pending->cut->stored);
	pending->cut->stored = NULL;
	if (!pending->partial)
		return;
	snprintf(path, sizeof(path), "%s/%s", pending->host, pending->file);
	pending->cut->stored = strdup(path); /* without memory for it the file stays beside */
}

static void count(struct store *store)
{
	for (size_t i = 0; i < store->n; i++) {
		struct pending *pending = &store->batch[i];

		store->counts.stored++;
		store->counts.bytes += quota_bytes(pending->bytes);
		store->live++;
		note_stored(store, pending);
		pending_close(pending);
	}
	store->n = 0;
}

/* What is not vital to the reports just stored: the limits, and an index without dead lines. */
static void tidy(struct store *store)
{
	uint64_t added, max = store->limits.bytes;
	long dead;

	if (max && store->counts.bytes > max)
		keep(store, max - max / 8, now_s());
	if (store->index_error) {
		store->index_error = index_mend(store->fd, &added);
		store->counts.found += store->index_error ? 0 : added;
	} else if (store->dead > DEAD_MAX && store->dead > store->live) {
		dead = index_compact(store->fd);
		store->index_error = dead < 0 ? (int)dead : 0;
		store->dead = 0;
	}
}

int store_commit(struct store *store)
{
	int error;

	if (!store->n)
		return 0;
	error = place_all(store);
	if (error) {
		store->counts.failed += store->n;
		discard(store);
	} else {
		count(store);
		tidy(store);
	}
	close_directory(store);
	return error;
}

int store_tick(struct store *store, uint64_t time_s)
{
	int error;

	/* Also when the clock was set back: the difference is a large number then. */
	if (!store->limits.age_s || time_s - store->checked_s < HOUR_S)
		return 0;
	error = open_directory(store);
	if (error)
		return error;
	error = keep(store, store->limits.bytes, time_s);
	tidy(store);
	if (!store->n)
		close_directory(store);
	return error;
}

const struct store_counts *store_counts(const struct store *store)
{
	return &store->counts;
}

int store_index_error(const struct store *store)
{
	return store->index_error;
}
