/* SPDX-License-Identifier: GPL-2.0-only */
/* options - the command line of lastwords-recv */
#include "receiver/options.h"

#include <getopt.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "receiver/message.h"
#include "sender/number.h"

#define USAGE 2
#define DAY_S 86400

static const char help[] =
	"Usage: lastwords-recv -i IFACE [-i IFACE ...] [OPTION ...]\n"
	"       lastwords-recv --read FILE [--read FILE ...] [OPTION ...]\n"
	"Shows the last words of crashed kernels, heard on the LAN, on standard output.\n"
	"\n"
	"  -i, --interface IFACE  listen on this Ethernet interface; may be given again;\n"
	"                         all: on all that have a device behind them\n"
	"  -r, --read FILE        read a capture file (pcap, pcapng), or - for standard\n"
	"                         input; a pipe may go on growing; may be given again\n"
	"  -j, --json             one JSON object a line for each report, instead of text\n"
	"  -d, --dir DIR          also keep each report in a file in DIR, with an index\n"
	"      --wait             wait for interfaces that are not there, or that go away\n"
	"      --user NAME        give up root's powers for those of this user\n"
	"      --metrics FILE     write the counters there every 15 s, for Prometheus\n"
	"\n"
	"Limits (SIZE: bytes, or with K, M, G; 0 = none for --dir-size and --dir-age):\n"
	"      --memory SIZE      for parts and reports (24M)\n"
	"      --reports N        open and remembered (32768)\n"
	"      --spill SIZE       in DIR, for parts when memory is short (256M; 0 = off)\n"
	"      --partials N       partial reports shown a second, in the long run (100)\n"
	"      --dir-size SIZE    of all reports in DIR (1G)\n"
	"      --dir-age DAYS     how long a report stays in DIR (365)\n"
	"      --messages N       lines a minute on standard error (60)\n"
	"      --ring SIZE        for frames that wait, for each interface (32M)\n"
	"\n"
	"  -h, --help, -V, --version   show this, or the version, and exit\n"
	"\n"
	"SIGUSR1 shows the counters, SIGTERM and SIGINT show what is open and end it.\n"
	"Exit status: 0 done, 1 failed, 2 usage. More in lastwords-recv(8).\n";

/* Options without a letter. */
enum {
	WAIT = 256,
	USER,
	METRICS,
	MEMORY,
	REPORTS,
	SPILL,
	PARTIALS,
	DIR_SIZE,
	DIR_AGE,
	MESSAGES,
	RING
};

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

static void add_file(struct options *options, const char *file)
{
	if (options->n_files == OPTIONS_FILES_MAX)
		usage("--read %s: at most %d files", file, OPTIONS_FILES_MAX);
	options->files[options->n_files++] = file;
}

static void add_interface(struct options *options, const char *name)
{
	if (!*name)
		usage("-i: the name of an interface is missing");
	if (!strcmp(name, "all")) { /* no interface can have this name, for /proc/sys/net's sake */
		options->all = true;
		return;
	}
	if (options->n_interfaces == OPTIONS_INTERFACES_MAX)
		usage("-i %s: at most %d interfaces", name, OPTIONS_INTERFACES_MAX);
	options->interfaces[options->n_interfaces++] = name;
}

static uint64_t read_number(const char *name, const char *text, uint64_t min, uint64_t max)
{
	uint64_t value;

	if (!number_read(text, strlen(text), 10, max, &value) || value < min)
		usage("--%s %s: a number from %" PRIu64 " to %" PRIu64, name, text, min, max);
	return value;
}

static uint64_t read_size(const char *name, const char *text, uint64_t min)
{
	static const char units[] = "KMG";
	size_t n = strlen(text);
	const char *unit = n ? strchr(units, text[n - 1]) : NULL;
	unsigned shift = unit && *unit ? 10 * (unsigned)(unit - units + 1) : 0;
	uint64_t value;

	if (!number_read(text, n - (shift != 0), 10, (1ull << 50) >> shift, &value) ||
	    value << shift < min)
		usage("--%s %s: a size like 64M, at least %" PRIu64 "K", name, text, min >> 10);
	return value << shift;
}

