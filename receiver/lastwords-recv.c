/* SPDX-License-Identifier: GPL-2.0-only */
/* lastwords-recv - hears the last words of crashed kernels, and shows and keeps them */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "receiver/assemble.h"
#include "receiver/capture.h"
#include "receiver/clock.h"
#include "receiver/joined.h"
#include "receiver/json.h"
#include "receiver/store.h"
#include "receiver/text.h"

#define CAPTURES_MAX 64
#define DRAIN_MAX    256 /* rounds of reading after a signal */

enum exit_status { DONE = 0, FAILED = 1, USAGE = 2 };

struct receiver {
	const char *interfaces[CAPTURES_MAX];
	unsigned n_interfaces;
	const char *file;
	const char *directory;
	bool json, colour;

	struct capture captures[CAPTURES_MAX];
	unsigned n_captures;
	int signals;
	struct clock clock;
	struct assembler *assembler;
	bool stdout_failed, failed, stop;
	int store_error; /* the last one told */
};

static const char help[] =
	"Usage: lastwords-recv -i IFACE [-i IFACE ...] [--json] [--dir DIR]\n"
	"       lastwords-recv --read FILE [--json] [--dir DIR]\n"
	"Shows the last words of crashed kernels, heard on the LAN, on standard output.\n"
	"\n"
	"  -i, --interface IFACE  listen on this Ethernet interface; may be given again\n"
	"  -r, --read FILE        read a capture file (pcap, pcapng), or - for standard\n"
	"                         input; a pipe may go on growing\n"
	"  -j, --json             one JSON object a line for each report, instead of text\n"
	"  -d, --dir DIR          also write each report to a new file in DIR\n"
	"  -h, --help             show this and exit\n"
	"  -V, --version          show the version and exit\n"
	"\n"
	"A report is shown when it is complete, or got no new part for 3 seconds, and\n"
	"again if parts came later. SIGUSR1 shows the counters, SIGTERM and SIGINT show\n"
	"what is open and end it. Exit status: 0 done, 1 failed, 2 usage.\n"
	"More in lastwords-recv(8).\n";

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	va_list args;

	fputs("lastwords-recv: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

__attribute__((format(printf, 1, 2), noreturn)) static void usage(const char *format, ...)
{
	va_list args;

	fputs("lastwords-recv: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("; lastwords-recv --help shows how\n", stderr);
	exit(USAGE);
}

static void set_file(struct receiver *receiver, const char *file)
{
	if (receiver->file)
		usage("--read %s: one file at a time", file);
	receiver->file = file;
}

static void add_interface(struct receiver *receiver, const char *name)
{
	if (!*name)
		usage("-i: the name of an interface is missing");
	if (receiver->n_interfaces == CAPTURES_MAX)
		usage("-i %s: at most %d interfaces", name, CAPTURES_MAX);
	receiver->interfaces[receiver->n_interfaces++] = name;
}

static void print_and_exit(const char *text)
{
	fputs(text, stdout);
	exit(fflush(stdout) ? FAILED : DONE);
}

static void take_option(struct receiver *receiver, int option)
{
	switch (option) {
	case 'i':
		add_interface(receiver, optarg);
		break;
	case 'r':
		set_file(receiver, optarg);
		break;
	case 'j':
		receiver->json = true;
		break;
	case 'd':
		receiver->directory = optarg;
		break;
	case 'h':
		print_and_exit(help);
		break;
	case 'V':
		print_and_exit("lastwords-recv " LASTWORDS_VERSION "\n");
		break;
	default: /* getopt_long has said what is wrong */
		fputs("lastwords-recv: lastwords-recv --help shows the options\n", stderr);
		exit(USAGE);
	}
}

static void read_options(struct receiver *receiver, int argc, char **argv)
{
	static const struct option options[] = {
		{"interface", required_argument, NULL, 'i'},
		{"read", required_argument, NULL, 'r'},
		{"json", no_argument, NULL, 'j'},
		{"dir", required_argument, NULL, 'd'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "i:r:jd:hV", options, NULL)) >= 0)
		take_option(receiver, option);
	if (optind < argc)
		usage("%s: not an option", argv[optind]);
	if (!receiver->file && !receiver->n_interfaces)
		usage("nothing to listen to: give -i IFACE or --read FILE");
	if (receiver->file && receiver->n_interfaces)
		usage("-i and --read exclude each other");
}

static bool wants_colour(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
	       !(term && !strcmp(term, "dumb"));
}

static void print_report(struct receiver *receiver, const struct cut *cut,
                         const struct joined *joined)
{
	if (receiver->stdout_failed)
		return;
	if (receiver->json)
		json_show(stdout, cut, joined);
	else
		text_show(stdout, cut, joined, receiver->colour);
	if (!fflush(stdout) && !ferror(stdout))
		return;
	say("standard output: %s%s", strerror(errno),
	    receiver->directory ? "; reports go on to --dir alone" : "");
	receiver->stdout_failed = receiver->failed = true;
	receiver->stop |= !receiver->directory;
}

/* Returns whether the report is in its file, or wants none. */
static bool save_report(struct receiver *receiver, const struct cut *cut,
                        const struct joined *joined)
{
	char name[STORE_NAME_MAX];
	int error;

	if (!receiver->directory)
		return true;
	error = store_save(receiver->directory, cut, joined, name);
	if (error && error != receiver->store_error)
		say("%s: %s; the report is kept in memory and tried again", receiver->directory,
		    strerror(-error));
	else if (!error && receiver->store_error)
		say("%s: files can be written again", receiver->directory);
	receiver->store_error = error;
	return !error;
}

static bool on_show(void *context, const struct cut *cut, bool again)
{
	struct receiver *receiver = context;
	struct joined joined;
	bool saved;

	if (joined_make(cut, &joined)) {
		say("id %016" PRIx64 ": no memory to show it", cut->header.id);
		return false;
	}
	/* First the file: standard output may block for as long as its reader likes. */
	saved = save_report(receiver, cut, &joined);
	if (!again)
		print_report(receiver, cut, &joined);
	joined_free(&joined);
	return saved;
}

static void on_frame(void *context, const struct capture *capture, const uint8_t *bytes, size_t n,
                     uint64_t captured_us)
{
	struct receiver *receiver = context;
	struct arrival arrival = {
		.interface = capture->is_file ? NULL : capture->name,
		.captured_us = captured_us,
		.now_us = clock_frame(&receiver->clock, captured_us),
	};

	assembler_tick(receiver->assembler, arrival.now_us);
	assembler_add(receiver->assembler, bytes, n, &arrival);
}

static void tell_counts(const struct receiver *receiver)
{
	const struct assemble_counts *counts = assembler_counts(receiver->assembler);
	uint64_t drops = 0;

	for (unsigned i = 0; i < receiver->n_captures; i++)
		drops += capture_drops(&receiver->captures[i]);
	say("%" PRIu64 " frames: %" PRIu64 " repeated, %" PRIu64 " foreign, %" PRIu64
	    " bad, %" PRIu64 " refused, %" PRIu64 " dropped by the kernel; %" PRIu64
	    " reports shown, %" PRIu64 " evicted, %" PRIu64 " lost, %zu not saved",
	    counts->frames, counts->repeated, counts->foreign, counts->bad, counts->refused, drops,
	    counts->shown, counts->evicted, counts->lost, assembler_unsaved(receiver->assembler));
}

/* Signals come through a descriptor, so that none interrupts the writing of a report. */
static int open_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void take_signals(struct receiver *receiver)
{
	struct signalfd_siginfo info;

	while (read(receiver->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGUSR1)
			tell_counts(receiver);
		else
			receiver->stop = true;
	}
}

static bool open_captures(struct receiver *receiver)
{
	unsigned n = receiver->file ? 1 : receiver->n_interfaces;

	for (unsigned i = 0; i < n; i++) {
		struct capture *capture = &receiver->captures[i];
		int error = receiver->file
		                    ? capture_open_file(capture, receiver->file)
		                    : capture_open_interface(capture, receiver->interfaces[i]);

		if (error) {
			say("%s", capture->error);
			return false;
		}
		receiver->n_captures++;
	}
	for (unsigned i = 0; i < receiver->n_interfaces; i++)
		say("listening on %s", receiver->interfaces[i]);
	return true;
}

static void read_capture(struct receiver *receiver, struct capture *capture)
{
	int more = capture_read(capture, on_frame, receiver);

	if (more > 0)
		return;
	if (more < 0) {
		say("%s", capture->error);
		/* Of a damaged file all that could be read was: that is no failure. */
		receiver->failed |= !capture->opened;
	}
}

/* Whether there is anything to read from; *live if time passes while nothing comes. */
static bool any_open(const struct receiver *receiver, bool *live)
{
	bool open = false;

	*live = false;
	for (unsigned i = 0; i < receiver->n_captures; i++) {
		const struct capture *capture = &receiver->captures[i];

		open |= capture->fd >= 0;
		*live |= capture->fd >= 0 && (!capture->is_file || capture->growing);
	}
	return open;
}

/* Waits for frames or a signal, and reads what is there. Returns whether there was anything. */
static bool wait_and_read(struct receiver *receiver, int timeout_ms)
{
	struct pollfd fds[CAPTURES_MAX + 1];
	unsigned n = receiver->n_captures;

	for (unsigned i = 0; i < n; i++) /* poll(2) passes over closed ones, which are -1 */
		fds[i] = (struct pollfd){.fd = receiver->captures[i].fd, .events = POLLIN};
	fds[n] = (struct pollfd){.fd = receiver->signals, .events = POLLIN};
	if (poll(fds, n + 1, timeout_ms) <= 0)
		return false;
	for (unsigned i = 0; i < n; i++)
		if (fds[i].revents)
			read_capture(receiver, &receiver->captures[i]);
	if (fds[n].revents)
		take_signals(receiver);
	return true;
}

static void run(struct receiver *receiver)
{
	bool live;

	while (!receiver->stop && any_open(receiver, &live)) {
		uint64_t deadline = live ? assembler_deadline(receiver->assembler) : UINT64_MAX;

		if (!wait_and_read(receiver, clock_timeout_ms(&receiver->clock, deadline)))
			assembler_tick(receiver->assembler, clock_idle(&receiver->clock));
	}
	/* What was captured before the signal is read too; a flood shall not keep it up for ever.
	 */
	for (unsigned i = 0; i < DRAIN_MAX && wait_and_read(receiver, 0); i++)
		;
}

static int finish(struct receiver *receiver)
{
	assembler_finish(receiver->assembler);
	if (assembler_unsaved(receiver->assembler) || assembler_counts(receiver->assembler)->lost) {
		say("%s: not all reports could be saved", receiver->directory);
		receiver->failed = true;
	}
	tell_counts(receiver);
	return receiver->failed ? FAILED : DONE;
}

int main(int argc, char **argv)
{
	static struct receiver receiver;
	const struct assemble_limits limits = {0};
	int error, status;

	read_options(&receiver, argc, argv);
	receiver.colour = !receiver.json && wants_colour();
	error = receiver.directory ? store_check(receiver.directory) : 0;
	if (error) {
		say("--dir %s: %s; give a directory that can be written to", receiver.directory,
		    strerror(-error));
		return FAILED;
	}
	receiver.assembler = assembler_new(&limits, on_show, &receiver);
	receiver.signals = open_signals();
	if (!receiver.assembler || receiver.signals < 0) {
		say("cannot start: %s", strerror(errno));
		return FAILED;
	}
	if (!open_captures(&receiver))
		return FAILED;
	run(&receiver);
	status = finish(&receiver);
	/* Not exit(3): it may wait for the thread that still reads a silent pipe. */
	_exit(status);
}
