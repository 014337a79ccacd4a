/* SPDX-License-Identifier: GPL-2.0-only */
/* lastwords-hook - runs a command, and tells the logs, when a report is stored */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "receiver/alerts.h"
#include "receiver/follow.h"
#include "receiver/mark.h"
#include "receiver/message.h"
#include "receiver/notice.h"
#include "receiver/runner.h"
#include "receiver/signals.h"
#include "receiver/streams.h"
#include "receiver/text.h"
#include "receiver/variables.h"
#include "sender/clock.h"
#include "sender/number.h"

#define KINDS_MAX 1000
#define TRIES     3
#define RETRY_MS  30000
#define POLL_MS   1000 /* some file systems announce nothing */

enum exit_status { DONE = 0, FAILED = 1, USAGE = 2 };

struct hook {
	const char *directory, *command, *journal, *syslog, *state;
	uint64_t timeout_ms;
	struct alerts_settings settings;

	struct follow follow;
	struct alerts alerts;
	struct runner runner;
	int signals;
	double read_up_to, saved; /* stored_at of what was read last; what the state says */
	unsigned long reports, told, failed, timed_out;
	char *variables[VARIABLES_MAX + 1]; /* of the alert that is told */
	bool catching_up, stop;
};

static const char help[] =
	"Usage: lastwords-hook [OPTIONS]\n"
	"Runs a command for each report that lastwords-recv --dir stores from now on.\n"
	"\n"
	"  -d, --dir DIR         the store (default: " FOLLOW_STORE ")\n"
	"  -e, --exec COMMAND    run by the shell, with LASTWORDS_TITLE, _HOST, _FILE ...\n"
	"                        and the log on standard input\n"
	"  -J, --journal[=PATH]  tell the journal, with fields\n"
	"  -L, --syslog[=PATH]   tell syslog\n"
	"  -t, --timeout S       end a command after so many seconds (60)\n"
	"  -w, --settle S        wait so long for more reports of the same crash (5)\n"
	"  -q, --quiet S         then tell of more of them together, so much later (600);\n"
	"                        0: each report for itself\n"
	"  -r, --rate N          alerts a minute at most (10)\n"
	"  -s, --state FILE      remember what was told over a restart\n"
	"  -h, --help            show this and exit\n"
	"  -V, --version         show the version and exit\n"
	"\n"
	"SIGUSR1 shows the counters. More in lastwords-hook(8).\n";

static uint64_t now_ms(void)
{
	return now_us() / 1000;
}

static uint64_t read_number(const char *option, uint64_t least, uint64_t most)
{
	uint64_t value;

	if (!number_read(optarg, strlen(optarg), 10, most, &value) || value < least) {
		message_always("%s %s: a number from %" PRIu64 " to %" PRIu64
		               "; lastwords-hook --help shows how",
		               option, optarg, least, most);
		exit(USAGE);
	}
	return value;
}

static uint64_t read_seconds(const char *option, uint64_t least)
{
	return 1000 * read_number(option, least, 86400);
}

static void take_option(struct hook *hook, int option)
{
	switch (option) {
	case 'd':
		hook->directory = optarg;
		break;
	case 'e':
		hook->command = optarg;
		break;
	case 'J':
		hook->journal = optarg ? optarg : NOTICE_JOURNAL;
		break;
	case 'L':
		hook->syslog = optarg ? optarg : NOTICE_SYSLOG;
		break;
	case 't':
		hook->timeout_ms = read_seconds("--timeout", 1);
		break;
	case 'w':
		hook->settings.settle_ms = read_seconds("--settle", 0);
		break;
	case 'q':
		hook->settings.quiet_ms = read_seconds("--quiet", 0);
		break;
	case 'r':
		hook->settings.per_minute = (unsigned)read_number("--rate", 1, 6000);
		break;
	case 's':
		hook->state = optarg;
		break;
	case 'h':
		message_output_and_exit(help);
		break;
	case 'V':
		message_output_and_exit("lastwords-hook " LASTWORDS_VERSION "\n");
		break;
	default: /* getopt_long has said what is wrong */
		message_always("lastwords-hook --help shows the options");
		exit(USAGE);
	}
}

