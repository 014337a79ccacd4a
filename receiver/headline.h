/* SPDX-License-Identifier: GPL-2.0-only */
/* headline - the line that names what went wrong in a kernel, and what kind of thing it is */
#ifndef HEADLINE_H
#define HEADLINE_H

#include <stdbool.h>
#include <stddef.h>

/* The order is that of the names in headline.c. */
enum kind {
	KIND_NULL_DEREF,
	KIND_PAGE_FAULT,
	KIND_PROTECTION,
	KIND_DOUBLE_FAULT,
	KIND_DIVIDE,
	KIND_OPCODE,
	KIND_STACK,
	KIND_BUG,
	KIND_LIST,
	KIND_KASAN,
	KIND_KFENCE,
	KIND_KMSAN,
	KIND_KCSAN,
	KIND_UBSAN,
	KIND_OOPS,
	KIND_ATOMIC,
	KIND_LOCKING,
	KIND_WARNING,
	KIND_SOFT_LOCKUP,
	KIND_HARD_LOCKUP,
	KIND_RCU_STALL,
	KIND_HUNG_TASK,
	KIND_OOM,
	KIND_INIT,
	KIND_ROOT,
	KIND_HARDWARE,
	KIND_WATCHDOG,
	KIND_SYSRQ,
	KIND_PANIC,
	KINDS
};

struct headline {
	enum kind kind;
	bool panic;       /* the line of panic(), after which nothing else happens */
	unsigned causes;  /* of a panic: 1 << kind of each event that leads to it */
	const char *lead; /* words of ours before the text, or "" */
	const char *text; /* without what differs each time: addresses, CPUs, error codes */
	size_t n;
	const char *where; /* function+0x1/0x2 where the line has it apart from text, or NULL */
	size_t where_bytes;
	const char *task; /* the name of the task, where the line has it, or NULL */
	size_t task_bytes;
};

/* text is a line after its prefix. False: it is no headline. */
bool headline_read(const char *text, size_t n, struct headline *headline);

/* In lower case with dashes, for programs: "null-deref". */
const char *kind_name(enum kind kind);

#endif
