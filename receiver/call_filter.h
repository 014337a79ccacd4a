/* SPDX-License-Identifier: GPL-2.0-only */
/* call_filter - which system calls the program may still make, by the kernel's seccomp */
#ifndef CALL_FILTER_H
#define CALL_FILTER_H

#include <seccomp.h>
#include <stddef.h>

/* All others are refused with EPERM: a library may try what it can do without. */
struct call_filter {
	const int *allowed; /* SCMP_SYS() numbers */
	size_t n_allowed;
	const int *deadly; /* what only somebody who has taken over the process would call */
	size_t n_deadly;
	int (*add)(scmp_filter_ctx filter); /* what depends on arguments; returns 0 or -errno */
};

/* In force from now on, for the calling thread and those that it starts. Returns 0 or -errno. */
int call_filter_load(const struct call_filter *calls);

#endif
