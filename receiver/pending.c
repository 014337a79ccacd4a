/* SPDX-License-Identifier: GPL-2.0-only */
/* pending - a report on its way into the store */
#include "receiver/pending.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "receiver/index.h"
#include "receiver/json.h"

#define TRIES_MAX    64 /* names for one report */
#define NUMBERED_MAX 16 /* of these the first, which count from 1 */
#define GAPS_MAX     64 /* of a report in the index, whose lines no file may outweigh */

static int open_host(int directory, const char *host)
{
	int fd;

	if (mkdirat(directory, host, 0700) && errno != EEXIST)
		return -errno;
	fd = openat(directory, host, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
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
	return 0;
}

static int put_keys(struct pending *pending, const struct joined *joined)
{
	FILE *out = open_memstream(&pending->keys, &pending->n_keys);
	bool failed;

	if (!out)
		return -ENOMEM;
	json_keys(out, pending->cut, joined, GAPS_MAX);
	failed = ferror(out);
	failed |= fclose(out) != 0;
	return failed ? -ENOMEM : 0;
}

static int write_file(struct pending *pending, int directory, const struct joined *joined)
{
	int error = put_keys(pending, joined);

	if (error)
		return error;
	pending->host_fd = open_host(directory, pending->host);
	if (pending->host_fd < 0)
		return pending->host_fd;
	pending->fd = openat(pending->host_fd, pending->passage,
	                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (pending->fd < 0)
		return -errno;
	error = write_all(pending->fd, joined->text, joined->bytes);
	if (error)
		unlinkat(pending->host_fd, pending->passage, 0);
	return error;
}

int pending_write(struct pending *pending, int directory, unsigned number, struct cut *cut,
                  const struct joined *joined)
{
	int error;

	*pending = (struct pending){.fd = -1, .host_fd = -1, .cut = cut, .bytes = joined->bytes};
	snprintf(pending->passage, sizeof(pending->passage), ".new-%u", number);
	store_name_host(cut, pending->host);
	store_name_stem(cut, pending->stem);
	pending->partial = !cut->original && !cut_complete(cut);
	error = write_file(pending, directory, joined);
	if (error)
		pending_close(pending);
	return error;
}

/* renameat2(2) that never replaces, also where the file system does not know how. */
static int rename_new(int directory, const char *from, const char *to)
{
	if (!renameat2(directory, from, directory, to, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (linkat(directory, from, directory, to, 0))
		return -errno;
	unlinkat(directory, from, 0);
	return 0;
}

/*
 * The number in the name that is tried. Anyone can send a crowd of reports of one name: to count
 * through all of them for each one more would take longer and longer.
 */
static unsigned name_number(unsigned try)
{
	unsigned number;

	if (try <= NUMBERED_MAX || getrandom(&number, sizeof(number), 0) != sizeof(number))
		return try;
	return number;
}

int pending_place(struct pending *pending)
{
	for (unsigned try = 1; try <= TRIES_MAX; try++) {
		int error;

		store_name_file(pending->stem, name_number(try), pending->partial, pending->file);
		error = rename_new(pending->host_fd, pending->passage, pending->file);
		pending->placed = !error;
		if (error != -EEXIST)
			return error;
	}
	return -EEXIST;
}

void pending_put_line(FILE *out, const struct pending *pending, const struct timespec *now)
{
	const struct index_head head = {
		.host = pending->host,
		.file = pending->file,
		.replaces = pending->cut->stored,
		.bytes = pending->bytes,
		.stored_at = *now,
	};

	index_put_head(out, &head);
	fwrite(pending->keys, 1, pending->n_keys, out);
	fputs("}\n", out);
}

void pending_close(struct pending *pending)
{
	if (pending->fd >= 0)
		close(pending->fd);
	if (pending->host_fd >= 0)
		close(pending->host_fd);
	free(pending->keys);
}

void pending_discard(struct pending *pending)
{
	unlinkat(pending->host_fd, pending->placed ? pending->file : pending->passage, 0);
	pending_close(pending);
}
