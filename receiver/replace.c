/* SPDX-License-Identifier: GPL-2.0-only */
/* replace - a small file that others read is written anew, and is whole at each moment */
#include "receiver/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const struct replace *replace)
{
	int error = errno ? -errno : -EIO;

	unlink(replace->passage);
	return error;
}

int replace_begin(struct replace *replace, const char *path)
{
	int fd;

	*replace = (struct replace){.path = path};
	if (snprintf(replace->passage, sizeof(replace->passage), "%s.new", path) >=
	    (int)sizeof(replace->passage))
		return -ENAMETOOLONG;
	unlink(replace->passage);
	fd = open(replace->passage, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	replace->out = fdopen(fd, "w");
	if (replace->out)
		return 0;
	close(fd);
	return fail(replace);
}

int replace_end(struct replace *replace, mode_t mode)
{
	int failed;

	errno = 0;
	failed = ferror(replace->out) || fflush(replace->out) || fchmod(fileno(replace->out), mode);
	failed |= fclose(replace->out) != 0;
	return failed || rename(replace->passage, replace->path) ? fail(replace) : 0;
}
