/* SPDX-License-Identifier: GPL-2.0-only */
/* memory - whether there is enough of it for the drivers, with a dump still to come */
#include "crashkernel-initrd/memory.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "sender/number.h"
#include "sender/say.h"

/*
 * Measured with Debian's 6.1, from init's start to the first round's end, in MemAvailable: with the
 * files of the modules gone, virtio_net, e1000e (four ports) and vmxnet3 took less than 1.5 MiB.
 * Cards with large rings take some MiB for one CPU.
 */
#define PORT_KIB 8192

/* The number after a key at the beginning of a line; UINT64_MAX if there is none. */
static uint64_t number_after(const char *text, const char *key)
{
	size_t n = strlen(key);
	uint64_t number;

	while (*text && strncmp(text, key, n) != 0) {
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	if (!*text)
		return UINT64_MAX;
	text += n;
	text += strspn(text, " ");
	n = strspn(text, "0123456789");
	return number_read(text, n, 10, UINT64_MAX, &number) ? number : UINT64_MAX;
}

/* In KiB; UINT64_MAX if the file does not tell. */
static uint64_t available_read(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	return number_after(text, "MemAvailable:"); /* since Linux 3.14 */
}

uint64_t memory_drivers_kib(uint64_t files_bytes)
{
	return files_bytes / 1024 + PORT_KIB;
}

bool memory_enough(const char *path, uint64_t files_bytes)
{
	uint64_t available = available_read(path), drivers = memory_drivers_kib(files_bytes);
	bool enough = !files_bytes || available >= drivers + MEMORY_DUMP_KIB;

	if (available != UINT64_MAX)
		say("memory: %" PRIu64 " KiB available; the drivers may take %" PRIu64
		    ", the dump %u%s",
		    available, drivers, MEMORY_DUMP_KIB, enough ? "" : "; no driver is loaded");
	return enough;
}
