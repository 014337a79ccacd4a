/* SPDX-License-Identifier: GPL-2.0-only */
/* call_filter - which system calls the program may still make, by the kernel's seccomp */
#include "receiver/call_filter.h"

#include <errno.h>

static int add_each(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t n)
{
	int error = 0;

	for (size_t i = 0; !error && i < n; i++)
		error = seccomp_rule_add(filter, action, calls[i], 0);
	return error;
}

static int fill(scmp_filter_ctx filter, const struct call_filter *calls)
{
	int error = add_each(filter, SCMP_ACT_ALLOW, calls->allowed, calls->n_allowed);

	if (!error)
		error = add_each(filter, SCMP_ACT_KILL_PROCESS, calls->deadly, calls->n_deadly);
	return error ? error : calls->add(filter);
}

int call_filter_load(const struct call_filter *calls)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int error;

	if (!filter)
		return -ENOMEM;
	error = fill(filter, calls);
	if (!error)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}
