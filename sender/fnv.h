/* SPDX-License-Identifier: GPL-2.0-only */
/* fnv - the 64-bit FNV-1a hash */
#ifndef FNV_H
#define FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_START UINT64_C(0xcbf29ce484222325)

/* The hash, after n more bytes. */
static inline uint64_t fnv_add(uint64_t hash, const void *bytes, size_t n)
{
	const uint8_t *b = bytes;

	while (n--)
		hash = (hash ^ *b++) * UINT64_C(0x100000001b3);
	return hash;
}

/* The hash, after 8 more bytes: the number's, the lowest first. */
static inline uint64_t fnv_add_number(uint64_t hash, uint64_t number)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(number >> 8 * i);
	return fnv_add(hash, bytes, sizeof(bytes));
}

#endif
