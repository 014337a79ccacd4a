/* SPDX-License-Identifier: GPL-2.0-only */
/* lastwords-web - shows the reports that lastwords-recv has stored to browsers */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "receiver/landlock.h"
#include "receiver/message.h"
#include "receiver/privileges.h"
#include "receiver/signals.h"
#include "receiver/streams.h"
#include "receiver/web/catalog.h"
#include "receiver/web/filter.h"
#include "receiver/web/listener.h"
#include "receiver/web/server.h"
#include "sender/clock.h"

#define ADDRESS   "127.0.0.1:7733"
#define LINES_MAX 2000 /* of the index, before the next request */
#define SWEEP     500  /* reports a second that are looked after */

enum exit_status { DONE = 0, FAILED = 1, USAGE = 2 };

enum option_number { HTTP = 256, NAME, METRICS, USER };

struct program {
	const char *directory, *address, *user;
	struct server_options options;
	struct catalog catalog;
	struct server *server;
	int socket, signals;
	uint64_t swept_us;
	bool stop;
};

static const char help[] =
	"Usage: lastwords-web [OPTIONS]\n"
	"Shows the reports that lastwords-recv --dir has stored to browsers.\n"
	"      --http ADDR:PORT   where to serve (default: " ADDRESS "); [ADDR]:PORT\n"
	"  -d, --dir DIR          the store (default: " FOLLOW_STORE ")\n"
	"      --name NAME        answer to this name too, beside addresses and localhost\n"
	"      --metrics FILE     what lastwords-recv --metrics writes; for /metrics\n"
	"      --user NAME        become this user once the socket is open\n"
	"  -h, --help             show this and exit\n"
	"  -V, --version          show the version and exit\n"
	"\n"
	"Nobody is asked for a password: whoever reaches ADDR:PORT can read every report.\n"
	"More in lastwords-web(8).\n";

__attribute__((noreturn)) static void usage(const char *what, const char *why)
{
	message_always("%s: %s; lastwords-web --help shows how", what, why);
	exit(USAGE);
}

static void add_name(struct program *program, const char *name)
{
	if (program->options.n_names == SERVER_NAMES_MAX)
		usage("--name", "at most 16 names");
	program->options.names[program->options.n_names++] = name;
}

static void take_option(struct program *program, int option)
{
	switch (option) {
	case 'd':
		program->directory = optarg;
		break;
	case HTTP:
		program->address = optarg;
		break;
	case NAME:
		add_name(program, optarg);
		break;
	case METRICS:
		program->options.metrics = optarg;
		break;
	case USER:
		program->user = optarg;
		break;
	case 'h':
		message_output_and_exit(help);
		break;
	case 'V':
		message_output_and_exit("lastwords-web " LASTWORDS_VERSION "\n");
		break;
	default: /* getopt_long has said what is wrong */
		message_always("lastwords-web --help shows the options");
		exit(USAGE);
	}
}

static void read_arguments(struct program *program, int argc, char **argv)
{
	static const struct option options[] = {{"http", required_argument, NULL, HTTP},
	                                        {"dir", required_argument, NULL, 'd'},
	                                        {"name", required_argument, NULL, NAME},
	                                        {"metrics", required_argument, NULL, METRICS},
	                                        {"user", required_argument, NULL, USER},
	                                        {"help", no_argument, NULL, 'h'},
	                                        {"version", no_argument, NULL, 'V'},
	                                        {NULL, 0, NULL, 0}};
	int option;

	while ((option = getopt_long(argc, argv, "d:hV", options, NULL)) >= 0)
		take_option(program, option);
	if (optind < argc)
		usage(argv[optind], "not an option");
}

static bool open_socket(struct program *program)
{
	program->socket = listener_open(program->address);
	if (program->socket >= 0)
		return true;
	if (program->socket == -EINVAL)
		usage("--http", "give an address and a port, like 127.0.0.1:7733 or [::1]:7733");
	message_always("--http %s: %s", program->address, strerror(-program->socket));
	return false;
}

static bool open_catalog(struct program *program)
{
	int error = catalog_open(&program->catalog, program->directory);

	if (!error)
		return true;
	message_always("--dir %s: %s%s", program->directory, strerror(-error),
	               error == -EACCES ? "; give --user, the one whose store it is" : "");
	return false;
}

/* What it may still do: read the store and what lies beside the receiver's counters, and answer. */
static bool lock(const struct program *program)
{
	char metrics[PATH_MAX] = "";
	struct landlock_path paths[] = {{program->directory, false}, {metrics, false}};
	const char *file = program->options.metrics;
	int error;

	if (file) {
		snprintf(metrics, sizeof(metrics), "%s", file);
		paths[1].path = dirname(metrics);
	}
	error = landlock_confine(paths, file ? 2 : 1);
	if (error < 0) {
		message_always("Landlock: %s", strerror(-error));
		return false;
	}
	error = filter_calls();
	if (error)
		message_always("seccomp: %s", strerror(-error));
	return !error;
}

static void tell_start(const struct program *program)
{
	int address = (int)(strrchr(program->address, ':') - program->address);

	message_always("serving %s on http://%.*s:%u/", program->directory, address,
	               program->address, listener_port(program->socket));
	if (!listener_is_local(program->socket))
		message_always("whoever reaches this address can read every report: see SECURITY "
		               "in lastwords-web(8)");
}

/* The socket first, for a port below 1024; the store as the user whose it is. */
static bool start(struct program *program)
{
	char error[PRIVILEGES_ERROR_MAX];

	program->signals = signals_open();
	if (program->signals < 0 || !open_socket(program))
		return false;
	if (privileges_drop(program->user, false, NULL, error)) {
		message_always("%s", error);
		return false;
	}
	if (!open_catalog(program))
		return false;
	program->server = server_start(program->socket, &program->catalog, &program->options);
	if (!program->server) {
		message_always("--http %s: libmicrohttpd cannot start", program->address);
		return false;
	}
	if (!lock(program))
		return false;
	tell_start(program);
	return true;
}

static void tell_counts(const struct program *program)
{
	struct server_counts counts;

	server_count(program->server, &counts);
	message_always("%" PRIu64 " requests, %" PRIu64 " refused, %" PRIu64
	               " connections, %" PRIu64 " ended; %zu reports",
	               counts.requests, counts.refused, counts.connections, counts.ended,
	               program->catalog.n);
}

static void take_signals(struct program *program)
{
	struct signals came = signals_take(program->signals);

	if (came.counts)
		tell_counts(program);
	program->stop |= came.end;
}

static void look_after(struct program *program)
{
	if (now_us() - program->swept_us < SECOND_US)
		return;
	program->swept_us = now_us();
	catalog_sweep(&program->catalog, SWEEP);
}

static void run(struct program *program)
{
	while (!program->stop) {
		bool more = catalog_take(&program->catalog, LINES_MAX);
		struct pollfd wait[] = {{program->signals, POLLIN, 0},
		                        {server_fd(program->server), POLLIN, 0},
		                        {follow_fd(&program->catalog.follow), POLLIN, 0}};

		poll(wait, 3, more ? 0 : server_timeout_ms(program->server));
		if (wait[0].revents)
			take_signals(program);
		server_run(program->server);
		look_after(program);
	}
}

int main(int argc, char **argv)
{
	static struct program program = {.directory = FOLLOW_STORE, .address = ADDRESS};

	streams_open();
	read_arguments(&program, argc, argv);
	if (!start(&program))
		return FAILED;
	run(&program);
	server_stop(program.server);
	catalog_close(&program.catalog);
	return DONE;
}
