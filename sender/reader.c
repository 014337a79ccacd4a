/* SPDX-License-Identifier: GPL-2.0-only */
/* reader - a child process that reads the log into a report */
#include "sender/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sender/clock.h"
#include "sender/say.h"

#define LIMIT_S       10 /* then something is sent, whatever the child does */
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

static const char *source_report(int report, const struct origin *origin, int fd,
                                 const struct settings *settings, struct log_damage *damage)
{
	const char *wrong = origin->open(&source, fd);

	return wrong ? wrong : log_wrong(report_write(report, &source, settings, damage));
}

/* The end of a path, where it is too long to leave room for the reason. */
static const char *path_end(const char *path)
{
	size_t n = strlen(path);

	return n > PATH_TOLD ? path + n - PATH_TOLD : path;
}

const char *reader_run(int report, const struct origin *origin, const struct settings *settings,
                       struct log_damage *damage)
{
	struct frame_header header = {0};
	char why[FRAME_WHY_MAX];
	int fd = open(origin->path, O_RDONLY | O_CLOEXEC);
	const char *wrong;

	*damage = (struct log_damage){0};
	wrong = fd < 0 ? strerror(errno) : source_report(report, origin, fd, settings, damage);
	if (wrong && (source.info.bytes || source.header))
		source_describe(&source, &header);
	if (fd >= 0)
		close(fd);
	if (!wrong)
		return NULL;
	snprintf(why, sizeof(why), "%s%s %s", path_end(origin->path), fd < 0 ? ":" : "", wrong);
	why_write(report, &header, settings, origin->own_log, why);
	return wrong;
}

/* Reads the log, and says what was wrong. Returns false if the report is a reason. */
static bool report_log(const struct reader *reader)
{
	const char *path = reader->origin->path;
	char words[LOG_DAMAGE_WORDS_MAX];
	struct log_damage damage;
	const char *wrong = reader_run(reader->report, reader->origin, &reader->settings, &damage);

	if (wrong)
		say("%s: %s", path, wrong);
	else if (log_damaged(&damage)) {
		log_damage_words(&damage, words);
		say("%s: %s", path, words);
	}
	return !wrong;
}

static void sending_set(struct reader *reader, int report)
{
	reader->sending = report;
	reader->frames = report_load(report, &reader->state);
	reader->version++;
}

static void reason_send(struct reader *reader, const char *why)
{
	struct frame_header header = {0};

	say("no log: %s", why);
	reader->reason = report_create();
	if (reader->reason < 0)
		return;
	why_write(reader->reason, &header, &reader->settings, reader->origin->own_log, why);
	sending_set(reader, reader->reason);
}

/* Better than a reason: what it does to this process, the deadline's guard is there for. */
static void read_without_child(struct reader *reader)
{
	say("no process to read the log: %s; read without one", strerror(errno));
	if (reader->done >= 0)
		close(reader->done);
	reader->done = -1;
	report_log(reader);
	sending_set(reader, reader->report);
}

int reader_start(struct reader *reader, const struct origin *origin,
                 const struct settings *settings, uint32_t payload)
{
	int ends[2];

	*reader = (struct reader){.done = -1,
	                          .reason = -1,
	                          .start_us = now_us(),
	                          .origin = origin,
	                          .settings = *settings};
	reader->settings.payload = payload;
	reader->report = report_create();
	if (reader->report < 0)
		return reader->report;
	reader->pid = -1;
	if (pipe2(ends, O_CLOEXEC) == 0) {
		reader->pid = fork();
		if (reader->pid == 0) {
			close(ends[0]);
			_exit(!report_log(reader));
		}
		close(ends[1]);
		reader->done = ends[0];
	}
	if (reader->pid < 0)
		read_without_child(reader);
	return 0;
}

/*
 * Returns the child's status. One that hangs in the kernel is left alone after a while: it must not
 * hold up the sending.
 */
static int child_reap(pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	int status = 0;

	for (int ms = 0; ms < REAP_MS && waitpid(pid, &status, WNOHANG) == 0; ms++)
		nanosleep(&pause, NULL);
	return status;
}

static void child_ended(struct reader *reader)
{
	struct report_state state;
	uint32_t frames = report_load(reader->report, &state);
	char why[64] = "the log's reader came to no end";
	int status;

	close(reader->done);
	reader->done = -1;
	status = child_reap(reader->pid);
	if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "the log's reader was ended by signal %d",
		         WTERMSIG(status));
	if (frames && !state.ready)
		say("%s; what it read is sent", why);
	if (frames && (state.ready || frames > reader->frames || reader->sending != reader->report))
		sending_set(reader, reader->report);
	else if (!reader->version)
		reason_send(reader, why);
}

/* A deadline that is nearer leaves half of its time for the sending. */
static uint64_t limit_us(const struct reader *reader)
{
	uint64_t half = reader->settings.deadline_s * SECOND_US / 2;

	return half < LIMIT_S * SECOND_US ? half : LIMIT_S * SECOND_US;
}

/* The child goes on: parts that it wrote stay as they are. */
static void child_late(struct reader *reader)
{
	struct report_state state;
	char late[64];

	snprintf(late, sizeof(late), "the log's reader is not through after %u s",
	         (unsigned)(limit_us(reader) / SECOND_US));
	if (!report_load(reader->report, &state)) {
		reason_send(reader, late);
		return;
	}
	say("%s; what it read by now is sent", late);
	sending_set(reader, reader->report);
}

void reader_update(struct reader *reader, uint64_t now)
{
	struct pollfd done = {.fd = reader->done, .events = POLLIN};

	if (reader->done < 0)
		return;
	if (poll(&done, 1, 0) > 0)
		child_ended(reader);
	else if (!reader->version && now - reader->start_us >= limit_us(reader))
		child_late(reader);
}

void reader_finish(struct reader *reader)
{
	if (reader->done < 0)
		return;
	close(reader->done);
	reader->done = -1;
	if (reader->pid > 0) {
		kill(reader->pid, SIGKILL);
		child_reap(reader->pid);
	}
}
