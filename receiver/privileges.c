/* SPDX-License-Identifier: GPL-2.0-only */
/* privileges - what a receiver of anyone's frames may still do */
#include "receiver/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "receiver/call_filter.h"

#ifdef __s390__
#	define CLONE_FLAGS 1 /* which argument of clone(2) they are */
#else
#	define CLONE_FLAGS 0
#endif

static int fail(char *error, const char *what, const char *why)
{
	snprintf(error, PRIVILEGES_ERROR_MAX, "%s: %s", what, why);
	return -1;
}

/* Makes the directory and gives it to the user. One that exists stays whose it is. */
static int give_directory(const char *directory, const struct passwd *user, char *error)
{
	int fd, failed;

	if (mkdir(directory, 0700))
		return errno == EEXIST ? 0 : fail(error, directory, strerror(errno));
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	failed = fd < 0 || fchown(fd, user->pw_uid, user->pw_gid);
	if (failed)
		fail(error, directory, strerror(errno));
	if (fd >= 0)
		close(fd);
	return failed ? -1 : 0;
}

static int change_user(const char *name, const char *directory, char *error)
{
	const struct passwd *user;

	errno = 0;
	user = getpwnam(name);
	if (!user)
		return fail(error, name, errno ? strerror(errno) : "no such user");
	if (directory && give_directory(directory, user, error))
		return -1;
	if (capng_change_id((int)user->pw_uid, (int)user->pw_gid,
	                    CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING))
		return fail(error, name, "cannot become this user; start as root");
	return 0;
}

/* What the process has of the one capability that it may keep. */
static void choose_capabilities(bool capture)
{
	bool had = capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW);

	capng_clear(CAPNG_SELECT_ALL);
	if (capture && had)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_RAW);
}

int privileges_drop(const char *user, bool capture, const char *directory,
                    char error[PRIVILEGES_ERROR_MAX])
{
	bool bounded;

	if (capng_get_caps_process())
		return fail(error, "capabilities", "cannot be read");
	bounded = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	choose_capabilities(capture);
	if (user) {
		if (change_user(user, directory, error))
			return -1;
	} else if (capng_apply(bounded ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS)) {
		return fail(error, "capabilities", "cannot be given up");
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail(error, "no new privileges", strerror(errno));
	return 0;
}

/* What glibc, libpcap and the receiver itself use, seen with strace(1) and read in their sources.
 */
static const int allowed[] = {
	/* memory, threads */
	SCMP_SYS(brk),
	SCMP_SYS(mmap),
	SCMP_SYS(mmap2),
	SCMP_SYS(mprotect),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(tgkill),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(getrandom),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	/* signals, time */
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64),
	SCMP_SYS(select),
	SCMP_SYS(pselect6),
	SCMP_SYS(pselect6_time64),
	/* files */
	SCMP_SYS(openat),
	SCMP_SYS(open),
	SCMP_SYS(close),
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(pwrite64),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(fsync),
	SCMP_SYS(syncfs),
	SCMP_SYS(ftruncate),
	SCMP_SYS(ftruncate64),
	SCMP_SYS(fcntl),
	SCMP_SYS(fcntl64),
	SCMP_SYS(flock),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(newfstatat),
	SCMP_SYS(fstatat64),
	SCMP_SYS(stat),
	SCMP_SYS(stat64),
	SCMP_SYS(lstat),
	SCMP_SYS(lstat64),
	SCMP_SYS(statx),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getdents64),
	SCMP_SYS(mkdirat),
	SCMP_SYS(rename),
	SCMP_SYS(renameat),
	SCMP_SYS(renameat2),
	SCMP_SYS(linkat),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(fchmod),
	SCMP_SYS(ioctl),
	/* sockets, once they are there */
	SCMP_SYS(bind),
	SCMP_SYS(connect),
	SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt),
	SCMP_SYS(getsockname),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recv),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(socketpair),
	SCMP_SYS(eventfd2),
};

static const int deadly[] = {
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(listen),
	SCMP_SYS(accept),
	SCMP_SYS(accept4),
	SCMP_SYS(setuid),
	SCMP_SYS(setgid),
	SCMP_SYS(mount),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(bpf),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load),
};

/* libpcap opens these for an interface: frames, its state, what is asked by ioctl(2). */
static const int families[] = {AF_PACKET, AF_NETLINK, AF_UNIX, AF_INET};

static int add_families(scmp_filter_ctx filter)
{
	int error = 0;

	for (size_t i = 0; !error && i < sizeof(families) / sizeof(*families); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
		                         SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0));
	return error;
}

/*
 * A thread, and neither a process nor anything in a new namespace, where the whole of the kernel
 * would be open to its root. What clone3(2) is asked for no filter sees: a libc goes on with clone
 * where it does not exist.
 */
static int add_threads(scmp_filter_ctx filter)
{
	const scmp_datum_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
	                                CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
	int error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

	if (error)
		return error;
	return seccomp_rule_add(
		filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		SCMP_CMP(CLONE_FLAGS, SCMP_CMP_MASKED_EQ, CLONE_THREAD | namespaces, CLONE_THREAD));
}

static int add_arguments(scmp_filter_ctx filter)
{
	int error = add_families(filter);

	return error ? error : add_threads(filter);
}

int privileges_lock(void)
{
	static const struct call_filter calls = {
		.allowed = allowed,
		.n_allowed = sizeof(allowed) / sizeof(*allowed),
		.deadly = deadly,
		.n_deadly = sizeof(deadly) / sizeof(*deadly),
		.add = add_arguments,
	};

	return call_filter_load(&calls);
}
