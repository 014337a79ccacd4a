/* SPDX-License-Identifier: GPL-2.0-only */
/* privileges_test - what the receiver's process is refused: each try in a child of its own */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "receiver/privileges.h"

/* Each returns 0 if it was let, or the error. */
static void *run_thread(void *none)
{
	return none;
}

static int start_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, run_thread, NULL) ?: pthread_join(thread, NULL);
}

static int start_process(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	return child < 0 ? errno : 0;
}

/* Ends a child, should there be one. */
static int end(long child)
{
	if (!child)
		_exit(0);
	return child < 0 ? errno : 0;
}

static int clone_flags(unsigned long flags)
{
#ifdef __s390__
	return end(syscall(SYS_clone, 0, flags | SIGCHLD, 0, 0, 0));
#else
	return end(syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0));
#endif
}

static int enter_user_namespace(void)
{
	return clone_flags(CLONE_NEWUSER);
}

static int enter_network_namespace(void)
{
	return clone_flags(CLONE_NEWUSER | CLONE_NEWNET);
}

static int enter_by_clone3(void)
{
	struct clone_args arguments = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};

	return end(syscall(SYS_clone3, &arguments, sizeof(arguments)));
}

static int unshare_user(void)
{
	return syscall(SYS_unshare, CLONE_NEWUSER) ? errno : 0;
}

static int start_program(void)
{
	char *arguments[] = {"true", NULL};

	return execv("/bin/true", arguments) ? errno : 0;
}

static int open_netlink_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0) < 0 ? errno : 0;
}

static int open_ipv6_socket(void)
{
	return socket(AF_INET6, SOCK_DGRAM, 0) < 0 ? errno : 0;
}

/* What became of it: its exit status, or 256 and the signal that ended it. */
static int locked(int (*act)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || privileges_lock())
			_exit(255);
		_exit(act());
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static void what_it_needs(void **state)
{
	(void)state;
	assert_int_equal(locked(start_thread), 0);
	assert_int_equal(locked(open_netlink_socket), 0);
}

static void processes_and_namespaces(void **state)
{
	(void)state;
	assert_int_equal(locked(start_process), EPERM);
	assert_int_equal(locked(enter_user_namespace), EPERM);
	assert_int_equal(locked(enter_network_namespace), EPERM);
	assert_int_equal(locked(enter_by_clone3), ENOSYS);
}

static void going_on(void **state)
{
	(void)state;
	assert_int_equal(locked(unshare_user), 256 + SIGSYS);
	assert_int_equal(locked(start_program), 256 + SIGSYS);
	assert_int_equal(locked(open_ipv6_socket), EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_needs),
		cmocka_unit_test(processes_and_namespaces),
		cmocka_unit_test(going_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
