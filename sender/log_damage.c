/* SPDX-License-Identifier: GPL-2.0-only */
/* log_damage - what damage cost a log, and how it is said */
#include "sender/log_damage.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool log_damaged(const struct log_damage *damage)
{
	return damage->records || damage->error || damage->note || damage->fields || damage->scraps;
}

/* Adds one more part to a sentence, behind a separator unless it is the first. */
static void add(char *words, const char *separator, const char *part)
{
	size_t n = strlen(words);

	snprintf(words + n, LOG_DAMAGE_WORDS_MAX - n, "%s%s", n ? separator : "", part);
}

void log_damage_words(const struct log_damage *damage, char words[LOG_DAMAGE_WORDS_MAX])
{
	char lost[64];

	words[0] = 0;
	if (damage->note)
		add(words, "", "VMCOREINFO is damaged: what kernels have in common was taken");
	if (damage->fields)
		add(words, "; ", "the log's own fields are damaged: its records told them");
	snprintf(lost, sizeof(lost), "%" PRIu64 " damaged record%s left out", damage->records,
	         damage->records == 1 ? "" : "s");
	if (damage->scraps)
		add(words, "; ", "the log's records are lost: this is what is legible of it");
	else if (damage->records)
		add(words, "; ", lost);
	else if (damage->error)
		add(words, "; ", "a read failed");
	if (damage->error)
		add(words, ": ", strerror(-damage->error));
}
