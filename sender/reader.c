/* SPDX-License-Identifier: GPL-2.0-only */
/* reader - a child process that reads the log into a report */
#include "sender/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sender/report.h"
#include "sender/say.h"

#define REAP_MS       200
#define KLOG_READ_ALL 3
#define PATH_TOLD     64
#define OWN_BYTES     2048 /* more than a frame holds */

static struct source source;

static void why_write(int report, const struct frame_header *header,
                      const struct settings *settings, bool own_log, const char *why)
{
	char own[OWN_BYTES];
	int n = own_log ? klogctl(KLOG_READ_ALL, own, sizeof(own)) : 0;

	report_write_why(report, header, settings, why, own, n > 0 ? (size_t)n : 0);
}

static const char *log_wrong(int error)
{
	switch (error) {
	case 0:
		return NULL;
	case -ENODATA:
		return "holds a kernel log of which no record could be read";
	case -EMSGSIZE:
		return "holds a log whose newest line is longer than tail";
	default:
		return strerror(-error);
	}
}

static const char *source_report(int report, int fd, const struct settings *settings,
                                 struct log_damage *damage)
{
	const char *wrong = source_open(&source, fd);

	return wrong ? wrong : log_wrong(report_write(report, &source, settings, damage));
}

/* The end of a path, where it is too long to leave room for the reason. */
static const char *path_end(const char *path)
{
	size_t n = strlen(path);

	return n > PATH_TOLD ? path + n - PATH_TOLD : path;
}

const char *reader_run(int report, const char *path, const struct settings *settings, bool own_log,
                       struct log_damage *damage)
{
	struct frame_header header = {0};
	char why[FRAME_WHY_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *wrong;

	*damage = (struct log_damage){0};
	wrong = fd < 0 ? strerror(errno) : source_report(report, fd, settings, damage);
	if (wrong && source.info.bytes)
		source_describe(&source, &header);
	if (fd >= 0)
		close(fd);
	if (!wrong)
		return NULL;
	snprintf(why, sizeof(why), "%s%s %s", path_end(path), fd < 0 ? ":" : "", wrong);
	why_write(report, &header, settings, own_log, why);
	return wrong;
}

static void child_run(const struct reader *reader, const char *path)
{
	char words[LOG_DAMAGE_WORDS_MAX];
	struct log_damage damage;
	const char *wrong =
		reader_run(reader->report, path, reader->settings, reader->own_log, &damage);

	if (wrong)
		say("%s: %s", path, wrong);
	else if (log_damaged(&damage)) {
		log_damage_words(&damage, words);
		say("%s: %s", path, words);
	}
	_exit(!!wrong);
}

int reader_start(struct reader *reader, const char *path, const struct settings *settings,
                 bool own_log)
{
	int ends[2];

	*reader = (struct reader){.done = -1, .settings = settings, .own_log = own_log};
	reader->report = report_create();
	if (reader->report < 0)
		return reader->report;
	if (pipe2(ends, O_CLOEXEC) == 0) {
		reader->pid = fork();
		if (reader->pid == 0) {
			close(ends[0]);
			child_run(reader, path);
		}
		close(ends[1]);
		reader->done = ends[0];
	}
	if (reader->done < 0 || reader->pid < 0)
		reader_finish(reader);
	return 0;
}

/* A child that hangs in the kernel is left alone after a while: it must not hold up the sending. */
static void child_reap(pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	for (int ms = 0; ms < REAP_MS && waitpid(pid, NULL, WNOHANG) == 0; ms++)
		nanosleep(&pause, NULL);
}

void reader_finish(struct reader *reader)
{
	struct frame_header header = {0};
	struct report_state state;
	uint32_t frames;

	if (reader->done >= 0)
		close(reader->done);
	reader->done = -1;
	if (reader->pid > 0) {
		kill(reader->pid, SIGKILL);
		child_reap(reader->pid);
		reader->pid = 0;
	}
	frames = report_load(reader->report, &state);
	if (frames && state.ready)
		return;
	say("the log's reader did not come to its end; %s",
	    frames ? "sending what it read" : "no log");
	if (!frames)
		why_write(reader->report, &header, reader->settings, reader->own_log,
		          "the log's reader did not come to its end");
}
