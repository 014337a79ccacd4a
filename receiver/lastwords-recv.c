/* SPDX-License-Identifier: GPL-2.0-only */
/* lastwords-recv - hears the last words of crashed kernels, and shows and keeps them */
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "receiver/assemble.h"
#include "receiver/capture_clock.h"
#include "receiver/counters.h"
#include "receiver/joined.h"
#include "receiver/json.h"
#include "receiver/landlock.h"
#include "receiver/listen.h"
#include "receiver/message.h"
#include "receiver/options.h"
#include "receiver/privileges.h"
#include "receiver/signals.h"
#include "receiver/spill.h"
#include "receiver/store.h"
#include "receiver/streams.h"
#include "receiver/text.h"
#include "sender/clock.h"

#define DRAIN_MAX 256 /* rounds of reading after a signal */
#define METRICS_S 15

_Static_assert(ASSEMBLE_WRITTEN_MAX <= STORE_BATCH_MAX, "the store takes what one sync saves");

enum exit_status { DONE = 0, FAILED = 1 };

struct receiver {
	struct options options;
	bool colour;

	struct listen listen;
	int signals;
	struct capture_clock clock;
	struct assembler *assembler;
	struct store *store; /* NULL without --dir */
	struct spill *spill;
	bool stdout_failed, failed, stop;
	int store_error, index_error, metrics_error; /* the last ones told */
	uint64_t metrics_us;
	int landlock; /* the version in force, or 0 */
};

static void print_report(struct receiver *receiver, const struct cut *cut,
                         const struct joined *joined)
{
	const char *directory = receiver->options.directory;

	if (receiver->stdout_failed)
		return;
	if (receiver->options.json)
		json_show(stdout, cut, joined);
	else
		text_show(stdout, cut, joined, receiver->colour);
	if (!fflush(stdout) && !ferror(stdout))
		return;
	message("standard output: %s%s", strerror(errno),
	        directory ? "; reports go on to --dir alone" : "");
	receiver->stdout_failed = receiver->failed = true;
	receiver->stop |= !directory;
}

/* Says what changed about the disk. */
static void tell_store(struct receiver *receiver, int error)
{
	const char *directory = receiver->options.directory;
	int index_error = store_index_error(receiver->store);

	if (error && error != receiver->store_error)
		message("%s: %s; the report is kept in memory and tried again", directory,
		        strerror(-error));
	else if (!error && receiver->store_error)
		message("%s: files can be written again", directory);
	receiver->store_error = error;
	if (index_error && index_error != receiver->index_error)
		message("%s: the index cannot be written anew: %s; it is tried again", directory,
		        strerror(-index_error));
	receiver->index_error = index_error;
}

static enum assemble_shown save_report(struct receiver *receiver, struct cut *cut,
                                       const struct joined *joined)
{
	int error;

	if (!receiver->store)
		return ASSEMBLE_SAVED;
	error = store_put(receiver->store, cut, joined);
	if (!error)
		return ASSEMBLE_WRITTEN;
	tell_store(receiver, error);
	return ASSEMBLE_FAILED;
}

static enum assemble_shown on_show(void *context, struct cut *cut, bool again)
{
	struct receiver *receiver = context;
	enum assemble_shown shown;
	struct joined joined;
	int error = joined_make(cut, &joined);

	if (error) {
		message("id %016" PRIx64 ": %s; it cannot be shown now", cut->header.id,
		        strerror(-error));
		return ASSEMBLE_FAILED;
	}
	/* First the file: standard output may block for as long as its reader likes. */
	shown = save_report(receiver, cut, &joined);
	if (!again)
		print_report(receiver, cut, &joined);
	joined_free(&joined);
	return shown;
}

static bool on_sync(void *context)
{
	struct receiver *receiver = context;
	int error = store_commit(receiver->store);

	tell_store(receiver, error);
	return !error;
}

