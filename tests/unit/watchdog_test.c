/* SPDX-License-Identifier: GPL-2.0-only */
/* watchdog_test - the hardware watchdog's feeding, with a device that can be opened only once */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#define open  device_open
#define close device_close
#define write device_write
int device_open(const char *path, int flags);
int device_close(int fd);
ssize_t device_write(int fd, const void *bytes, size_t n);
#include "crashkernel-initrd/watchdog.c"

#define DEVICE_FD 1000

static unsigned writes, failing, fed, opened;
static bool busy;

int device_open(const char *path, int flags)
{
	(void)path;
	(void)flags;
	if (busy) {
		errno = EBUSY;
		return -1;
	}
	busy = true;
	opened++;
	return DEVICE_FD;
}

int device_close(int fd)
{
	assert_int_equal(fd, DEVICE_FD);
	busy = false;
	return 0;
}

ssize_t device_write(int fd, const void *bytes, size_t n)
{
	(void)bytes;
	assert_int_equal(fd, DEVICE_FD);
	assert_int_equal(n, 1);
	if (++writes == failing) {
		errno = EIO;
		return -1;
	}
	fed++;
	return 1;
}

static void test_failed_write(void **state)
{
	(void)state;
	failing = 3;
	for (unsigned second = 0; second < 20; second++)
		watchdog_feed();
	assert_int_equal(fed, 19);
	assert_int_equal(opened, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failed_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
