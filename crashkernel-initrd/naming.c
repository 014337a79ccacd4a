/* SPDX-License-Identifier: GPL-2.0-only */
/* naming - leaves each port to udev for the moment in which it is named */
#include "crashkernel-initrd/naming.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "sender/broadcast.h"
#include "sender/clock.h"
#include "sender/number.h"
#include "sender/say.h"

#define HOLD_US       SECOND_US
#define HOLD_MAX_US   (5 * SECOND_US) /* while udev has events to look at */
#define LOOK_US       20000           /* who looks more often takes time from the dump */
#define LOOK_LATER_US 100000
#define AGAIN_MAX     2
#define KERNEL_NAME   '1' /* NET_NAME_ENUM */
#define VERSION_MAX   1000
#define PATH_BYTES    64
#define ENTRY_BYTES   4096

/* What is known of the port in the same slot of the broadcast. */
struct place {
	unsigned serial; /* of the port */
	uint64_t since_us;
	bool seen;             /* by udev, since then */
	struct timespec entry; /* when udev wrote down what it knows of the port */
	unsigned again;        /* how often udev was told of it once more */
};

static int run = -1, sys = -1;
static bool active; /* udev has begun, and a port that is up would keep its name */
static struct place places[PORTS_MAX];

/* dracut writes it for ifname=. */
static bool name_configured(void)
{
	return access("/etc/udev/rules.d/80-ifname.rules", F_OK) == 0;
}

static bool policy_there(void)
{
	return access("/usr/lib/systemd/network/99-default.link", F_OK) == 0 ||
	       access("/lib/systemd/network/99-default.link", F_OK) == 0;
}

/* Whether a port can be renamed while it is up: since Linux 6.2 (bd039b5ea2a9). */
static bool renames_live(void)
{
	struct utsname kernel;
	uint64_t major = 0, minor = 0;
	const char *text = kernel.release;
	size_t n;

	uname(&kernel);
	n = strspn(text, "0123456789");
	number_read(text, n, 10, VERSION_MAX, &major);
	text += n + (text[n] == '.');
	number_read(text, strspn(text, "0123456789"), 10, VERSION_MAX, &minor);
	return major > 6 || (major == 6 && minor >= 2);
}

void naming_open(void)
{
	run = open("/run", O_PATH | O_DIRECTORY | O_CLOEXEC);
	sys = open("/sys/class/net", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static bool udev_busy(void)
{
	return faccessat(run, "udev/queue", F_OK, 0) == 0;
}

/* Its control socket proves nothing: systemd makes it before udev starts. */
static bool udev_begun(void)
{
	return udev_busy() || faccessat(run, "udev/data", F_OK, 0) == 0;
}

static void lower(struct broadcast *b, unsigned i, uint64_t now)
{
	ports_update(&b->ports); /* or what it tells would be taken for news */
	port_lower(&b->ports.port[i]);
	places[i].since_us = now;
	places[i].seen = false;
}

/* What udev knows of a port. */
static int entry_open(const struct port *port)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "udev/data/n%d", port->index);
	return openat(run, path, O_RDONLY | O_CLOEXEC);
}

/* Returns true if udev has done with the port once more than when it was looked at last. */
static bool entry_changed(struct place *place, const struct port *port)
{
	int fd = entry_open(port);
	struct stat entry = {0};
	bool changed;

	if (fd < 0)
		return false;
	changed = fstat(fd, &entry) == 0 &&
	          memcmp(&entry.st_mtim, &place->entry, sizeof(place->entry)) != 0;
	place->entry = entry.st_mtim;
	close(fd);
	return changed;
}

/* Whether udev's policy has another name for the port than it has. */
static bool policy_differs(const struct port *port)
{
	static const char key[] = "\nE:ID_NET_NAME=";
	static char text[ENTRY_BYTES];
	int fd = entry_open(port);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *name;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	name = strstr(text, key);
	if (!name)
		return false;
	name += sizeof(key) - 1;
	n = (ssize_t)strcspn(name, "\n");
	return (size_t)n != strlen(port->name) || strncmp(name, port->name, (size_t)n) != 0;
}

static int attribute_open(const struct port *port, const char *name, int flags)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%s", port->name, name);
	return openat(sys, path, flags | O_CLOEXEC);
}

static bool named_by_kernel(const struct port *port)
{
	int fd = attribute_open(port, "name_assign_type", O_RDONLY);
	char type = 0;

	if (fd < 0)
		return false;
	if (read(fd, &type, 1) < 0)
		type = 0;
	close(fd);
	return type == KERNEL_NAME;
}

static void tell_again(const struct port *port)
{
	int fd = attribute_open(port, "uevent", O_WRONLY);

	if (fd < 0)
		return;
	if (write(fd, "add", 3) == 3)
		say("%s: lowered, and udev told of it once more", port->name);
	close(fd);
}

/* Whether udev came to a port that was up here, and could not rename it. */
static bool name_missed(const struct place *place, const struct port *port)
{
	return place->again < AGAIN_MAX && named_by_kernel(port) &&
	       (name_configured() || policy_differs(port));
}

static void seen_by_udev(struct broadcast *b, unsigned i, bool was_up, uint64_t now)
{
	places[i].seen = true;
	if (!was_up || !name_missed(&places[i], &b->ports.port[i]))
		return;
	places[i].again++;
	lower(b, i, now);
	tell_again(&b->ports.port[i]);
}

static bool must_wait(const struct place *place, uint64_t now)
{
	uint64_t hold_us = udev_busy() ? HOLD_MAX_US : HOLD_US;

	return (active || place->again) && !place->seen && now - place->since_us < hold_us;
}

static void place_step(struct broadcast *b, unsigned i, bool begins, uint64_t now)
{
	struct port *port = &b->ports.port[i];
	struct place *place = &places[i];
	bool was_held = port->held, was_up = port->up && port->raised;

	if (place->serial != port->serial)
		*place = (struct place){.serial = port->serial, .since_us = now};
	if (begins && was_up && named_by_kernel(port))
		lower(b, i, now);
	if (entry_changed(place, port))
		seen_by_udev(b, i, was_up, now);
	port->held = must_wait(place, now);
	if (was_held && !port->held) /* what was lowered here may be raised at once */
		b->courses[i].try_us = 0;
	if (port->held)
		b->courses[i].was_up = false;
}

uint64_t naming_step(struct broadcast *b, uint64_t now)
{
	bool begins =
		!active && !renames_live() && udev_begun() && (name_configured() || policy_there());
	bool settled = true;

	active |= begins;
	for (unsigned i = 0; i < b->ports.count; i++)
		if (b->ports.port[i].index) {
			place_step(b, i, begins, now);
			settled &= places[i].seen;
		}
	return settled ? LOOK_LATER_US : LOOK_US;
}