static void on_frame(void *context, const struct capture *capture, const uint8_t *bytes, size_t n,
                     uint64_t captured_us)
{
	struct receiver *receiver = context;
	struct arrival arrival = {
		.interface = capture->is_file ? NULL : capture->name,
		.captured_us = captured_us,
		.now_us = capture_clock_frame(&receiver->clock, captured_us),
		.hurry = !capture->is_file,
	};

	assembler_tick(receiver->assembler, arrival.now_us);
	assembler_add(receiver->assembler, bytes, n, &arrival);
}

static void count_frames(const struct receiver *receiver, struct counters *counters)
{
	const struct assemble_counts *counts = assembler_counts(receiver->assembler);
	struct capture_counts captured = listen_counts(&receiver->listen);

	counters_add(counters, "frames", "Frames read", counts->frames);
	counters_add(counters, "repeated", "Parts that were known already", counts->repeated);
	counters_add(counters, "foreign", "Frames that are not ours", counts->foreign);
	counters_add(counters, "bad", "Frames that cannot be read", counts->bad);
	counters_add(counters, "refused", "Parts for which there was no memory", counts->refused);
	counters_add(counters, "kernel_dropped", "Frames for which the ring had no room",
	             captured.dropped);
	counters_add(counters, "interface_dropped",
	             "Frames of any kind that the interfaces dropped", captured.interface_dropped);
}

static void count_reports(const struct receiver *receiver, struct counters *counters)
{
	const struct assemble_counts *counts = assembler_counts(receiver->assembler);
	const struct assembler *as = receiver->assembler;

	counters_add(counters, "shown", "Reports shown", counts->shown);
	counters_add(counters, "evicted", "Reports that went early, to make room", counts->evicted);
	counters_add(counters, "unshown", "Of these, beginnings that were not shown",
	             counts->unshown);
	counters_add(counters, "lost", "Shown reports that went before they were saved",
	             counts->lost);
	counters_add(counters, "spilled", "Times a report's parts went from memory to the disk",
	             counts->spilled);
	counters_add(counters, "messages_suppressed", "Messages left out", message_suppressed());
	counters_add_level(counters, "unsaved", "Reports shown and not saved",
	                   assembler_unsaved(as));
	counters_add_level(counters, "reports", "Reports open or remembered", assembler_cuts(as));
	counters_add_level(counters, "reports_limit", "The most of them",
	                   receiver->options.reports);
	counters_add_level(counters, "memory_bytes", "Memory for parts and reports",
	                   assembler_bytes(as));
	counters_add_level(counters, "memory_limit_bytes", "The most of it",
	                   receiver->options.memory_bytes);
}

static void count_store(const struct receiver *receiver, struct counters *counters)
{
	const struct store_counts *counts = store_counts(receiver->store);

	counters_add(counters, "stored", "Reports stored", counts->stored);
	counters_add(counters, "replaced", "Partial files that went for fuller ones",
	             counts->replaced);
	counters_add(counters, "store_failed", "Reports that could not be stored at first",
	             counts->failed);
	counters_add(counters, "removed_for_space", "Files that went for --dir-size",
	             counts->removed_for_space);
	counters_add(counters, "removed_by_age", "Files that went by --dir-age",
	             counts->removed_by_age);
	counters_add(counters, "indexed_anew", "Files that had no line in the index",
	             counts->found);
	counters_add_level(counters, "store_bytes", "What the files take", counts->bytes);
	counters_add_level(counters, "store_limit_bytes", "The most of it; 0 is none",
	                   receiver->options.dir_bytes);
	counters_add_level(counters, "spill_bytes", "Parts on the disk",
	                   spill_bytes(receiver->spill));
	counters_add_level(counters, "spill_limit_bytes", "The most of them",
	                   receiver->options.spill_bytes);
}

static void collect(const struct receiver *receiver, struct counters *counters)
{
	counters->n = 0;
	count_frames(receiver, counters);
	count_reports(receiver, counters);
	if (receiver->store)
		count_store(receiver, counters);
	counters_add_level(counters, "landlock", "Version of Landlock in force; 0 is none",
	                   (uint64_t)receiver->landlock);
}

