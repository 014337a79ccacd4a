/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slow-driver - init, linked with --wrap=syscall,--wrap=port_send: drivers that take their time
 *
 * The first FAST modules load as usual, the SLOW ones after them take 4 s each. The port's queue is
 * full, and stays so.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sender/port.h"

#define FAST 8 /* virtio_net, and what it needs */
#define SLOW 3

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
int __wrap_port_send(struct port *port, const uint8_t *frame, size_t n);

int __wrap_port_send(struct port *port, const uint8_t *frame, size_t n)
{
	(void)port;
	(void)frame;
	(void)n;
	return -ENOBUFS;
}

long __wrap_syscall(long number, ...)
{
	static unsigned modules;
	va_list list;
	const char *parameters;
	int fd, flags;

	va_start(list, number);
	fd = va_arg(list, int);
	parameters = va_arg(list, const char *);
	flags = va_arg(list, int);
	va_end(list);
	if (number == SYS_finit_module && ++modules > FAST && modules <= FAST + SLOW)
		sleep(4);
	return __real_syscall(number, fd, parameters, flags);
}
