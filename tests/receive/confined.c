// SPDX-License-Identifier: GPL-2.0-only
/*
 * confined - confines itself and tries what it may still do: on this machine, and as process 1 of
 * virtual ones with other kernels
 *
 * usage: confined DIR     (as process 1: /t, and the machine is powered off at the end)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "receiver/landlock.h"

static pid_t other; /* a process that is not confined */

static int result(int value)
{
	return value < 0 ? errno : 0;
}

static int opened(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd >= 0)
		close(fd);
	return result(fd);
}

static int write_new(void)
{
	return opened("store/new", O_WRONLY | O_CREAT | O_TRUNC);
}

static int make_host(void)
{
	return result(mkdir("store/host", 0700));
}

static int rename_inside(void)
{
	return result(rename("store/new", "store/newer"));
}

static int cut_inside(void)
{
	int fd = open("store/old", O_WRONLY), error = result(fd < 0 ? fd : ftruncate(fd, 0));

	close(fd);
	return error;
}

static int remove_inside(void)
{
	return result(unlink("store/newer")) ?: result(rmdir("store/host"));
}

static int list_inside(void)
{
	return opened("store", O_RDONLY | O_DIRECTORY);
}

static int read_allowed(void)
{
	return opened("read", O_RDONLY);
}

static int write_what_is_to_read(void)
{
	return opened("read", O_WRONLY);
}

static int write_in_what_is_to_read(void)
{
	return opened("shelf/old", O_WRONLY);
}

static int make_in_what_is_to_read(void)
{
	return opened("shelf/new", O_WRONLY | O_CREAT);
}

static int cut_in_what_is_to_read(void)
{
	return result(truncate("shelf/old", 0));
}

static int read_in_what_is_to_read(void)
{
	return opened("shelf/old", O_RDONLY);
}

static int read_other(void)
{
	return opened("other", O_RDONLY);
}

static int read_other_by_link(void)
{
	return opened("store/link", O_RDONLY);
}

static int read_above(void)
{
	return opened("store/../other", O_RDONLY);
}

static int write_other(void)
{
	return opened("elsewhere/new", O_WRONLY | O_CREAT);
}

static int list_other(void)
{
	return opened("elsewhere", O_RDONLY | O_DIRECTORY);
}

static int remove_other(void)
{
	return result(unlink("other"));
}

static int make_device(void)
{
	return result(mkfifo("store/fifo", 0600));
}

static int run_program(void)
{
	char *argv[] = {"program", NULL};

	return result(execv("program", argv));
}

static void *run_thread(void *error)
{
	*(int *)error = read_other();
	return NULL;
}

static int read_other_in_thread(void)
{
	pthread_t thread;
	int error = 0;

	if (pthread_create(&thread, NULL, run_thread, &error) || pthread_join(thread, NULL))
		return EINVAL;
	return error;
}

static int serve(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int error = result(bind(fd, (struct sockaddr *)&address, sizeof(address)));

	close(fd);
	return error;
}

/* Nobody listens there, which is seen only by who may try. */
static int ask(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_port = htons(9),
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int error = result(connect(fd, (struct sockaddr *)&address, sizeof(address)));

	close(fd);
	return error == ECONNREFUSED || error == ENETUNREACH ? 0 : error;
}

static int signal_other(void)
{
	return result(kill(other, 0));
}

static const struct trial {
	const char *name;
	int (*try)(void);
	int error; /* that is expected, once confined */
	int version;
} trials[] = {
	{"a new file in the store", write_new, 0, 1},
	{"a directory in it", make_host, 0, 1},
	{"a new name", rename_inside, 0, 1},
	{"a file that is cut", cut_inside, 0, 1},
	{"removing", remove_inside, 0, 1},
	{"listing", list_inside, 0, 1},
	{"a file to read is read", read_allowed, 0, 1},
	{"and not written", write_what_is_to_read, EACCES, 1},
	{"a file in a directory to read is read", read_in_what_is_to_read, 0, 1},
	{"and not written there", write_in_what_is_to_read, EACCES, 1},
	{"nor made", make_in_what_is_to_read, EACCES, 1},
	{"nor cut", cut_in_what_is_to_read, EACCES, 3},
	{"another file is not read", read_other, EACCES, 1},
	{"nor by a symbolic link in the store", read_other_by_link, EACCES, 1},
	{"nor by the way up", read_above, EACCES, 1},
	{"nor by a new thread", read_other_in_thread, EACCES, 1},
	{"nothing is written elsewhere", write_other, EACCES, 1},
	{"nor listed", list_other, EACCES, 1},
	{"nor removed", remove_other, EACCES, 1},
	{"no FIFO is made in the store", make_device, EACCES, 1},
	{"no program is run", run_program, EACCES, 1},
	{"no TCP port is taken", serve, EACCES, 4},
	{"nor asked", ask, EACCES, 4},
	{"no other process is signalled", signal_other, EPERM, 6},
};

static void die(const char *what)
{
	printf("not ok - %s: %s\n", what, strerror(errno));
	exit(1);
}

static void put_file(const char *name, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	if (fd < 0 || write(fd, "#!/x\n", 5) != 5 || close(fd))
		die(name);
}

/* A process that ends with this one. */
static void start_other(void)
{
	int ends[2];
	char byte;

	if (pipe(ends))
		die("pipe");
	other = fork();
	if (other == 0) {
		close(ends[1]);
		_exit((int)read(ends[0], &byte, 1));
	}
	close(ends[0]);
}

static void furnish(void)
{
	if (mkdir("store", 0700) || mkdir("elsewhere", 0700) || mkdir("shelf", 0700) ||
	    symlink("../other", "store/link"))
		die("furnishing");
	put_file("store/old", 0600);
	put_file("shelf/old", 0600);
	put_file("read", 0600);
	put_file("other", 0600);
	put_file("program", 0700);
}

static int confine_here(void)
{
	static const struct landlock_path paths[] = {{"not-there", false},
	                                             {"/proc/self/fd/0", false},
	                                             {"read", false},
	                                             {"shelf", false},
	                                             {"store", true}};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("no new privileges");
	return landlock_confine(paths, sizeof(paths) / sizeof(*paths));
}

static bool attempt(const struct trial *trial, int version)
{
	int error = trial->try(), wanted = trial->error;

	if (!version) /* all works but what cannot: ENOENT, the interpreter of the program */
		wanted = trial->try == run_program ? ENOENT : 0;
	printf("%s - %s (%s)\n", error == wanted ? "ok" : "not ok", trial->name, strerror(error));
	return error == wanted;
}

static bool try_all(void)
{
	bool good = true;
	int version;

	furnish();
	start_other();
	version = confine_here();
	if (version < 0)
		die("confine");
	printf("# landlock version %d\n", version);
	for (size_t i = 0; i < sizeof(trials) / sizeof(*trials); i++)
		if (!version || version >= trials[i].version)
			good &= attempt(&trials[i], version);
	return good;
}

int main(int argc, char **argv)
{
	bool first = getpid() == 1, good;
	const char *directory = first ? "/t" : argv[argc - 1];

	if (first && (mkdir(directory, 0700) || mount("t", directory, "tmpfs", 0, NULL)))
		die("tmpfs");
	if (chdir(directory))
		die(directory);
	good = try_all();
	printf("# done\n");
	fflush(stdout);
	if (first) {
		sync();
		reboot(RB_POWER_OFF);
	}
	return !good;
}
