/* SPDX-License-Identifier: GPL-2.0-only */
/* signals - they come through a descriptor, so that none interrupts what is being written */
#include "receiver/signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "receiver/message.h"

int signals_open(void)
{
	static const int held[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD};
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		sigaddset(&set, held[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		message_always("cannot start: %s", strerror(errno));
	return fd;
}

struct signals signals_take(int fd)
{
	struct signals came = {false, false};
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGUSR1)
			came.counts = true;
		else if (info.ssi_signo != SIGCHLD)
			came.end = true;
	}
	return came;
}
