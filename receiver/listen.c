/* SPDX-License-Identifier: GPL-2.0-only */
/* listen - all that frames come from: interfaces that come and go, or files one after the other */
#include "receiver/listen.h"

#include <errno.h>
#include <string.h>

#include "receiver/message.h"
#include "sender/clock.h"

#define RETRY_US SECOND_US

/* Opens the next file that can be opened; the last one may not be. */
static void open_next_file(struct listen *listen)
{
	struct capture *capture = &listen->captures[0];

	listen->n = 1;
	while (listen->files_begun < listen->options->n_files) {
		if (!capture_open_file(capture, listen->options->files[listen->files_begun++]))
			return;
		message_always("%s", capture->error);
		listen->failed = true;
	}
}

static int open_interface(struct listen *listen, const char *name)
{
	struct capture *capture = &listen->captures[listen->n++];

	if (!capture_open_interface(capture, name, listen->options->ring_bytes)) {
		message_always("listening on %s", name);
		return 0;
	}
	message_always("%s", capture->error);
	return listen->options->wait && capture->missing ? 0 : -1;
}

static bool is_known(const struct listen *listen, const char *name)
{
	for (unsigned i = 0; i < listen->n; i++)
		if (!strcmp(listen->captures[i].name, name))
			return true;
	return false;
}

/* Those that went away keep their places: what was heard on them has their names. */
static void tell_full(struct listen *listen, const char *name)
{
	if (!listen->told_full)
		message_always(
			"-i all: %s is not heard: %d interfaces are, or were; name those that "
			"matter by -i",
			name, OPTIONS_INTERFACES_MAX);
	listen->told_full = true;
}

/* Opens the interfaces of this machine that are not known yet. One that is down is left out, or
 * waited for. */
static int open_found(struct listen *listen)
{
	char names[OPTIONS_INTERFACES_MAX + 1][IF_NAMESIZE]; /* one too many is seen */
	int n = interfaces_find(names, OPTIONS_INTERFACES_MAX + 1);

	if (n < 0) {
		message("-i all: %s", strerror(errno));
		return -1;
	}
	for (int i = 0; i < n; i++) {
		char *name;

		if (is_known(listen, names[i]))
			continue;
		if (listen->n == OPTIONS_INTERFACES_MAX) {
			tell_full(listen, names[i]);
			break;
		}
		name = listen->found[listen->n];
		memcpy(name, names[i], IF_NAMESIZE);
		if (open_interface(listen, name) && !listen->captures[listen->n - 1].missing)
			return -1;
	}
	return 0;
}

static bool hears(const struct listen *listen)
{
	for (unsigned i = 0; i < listen->n; i++)
		if (listen->captures[i].fd >= 0)
			return true;
	return false;
}

static int open_all(struct listen *listen)
{
	if (open_found(listen))
		return -1;
	if (hears(listen))
		return 0;
	message_always("-i all: no Ethernet interface is up%s",
	               listen->options->wait ? " yet" : "; raise one: ip link set NAME up");
	return listen->options->wait ? 0 : -1;
}

int listen_open(struct listen *listen, const struct options *options, capture_frame *frame,
                void *context)
{
	*listen = (struct listen){.options = options, .frame = frame, .context = context};
	if (options->n_files)
		open_next_file(listen);
	for (unsigned i = 0; i < options->n_interfaces; i++)
		if (open_interface(listen, options->interfaces[i]))
			return -1;
	if (options->all && open_all(listen))
		return -1;
	listen->tried_us = now_us();
	return 0;
}

bool listen_goes_on(const struct listen *listen, bool *live)
{
	bool open = listen->options->wait;

	*live = open;
	for (unsigned i = 0; i < listen->n; i++) {
		const struct capture *capture = &listen->captures[i];

		open |= capture->fd >= 0;
		*live |= capture->fd >= 0 && (!capture->is_file || capture->growing);
	}
	return open;
}

unsigned listen_poll(const struct listen *listen, struct pollfd *fds)
{
	for (unsigned i = 0; i < listen->n; i++) /* poll(2) passes over closed ones, which are -1 */
		fds[i] = (struct pollfd){.fd = listen->captures[i].fd, .events = POLLIN};
	return listen->n;
}

static void read_capture(struct listen *listen, struct capture *capture)
{
	int more = capture_read(capture, listen->frame, listen->context);

	if (more > 0)
		return;
	if (more < 0) {
		message("%s", capture->error);
		/* Of a damaged file all that could be read was: that is no failure. */
		listen->failed |= !capture->opened && !listen->options->wait;
	}
	if (capture->is_file)
		open_next_file(listen);
}

void listen_read(struct listen *listen, const struct pollfd *fds)
{
	for (unsigned i = 0; i < listen->n; i++)
		if (fds[i].revents)
			read_capture(listen, &listen->captures[i]);
}

static void look_after(struct capture *capture)
{
	if (capture_went_away(capture))
		message("%s", capture->error);
	if (capture->fd < 0 && !capture_reopen(capture))
		message("listening on %s", capture->name);
}

int listen_retry_ms(struct listen *listen)
{
	uint64_t now = now_us();

	if (!listen->options->wait)
		return -1;
	if (now - listen->tried_us >= RETRY_US) {
		listen->tried_us = now;
		for (unsigned i = 0; i < listen->n; i++)
			look_after(&listen->captures[i]);
		if (listen->options->all)
			open_found(listen);
	}
	return (int)((listen->tried_us + RETRY_US - now) / 1000) + 1;
}

struct capture_counts listen_counts(const struct listen *listen)
{
	struct capture_counts sum = {0}, one;

	for (unsigned i = 0; i < listen->n; i++) {
		one = capture_count(&listen->captures[i]);
		sum.dropped += one.dropped;
		sum.interface_dropped += one.interface_dropped;
	}
	return sum;
}
