/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * title_fuzz - any log: its title, kind and signature
 *
 * Besides not crashing: both stay within their limits, the signature is printable and the same each
 * time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "receiver/crash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crash crash, again;
	char *log = malloc(size ? size : 1); /* so that a byte too far is seen */

	check(log != NULL);
	memcpy(log, data, size);
	if (crash_read(log, size, &crash)) {
		check(crash.kind < KINDS && *kind_name(crash.kind));
		check(crash.title_bytes > 0 && crash.title_bytes <= CRASH_TITLE_MAX);
		check(crash.signature_bytes > 0 && crash.signature_bytes <= CRASH_SIGNATURE_MAX);
		for (size_t i = 0; i < crash.signature_bytes; i++)
			check(crash.signature[i] >= ' ' && crash.signature[i] < 0x7f);
		check(crash_read(log, size, &again) && again.kind == crash.kind &&
		      again.signature_bytes == crash.signature_bytes &&
		      !memcmp(again.signature, crash.signature, crash.signature_bytes));
	}
	free(log);
	return 0;
}
