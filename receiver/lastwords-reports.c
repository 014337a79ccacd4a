/* SPDX-License-Identifier: GPL-2.0-only */
/* lastwords-reports - lists, shows, groups and follows the reports that lastwords-recv has stored
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "receiver/entry.h"
#include "receiver/follow.h"
#include "receiver/groups.h"
#include "receiver/json.h"
#include "receiver/message.h"
#include "receiver/text.h"
#include "sender/number.h"

#define HOSTS_SHOWN 100 /* names in a group's JSON */

enum exit_status { DONE = 0, FAILED = 1, USAGE = 2 };

struct wanted {
	const char *host, *kind, *signature;
	uint64_t since, last;
};

struct program {
	const char *directory;
	bool json, colour, failed;
	struct wanted wanted;
	const char *target; /* of show */
	struct follow follow;
};

static const char help[] =
	"Usage: lastwords-reports [OPTIONS] [list | groups | follow | show FILE|ID]\n"
	"Reads the reports that lastwords-recv --dir has stored.\n"
	"  list                   one line for each report, oldest first (the default)\n"
	"  groups                 one line for each kind of crash: how often and where\n"
	"  follow                 reports as they come\n"
	"  show FILE|ID           the log of a report, by its file or its 16 digits\n"
	"  -d, --dir DIR          the store (default: " FOLLOW_STORE ")\n"
	"  -j, --json             one JSON object a line\n"
	"  -H, --host NAME        only of this host\n"
	"  -k, --kind KIND        only of this kind: null-deref, oom, soft-lockup ...\n"
	"  -s, --signature TEXT   only with this signature\n"
	"  -t, --since SECONDS    only of the last so many seconds\n"
	"  -n, --last N           only the newest N (list)\n"
	"  -h, --help             show this and exit\n"
	"  -V, --version          show the version and exit\n"
	"\n"
	"More in lastwords-reports(8).\n";

__attribute__((noreturn)) static void usage(const char *what, const char *why)
{
	message_always("%s: %s; lastwords-reports --help shows how", what, why);
	exit(USAGE);
}

static uint64_t number(const char *text, const char *option)
{
	uint64_t value;

	if (!number_read(text, strlen(text), 10, UINT32_MAX, &value))
		usage(option, "not a number");
	return value;
}

/* So many seconds ago, at most since 1970. */
static uint64_t since(const char *text)
{
	uint64_t now = (uint64_t)time(NULL), seconds = number(text, "--since");

	return seconds < now ? now - seconds : 0;
}

static void take_option(struct program *program, int option)
{
	switch (option) {
	case 'd':
		program->directory = optarg;
		break;
	case 'j':
		program->json = true;
		break;
	case 'H':
		program->wanted.host = optarg;
		break;
	case 'k':
		program->wanted.kind = optarg;
		break;
	case 's':
		program->wanted.signature = optarg;
		break;
	case 't':
		program->wanted.since = since(optarg);
		break;
	case 'n':
		program->wanted.last = number(optarg, "--last");
		break;
	case 'h':
		message_output_and_exit(help);
		break;
	case 'V':
		message_output_and_exit("lastwords-reports " LASTWORDS_VERSION "\n");
		break;
	default: /* getopt_long has said what is wrong */
		message_always("lastwords-reports --help shows the options");
		exit(USAGE);
	}
}

static bool is_equal(const char *text, const char *wanted)
{
	return !wanted || (text && !strcmp(text, wanted));
}

static bool is_wanted(const struct wanted *wanted, const struct entry *entry)
{
	return is_equal(entry->kind, wanted->kind) &&
	       is_equal(entry->signature, wanted->signature) &&
	       (!wanted->host || entry_is_of(entry, wanted->host)) &&
	       entry->stored_at >= (double)wanted->since;
}

/*
 * The next report that is wanted and whose file is there. Returns 1, 0 if there is none now, or
 * -errno.
 */
static int next(struct program *program, struct entry *entry, const char **line, size_t *n)
{
	int found;

	while ((found = follow_next(&program->follow, line, n)) > 0) {
		if (entry_read(*line, *n, entry))
			continue; /* no line of ours; the next one may be */
		if (is_wanted(&program->wanted, entry) &&
		    !faccessat(program->follow.directory, entry->file, F_OK, AT_SYMLINK_NOFOLLOW))
			return 1;
		entry_free(entry);
	}
	return found;
}

