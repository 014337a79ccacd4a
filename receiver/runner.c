/* SPDX-License-Identifier: GPL-2.0-only */
/* runner - one command at a time, with a time limit */
#include "receiver/runner.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noreturn)) static void become(const char *command, int input, char **variables)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setpgid(0, 0);
	if (dup2(input, STDIN_FILENO) < 0)
		_exit(126);
	while (*variables)
		if (putenv(*variables++))
			_exit(126);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

int runner_start(struct runner *runner, const char *command, int input, char **variables,
                 uint64_t end_ms)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid)
		become(command, input, variables);
	setpgid(pid, pid); /* whoever comes first */
	*runner = (struct runner){.pid = pid, .end_ms = end_ms};
	return 0;
}

/* Ends the group before its leader is reaped: until then nobody else can get its number. */
static int end_group(pid_t pid)
{
	int status = 0;

	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

bool runner_ended(struct runner *runner, int *status)
{
	siginfo_t info = {.si_pid = 0};

	if (!runner->pid || waitid(P_PID, (id_t)runner->pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    !info.si_pid)
		return false;
	*status = end_group(runner->pid);
	runner->pid = 0;
	return true;
}

bool runner_tick(struct runner *runner, uint64_t now_ms)
{
	bool first = runner->pid && !runner->asked && now_ms >= runner->end_ms;

	if (!runner->pid || now_ms < runner->end_ms)
		return false;
	kill(-runner->pid, first ? SIGTERM : SIGKILL);
	runner->asked = true;
	runner->end_ms = now_ms + RUNNER_GRACE_MS;
	return first;
}

void runner_stop(struct runner *runner)
{
	if (runner->pid)
		end_group(runner->pid);
	runner->pid = 0;
}
