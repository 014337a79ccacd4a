/* SPDX-License-Identifier: GPL-2.0-only */
/* lastwords-send - a crashed kernel's log to the LAN, to a capture file, or as text */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sender/broadcast.h"
#include "sender/drill.h"
#include "sender/output.h"
#include "sender/pcapfile.h"
#include "sender/print.h"
#include "sender/reader.h"
#include "sender/report.h"
#include "sender/say.h"
#include "sender/settings.h"
#include "sender/source.h"

enum { DONE = 0, FAILED = 1, USAGE = 2 };

static const char help[] =
	"usage: lastwords-send [--core FILE] --print [--tail=BYTES] [--json]\n"
	"       lastwords-send [--core FILE] --write FILE.pcap [SETTING ...]\n"
	"       lastwords-send [--core FILE] --if=PORT[,...] [SETTING ...]\n"
	"\n"
	"Reads a crashed kernel's log and broadcasts its last lines to whoever listens.\n"
	"\n"
	"  --core FILE        ELF core of the crashed kernel (default /proc/vmcore)\n"
	"  --drill            this running kernel's log instead, marked as a drill\n"
	"  --print            write the log to standard output, as syslog(2) gives it;\n"
	"      --caller       with each line's thread or processor, [  T123], [    C0]\n"
	"      --time=off     without times\n"
	"      --json         one record a line: seq, time, level, caller, text and more\n"
	"  --write FILE       write the frames to a capture file; - is standard output\n"
	"  --if=PORT[,...]    send through these ports: names, MACs, drivers; all\n"
	"  --check=NAME=VALUE   only tell whether a setting may have this value\n"
	"  --help, --version\n"
	"\n"
	"settings:\n"
	"  --tail=64K         the newest whole lines, up to so many bytes; or all\n"
	"  --repeat=0,1,3,7,15,35   seconds at which each round starts\n"
	"  --rate=1000        frames a second, at most, each port\n"
	"  --payload=1024     bytes after the IPv4 header, 256 to 1480\n"
	"  --vlan=none        802.1Q tag to put on; only:ID sends nothing untagged\n"
	"  --source-mac=MAC   instead of the port's own\n"
	"  --source-ip=2.2.2.2\n"
	"\n"
	"Exit status: 0 done, 1 failed, 2 usage. See lastwords-send(8).\n";

struct request {
	const char *write;
	struct origin origin;
	bool print, has_core, has_tail, has_setting, has_form;
	struct print_form form;
	struct settings settings;
};

/* Large, so not on the stack; there is no heap. */
static struct source source;
static struct output output;
static struct broadcast broadcast;

#define OPTION_CORE    1000
#define OPTION_PRINT   1001
#define OPTION_WRITE   1002
#define OPTION_HELP    1003
#define OPTION_VERSION 1004
#define OPTION_CALLER  1005
#define OPTION_TIME    1006
#define OPTION_JSON    1007
#define OPTION_DRILL   1008
#define OPTION_CHECK   1009
#define OPTIONS_MAX    32

static void options_make(struct option *options)
{
	size_t n = 0;

	for (; n < settings_count; n++)
		options[n] =
			(struct option){settings_table[n].name, required_argument, NULL, (int)n};
	options[n++] = (struct option){"core", required_argument, NULL, OPTION_CORE};
	options[n++] = (struct option){"drill", no_argument, NULL, OPTION_DRILL};
	options[n++] = (struct option){"check", required_argument, NULL, OPTION_CHECK};
	options[n++] = (struct option){"print", no_argument, NULL, OPTION_PRINT};
	options[n++] = (struct option){"caller", no_argument, NULL, OPTION_CALLER};
	options[n++] = (struct option){"time", required_argument, NULL, OPTION_TIME};
	options[n++] = (struct option){"json", no_argument, NULL, OPTION_JSON};
	options[n++] = (struct option){"write", required_argument, NULL, OPTION_WRITE};
	options[n++] = (struct option){"help", no_argument, NULL, OPTION_HELP};
	options[n++] = (struct option){"version", no_argument, NULL, OPTION_VERSION};
	options[n] = (struct option){0};
}

static int setting_take(struct request *request, const struct setting *setting, const char *value)
{
	if (setting->init_only) {
		say("--%s: only for process 1 of a capture kernel, as lastwords.%s=", setting->name,
		    setting->name);
		return USAGE;
	}
	if (!setting->set(&request->settings, value)) {
		say("--%s=%s: must be %s", setting->name, value, setting->value);
		return USAGE;
	}
	if (strcmp(setting->name, "tail") == 0)
		request->has_tail = true;
	else
		request->has_setting = true;
	return DONE;
}

