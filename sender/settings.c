/* SPDX-License-Identifier: GPL-2.0-only */
/* settings - what, where and how often to send: one table for every place they are written */
#include "sender/settings.h"

#include <stdio.h>
#include <string.h>

#include "sender/frame.h"
#include "sender/number.h"

#define TAIL_MAX (UINT64_C(1) << 30)

static bool number_set(const char *value, uint64_t min, uint64_t max, uint32_t *to)
{
	uint64_t n;

	if (!number_read(value, strlen(value), 10, max, &n) || n < min)
		return false;
	*to = (uint32_t)n;
	return true;
}

static bool interfaces_set(struct settings *s, const char *value)
{
	if (!*value || strlen(value) >= sizeof(s->interfaces))
		return false;
	strcpy(s->interfaces, value);
	return true;
}

static bool tail_set(struct settings *s, const char *value)
{
	size_t n = strlen(value);
	unsigned shift = 0;
	uint64_t bytes;

	if (strcmp(value, "all") == 0) {
		s->tail = SETTINGS_TAIL_ALL;
		return true;
	}
	if (n && (value[n - 1] == 'K' || value[n - 1] == 'k'))
		shift = 10;
	if (n && (value[n - 1] == 'M' || value[n - 1] == 'm'))
		shift = 20;
	if (!number_read(value, n - !!shift, 10, TAIL_MAX >> shift, &bytes) || !bytes)
		return false;
	s->tail = bytes << shift;
	return true;
}

static bool repeat_set(struct settings *s, const char *value)
{
	uint32_t starts[SETTINGS_REPEAT_MAX];
	unsigned count = 0;
	const char *end;

	do {
		uint64_t n;

		end = strchrnul(value, ',');
		if (count == SETTINGS_REPEAT_MAX ||
		    !number_read(value, (size_t)(end - value), 10, 3600, &n) ||
		    (count && n <= starts[count - 1]))
			return false;
		starts[count++] = (uint32_t)n;
		value = end + 1;
	} while (*end);
	memcpy(s->repeat_s, starts, sizeof(starts[0]) * count);
	s->repeat_count = count;
	return true;
}

static bool rate_set(struct settings *s, const char *value)
{
	return number_set(value, 1, 1000000, &s->rate);
}

static bool payload_set(struct settings *s, const char *value)
{
	return number_set(value, FRAME_PAYLOAD_MIN, FRAME_PAYLOAD_MAX, &s->payload);
}

static bool vlan_set(struct settings *s, const char *value)
{
	bool only = strncmp(value, "only:", 5) == 0;
	uint32_t id = 0;

	if (strcmp(value, "none") != 0 && !number_set(only ? value + 5 : value, 1, 4094, &id))
		return false;
	s->vlan = (uint16_t)id;
	s->vlan_only = only;
	return true;
}

/* Reads count numbers to a base with a separator between them, each with at most digits digits. */
static bool bytes_set(const char *value, char separator, unsigned base, size_t digits, uint8_t *to,
                      unsigned count)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < count; i++) {
		const char *end = strchrnul(value, separator);
		size_t n = (size_t)(end - value);
		uint64_t byte;

		if (n > digits || !number_read(value, n, base, 255, &byte) ||
		    !*end != (i == count - 1))
			return false;
		bytes[i] = (uint8_t)byte;
		value = end + 1;
	}
	memcpy(to, bytes, count);
	return true;
}

static bool source_mac_set(struct settings *s, const char *value)
{
	uint8_t mac[6];

	/* A source address with the group bit set is no station: switches drop it. */
	if (!bytes_set(value, ':', 16, 2, mac, 6) || mac[0] & 1)
		return false;
	memcpy(s->source_mac, mac, sizeof(mac));
	s->has_source_mac = true;
	return true;
}

static bool source_ip_set(struct settings *s, const char *value)
{
	return bytes_set(value, '.', 10, 3, s->source_ip, 4);
}

static bool deadline_set(struct settings *s, const char *value)
{
	return number_set(value, 1, 3600, &s->deadline_s);
}

static bool then_set(struct settings *s, const char *value)
{
	static const char *const names[] = {
		[THEN_REBOOT] = "reboot",
		[THEN_POWEROFF] = "poweroff",
		[THEN_HALT] = "halt",
		[THEN_CONTINUE] = "continue",
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(value, names[i]) == 0) {
			s->then = (enum settings_then)i;
			return true;
		}
	return false;
}

const struct setting settings_table[] = {
	{"if", "names, MACs and drivers, or all, with commas between", interfaces_set, false},
	{"tail", "1 to 1024M bytes (K or M may follow), or all", tail_set, false},
	{"repeat", "up to 16 rising numbers from 0 to 3600", repeat_set, false},
	{"rate", "1 to 1000000", rate_set, false},
	{"payload", "256 to 1480", payload_set, false},
	{"vlan", "1 to 4094, only:1 to only:4094, or none", vlan_set, false},
	{"source-mac", "a unicast address, as 02:00:00:00:00:01", source_mac_set, false},
	{"source-ip", "an IPv4 address, as 192.0.2.1", source_ip_set, false},
	{"deadline", "1 to 3600 seconds", deadline_set, true},
	{"then", "reboot, poweroff, halt or continue", then_set, true},
};

const size_t settings_count = sizeof(settings_table) / sizeof(settings_table[0]);

void settings_default(struct settings *settings)
{
	*settings = (struct settings){
		.tail = 64 << 10,
		.repeat_s = {0, 1, 3, 7, 15, 35},
		.repeat_count = 6,
		.rate = 1000,
		.payload = 1024,
		.source_ip = {2, 2, 2, 2},
		.deadline_s = 60,
		.then = THEN_REBOOT,
	};
}

const struct setting *settings_find(const char *name)
{
	for (size_t i = 0; i < settings_count; i++)
		if (strcmp(name, settings_table[i].name) == 0)
			return &settings_table[i];
	return NULL;
}

/* Cuts the next word off a kernel command line: spaces between quotes belong to it. */
static char *word_next(char **rest)
{
	char *word = *rest + strspn(*rest, " \n"), *to = word, *from = word;
	bool quoted = false;

	for (; *from && (quoted || (*from != ' ' && *from != '\n')); from++)
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	*rest = *from ? from + 1 : from;
	*to = 0;
	return word;
}

static void kernel_set(struct settings *settings, char *name, void (*note)(const char *sentence))
{
	const struct setting *setting;
	char sentence[200], *value = strchrnul(name, '=');

	if (*value)
		*value++ = 0;
	for (char *c = name; *c; c++) /* the kernel itself takes _ and - for the same */
		if (*c == '_')
			*c = '-';
	setting = settings_find(name);
	if (setting && setting->set(settings, value))
		return;
	if (setting)
		snprintf(sentence, sizeof(sentence),
		         "lastwords.%s=%.32s: must be %s; the default stays", name, value,
		         setting->value);
	else
		snprintf(sentence, sizeof(sentence), "lastwords.%.32s: no such setting", name);
	note(sentence);
}

void settings_kernel(struct settings *settings, char *cmdline, void (*note)(const char *sentence))
{
	char *word, *rest = cmdline;

	while (*rest) {
		word = word_next(&rest);
		if (strncmp(word, "lastwords.", 10) == 0)
			kernel_set(settings, word + 10, note);
	}
}
