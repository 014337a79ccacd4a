/* SPDX-License-Identifier: GPL-2.0-only */
/* sysctls - the kernel's settings that sending needs, and their undoing */
#include "crashkernel-initrd/sysctls.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static struct sysctl {
	const char *path, *value;
	char below; /* set only if the old value is one digit, and less; 0 = always */
	char old[64];
} table[] = {
	/* Before any port is there: a port takes its own setting from default. */
	{"/proc/sys/net/ipv6/conf/all/disable_ipv6", "1", 0, ""},
	{"/proc/sys/net/ipv6/conf/default/disable_ipv6", "1", 0, ""},
	{"/proc/sys/kernel/printk", "6", '6', ""},        /* notices are shown, also with quiet */
	{"/proc/sys/kernel/printk_devkmsg", "on", 0, ""}, /* no rate limit on our messages */
	{"/proc/sys/kernel/panic", "10", '1', ""},        /* unless the command line says when */
	/* A driver that spins in the kernel leaves no CPU to any process of ours. */
	{"/proc/sys/kernel/softlockup_panic", "1", 0, ""},
	{"/proc/sys/kernel/hardlockup_panic", "1", 0, ""},
	{"/proc/sys/kernel/panic_on_rcu_stall", "1", 0, ""}, /* its report puts off the former */
};

#define COUNT (sizeof(table) / sizeof(table[0]))

static void file_get(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);

	text[n > 0 ? n : 0] = 0;
	if (fd >= 0)
		close(fd);
}

static bool file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (fd >= 0)
		close(fd);
	return done;
}

void sysctls_set(void)
{
	for (unsigned i = 0; i < COUNT; i++) {
		struct sysctl *s = &table[i];

		file_get(s->path, s->old, sizeof(s->old));
		/* Two digits are more than one, and a negative panic is a restart at once. */
		if (s->below && (s->old[0] >= s->below || s->old[0] == '-' || s->old[1] >= '0'))
			s->old[0] = 0;
		else if (!file_put(s->path, s->value))
			s->old[0] = 0;
	}
}

void sysctls_undo(void)
{
	for (unsigned i = 0; i < COUNT; i++)
		if (table[i].old[0])
			file_put(table[i].path, table[i].old);
}