/* Those of process 1, too: whoever arms a machine asks before. */
static int setting_check(char *text)
{
	char *value = strchrnul(text, '=');
	struct settings settings;
	const struct setting *setting;

	if (*value)
		*value++ = 0;
	settings_default(&settings);
	setting = settings_find(text);
	if (!setting)
		say("--check=%s: no such setting; see --help", text);
	else if (!setting->set(&settings, value))
		say("--check=%s=%s: must be %s", text, value, setting->value);
	else
		return DONE;
	return USAGE;
}

/* How the log is printed. */
static int form_take(struct request *request, int option)
{
	bool off = option == OPTION_TIME && strcmp(optarg, "off") == 0;

	if (option == OPTION_TIME && !off && strcmp(optarg, "on") != 0) {
		say("--time=%s: must be on or off", optarg);
		return USAGE;
	}
	request->has_form = true;
	if (option == OPTION_CALLER)
		request->form.style.caller = true;
	else if (option == OPTION_JSON)
		request->form.json = true;
	else
		request->form.style.time = !off;
	return DONE;
}

/* Returns an exit status, or -1 to go on. */
static int option_take(struct request *request, int option)
{
	int status = DONE;

	switch (option) {
	case OPTION_CORE:
		request->origin.path = optarg;
		request->has_core = true;
		break;
	case OPTION_DRILL:
		request->origin.open = drill_open;
		break;
	case OPTION_CHECK:
		return setting_check(optarg);
	case OPTION_PRINT:
		request->print = true;
		break;
	case OPTION_CALLER:
	case OPTION_TIME:
	case OPTION_JSON:
		status = form_take(request, option);
		break;
	case OPTION_WRITE:
		request->write = optarg;
		break;
	case OPTION_HELP:
		output_put(&output, help, sizeof(help) - 1);
		return output_close(&output) ? FAILED : DONE;
	case OPTION_VERSION:
		output_put(&output, "lastwords-send " LASTWORDS_VERSION "\n",
		           sizeof("lastwords-send " LASTWORDS_VERSION "\n") - 1);
		return output_close(&output) ? FAILED : DONE;
	case '?':
	case ':':
		return USAGE;
	default:
		status = setting_take(request, &settings_table[option], optarg);
	}
	return status ? status : -1;
}

static int request_check(struct request *request)
{
	bool ports = request->settings.interfaces[0];

	if (request->print + !!request->write + ports != 1) {
		say("one of --print, --write=FILE and --if=PORT is wanted; see --help");
		return USAGE;
	}
	if (request->origin.open == drill_open) {
		if (request->print || request->has_core) {
			say("--drill goes without --print and --core; dmesg(1) prints that log");
			return USAGE;
		}
		request->origin.path = DRILL_PATH;
	}
	if (request->print && request->has_setting) {
		say("--print takes --core, --tail, --caller, --time and --json alone");
		return USAGE;
	}
	if (!request->print && request->has_form) {
		say("--caller, --time and --json go with --print alone");
		return USAGE;
	}
	if (request->form.json && (request->form.style.caller || !request->form.style.time)) {
		say("--json has all fields always: it goes without --caller and --time");
		return USAGE;
	}
	if (request->print && !request->has_tail)
		request->settings.tail = SETTINGS_TAIL_ALL;
	return -1;
}

static int request_read(struct request *request, int argc, char **argv)
{
	struct option options[OPTIONS_MAX];
	int option, status;

	settings_default(&request->settings);
	request->form.style = log_style_syslog;
	request->origin = (struct origin){.path = "/proc/vmcore", .open = source_open};
	options_make(options);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		status = option_take(request, option);
		if (status >= 0)
			return status;
	}
	if (optind < argc) {
		say("%s: no such argument; see --help", argv[optind]);
		return USAGE;
	}
	return request_check(request);
}

static void damage_say(const char *core, const struct log_damage *damage)
{
	char words[LOG_DAMAGE_WORDS_MAX];

	if (!log_damaged(damage))
		return;
	log_damage_words(damage, words);
	say("%s: %s", core, words);
}

static int run_print(const struct request *request)
{
	int fd = open(request->origin.path, O_RDONLY | O_CLOEXEC), error;
	const char *wrong;
	uint64_t records;

	if (fd < 0) {
		say("%s: %s", request->origin.path, strerror(errno));
		return FAILED;
	}
	wrong = source_open(&source, fd);
	if (wrong) {
		say("%s: %s", request->origin.path, wrong);
		return FAILED;
	}
	records = print_log(&source.log, request->settings.tail, &request->form, &output);
	error = output_close(&output);
	damage_say(request->origin.path, &source.log.damage);
	if (error)
		say("standard output: %s", strerror(-error));
	else if (!records)
		say("%s: holds a kernel log of which no record could be read",
		    request->origin.path);
	else if (!output.any)
		say("%s: holds a log whose newest line is longer than tail", request->origin.path);
	return error || !output.any ? FAILED : DONE;
}

