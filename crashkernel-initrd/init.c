/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * init - process 1 of the capture kernel: sends the crashed kernel's last words, then ends
 *
 * Four things go on at once, so that none waits for another: a child reads the log out of
 * /proc/vmcore, a child loads the network drivers, a child guards the deadline, and a child raises
 * each port as it appears and sends. Process 1 waits for it. What fails is said and passed over.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crashkernel-initrd/final.h"
#include "crashkernel-initrd/memory.h"
#include "crashkernel-initrd/modules.h"
#include "crashkernel-initrd/mounts.h"
#include "crashkernel-initrd/sysctls.h"
#include "crashkernel-initrd/words.h"
#include "sender/broadcast.h"
#include "sender/clock.h"
#include "sender/say.h"
#include "sender/settings.h"

#define WAIT_MS   50
#define NEXT_INIT "/init"         /* the distribution's, in its own crash initrd */
#define MARGIN_US (SECOND_US / 2) /* the loop ends before its guard has to */

static const struct origin vmcore = {"/proc/vmcore", source_open, true};
static struct settings settings;
static struct broadcast broadcast;
static bool driverless; /* no driver was loaded, for want of memory */

static void file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		say("%s: %s", path, strerror(errno));
	close(fd);
}

static void settings_read(void)
{
	settings_default(&settings);
	words_read(&settings, "/proc/cmdline");
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
	mounts_make();
	messages_open();
	sysctls_set();
	settings_read();
	final_open();
	if (settings.then == THEN_CONTINUE && !next_init_there()) {
		say("then=continue: there is no other init at " NEXT_INIT "; rebooting instead");
		settings.then = THEN_REBOOT;
	}
	if (settings.then != THEN_CONTINUE)
		final_guard(settings.deadline_s, settings.then);
	firmware_path_set();
}

/* With a dump to come the drivers are loaded only if there is memory for both. */
static void drivers_start(void)
{
	bool more = settings.then == THEN_CONTINUE;

	if (more && !memory_enough("/proc/meminfo", modules_bytes(MODULES_LIST)))
		driverless = true;
	else
		broadcast.loader = modules_start(MODULES_LIST, more);
}

/* Returns false if nothing can be sent at all. */
static bool sending_start(void)
{
	int error = broadcast_open(&broadcast, &settings);

	if (!error)
		error = broadcast_read(&broadcast, &vmcore);
	if (error)
		say("cannot send: %s", strerror(-error));
	else
		drivers_start();
	return !error;
}

/* Without a driver the dump waits for nothing: a port whose driver is built in is there by now. */
static uint64_t first_round_end_us(uint64_t end_us)
{
	uint64_t soon_us = now_us() + SECOND_US;

	return driverless && soon_us < end_us ? soon_us : end_us;
}

/*
 * Beside the distribution's init: the child lowers the ports after the first round, since udev
 * cannot rename one that is up, and says so; the rounds that are left go through what that init
 * raises. Everything needed is open by then, the modules that are still to be loaded, too.
 */
static void first_round_run(int progress, uint64_t end_us)
{
	broadcast_run(&broadcast, true, first_round_end_us(end_us));
	broadcast_step_back(&broadcast);
	if (write(progress, "", 1) < 0)
		say("first round: %s", strerror(errno));
}

/*
 * systemd spares a process whose argv[0] begins with @ when it leaves the initrd. The children that
 * read and load get it from here.
 */
static _Noreturn void sending_run(char **argv, int progress, uint64_t end_us)
{
	if (settings.then == THEN_CONTINUE)
		argv[0][0] = '@';
	if (sending_start()) {
		if (settings.then == THEN_CONTINUE)
			first_round_run(progress, end_us);
		broadcast_run(&broadcast, false, end_us);
		broadcast_say(&broadcast);
		broadcast_close(&broadcast);
	}
	_exit(0);
}

/*
 * Without a child. The alarm of final_guard() still ends what hangs, but in the kernel. The other
 * init waits for the first round alone, and no round is sent beside it.
 */
static void sending_here(uint64_t end_us)
{
	if (!sending_start())
		return;
	broadcast_run(&broadcast, settings.then == THEN_CONTINUE, first_round_end_us(end_us));
	if (settings.then == THEN_CONTINUE)
		broadcast_lower(&broadcast);
	broadcast_say(&broadcast);
	broadcast_close(&broadcast);
}

/* Returns when the child has told of its progress, has ended, or the time is over. */
static void sending_wait(pid_t pid, int progress, uint64_t end_us)
{
	struct pollfd event = {.fd = progress, .events = POLLIN};
	int status = 0;

	/* Not by the pipe's end alone: children of the child, which may hang, hold it too. */
	while (now_us() < end_us && waitpid(pid, &status, WNOHANG) == 0 &&
	       (poll(&event, 1, WAIT_MS) <= 0 || !(event.revents & POLLIN)))
		;
	if (WIFSIGNALED(status))
		say("the sender was ended by signal %d", WTERMSIG(status));
}

/*
 * A child sends, and process 1 only waits: what a driver, or a mistake of ours, does to the child
 * cannot keep the machine from going on. Where there is no memory for a child, to send comes first.
 */
static void sending_begin(char **argv, uint64_t end_us)
{
	int ends[2] = {-1, -1};
	pid_t pid = pipe2(ends, O_CLOEXEC) < 0 ? -1 : fork();

	if (pid == 0) {
		close(ends[0]);
		sending_run(argv, ends[1], end_us);
	}
	if (pid < 0)
		say("no process to send: %s; process 1 does it", strerror(errno));
	close(ends[1]);
	if (pid < 0)
		sending_here(end_us);
	else
		sending_wait(pid, ends[0], end_us + MARGIN_US / 2);
	close(ends[0]);
}

static _Noreturn void next_init(char **argv)
{
	say("going on with " NEXT_INIT);
	sysctls_undo();
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
	sending_begin(argv, end_us);
	if (settings.then == THEN_CONTINUE)
		next_init(argv);
	say("done");
	final_act(settings.then);
}
