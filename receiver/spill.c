/* SPDX-License-Identifier: GPL-2.0-only */
/* spill - the bodies of unfinished reports on disk, for which memory is short */
#include "receiver/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SLOTS_MAX (1u << 31) /* room is doubled up to it */

struct spill {
	int fd;
	uint32_t slots_max, slots; /* slots that were ever used come first */
	uint32_t *released;        /* those free again, as a stack */
	uint32_t n_released, room;
};

/* Where a file system has no files without a name, one is made and removed. */
static int open_nameless(const char *directory)
{
	char name[4096];
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	if (snprintf(name, sizeof(name), "%s/.new-spill", directory) >= (int)sizeof(name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	unlink(name);
	fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		unlink(name);
	return fd;
}

int spill_open(struct spill **spill, const char *directory, uint64_t bytes_max)
{
	uint64_t slots = bytes_max / SPILL_BODY_MAX;
	struct spill *made = calloc(1, sizeof(*made));

	*spill = NULL;
	if (!made)
		return -ENOMEM;
	made->slots_max = slots < SLOTS_MAX ? (uint32_t)slots : SLOTS_MAX;
	made->fd = open_nameless(directory);
	if (made->fd < 0) {
		free(made);
		return -errno;
	}
	*spill = made;
	return 0;
}

void spill_close(struct spill *spill)
{
	if (!spill)
		return;
	close(spill->fd);
	free(spill->released);
	free(spill);
}

/* Each slot has its place on the stack before it is used, so that releasing cannot fail. */
static bool new_slot(struct spill *spill)
{
	uint32_t room = spill->room ? spill->room * 2 : 1024;
	uint32_t *released;

	if (spill->slots == spill->slots_max)
		return false;
	if (spill->slots == spill->room) {
		released = reallocarray(spill->released, room, sizeof(*released));
		if (!released)
			return false;
		spill->released = released;
		spill->room = room;
	}
	spill->released[spill->n_released++] = spill->slots++;
	return true;
}

uint32_t spill_put(struct spill *spill, const char *body, size_t n)
{
	uint32_t slot;

	if (!spill || n > SPILL_BODY_MAX || (!spill->n_released && !new_slot(spill)))
		return SPILL_NONE;
	slot = spill->released[spill->n_released - 1];
	if (pwrite(spill->fd, body, n, (off_t)slot * SPILL_BODY_MAX) != (ssize_t)n)
		return SPILL_NONE;
	spill->n_released--;
	return slot;
}

int spill_get(const struct spill *spill, uint32_t slot, char *body, size_t n)
{
	ssize_t done = pread(spill->fd, body, n, (off_t)slot * SPILL_BODY_MAX);

	if (done == (ssize_t)n)
		return 0;
	return done < 0 ? -errno : -EIO;
}

void spill_release(struct spill *spill, uint32_t slot)
{
	spill->released[spill->n_released++] = slot;
	/* All are free: the disk gets its room back. */
	if (spill->n_released == spill->slots && !ftruncate(spill->fd, 0))
		spill->slots = spill->n_released = 0;
}

uint64_t spill_bytes(const struct spill *spill)
{
	return spill ? (uint64_t)(spill->slots - spill->n_released) * SPILL_BODY_MAX : 0;
}
