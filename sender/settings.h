/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * settings - what, where and how often to send: one table for every place they are written
 *
 * The same name stands on the command line (--tail=64K) and on the capture kernel's command line
 * (lastwords.tail=64K).
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTINGS_REPEAT_MAX 16
#define SETTINGS_IF_MAX     256
#define SETTINGS_TAIL_ALL   UINT64_MAX

enum settings_then { THEN_REBOOT, THEN_POWEROFF, THEN_HALT, THEN_CONTINUE };

struct settings {
	char interfaces[SETTINGS_IF_MAX]; /* "" = not given, "all", or names and MACs with commas */
	uint64_t tail;                    /* bytes, or SETTINGS_TAIL_ALL */
	uint32_t repeat_s[SETTINGS_REPEAT_MAX]; /* when each round starts, rising */
	unsigned repeat_count;
	uint32_t rate;    /* frames a second, each port */
	uint32_t payload; /* bytes after the IPv4 header */
	uint16_t vlan;    /* 802.1Q tag, or 0 */
	bool vlan_only;   /* nothing goes out untagged */
	bool has_source_mac;
	uint8_t source_mac[6];
	uint8_t source_ip[4];
	uint32_t deadline_s;
	enum settings_then then;
};

/* One row of the table; value says what may be given. */
struct setting {
	const char *name, *value;
	bool (*set)(struct settings *settings, const char *value);
	bool init_only; /* means something to process 1 alone */
};

extern const struct setting settings_table[];
extern const size_t settings_count;

/* The defaults of the design's table. */
void settings_default(struct settings *settings);

/* The row of a name, or NULL. */
const struct setting *settings_find(const char *name);

/*
 * Takes each lastwords.NAME=VALUE from a kernel command line, which is written over meanwhile. What
 * is not understood keeps its default and is told to note: its argument is one sentence.
 */
void settings_kernel(struct settings *settings, char *cmdline, void (*note)(const char *sentence));

#endif
