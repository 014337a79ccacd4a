/* SPDX-License-Identifier: GPL-2.0-only */
/* landlock_test - what may still be opened: each try in a child of its own, which is confined */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "receiver/landlock.h"

static char root[64];

static const char *below(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

/* Each returns 0 if it was let, or the error. */
static int opened(const char *name, int flags)
{
	int fd = open(below(name), flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int read_in_read(void)
{
	return opened("read/file", O_RDONLY);
}

static int write_in_read(void)
{
	return opened("read/file", O_WRONLY);
}

static int make_in_read(void)
{
	return opened("read/new", O_WRONLY | O_CREAT);
}

static int truncate_in_read(void)
{
	return truncate(below("read/file"), 0) ? errno : 0;
}

static int write_in_write(void)
{
	return opened("write/file", O_WRONLY | O_TRUNC);
}

static int make_in_write(void)
{
	return opened("write/new", O_WRONLY | O_CREAT);
}

static int read_elsewhere(void)
{
	return opened("other/file", O_RDONLY);
}

static int read_the_file(void)
{
	return opened("file", O_RDONLY);
}

static int write_the_file(void)
{
	return opened("file", O_WRONLY);
}

static int run_a_program(void)
{
	char *arguments[] = {"true", NULL};

	return execv("/bin/true", arguments) ? errno : 0;
}

static int connect_tcp(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_port = htons(9),
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return connect(fd, (struct sockaddr *)&address, sizeof(address)) ? errno : 0;
}

static int signal_the_parent(void)
{
	return kill(getppid(), 0) ? errno : 0;
}

/* The version of Landlock; none of this holds without one. */
static int version_here(void)
{
	int ends[2], version = -1;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		version = landlock_confine(NULL, 0);
		_exit(write(ends[1], &version, sizeof(version)) != sizeof(version));
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &version, sizeof(version)), sizeof(version));
	close(ends[0]);
	waitpid(child, NULL, 0);
	return version;
}

static int confined(int (*act)(void))
{
	char read[128], write[128], file[128], pipe_path[128];
	const struct landlock_path paths[] = {{"/nowhere", true},
	                                      {pipe_path, false},
	                                      {read, false},
	                                      {file, false},
	                                      {write, true}};
	pid_t child = fork();
	int status;

	if (child == 0) {
		int ends[2];

		snprintf(read, sizeof(read), "%s/read", root);
		snprintf(write, sizeof(write), "%s/write", root);
		snprintf(file, sizeof(file), "%s/file", root);
		if (pipe(ends) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
			_exit(255);
		snprintf(pipe_path, sizeof(pipe_path), "/proc/self/fd/%d", ends[0]);
		if (landlock_confine(paths, sizeof(paths) / sizeof(paths[0])) < 1)
			_exit(255);
		_exit(act());
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_files(void **state)
{
	int version = version_here();

	(void)state;
	if (version < 1)
		skip();
	assert_int_equal(confined(read_in_read), 0);
	assert_int_equal(confined(write_in_read), EACCES);
	assert_int_equal(confined(make_in_read), EACCES);
	assert_int_equal(confined(write_in_write), 0);
	assert_int_equal(confined(make_in_write), 0);
	assert_int_equal(confined(read_elsewhere), EACCES);
	assert_int_equal(confined(read_the_file), 0);
	assert_int_equal(confined(write_the_file), EACCES);
	assert_int_equal(confined(run_a_program), EACCES);
	if (version >= 3)
		assert_int_equal(confined(truncate_in_read), EACCES);
}

static void test_others(void **state)
{
	int version = version_here();

	(void)state;
	if (version < 4)
		skip();
	assert_int_equal(confined(connect_tcp), EACCES);
	if (version >= 6)
		assert_int_equal(confined(signal_the_parent), EPERM);
}

static int tree_make(void **state)
{
	static const char *const files[] = {"read/file", "write/file", "other/file", "file"};
	static const char *const folders[] = {"read", "write", "other"};

	(void)state;
	snprintf(root, sizeof(root), "/tmp/lastwords-landlock-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		mkdir(below(folders[i]), 0700);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (opened(files[i], O_WRONLY | O_CREAT))
			return -1;
	return 0;
}

static int tree_remove(void **state)
{
	static const char *const names[] = {"read/file", "write/file", "write/new", "other/file",
	                                    "file",      "read",       "write",     "other"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		remove(below(names[i]));
	return rmdir(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, tree_make, tree_remove);
}