static void take_limit(struct options *options, int option, const char *text)
{
	switch (option) {
	case MEMORY:
		options->memory_bytes = read_size("memory", text, 1 << 20);
		if (options->memory_bytes > SIZE_MAX / 2)
			usage("--memory %s: more than a process can have on this machine", text);
		break;
	case REPORTS:
		options->reports = read_number("reports", text, 64, 1 << 24);
		break;
	case SPILL:
		options->spill_bytes = read_size("spill", text, 0);
		break;
	case PARTIALS:
		options->partials_per_s = read_number("partials", text, 1, 1000000);
		break;
	case DIR_SIZE:
		options->dir_bytes = read_size("dir-size", text, 0);
		break;
	case DIR_AGE:
		options->dir_age_s = read_number("dir-age", text, 0, 36500) * DAY_S;
		break;
	case MESSAGES:
		options->messages_per_minute = read_number("messages", text, 1, 1000000);
		break;
	case RING:
		options->ring_bytes = read_size("ring", text, 1 << 20);
		if (options->ring_bytes > INT_MAX) /* libpcap takes an int */
			usage("--ring %s: at most 2047M", text);
		break;
	}
}

static void take_option(struct options *options, int option)
{
	switch (option) {
	case 'i':
		add_interface(options, optarg);
		break;
	case 'r':
		add_file(options, optarg);
		break;
	case 'j':
		options->json = true;
		break;
	case 'd':
		options->directory = optarg;
		break;
	case WAIT:
		options->wait = true;
		break;
	case USER:
		options->user = optarg;
		break;
	case METRICS:
		options->metrics = optarg;
		break;
	case 'h':
		message_output_and_exit(help);
		break;
	case 'V':
		message_output_and_exit("lastwords-recv " LASTWORDS_VERSION "\n");
		break;
	case '?': /* getopt_long has said what is wrong */
		fputs("lastwords-recv: lastwords-recv --help shows the options\n", stderr);
		exit(USAGE);
	default:
		take_limit(options, option, optarg);
	}
}

bool options_listen(const struct options *options)
{
	return options->n_interfaces || options->all;
}

/*
 * Whether the counters would lie beside the directories of hosts: one of that name, which anyone on
 * the LAN can claim to have, would find no place there.
 */
static bool metrics_in_store(const struct options *options)
{
	char metrics[PATH_MAX];
	struct stat store, beside;

	if (!options->metrics || !options->directory)
		return false;
	snprintf(metrics, sizeof(metrics), "%s", options->metrics);
	return !stat(options->directory, &store) && !stat(dirname(metrics), &beside) &&
	       store.st_dev == beside.st_dev && store.st_ino == beside.st_ino;
}

static void check(const struct options *options)
{
	bool interfaces = options_listen(options);

	if (!options->n_files && !interfaces)
		usage("nothing to listen to: give -i IFACE or --read FILE");
	if (options->n_files && interfaces)
		usage("-i and --read exclude each other");
	if (options->wait && !interfaces)
		usage("--wait is for interfaces: give -i IFACE");
	if (metrics_in_store(options))
		usage("--metrics %s: in the store itself, where each name is a host's: give "
		      "another directory",
		      options->metrics);
}

void options_read(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{"interface", required_argument, NULL, 'i'},
		{"read", required_argument, NULL, 'r'},
		{"json", no_argument, NULL, 'j'},
		{"dir", required_argument, NULL, 'd'},
		{"wait", no_argument, NULL, WAIT},
		{"user", required_argument, NULL, USER},
		{"metrics", required_argument, NULL, METRICS},
		{"memory", required_argument, NULL, MEMORY},
		{"reports", required_argument, NULL, REPORTS},
		{"spill", required_argument, NULL, SPILL},
		{"partials", required_argument, NULL, PARTIALS},
		{"dir-size", required_argument, NULL, DIR_SIZE},
		{"dir-age", required_argument, NULL, DIR_AGE},
		{"messages", required_argument, NULL, MESSAGES},
		{"ring", required_argument, NULL, RING},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	int option;

	*options = (struct options){
		.memory_bytes = 24 << 20,
		.spill_bytes = 256 << 20,
		.ring_bytes = 32 << 20,
		.reports = 32768,
		.partials_per_s = 100,
		.messages_per_minute = 60,
		.dir_bytes = 1 << 30,
		.dir_age_s = 365 * DAY_S,
	};
	while ((option = getopt_long(argc, argv, "i:r:jd:hV", names, NULL)) >= 0)
		take_option(options, option);
	if (optind < argc)
		usage("%s: not an option", argv[optind]);
	check(options);
}
