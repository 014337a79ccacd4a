/* SPDX-License-Identifier: GPL-2.0-only */
/* modules - the drivers, loaded in the order of a list */
#include "crashkernel-initrd/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sender/say.h"

static char list_text[65536];

/* finit_module(2), since Linux 3.8: the kernel checks the signature in the file itself. */
static int module_load(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, parameters, 0) < 0 && errno != EEXIST)
		error = -errno;
	close(fd);
	/* Its file is memory too, and memory is scarce. */
	if (!error)
		unlink(path);
	return error;
}

static void modules_load(const char *list)
{
	int fd = open(list, O_RDONLY | O_CLOEXEC), loaded = 0, failed = 0;
	ssize_t n = fd < 0 ? -1 : read(fd, list_text, sizeof(list_text) - 1);
	char *line = list_text, *rest;

	if (n < 0) {
		say("%s: %s; no driver is loaded", list, strerror(errno));
		return;
	}
	close(fd);
	list_text[n] = 0;
	while ((line = strtok_r(line, "\n", &rest))) {
		char *parameters = strchrnul(line, ' ');
		int error;

		if (*parameters)
			*parameters++ = 0;
		error = module_load(line, parameters);
		if (error)
			say("%s: %s", line, strerror(-error));
		failed += !!error;
		loaded += !error;
		line = NULL;
	}
	say("%d modules loaded, %d failed", loaded, failed);
}

int modules_start(const char *list)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		modules_load(list);
		return -1;
	}
	pid = fork();
	if (pid == 0) {
		modules_load(list);
		_exit(0);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		modules_load(list);
		return -1;
	}
	return ends[0];
}
