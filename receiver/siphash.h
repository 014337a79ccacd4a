/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * siphash - a keyed 64-bit digest of bytes that anyone on the LAN may choose
 *
 * SipHash-1-3. Without the key nobody can make two parts with one digest, or fill one hash bucket;
 * digests never leave the program.
 */
#ifndef SIPHASH_H
#define SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t word[2];
};

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t n);

#endif
