/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * beside - sends the crashed kernel's last words beside another init, that of a dracut initrd
 *
 *   the program ─ fork ─ returns at once; with --wait when a round went out, or cannot
 *                   └─ @… loads the drivers, sends, and stays until its rounds are over
 *
 * Nothing waits for it: what dracut and its udev do to the ports is left to them, see naming.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crashkernel-initrd/final.h"
#include "crashkernel-initrd/memory.h"
#include "crashkernel-initrd/modules.h"
#include "crashkernel-initrd/naming.h"
#include "crashkernel-initrd/words.h"
#include "sender/broadcast.h"
#include "sender/clock.h"
#include "sender/say.h"
#include "sender/settings.h"

#define VMCORE   "/proc/vmcore"
#define SETTINGS "/lastwords/settings" /* words as on a kernel's command line */
#define STATE    "/run/lastwords"
#define LOCK     STATE "/beside.lock"
#define SENT     STATE "/beside.sent" /* is there when a round went out */

#define WAIT_US   (12 * SECOND_US) /* a port without carrier holds a run for 10 */
#define MARGIN_US (SECOND_US / 2)  /* the loop ends before its guard has to */

enum { DONE = 0, FAILED = 1, USAGE = 2 };

static const struct origin vmcore = {VMCORE, source_open, true};
static struct settings settings;
static struct broadcast broadcast;
static bool sent;

/*
 * The init beside which this runs decides what comes after the dump: unless the command line of
 * this kernel says otherwise, as it does where there is no dump.
 */
static void settings_read(void)
{
	settings_default(&settings);
	words_read(&settings, SETTINGS);
	settings.then = THEN_CONTINUE;
	words_read(&settings, "/proc/cmdline");
	if (!settings.interfaces[0])
		strcpy(settings.interfaces, "all");
}

static bool round_sent(void)
{
	for (unsigned i = 0; i < broadcast.ports.count; i++) {
		const struct course *course = &broadcast.courses[i];

		if (course->rounds_done && course->had_carrier && !course->doubted)
			return true;
	}
	return false;
}

static uint64_t step(struct broadcast *b, uint64_t now)
{
	if (!sent && round_sent()) {
		sent = true;
		close(open(SENT, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	}
	return naming_step(b, now);
}

static bool is_sent(void)
{
	return access(SENT, F_OK) == 0;
}

static void pause_shortly(void)
{
	const struct timespec pause = {.tv_nsec = 20000000};

	nanosleep(&pause, NULL);
}

/*
 * Returns false if another one sends, or has sent. With wait it is waited for. The lock is this
 * process's alone, whatever child of it may hang. Without a place for it nobody else is known.
 */
static bool turn_take(bool wait)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	uint64_t end_us = now_us() + WAIT_US;
	int fd;

	mkdir(STATE, 0755);
	fd = open(LOCK, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	while (!is_sent()) {
		if (fd < 0 || fcntl(fd, F_SETLK, &whole) == 0)
			return true;
		if (!wait || now_us() >= end_us)
			return false;
		pause_shortly();
	}
	return false;
}

static void outputs_set(void)
{
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	int log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	for (int fd = 0; nowhere >= 0 && fd <= 2; fd++)
		dup2(nowhere, fd);
	if (log >= 0)
		say_to(log, "<5>lastwords: ");
}

/* With a dump to come, only if there is memory for both; its own drivers may serve as well. */
static void drivers_start(void)
{
	if (settings.then != THEN_CONTINUE ||
	    memory_enough("/proc/meminfo", modules_bytes(MODULES_LIST)))
		broadcast.loader = modules_start(MODULES_LIST, true);
}

static void sending_run(uint64_t end_us)
{
	int error = broadcast_open(&broadcast, &settings);

	if (!error)
		error = broadcast_read(&broadcast, &vmcore);
	if (error) {
		say("cannot send: %s", strerror(-error));
		return;
	}
	broadcast.beside = step;
	drivers_start();
	broadcast_run(&broadcast, false, end_us);
	broadcast_say(&broadcast);
	broadcast_close(&broadcast);
}

/* systemd spares a process whose argv[0] begins with @ when it leaves the initrd. */
static _Noreturn void run(char **argv, bool wait)
{
	uint64_t start_us = now_us();

	argv[0][0] = '@';
	setsid();
	if (!turn_take(wait))
		_exit(0);
	outputs_set();
	settings_read();
	say("started beside init, " LASTWORDS_VERSION);
	naming_open();
	if (settings.then != THEN_CONTINUE) {
		final_open();
		final_guard(settings.deadline_s, settings.then);
	}
	sending_run(start_us + settings.deadline_s * SECOND_US - MARGIN_US);
	say("done");
	if (settings.then != THEN_CONTINUE)
		final_act(settings.then);
	_exit(0);
}

static int sent_wait(pid_t child)
{
	uint64_t end_us = now_us() + WAIT_US;

	while (!is_sent() && now_us() < end_us && waitpid(child, NULL, WNOHANG) == 0)
		pause_shortly();
	return is_sent() ? DONE : FAILED;
}

int main(int argc, char **argv)
{
	bool wait = argc == 2 && strcmp(argv[1], "--wait") == 0;
	pid_t child;

	say_to(STDERR_FILENO, "lastwords: ");
	if (argc != 1 && !wait) {
		say("usage: beside [--wait]: sends " VMCORE
		    " beside init; see lastwords.dracut(8)");
		return USAGE;
	}
	if (getpid() == 1 || access(VMCORE, F_OK) < 0) {
		say("only in a capture kernel, beside its process 1");
		return USAGE;
	}
	child = fork();
	if (child == 0)
		run(argv, wait);
	if (child < 0) {
		say("no process to send: %s", strerror(errno));
		return FAILED;
	}
	return wait ? sent_wait(child) : DONE;
}
