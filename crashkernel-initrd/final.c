/* SPDX-License-Identifier: GPL-2.0-only */
/* final - how the capture kernel ends, and that it ends */
#include "crashkernel-initrd/final.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#include "crashkernel-initrd/watchdog.h"
#include "sender/say.h"

#define BRAKE_S 5 /* what reboot(2) may take: it asks every driver to stop its device */

static int sysrq = -1;
static enum settings_then action; /* of on_alarm() */

void final_open(void)
{
	sysrq = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
}

static void sleep_s(uint32_t seconds)
{
	struct timespec left = {.tv_sec = seconds};

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) != 0)
		;
}

static void kernel_end(enum settings_then then)
{
	reboot(then == THEN_POWEROFF ? RB_POWER_OFF
	       : then == THEN_HALT   ? RB_HALT_SYSTEM
	                             : RB_AUTOBOOT);
}

/* sysrq asks no driver: b restarts, o powers off. */
static void brake(enum settings_then then)
{
	if (sysrq >= 0 && write(sysrq, then == THEN_POWEROFF ? "o" : "b", 1) == 1)
		sleep_s(BRAKE_S);
	reboot(RB_AUTOBOOT);
}

/* The kernel, out of memory, may end any process but 1: not this one. */
static void exempt(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "-1000", 5) < 0)
		say("the guard of the deadline can be ended for its memory");
	close(fd);
}

static void guard_run(uint32_t deadline_s, enum settings_then then)
{
	struct timespec next;

	exempt();
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (uint32_t i = 0; i < deadline_s; i++) {
		if (then != THEN_HALT)
			watchdog_feed();
		next.tv_sec++;
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) != 0)
			;
	}
	say("the deadline of %u s is over", (unsigned)deadline_s);
	if (fork() == 0) {
		kernel_end(then);
		_exit(1);
	}
	sleep_s(BRAKE_S);
	if (then != THEN_HALT)
		brake(then);
	_exit(1);
}

static void on_alarm(int signal)
{
	(void)signal;
	final_act(action);
}

void final_guard(uint32_t deadline_s, enum settings_then then)
{
	pid_t pid = fork();

	if (pid == 0)
		guard_run(deadline_s, then);
	if (pid < 0)
		say("no process to guard the deadline: %s", strerror(errno));
	/* Should the guard be lost, process 1 does it itself, if it still runs. */
	action = then;
	signal(SIGALRM, on_alarm);
	alarm(deadline_s + 1);
}

_Noreturn void final_act(enum settings_then then)
{
	pid_t pid = fork(); /* should reboot(2) hang, process 1 still pulls the brake */

	if (pid <= 0)
		kernel_end(then);
	if (pid == 0)
		_exit(1);
	sleep_s(BRAKE_S);
	for (;;) {
		if (then == THEN_HALT)
			kernel_end(then);
		else
			brake(then);
		sleep_s(1);
	}
}