static uint64_t wall_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Each part once, in sending order, from the source address of a machine that is nowhere. */
static void frames_write(const struct settings *settings, int report)
{
	struct frame_address address = {.source_mac = {2, 0, 0, 0, 0, 0}, .vlan = settings->vlan};
	struct report_state state = {0};
	uint32_t frames = report_load(report, &state);
	uint8_t frame[FRAME_BYTES_MAX];

	if (settings->has_source_mac)
		memcpy(address.source_mac, settings->source_mac, sizeof(address.source_mac));
	memcpy(address.source_ip, settings->source_ip, sizeof(address.source_ip));
	if (!state.header.id)
		state.header.id = source_unknown_id(address.source_mac);
	pcapfile_begin(&output);
	for (uint32_t i = 0; i < frames; i++) {
		for (int tagged = settings->vlan_only; tagged <= !!settings->vlan; tagged++) {
			size_t n;

			address.vlan = tagged ? settings->vlan : 0;
			n = report_frame(report, &state, i, &address, frame);
			if (n)
				pcapfile_frame(&output, wall_us(), frame, n);
		}
	}
}

static int run_write(const struct request *request)
{
	bool standard = strcmp(request->write, "-") == 0;
	int report = report_create(), error, fd;
	struct log_damage damage;
	const char *wrong;

	if (report < 0) {
		say("no memory for the report: %s", strerror(-report));
		return FAILED;
	}
	wrong = reader_run(report, &request->origin, &request->settings, &damage);
	fd = standard ? STDOUT_FILENO
	              : open(request->write, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		say("%s: %s", request->write, strerror(errno));
		return FAILED;
	}
	output_open(&output, fd);
	frames_write(&request->settings, report);
	error = output_close(&output);
	if (!standard && close(fd) < 0 && !error)
		error = -errno;
	if (error)
		say("%s: %s", request->write, strerror(-error));
	if (wrong)
		say("%s: %s", request->origin.path, wrong);
	damage_say(request->origin.path, &damage);
	return error || wrong ? FAILED : DONE;
}

/* Every port that was named must be there, before anything is sent. */
static bool ports_present(const char *list)
{
	const char *end;

	for (; *list; list = *end ? end + 1 : end) {
		char name[64];
		unsigned i;

		end = strchrnul(list, ',');
		snprintf(name, sizeof(name), "%.*s", (int)(end - list), list);
		for (i = 0; i < broadcast.ports.count; i++)
			if (port_rank(&broadcast.ports.port[i], name) != PORT_UNNAMED)
				break;
		if (i == broadcast.ports.count) {
			say("--if=%s: %s Ethernet port; 'ip link' lists them", name,
			    strcmp(name, "all") == 0 ? "there is no" : "no such");
			return false;
		}
	}
	return true;
}

static void on_signal(int signal)
{
	(void)signal;
	broadcast.stop = 1;
}

static int run_send(const struct request *request)
{
	int error = port_permitted();
	bool log_sent;

	if (error) {
		say("cannot send: %s; be root, or have CAP_NET_RAW and CAP_NET_ADMIN",
		    strerror(-error));
		return FAILED;
	}
	error = broadcast_open(&broadcast, &request->settings);
	if (!error) {
		ports_update(&broadcast.ports);
		if (!ports_present(request->settings.interfaces))
			return FAILED;
		error = broadcast_read(&broadcast, &request->origin);
	}
	if (error) {
		say("cannot send: %s", strerror(-error));
		return FAILED;
	}
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	signal(SIGHUP, on_signal);
	/* Whoever reads what is said may go: the ports are lowered still. */
	signal(SIGPIPE, SIG_IGN);
	broadcast_run(&broadcast, false, UINT64_MAX);
	broadcast_say(&broadcast);
	broadcast_lower(&broadcast);
	log_sent = broadcast_close(&broadcast);
	if (!broadcast_sent(&broadcast)) {
		say("no port took a frame");
		return FAILED;
	}
	return log_sent ? DONE : FAILED;
}

int main(int argc, char **argv)
{
	struct request request = {0};
	int status;

	say_to(STDERR_FILENO, "lastwords-send: ");
	output_open(&output, STDOUT_FILENO);
	status = request_read(&request, argc, argv);
	if (status >= 0)
		return status;
	if (request.print)
		return run_print(&request);
	if (request.write)
		return run_write(&request);
	return run_send(&request);
}
