/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * authority - the name by which a browser called: what its Host header holds
 *
 * A page of anyone's may send a browser to a name of its own that then leads here, and read the
 * answers as its own (DNS rebinding). So none is given but by an address, by localhost, or by a
 * name that the operator gave.
 */
#ifndef AUTHORITY_H
#define AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>

/* Whether it is "ADDRESS", "[ADDRESS]", "localhost" or one of the n names, with or without ":PORT".
 */
bool authority_is_allowed(const char *authority, const char *const *names, size_t n);

#endif
