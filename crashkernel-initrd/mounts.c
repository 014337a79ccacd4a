/* SPDX-License-Identifier: GPL-2.0-only */
/* mounts - the kernel's own file systems: /proc, /sys and /dev */
#include "crashkernel-initrd/mounts.h"

#include <stdbool.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static struct mounted {
	const char *type, *path, *probe; /* the probe is there if it is mounted already */
	bool ours;
} table[] = {
	{"proc", "/proc", "/proc/self", false},
	{"sysfs", "/sys", "/sys/class", false},
	{"devtmpfs", "/dev", "/dev/kmsg", false},
};

#define COUNT (sizeof(table) / sizeof(table[0]))

void mounts_make(void)
{
	for (unsigned i = 0; i < COUNT; i++) {
		if (access(table[i].probe, F_OK) == 0)
			continue;
		mkdir(table[i].path, 0755);
		table[i].ours = mount(table[i].type, table[i].path, table[i].type,
		                      MS_NOSUID | MS_NOEXEC, NULL) == 0;
	}
}

void mounts_undo(void)
{
	for (unsigned i = COUNT; i-- > 0;)
		if (table[i].ours)
			umount2(table[i].path, MNT_DETACH);
}