static void tell_counts(const struct receiver *receiver)
{
	const struct assemble_counts *counts = assembler_counts(receiver->assembler);
	struct counters all;
	char text[2048];

	collect(receiver, &all);
	message_always("%" PRIu64 " frames: %" PRIu64 " repeated, %" PRIu64 " foreign, %" PRIu64
	               " bad, %" PRIu64 " refused, %" PRIu64 " dropped by the kernel; %" PRIu64
	               " reports shown, %" PRIu64 " evicted, %" PRIu64 " lost, %zu not saved",
	               counts->frames, counts->repeated, counts->foreign, counts->bad,
	               counts->refused, listen_counts(&receiver->listen).dropped, counts->shown,
	               counts->evicted, counts->lost, assembler_unsaved(receiver->assembler));
	if (receiver->options.json) {
		counters_json(stderr, &all);
		return;
	}
	counters_text(text, sizeof(text), &all);
	message_always("all counters: %s", text);
}

static void write_metrics(struct receiver *receiver)
{
	struct counters counters;
	int error;

	receiver->metrics_us = now_us();
	collect(receiver, &counters);
	error = counters_write_metrics(receiver->options.metrics, &counters);
	if (error && error != receiver->metrics_error)
		message("%s: %s; it is tried again", receiver->options.metrics, strerror(-error));
	receiver->metrics_error = error;
}

static void take_signals(struct receiver *receiver)
{
	struct signals came = signals_take(receiver->signals);

	if (came.counts)
		tell_counts(receiver);
	receiver->stop |= came.end;
}

/* Waits for frames or a signal, and reads what is there. Returns whether there was any frame. */
static bool wait_and_read(struct receiver *receiver, int timeout_ms)
{
	uint64_t before = assembler_counts(receiver->assembler)->frames;
	struct pollfd fds[OPTIONS_INTERFACES_MAX + 1];
	unsigned n = listen_poll(&receiver->listen, fds);

	fds[n] = (struct pollfd){.fd = receiver->signals, .events = POLLIN};
	if (poll(fds, n + 1, timeout_ms) <= 0)
		return false;
	listen_read(&receiver->listen, fds);
	if (fds[n].revents)
		take_signals(receiver);
	return assembler_counts(receiver->assembler)->frames > before;
}

