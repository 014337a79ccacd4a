/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * init - process 1 of the capture kernel: sends the crashed kernel's last words, then ends
 *
 * Four things go on at once, so that none waits for another: a child reads the log out of
 * /proc/vmcore, a child loads the network drivers, a child guards the deadline, and process 1
 * raises each port as it appears and sends. What fails is said and passed over.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crashkernel-initrd/final.h"
#include "crashkernel-initrd/modules.h"
#include "crashkernel-initrd/mounts.h"
#include "sender/broadcast.h"
#include "sender/reader.h"
#include "sender/say.h"
#include "sender/settings.h"

#define SECOND_US          UINT64_C(1000000)
#define NEXT_INIT          "/init" /* the distribution's, in its own crash initrd */
#define KLOG_CONSOLE_LEVEL 8
#define NOTICES_SHOWN      6
#define MARGIN_US          (SECOND_US / 2)  /* the loop ends before its guard has to */
#define UDEV_US            (10 * SECOND_US) /* no port is raised while udev may rename it */

static struct settings settings;
static struct broadcast broadcast;
static struct reader reader;
static char cmdline[8192];

static void note(const char *sentence)
{
	say("%s", sentence);
}

static void file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		say("%s: %s", path, strerror(errno));
	close(fd);
}

static void cmdline_read(void)
{
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, cmdline, sizeof(cmdline) - 1);

	cmdline[n > 0 ? n : 0] = 0;
	if (fd >= 0)
		close(fd);
	settings_default(&settings);
	settings_kernel(&settings, cmdline, note);
	if (!settings.interfaces[0])
		strcpy(settings.interfaces, "all");
}

static void messages_open(void)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (fd < 0) {
		say_to(STDERR_FILENO, "lastwords: ");
		return;
	}
	say_to(fd, "<5>lastwords: ");
	file_put("/proc/sys/kernel/printk_devkmsg", "on\n"); /* no rate limit */
}

/* Nothing but our frames goes out: no neighbour discovery, no multicast reports. */
static void ipv6_silence(void)
{
	file_put("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1\n");
	file_put("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1\n");
}

/* Where lastwords-mkinitrd --append puts firmware; the usual directories come after it. */
static void firmware_path_set(void)
{
	file_put("/sys/module/firmware_class/parameters/path", "/lastwords/firmware");
}

static bool next_init_there(void)
{
	struct stat ours, next;

	if (stat(NEXT_INIT, &next) < 0 || stat("/proc/self/exe", &ours) < 0)
		return false;
	return ours.st_dev != next.st_dev || ours.st_ino != next.st_ino;
}

/* Prepares the ground; everything after it can say what it does. */
static void prepare(void)
{
	/* Children are not waited for, but the reader: that one is asked for by its id. */
	signal(SIGPIPE, SIG_IGN);
	mounts_make();
	messages_open();
	cmdline_read();
	final_open();
	if (settings.then == THEN_CONTINUE && !next_init_there()) {
		say("then=continue: there is no other init at " NEXT_INIT "; rebooting instead");
		settings.then = THEN_REBOOT;
	}
	if (settings.then != THEN_CONTINUE) {
		final_guard(settings.deadline_s, settings.then);
		klogctl(KLOG_CONSOLE_LEVEL, NULL, NOTICES_SHOWN);
	}
	ipv6_silence();
	firmware_path_set();
}

/* Returns false if nothing can be sent at all. */
static bool sending_start(void)
{
	int error = reader_start(&reader, "/proc/vmcore", &settings, true);
	int loader = modules_start(MODULES_LIST);

	if (!error)
		error = broadcast_open(&broadcast, &settings, settings.interfaces, &reader, loader);
	if (error)
		say("cannot send: %s", strerror(-error));
	return !error;
}

/*
 * The rounds that are left go on beside the distribution's init. systemd spares a process whose
 * argv[0] begins with @ when it leaves the initrd; everything needed is open already.
 */
static void sending_continue(char **argv, uint64_t end_us)
{
	broadcast_lower(&broadcast);
	broadcast.raise_from_us = now_us() + UDEV_US;
	if (fork() != 0)
		return;
	argv[0][0] = '@';
	if (chdir("/") == 0)
		broadcast_run(&broadcast, false, end_us);
	broadcast_lower(&broadcast);
	_exit(0);
}

static void next_init(char **argv)
{
	say("going on with " NEXT_INIT);
	mounts_undo();
	argv[0] = (char *)NEXT_INIT;
	execv(NEXT_INIT, argv);
	mounts_make();
	say(NEXT_INIT ": %s; rebooting", strerror(errno));
	final_act(THEN_REBOOT);
}

int main(int argc, char **argv)
{
	uint64_t end_us = now_us();

	(void)argc;
	if (getpid() != 1) {
		say("lastwords init: only for process 1 of a capture kernel; see "
		    "lastwords-send(8)");
		return 2;
	}
	prepare();
	end_us += settings.deadline_s * SECOND_US - MARGIN_US;
	say("started, " LASTWORDS_VERSION ", deadline %u s", (unsigned)settings.deadline_s);
	if (sending_start()) {
		broadcast_run(&broadcast, settings.then == THEN_CONTINUE, end_us);
		if (settings.then == THEN_CONTINUE)
			sending_continue(argv, end_us);
		else
			broadcast_lower(&broadcast);
	}
	if (settings.then == THEN_CONTINUE)
		next_init(argv);
	say("done");
	final_act(settings.then);
}
