/* SPDX-License-Identifier: GPL-2.0-only */
/* forkless - init, linked with --wrap=fork: the kernel has no memory for a process */
#include <errno.h>
#include <unistd.h>

pid_t __wrap_fork(void);

pid_t __wrap_fork(void)
{
	errno = ENOMEM;
	return -1;
}
