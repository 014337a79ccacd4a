/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmcoreinfo - the crashed kernel's own description, a text note in the core
 *
 *   OSRELEASE=6.1.0-50-cloud-amd64\n
 *   SYMBOL(prb)=ffffffff8246d460\n          hexadecimal
 *   OFFSET(printk_info.seq)=0\n             decimal, like SIZE, LENGTH and NUMBER
 *   CRASHTIME=1795414594\n                  appended at the panic; the last line may lack its \n
 */
#ifndef VMCOREINFO_H
#define VMCOREINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sender/core.h"

#define VMCOREINFO_MAX 65536 /* the kernel keeps it in one page: 64 KiB at most */

struct vmcoreinfo {
	bool damaged; /* its note's header was: the text was found by how it begins, or goes on */
	size_t bytes;
	char text[VMCOREINFO_MAX];
};

/*
 * Finds the note in a core, by the headers of its notes or else by the text. Returns 0, -ENOENT if
 * there is none, or -errno if it cannot be read.
 */
int vmcoreinfo_read(struct vmcoreinfo *info, struct core *core);

/*
 * Look up one key, written out whole: "SYMBOL(prb)", "SIZE(printk_info)". False if it is missing or
 * its value is no number of its kind.
 */
bool vmcoreinfo_hex(const struct vmcoreinfo *info, const char *key, uint64_t *value);
bool vmcoreinfo_decimal(const struct vmcoreinfo *info, const char *key, uint64_t *value);

/* True if the note has the key, whatever its value is. */
bool vmcoreinfo_has(const struct vmcoreinfo *info, const char *key);

/* The value as it stands in the note, without a NUL; *n is its length. NULL if it is missing. */
const char *vmcoreinfo_text(const struct vmcoreinfo *info, const char *key, size_t *n);

#endif
