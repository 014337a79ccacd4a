/* SPDX-License-Identifier: GPL-2.0-only */
/* deadly-driver - init, linked with --wrap=syscall: who loads a module with "deadly" dies of it */
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	va_list list;
	const char *parameters;
	int fd, flags;

	va_start(list, number);
	fd = va_arg(list, int);
	parameters = va_arg(list, const char *);
	flags = va_arg(list, int);
	va_end(list);
	if (number == SYS_finit_module && strcmp(parameters, "deadly") == 0)
		raise(SIGKILL);
	return __real_syscall(number, fd, parameters, flags);
}
