/* SPDX-License-Identifier: GPL-2.0-only */
/* landlock - which files the program may still open, by the kernel's Landlock */
#include "receiver/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of kernels newer than the oldest header that this is built with. */
#define REFER     (1ull << 13) /* version 2, 5.19: between directories */
#define TRUNCATE  (1ull << 14) /* version 3, 6.2 */
#define TCP       3ull         /* version 4, 6.7: bind and connect */
#define IOCTL_DEV (1ull << 15) /* version 5, 6.10 */
#define SCOPES    3ull         /* version 6, 6.12: abstract sockets and signals of others */

#define FIRST_VERSION ((1ull << 13) - 1)
#define READ_FILE     LANDLOCK_ACCESS_FS_READ_FILE
#define READ          (READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_FILE    (READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE)
#define WRITE                                                                                      \
	(READ | WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |           \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR)

/* What is refused unless a rule allows it. As the kernel knows it: older ones know its beginning.
 */
struct ruleset {
	uint64_t files, net, scoped;
};

static size_t ruleset_size(int version)
{
	return version < 4   ? offsetof(struct ruleset, net)
	       : version < 6 ? offsetof(struct ruleset, scoped)
	                     : sizeof(struct ruleset);
}

static struct ruleset make_ruleset(int version)
{
	struct ruleset ruleset = {.files = FIRST_VERSION, .net = TCP, .scoped = SCOPES};

	ruleset.files |= version >= 2 ? REFER : 0;
	ruleset.files |= version >= 3 ? TRUNCATE : 0;
	ruleset.files |= version >= 5 ? IOCTL_DEV : 0;
	return ruleset;
}

/* Files have no directory's rights. */
static uint64_t rights(const struct landlock_path *path, mode_t mode)
{
	if (S_ISDIR(mode))
		return path->write ? WRITE : READ;
	return path->write ? WRITE_FILE : READ_FILE;
}

static int allow(int fd, const struct landlock_path *path, uint64_t handled)
{
	struct landlock_path_beneath_attr rule = {.parent_fd =
	                                                  open(path->path, O_PATH | O_CLOEXEC)};
	struct stat status;
	int error = 0;

	if (rule.parent_fd < 0)
		return 0; /* who opens it later is told why it cannot be */
	if (fstat(rule.parent_fd, &status))
		error = -errno;
	rule.allowed_access = rights(path, status.st_mode) & handled;
	if (!error && syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
		error = errno == EBADFD ? 0 : -errno; /* a pipe has no place and needs no rule */
	close(rule.parent_fd);
	return error;
}

int landlock_confine(const struct landlock_path *paths, size_t n)
{
	int version =
		(int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset ruleset = make_ruleset(version);
	int fd, error = 0;

	if (version < 1) /* not built in, turned off at boot, unknown to somebody's filter */
		return 0;
	fd = (int)syscall(SYS_landlock_create_ruleset, &ruleset, ruleset_size(version), 0);
	if (fd < 0)
		return -errno;
	for (size_t i = 0; !error && i < n; i++)
		error = allow(fd, &paths[i], ruleset.files);
	if (!error && syscall(SYS_landlock_restrict_self, fd, 0))
		error = -errno;
	close(fd);
	return error ? error : version;
}
