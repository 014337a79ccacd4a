/* SPDX-License-Identifier: GPL-2.0-only */
/* core_fuzz - any file as a core */
#include "tests/fuzz/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("core", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	walk(fd, size);
	close(fd);
	return 0;
}