static void read_arguments(struct hook *hook, int argc, char **argv)
{
	static const struct option options[] = {
		{"dir", required_argument, NULL, 'd'},     {"exec", required_argument, NULL, 'e'},
		{"journal", optional_argument, NULL, 'J'}, {"syslog", optional_argument, NULL, 'L'},
		{"timeout", required_argument, NULL, 't'}, {"settle", required_argument, NULL, 'w'},
		{"quiet", required_argument, NULL, 'q'},   {"rate", required_argument, NULL, 'r'},
		{"state", required_argument, NULL, 's'},   {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},       {NULL, 0, NULL, 0}};
	int option;

	while ((option = getopt_long(argc, argv, "d:e:J::L::t:w:q:r:s:hV", options, NULL)) >= 0)
		take_option(hook, option);
	if (optind < argc || !(hook->command || hook->journal || hook->syslog)) {
		message_always("%s; lastwords-hook --help shows how",
		               optind < argc ? "options only"
		                             : "give --exec, --journal or --syslog");
		exit(USAGE);
	}
}

/* "web-042: BUG: ... (and 3 more reports)", without control characters; to be freed. */
static char *message_of(const struct alert *alert)
{
	const char *host = entry_host(&alert->entry), *title = entry_title(&alert->entry);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs(alert->entry.drill ? "drill: " : "", out);
	text_put(out, host, strlen(host));
	fputs(": ", out);
	text_put(out, title, strlen(title));
	if (alert->count > 1)
		fprintf(out, " (and %lu more report%s)", alert->count - 1,
		        alert->count == 2 ? "" : "s");
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static void tell_logs(struct hook *hook, const struct alert *alert)
{
	int priority = alert->entry.drill ? LOG_NOTICE : LOG_CRIT, error = 0;
	char *message = message_of(alert);

	if (!message)
		return;
	if (hook->journal)
		error = notice_journal(hook->journal, priority, message, hook->variables);
	if (error)
		message_always("%s: %s", hook->journal, strerror(-error));
	error = hook->syslog ? notice_syslog(hook->syslog, priority, message) : 0;
	if (error)
		message_always("%s: %s", hook->syslog, strerror(-error));
	free(message);
}

static void tell_counts(const struct hook *hook)
{
	message_always("%lu reports, %lu alerts told, %lu failed, %lu timed out, %lu reports lost",
	               hook->reports, hook->told, hook->failed, hook->timed_out, hook->alerts.lost);
}

static void finish_alert(struct hook *hook, bool well)
{
	hook->told += well;
	hook->failed += !well;
	alerts_told(&hook->alerts, well, now_ms());
}

/* A file that is gone by now leaves the command with an empty log. */
static void start_command(struct hook *hook, const struct alert *alert)
{
	int log = entry_open(&alert->entry, hook->follow.directory), error;

	if (log < 0)
		log = open("/dev/null", O_RDONLY | O_CLOEXEC);
	error = log < 0 ? -errno
	                : runner_start(&hook->runner, hook->command, log, hook->variables,
	                               now_ms() + hook->timeout_ms);
	if (log >= 0)
		close(log);
	if (error) {
		message_always("cannot run the command: %s", strerror(-error));
		finish_alert(hook, false);
	}
}

static void tell(struct hook *hook)
{
	struct alert *alert = alerts_next(&hook->alerts, now_ms());

	if (!alert)
		return;
	variables_set(hook->variables, alert, hook->directory);
	if (!alert->failures)
		tell_logs(hook, alert);
	if (hook->command)
		start_command(hook, alert);
	else
		finish_alert(hook, true);
}

static void reap(struct hook *hook)
{
	int status;

	if (!runner_ended(&hook->runner, &status))
		return;
	if (WIFEXITED(status) && WEXITSTATUS(status))
		message_always("the command failed: exit status %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		message_always("the command failed: signal %d", WTERMSIG(status));
	finish_alert(hook, WIFEXITED(status) && !WEXITSTATUS(status));
}

/* Takes the reports in that have come. */
static void read_index(struct hook *hook)
{
	struct entry entry;
	const char *line;
	size_t n;

	follow_drain(&hook->follow);
	while (follow_next(&hook->follow, &line, &n) > 0) {
		if (entry_read(line, n, &entry))
			continue;
		if (hook->catching_up && entry.stored_at <= hook->saved) {
			entry_free(&entry); /* told before the restart */
			continue;
		}
		hook->reports++;
		if (entry.stored_at > hook->read_up_to)
			hook->read_up_to = entry.stored_at;
		alerts_add(&hook->alerts, &entry, now_ms());
	}
	hook->catching_up = false; /* from here on the clock may be set back */
}

/* Reads what was told before. Without it, all that is there counts as told. */
static void load_state(struct hook *hook)
{
	hook->catching_up = hook->state && mark_read(hook->state, &hook->saved);
	if (!hook->catching_up)
		follow_skip(&hook->follow);
	hook->read_up_to = hook->catching_up ? hook->saved : (double)time(NULL);
}

static void save_state(struct hook *hook)
{
	double mark = alerts_watermark(&hook->alerts, hook->read_up_to);
	int error;

	if (!hook->state || mark <= hook->saved)
		return;
	error = mark_write(hook->state, mark);
	if (error)
		message_always("%s: %s", hook->state, strerror(-error));
	hook->saved = mark; /* not tried again for this one */
}

static void take_signals(struct hook *hook)
{
	struct signals came = signals_take(hook->signals);

	if (came.counts)
		tell_counts(hook);
	hook->stop |= came.end;
}

/* Until something is to be done; while a command runs, nothing else is told. */
static int wait_ms(const struct hook *hook)
{
	uint64_t now = now_ms(),
		 until = hook->runner.pid ? hook->runner.end_ms : alerts_deadline(&hook->alerts);

	if (until <= now)
		return 0;
	return until - now < POLL_MS ? (int)(until - now) : POLL_MS;
}

static void run(struct hook *hook)
{
	while (!hook->stop) {
		struct pollfd wait[] = {{follow_fd(&hook->follow), POLLIN, 0},
		                        {hook->signals, POLLIN, 0}};

		read_index(hook);
		reap(hook);
		if (runner_tick(&hook->runner, now_ms())) {
			message_always("the command ran too long, and is ended");
			hook->timed_out++;
		}
		tell(hook);
		save_state(hook);
		if (poll(wait, 2, wait_ms(hook)) < 0 && errno != EINTR)
			return;
		take_signals(hook);
	}
}

int main(int argc, char **argv)
{
	static struct hook hook = {.directory = FOLLOW_STORE,
	                           .timeout_ms = 60000,
	                           .settings = {.settle_ms = 5000,
	                                        .quiet_ms = 600000,
	                                        .retry_ms = RETRY_MS,
	                                        .tries = TRIES,
	                                        .per_minute = 10,
	                                        .kinds_max = KINDS_MAX}};
	int error;

	streams_open();
	read_arguments(&hook, argc, argv);
	hook.signals = signals_open();
	if (hook.signals < 0)
		return FAILED;
	error = follow_open(&hook.follow, hook.directory);
	if (error) {
		message_always("--dir %s: %s", hook.directory, strerror(-error));
		return FAILED;
	}
	if (alerts_open(&hook.alerts, &hook.settings)) {
		message_always("cannot start: %s", strerror(errno));
		return FAILED;
	}
	load_state(&hook);
	run(&hook);
	runner_stop(&hook.runner);
	tell_counts(&hook);
	variables_clear(hook.variables);
	alerts_close(&hook.alerts);
	follow_close(&hook.follow);
	return DONE;
}
