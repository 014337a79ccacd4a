/* SPDX-License-Identifier: GPL-2.0-only */
/* siphash - a keyed 64-bit digest of bytes that anyone on the LAN may choose */
#include "receiver/siphash.h"

#include <endian.h>
#include <string.h>

static uint64_t rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void stir(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

/* n bytes, 8 at most, little-endian. */
static inline uint64_t word_at(const uint8_t *at, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, at, n);
	return le64toh(word);
}

static inline void absorb(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	stir(v);
	v[0] ^= word;
}

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t n)
{
	const uint8_t *at = bytes;
	size_t left = n;
	uint64_t v[4] = {
		key->word[0] ^ 0x736f6d6570736575,
		key->word[1] ^ 0x646f72616e646f6d,
		key->word[0] ^ 0x6c7967656e657261,
		key->word[1] ^ 0x7465646279746573,
	};

	for (; left >= 8; at += 8, left -= 8)
		absorb(v, word_at(at, 8));
	absorb(v, (uint64_t)n << 56 | word_at(at, left));
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		stir(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
