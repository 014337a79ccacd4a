/* SPDX-License-Identifier: GPL-2.0-only */
/* modules - the drivers, loaded in the order of a list */
#include "crashkernel-initrd/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sender/say.h"

#define MODULES_MAX 512
#define LOAD_MS     5000 /* then a module is taken to hang */

static char list_text[65536];
static struct module {
	const char *path, *parameters;
	int fd; /* its file; -1 = not open */
} modules[MODULES_MAX];

/*
 * Returns NULL, or why the module is not loaded. finit_module(2), since Linux 3.8: the kernel
 * checks the signature in the file itself.
 */
static const char *module_load(const struct module *module)
{
	int fd = module->fd >= 0 ? module->fd : open(module->path, O_RDONLY | O_CLOEXEC);
	const char *wrong = NULL;

	if (fd < 0)
		return strerror(errno);
	if (syscall(SYS_finit_module, fd, module->parameters, 0) < 0 && errno != EEXIST)
		wrong = errno == ENOENT ? "it needs a module that is not loaded" : strerror(errno);
	close(fd);
	/* Its file is memory too, and memory is scarce. */
	if (!wrong)
		unlink(module->path);
	return wrong;
}

/* Returns whether that failed. */
static bool module_try(const struct module *module)
{
	const char *wrong = module_load(module);

	if (wrong)
		say("%s: %s", module->path, wrong);
	return wrong;
}

/* Cuts the list into modules. Returns how many there are. */
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
	     line = strtok_r(NULL, "\n", &rest)) {
		char *parameters = strchrnul(line, ' ');

		if (*parameters)
			*parameters++ = 0;
		modules[count++] = (struct module){line, parameters, -1};
	}
	return count;
}

uint64_t modules_bytes(const char *list)
{
	unsigned count = list_read(list);
	uint64_t bytes = 0;
	struct stat file;

	for (unsigned i = 0; i < count; i++)
		bytes += stat(modules[i].path, &file) < 0 ? 0 : (uint64_t)file.st_size;
	return bytes;
}

/*
 * Loads the modules from the given one on; writes a byte for each, 1 if it failed. One that took
 * too long, so that another worker goes on, ends here: SIGPIPE.
 */
static void worker_run(unsigned from, unsigned count, int results)
{
	for (unsigned i = from; i < count; i++) {
		char failed = module_try(&modules[i]);

		(void)write(results, &failed, 1);
	}
	_exit(0);
}

/*
 * Returns the module to go on with, when the worker that began with the given one is through, or
 * stands still, or was ended, as by an oops in a module's init.
 */
static unsigned worker_watch(unsigned from, unsigned count, int results, unsigned *failed)
{
	struct pollfd event = {.fd = results, .events = POLLIN};

	for (; from < count; from++) {
		int ready = poll(&event, 1, LOAD_MS);
		char error = 1;
		bool told = ready > 0 && read(results, &error, 1) == 1;

		close(modules[from].fd);
		*failed += error;
		if (told)
			continue;
		say("%s: %s; going on with the rest", modules[from].path,
		    ready ? "the process that loaded it died" : "still loading after 5 s");
		return from + 1;
	}
	return from;
}

/*
 * Loads all modules. What loads them is a process of its own, and is left where it hangs: in the
 * kernel, where no signal reaches it. Where there is no memory for a process, it is done here.
 */
static void modules_load(const char *list, bool keep)
{
	unsigned count = list_read(list), at = 0, failed = 0;

	for (unsigned i = 0; keep && i < count; i++)
		modules[i].fd = open(modules[i].path, O_RDONLY | O_CLOEXEC);
	while (at < count) {
		int ends[2] = {-1, -1};
		pid_t pid = pipe2(ends, O_CLOEXEC) < 0 ? -1 : fork();

		if (pid == 0) {
			close(ends[0]);
			worker_run(at, count, ends[1]);
		}
		close(ends[1]);
		if (pid < 0)
			failed += module_try(&modules[at++]);
		else
			at = worker_watch(at, count, ends[0], &failed);
		close(ends[0]);
	}
	say("%u modules loaded, %u not", at - failed, failed);
}

int modules_start(const char *list, bool keep)
{
	int ends[2] = {-1, -1};
	pid_t pid = pipe2(ends, O_CLOEXEC) < 0 ? -1 : fork();

	if (pid == 0) {
		modules_load(list, keep);
		_exit(0);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		modules_load(list, keep);
		return -1;
	}
	return ends[0];
}
