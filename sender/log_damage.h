/* SPDX-License-Identifier: GPL-2.0-only */
/* log_damage - what damage cost a log, and how it is said */
#ifndef LOG_DAMAGE_H
#define LOG_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_DAMAGE_WORDS_MAX 256

struct log_damage {
	uint64_t records; /* records that could not be read; each is counted once, however often */
	int error;        /* the first read that failed, as -errno; 0 = none did */
	bool note;        /* VMCOREINFO did not tell all: what kernels have in common was taken */
	bool fields;      /* the log's own fields could not be: what its records tell was taken */
	bool scraps;      /* no record could be found: what is legible of the text was taken */
};

bool log_damaged(const struct log_damage *damage);

/* Writes what was lost to words, as one line without \n and with a NUL. */
void log_damage_words(const struct log_damage *damage, char words[LOG_DAMAGE_WORDS_MAX]);

#endif
