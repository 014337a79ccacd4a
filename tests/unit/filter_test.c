/* SPDX-License-Identifier: GPL-2.0-only */
/* filter_test - what the process that serves pages is refused: each try in a child of its own */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "receiver/landlock.h"
#include "receiver/web/filter.h"

static char folder[] = "/tmp/filter-XXXXXX", inside[64], outside[64];

/* Each returns 0 if it was let, or the error. */
static int open_as(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	return fd < 0 ? errno : 0;
}

static int read_inside(void)
{
	return open_as(inside, O_RDONLY);
}

static int read_outside(void)
{
	return open_as(outside, O_RDONLY);
}

static int write_inside(void)
{
	return open_as(inside, O_WRONLY);
}

static int append_inside(void)
{
	return open_as(inside, O_RDWR | O_APPEND);
}

static int empty_inside(void)
{
	return open_as(inside, O_RDONLY | O_TRUNC);
}

static int make_inside(void)
{
	return open_as(inside, O_RDONLY | O_CREAT);
}

static int remove_inside(void)
{
	return unlink(inside) ? errno : 0;
}

static int rename_inside(void)
{
	return rename(inside, outside) ? errno : 0;
}

static int make_folder(void)
{
	return mkdir("new", 0700) ? errno : 0;
}

static int change_mode(void)
{
	return chmod(inside, 0777) ? errno : 0;
}

static int make_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int start_program(void)
{
	char *arguments[] = {"true", NULL};

	return execv("/bin/true", arguments) ? errno : 0;
}

static int start_process(void)
{
	return fork() < 0 ? errno : 0;
}

/* What became of it: its exit status, or 256 and the signal that ended it. */
static int confined(int (*act)(void))
{
	const struct landlock_path path = {folder, false};
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || chdir(folder) ||
		    landlock_confine(&path, 1) < 0 || filter_calls())
			_exit(255);
		_exit(act());
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static void test_reading(void **state)
{
	/* A kernel without Landlock leaves that to the unit. */
	long version =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	(void)state;
	assert_int_equal(confined(read_inside), 0);
	assert_int_equal(confined(read_outside), version > 0 ? EACCES : 0);
	print_message("# outside the store: %s\n", version > 0 ? "refused" : "no Landlock here");
}

static void test_changing(void **state)
{
	int (*const acts[])(void) = {write_inside,  append_inside, empty_inside, make_inside,
	                             remove_inside, rename_inside, make_folder,  change_mode};
	struct stat before, after;

	(void)state;
	assert_int_equal(stat(inside, &before), 0);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		assert_int_equal(confined(acts[i]), EPERM);
	assert_int_equal(stat(inside, &after), 0);
	assert_int_equal(before.st_mode, after.st_mode);
	assert_int_equal(before.st_size, after.st_size);
}

static void test_going_on(void **state)
{
	(void)state;
	assert_int_equal(confined(make_socket), 256 + SIGSYS);
	assert_int_equal(confined(start_program), 256 + SIGSYS);
	/* glibc makes a process by clone(2), which is not even known. */
	assert_int_equal(confined(start_process), EPERM);
}

static int put_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	ssize_t n = fd < 0 ? -1 : write(fd, "log", 3);

	if (fd >= 0)
		close(fd);
	return n == 3 ? 0 : -1;
}

static int make_files(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(inside, sizeof(inside), "%s/log", folder);
	snprintf(outside, sizeof(outside), "%s.outside", folder);
	return put_file(inside) || put_file(outside) ? -1 : 0;
}

static int remove_files(void **state)
{
	(void)state;
	return unlink(inside) || unlink(outside) || rmdir(folder) ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_changing),
		cmocka_unit_test(test_going_on),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
