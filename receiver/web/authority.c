/* SPDX-License-Identifier: GPL-2.0-only */
/* authority - the name by which a browser called: what its Host header holds */
#include "receiver/web/authority.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "sender/number.h"

#define NAME_ROOM 256 /* a name in DNS has 253 characters at most */

/* Copies the name, without the port. False: it is none. */
static bool read_name(const char *authority, char name[NAME_ROOM])
{
	size_t n = *authority == '[' ? strcspn(authority, "]") + 1 : strcspn(authority, ":");
	const char *rest = authority + n;
	uint64_t port;

	if (n == 0 || n >= NAME_ROOM || n > strlen(authority))
		return false;
	memcpy(name, authority, n);
	name[n] = '\0';
	return !*rest ||
	       (*rest == ':' && number_read(rest + 1, strlen(rest + 1), 10, UINT16_MAX, &port));
}

static bool is_address(const char *name)
{
	struct in6_addr address;
	char bare[NAME_ROOM];
	size_t n = strlen(name);

	if (*name != '[')
		return inet_pton(AF_INET, name, &address) == 1;
	if (n < 3)
		return false;
	memcpy(bare, name + 1, n - 2);
	bare[n - 2] = '\0';
	return inet_pton(AF_INET6, bare, &address) == 1;
}

bool authority_is_allowed(const char *authority, const char *const *names, size_t n)
{
	char name[NAME_ROOM];

	if (!read_name(authority, name))
		return false;
	if (is_address(name) || !strcasecmp(name, "localhost"))
		return true;
	for (size_t i = 0; i < n; i++)
		if (!strcasecmp(name, names[i]))
			return true;
	return false;
}
