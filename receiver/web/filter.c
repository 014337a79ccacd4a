/* SPDX-License-Identifier: GPL-2.0-only */
/* filter - the system calls of a server of pages: to read, and to answer */
#include "receiver/web/filter.h"

#include <fcntl.h>

#include "receiver/call_filter.h"

/* What glibc and libmicrohttpd use, seen with strace(1) and read in their sources. */
static const int allowed[] = {
	/* memory, the end */
	SCMP_SYS(brk),
	SCMP_SYS(mmap),
	SCMP_SYS(mmap2),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(getrandom),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(restart_syscall),
	/* signals, time */
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64),
	/* files */
	SCMP_SYS(close),
	SCMP_SYS(read),
	SCMP_SYS(pread64),
	SCMP_SYS(readv),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(fcntl),
	SCMP_SYS(fcntl64),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(newfstatat),
	SCMP_SYS(fstatat64),
	SCMP_SYS(statx),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	/* sockets that are there, or come by accept */
	SCMP_SYS(accept4),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recv),
	SCMP_SYS(sendto),
	SCMP_SYS(send),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendfile),
	SCMP_SYS(sendfile64),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(setsockopt),
	SCMP_SYS(getsockopt),
	SCMP_SYS(getsockname),
	SCMP_SYS(shutdown),
	SCMP_SYS(ioctl),
};

static const int deadly[] = {
	SCMP_SYS(execve),  SCMP_SYS(execveat), SCMP_SYS(fork),   SCMP_SYS(vfork),  SCMP_SYS(ptrace),
	SCMP_SYS(connect), SCMP_SYS(socket),   SCMP_SYS(listen), SCMP_SYS(setuid), SCMP_SYS(setgid),
	SCMP_SYS(mount),   SCMP_SYS(unshare),  SCMP_SYS(setns),  SCMP_SYS(bpf),
};

/* For reading alone: neither to write, nor to make, empty or append to one. */
static int add_open(scmp_filter_ctx filter)
{
	return seccomp_rule_add(
		filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, O_RDONLY));
}

int filter_calls(void)
{
	static const struct call_filter calls = {
		.allowed = allowed,
		.n_allowed = sizeof(allowed) / sizeof(*allowed),
		.deadly = deadly,
		.n_deadly = sizeof(deadly) / sizeof(*deadly),
		.add = add_open,
	};

	return call_filter_load(&calls);
}
