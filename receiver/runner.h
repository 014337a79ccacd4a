/* SPDX-License-Identifier: GPL-2.0-only */
/* runner - one command at a time, with a time limit */
#ifndef RUNNER_H
#define RUNNER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define RUNNER_GRACE_MS 5000 /* between SIGTERM and SIGKILL */

struct runner {
	pid_t pid; /* 0: nothing runs */
	uint64_t end_ms;
	bool asked; /* to end */
};

/*
 * Starts `/bin/sh -c command` in a process group of its own, with the descriptor as its standard
 * input and these variables besides the environment; no signal is blocked in it. Returns 0 or
 * -errno.
 */
int runner_start(struct runner *runner, const char *command, int input, char **variables,
                 uint64_t end_ms);

/* Whether it has ended; *status is as wait(2) has it then. What it left behind in its group is
 * ended. */
bool runner_ended(struct runner *runner, int *status);

/* Ends what has run longer than it may. Returns true if it asked it to end just now. */
bool runner_tick(struct runner *runner, uint64_t now_ms);

/* Ends it and all that it started, and waits. */
void runner_stop(struct runner *runner);

#endif
