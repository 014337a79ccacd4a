/* SPDX-License-Identifier: GPL-2.0-only */
/* wrapper - functions that stand in every trace and tell nothing of the crash */
#ifndef WRAPPER_H
#define WRAPPER_H

#include <stddef.h>

enum wrapper {
	WRAPPER_NONE,
	WRAPPER_REPORT,    /* tells of the crash: what is inside of it is the telling */
	WRAPPER_WATCH,     /* a watchdog in a timer: up to the interrupt all is the watchdog's */
	WRAPPER_EXCEPTION, /* the way into the handler of a fault */
	WRAPPER_INTERRUPT, /* the way into an interrupt: what comes behind was interrupted */
	WRAPPER_SYSCALL,   /* what an architecture puts around a system call of its name */
	WRAPPER_BASE,      /* where every task begins, or goes to sleep */
};

enum wrapper wrapper_of(const char *function, size_t n);

#endif
