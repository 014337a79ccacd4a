/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stuck-init - a process 1 that comes to no end, under the guard of the real one
 *
 * Words on the kernel's command line, which it gets as arguments, say what goes wrong besides:
 *
 *   lost      every other process is killed, the guard among them
 *   stuck     reboot(2) does not return and does nothing
 *   brakeless sysrq cannot be opened
 */
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crashkernel-initrd/final.h"
#include "crashkernel-initrd/modules.h"
#include "crashkernel-initrd/mounts.h"
#include "sender/say.h"

#define DEADLINE_S 4

static bool stuck;

int reboot(int how);

/* Stands before the C library's. */
int reboot(int how)
{
	say("stuck-init: reboot");
	while (stuck)
		pause();
	return (int)syscall(SYS_reboot, 0xfee1dead, 672274793, how, NULL);
}

static bool told(char **argv, const char *word)
{
	for (; *argv; argv++)
		if (strcmp(*argv, word) == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	(void)argc;
	mounts_make();
	say_to(STDERR_FILENO, "lastwords: ");
	stuck = told(argv, "stuck");
	if (!told(argv, "brakeless"))
		final_open();
	modules_start(MODULES_LIST);
	final_guard(DEADLINE_S, THEN_REBOOT);
	say("started, for ever");
	if (told(argv, "lost"))
		kill(-1, SIGKILL);
	for (;;)
		;
}