static void put(const char *text)
{
	text_put(stdout, text, strlen(text));
}

static void put_entry(const struct program *program, const struct entry *entry, const char *line,
                      size_t n)
{
	if (program->json) {
		fwrite(line, 1, n, stdout);
	} else {
		put(entry->file);
		fputs(entry->drill ? "  drill: " : "  ", stdout);
		put(entry_title(entry));
	}
	fputc('\n', stdout);
}

/* How many reports are wanted; reading begins anew after that. */
static uint64_t count(struct program *program)
{
	struct entry entry;
	const char *line;
	uint64_t found = 0;
	size_t n;

	while (next(program, &entry, &line, &n) > 0) {
		entry_free(&entry);
		found++;
	}
	follow_close(&program->follow);
	program->failed = follow_open(&program->follow, program->directory) != 0;
	return found;
}

static void list(struct program *program)
{
	uint64_t left_out = 0;
	struct entry entry;
	const char *line;
	size_t n;

	if (program->wanted.last) {
		uint64_t found = count(program);

		left_out = found > program->wanted.last ? found - program->wanted.last : 0;
	}
	while (!program->failed && next(program, &entry, &line, &n) > 0) {
		if (left_out)
			left_out--;
		else
			put_entry(program, &entry, line, n);
		entry_free(&entry);
	}
}

static void follow(struct program *program)
{
	struct entry entry;
	const char *line;
	size_t n;

	follow_skip(&program->follow);
	while (!ferror(stdout)) {
		struct pollfd wait[] = {{follow_fd(&program->follow), POLLIN, 0},
		                        {STDOUT_FILENO, 0, 0}};

		follow_drain(&program->follow);
		while (next(program, &entry, &line, &n) > 0) {
			put_entry(program, &entry, line, n);
			entry_free(&entry);
		}
		/* Once a second too: some file systems announce nothing. */
		if (fflush(stdout) || (poll(wait, 2, 1000) > 0 && wait[1].revents))
			return;
	}
}

static void put_json_string(const char *key, const char *text)
{
	printf(",\"%s\":", key);
	if (text)
		json_put_text(stdout, text, strlen(text));
	else
		fputs("null", stdout);
}

static void put_group_json(const struct group *group)
{
	size_t shown = 0;

	printf("{\"count\":%zu,\"hosts_count\":%zu,\"first\":%" PRIu64 ",\"last\":%" PRIu64,
	       group->n, group->hosts, group->first, group->last);
	put_json_string("title", group->newest->title);
	put_json_string("kind", group->newest->kind);
	put_json_string("signature", group->newest->signature);
	fputs(",\"hosts\":[", stdout);
	for (size_t i = 0; i < group->n && shown < HOSTS_SHOWN; i++) {
		const char *host = group->members[i].host;

		if (i && !strcmp(host, group->members[i - 1].host))
			continue;
		fputs(shown++ ? "," : "", stdout);
		json_put_text(stdout, host, strlen(host));
	}
	fputs("]}\n", stdout);
}

static void put_group(const struct program *program, const struct group *group)
{
	const struct member *newest = group->newest;

	if (program->json) {
		put_group_json(group);
		return;
	}
	printf("%zu report%s, %zu host%s, last ", group->n, group->n == 1 ? "" : "s", group->hosts,
	       group->hosts == 1 ? "" : "s");
	text_put_time(stdout, group->last);
	fputs(" on ", stdout);
	put(newest->host);
	fputs("\n    ", stdout);
	put(newest->title ? newest->title : ENTRY_NO_TITLE);
	fputs("\n    ", stdout);
	put(newest->signature ? newest->signature : "no signature");
	fputc('\n', stdout);
}

static void list_groups(struct program *program)
{
	struct groups groups = {.n = 0};
	struct entry entry;
	struct group group;
	const char *line;
	size_t at = 0, n;

	while (!program->failed && next(program, &entry, &line, &n) > 0) {
		program->failed = groups_add(&groups, &entry) != 0;
		entry_free(&entry);
	}
	groups_sort(&groups);
	while (groups_next(&groups, &at, &group))
		put_group(program, &group);
	groups_free(&groups);
}

