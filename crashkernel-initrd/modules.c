/* SPDX-License-Identifier: GPL-2.0-only */
/* modules - the drivers, loaded in the order of a list */
#include "crashkernel-initrd/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sender/say.h"

#define MODULES_MAX 512
#define LOAD_MS     5000 /* then a module is taken to hang */

static char list_text[65536];
static char *lines[MODULES_MAX];

/*
 * Returns NULL, or why the module is not loaded. finit_module(2), since Linux 3.8: the kernel
 * checks the signature in the file itself.
 */
static const char *module_load(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *wrong = NULL;

	if (fd < 0)
		return strerror(errno);
	if (syscall(SYS_finit_module, fd, parameters, 0) < 0 && errno != EEXIST)
		wrong = errno == ENOENT ? "it needs a module that is not loaded" : strerror(errno);
	close(fd);
	/* Its file is memory too, and memory is scarce. */
	if (!wrong)
		unlink(path);
	return wrong;
}

/* Cuts the list into lines. Returns how many there are. */
static unsigned list_read(const char *list)
{
	int fd = open(list, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, list_text, sizeof(list_text) - 1);
	unsigned count = 0;
	char *rest;

	if (n < 0)
		say("%s: %s; no driver is loaded", list, strerror(errno));
	if (fd >= 0)
		close(fd);
	list_text[n > 0 ? n : 0] = 0;
	for (char *line = strtok_r(list_text, "\n", &rest); line && count < MODULES_MAX;
	     line = strtok_r(NULL, "\n", &rest))
		lines[count++] = line;
	return count;
}

/* Loads the modules from the given one on; writes a byte for each, 1 if it failed. */
static void worker_run(unsigned from, unsigned count, int results)
{
	for (unsigned i = from; i < count; i++) {
		char *parameters = strchrnul(lines[i], ' ');
		const char *wrong;
		char failed;

		if (*parameters)
			*parameters++ = 0;
		wrong = module_load(lines[i], parameters);
		if (wrong)
			say("%s: %s", lines[i], wrong);
		failed = !!wrong;
		if (write(results, &failed, 1) <
		    0) /* it took too long, and another worker goes on */
			break;
	}
	_exit(0);
}

/* Returns the module at which the worker that began with the given one stands or stood still. */
static unsigned worker_watch(unsigned from, unsigned count, int results, unsigned *failed)
{
	struct pollfd event = {.fd = results, .events = POLLIN};
	char error;

	for (; from < count; from++) {
		if (poll(&event, 1, LOAD_MS) <= 0 || read(results, &error, 1) != 1)
			break;
		*failed += error;
	}
	return from;
}

/*
 * Loads all modules. What loads them is a process of its own, and is left where it hangs: in the
 * kernel, where no signal reaches it.
 */
static void modules_load(const char *list)
{
	unsigned count = list_read(list), at = 0, failed = 0;

	while (at < count) {
		int ends[2];
		pid_t pid = pipe2(ends, O_CLOEXEC) < 0 ? -1 : fork();

		if (pid < 0) {
			say("no process to load %s", lines[at]);
			break;
		}
		if (pid == 0) {
			close(ends[0]);
			worker_run(at, count, ends[1]);
		}
		close(ends[1]);
		at = worker_watch(at, count, ends[0], &failed);
		close(ends[0]);
		if (at < count) {
			say("%s: still loading after 5 s; going on with the rest", lines[at]);
			failed++;
			at++;
		}
	}
	say("%u modules loaded, %u not", at - failed, failed);
}

int modules_start(const char *list)
{
	int ends[2];
	pid_t pid = pipe2(ends, O_CLOEXEC) < 0 ? -1 : fork();

	if (pid == 0) {
		modules_load(list);
		_exit(0);
	}
	if (pid < 0) {
		modules_load(list);
		return -1;
	}
	close(ends[1]);
	return ends[0];
}