static int sooner_ms(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

/* What is done by the clock on the wall. Returns how long until there is more of it, or -1. */
static int do_chores(struct receiver *receiver)
{
	int wait_ms = listen_retry_ms(&receiver->listen);

	if (receiver->store)
		store_tick(receiver->store, (uint64_t)time(NULL));
	if (!receiver->options.metrics)
		return wait_ms;
	if (now_us() - receiver->metrics_us >= METRICS_S * SECOND_US)
		write_metrics(receiver);
	return sooner_ms(wait_ms, METRICS_S * 1000);
}

/* Nothing waits to be read: what waits to be saved is; then the next frame is waited for. */
static bool rest(struct receiver *receiver)
{
	uint64_t deadline;
	bool live;
	int wait_ms;

	assembler_sync(receiver->assembler);
	wait_ms = do_chores(receiver);
	/* It may have been the end, or a signal, that was found instead of frames. */
	if (receiver->stop || !listen_goes_on(&receiver->listen, &live))
		return false;
	deadline = live ? assembler_deadline(receiver->assembler) : UINT64_MAX;
	return wait_and_read(
		receiver, sooner_ms(wait_ms, capture_clock_timeout_ms(&receiver->clock, deadline)));
}

static void run(struct receiver *receiver)
{
	bool live;

	while (!receiver->stop && listen_goes_on(&receiver->listen, &live)) {
		if (wait_and_read(receiver, 0))
			do_chores(receiver); /* it may never come to rest */
		else if (assembler_show_ready(receiver->assembler))
			continue; /* frames first, then more of these */
		else if (!rest(receiver) && live)
			assembler_tick(receiver->assembler, capture_clock_idle(&receiver->clock));
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
		message_always("%s: not all reports could be saved", receiver->options.directory);
		receiver->failed = true;
	}
	if (receiver->options.metrics)
		write_metrics(receiver);
	tell_counts(receiver);
	return receiver->failed || receiver->listen.failed ? FAILED : DONE;
}

static bool open_store(struct receiver *receiver)
{
	const struct options *options = &receiver->options;
	const struct store_limits limits = {options->dir_bytes, options->dir_age_s};
	int error = store_open(&receiver->store, options->directory, &limits);

	if (error) {
		message_always(
			"--dir %s: %s; give a directory that can be written to", options->directory,
			error == -EBUSY ? "another lastwords-recv writes there" : strerror(-error));
		return false;
	}
	tell_store(receiver, 0);
	error = options->spill_bytes
	                ? spill_open(&receiver->spill, options->directory, options->spill_bytes)
	                : 0;
	if (error)
		message_always("--spill: %s: %s; parts stay in memory alone", options->directory,
		               strerror(-error));
	return true;
}

static bool open_assembler(struct receiver *receiver)
{
	const struct assemble_limits limits = {
		.bytes = (size_t)receiver->options.memory_bytes,
		.cuts = (size_t)receiver->options.reports,
		.partials_per_s = receiver->options.partials_per_s,
	};
	const struct assemble_output output = {on_show, on_sync, receiver, receiver->spill};

	receiver->assembler = assembler_new(&limits, &output);
	if (receiver->assembler)
		return true;
	message_always("cannot start: %s", strerror(errno));
	return false;
}

static bool open_listen(struct receiver *receiver)
{
	return !listen_open(&receiver->listen, &receiver->options, on_frame, receiver);
}

/* Fills the paths that are opened from now on. Returns their number. */
static size_t list_paths(const struct options *options, char *metrics, struct landlock_path *paths)
{
	size_t n = 0;

	if (options->directory)
		paths[n++] = (struct landlock_path){options->directory, true};
	if (options->metrics) { /* it is replaced, by way of a file beside it */
		snprintf(metrics, PATH_MAX, "%s", options->metrics);
		paths[n++] = (struct landlock_path){dirname(metrics), true};
	}
	for (unsigned i = 0; i < options->n_files; i++)
		paths[n++] = (struct landlock_path){options->files[i], false};
	/* What libpcap asks about an interface that comes. */
	if (options->wait) {
		paths[n++] = (struct landlock_path){"/sys/class/net", false};
		paths[n++] = (struct landlock_path){"/sys/devices", false};
	}
	return n;
}

static bool confine_files(struct receiver *receiver)
{
	static struct landlock_path paths[OPTIONS_FILES_MAX + 4];
	static char metrics[PATH_MAX];
	size_t n = list_paths(&receiver->options, metrics, paths);

	receiver->landlock = landlock_confine(paths, n);
	if (receiver->landlock >= 0)
		return true;
	message_always("Landlock: %s", strerror(-receiver->landlock));
	return false;
}

/* The order matters: see signals.h and privileges.h. */
static bool start(struct receiver *receiver)
{
	const struct options *options = &receiver->options;
	char error[PRIVILEGES_ERROR_MAX];
	int failed;

	receiver->signals = signals_open();
	if (receiver->signals < 0)
		return false;
	if (options_listen(options) && !open_listen(receiver))
		return false;
	if (privileges_drop(options->user, options_listen(options), options->directory, error)) {
		message_always("%s", error);
		return false;
	}
	if ((options->directory && !open_store(receiver)) || !open_assembler(receiver) ||
	    !confine_files(receiver))
		return false;
	failed = privileges_lock();
	if (failed) {
		message_always("seccomp: %s", strerror(-failed));
		return false;
	}
	message_limit((unsigned)options->messages_per_minute);
	return options_listen(options) || open_listen(receiver);
}

int main(int argc, char **argv)
{
	static struct receiver receiver;
	int status;

	streams_open();
	options_read(&receiver.options, argc, argv);
	receiver.colour = !receiver.options.json && text_wants_colour();
	if (!start(&receiver))
		return FAILED;
	run(&receiver);
	status = finish(&receiver);
	/* Not exit(3): it may wait for the thread that still reads a silent pipe. */
	_exit(status);
}