static void put_heading(const struct entry *entry)
{
	fputs("==> ", stdout);
	put(entry_host(entry));
	fputs(": last words of ", stdout);
	text_put_time(stdout, entry->crashed_at);
	if (entry->kernel) {
		fputs(", kernel ", stdout);
		put(entry->kernel);
	}
	fputs("\n    ", stdout);
	put(entry->file);
	fputs(entry->partial ? ", PARTIAL\n" : "\n", stdout);
	if (entry->drill)
		fputs("    DRILL: a test, no crash\n", stdout);
	if (entry->title) {
		fputs("    ", stdout);
		put(entry->title);
		fputc('\n', stdout);
	}
}

/* The lines of the log: as text, or as the rest of the object. */
static void put_log(const struct program *program, FILE *log)
{
	const char *comma = "";
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, log)) > 0) {
		n -= line[n - 1] == '\n';
		if (program->json) {
			fputs(comma, stdout);
			json_put_text(stdout, line, (size_t)n);
			comma = ",";
		} else {
			text_put_line(stdout, line, (size_t)n, program->colour);
		}
	}
	free(line);
}

static void show_one(struct program *program, const struct entry *entry, const char *line, size_t n)
{
	int fd = entry_open(entry, program->follow.directory);
	FILE *log = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (!log) {
		message_always("%s: %s", entry->file, strerror(fd < 0 ? -fd : errno));
		program->failed = true;
		return;
	}
	if (program->json) {
		fwrite(line, 1, n - 1, stdout); /* but the last brace */
		fputs(",\"lines\":[", stdout);
	} else {
		put_heading(entry);
	}
	put_log(program, log);
	fputs(program->json ? "]}\n" : "\n", stdout);
	fclose(log);
}

static void show(struct program *program)
{
	struct entry entry;
	bool found = false;
	const char *line;
	size_t n;

	while (next(program, &entry, &line, &n) > 0) {
		if (!strcmp(entry.file, program->target) ||
		    (entry.id && !strcmp(entry.id, program->target))) {
			show_one(program, &entry, line, n);
			found = true;
		}
		entry_free(&entry);
	}
	if (!found) {
		message_always("%s: no report in %s has this file or id", program->target,
		               program->directory);
		program->failed = true;
	}
}

typedef void command(struct program *program);

static command *read_command(struct program *program, int argc, char **argv)
{
	static const struct {
		const char *name;
		command *run;
	} commands[] = {
		{"list", list}, {"groups", list_groups}, {"follow", follow}, {"show", show}};
	const char *name = optind < argc ? argv[optind++] : "list";

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(name, commands[i].name))
			continue;
		if (commands[i].run == show)
			program->target = optind < argc ? argv[optind++] : NULL;
		if (commands[i].run == show && !program->target)
			usage("show", "give the file or the id of a report");
		if (optind < argc)
			usage(argv[optind], "not expected here");
		if (program->wanted.last && commands[i].run != list)
			usage("--last", "only with list");
		return commands[i].run;
	}
	usage(name, "list, groups, follow or show");
}

static command *read_arguments(struct program *program, int argc, char **argv)
{
	static const struct option options[] = {{"dir", required_argument, NULL, 'd'},
	                                        {"json", no_argument, NULL, 'j'},
	                                        {"host", required_argument, NULL, 'H'},
	                                        {"kind", required_argument, NULL, 'k'},
	                                        {"since", required_argument, NULL, 't'},
	                                        {"signature", required_argument, NULL, 's'},
	                                        {"last", required_argument, NULL, 'n'},
	                                        {"help", no_argument, NULL, 'h'},
	                                        {"version", no_argument, NULL, 'V'},
	                                        {NULL, 0, NULL, 0}};
	int option;

	while ((option = getopt_long(argc, argv, "d:jH:k:s:t:n:hV", options, NULL)) >= 0)
		take_option(program, option);
	return read_command(program, argc, argv);
}

int main(int argc, char **argv)
{
	struct program program = {.directory = FOLLOW_STORE, .colour = text_wants_colour()};
	command *run = read_arguments(&program, argc, argv);
	int error = follow_open(&program.follow, program.directory);

	if (error) {
		message_always("--dir %s: %s", program.directory, strerror(-error));
		return FAILED;
	}
	run(&program);
	follow_close(&program.follow);
	return fflush(stdout) || ferror(stdout) || program.failed ? FAILED : DONE;
}
