/* SPDX-License-Identifier: GPL-2.0-only */
/* plain_fuzz - any memory as plain text: 2.6 to 3.4; with the newer layout its end is not told */
#include "tests/fuzz/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int note_write(char *note, size_t n)
{
	unsigned long long image = memory.image;

	return snprintf(note, n,
	                "OSRELEASE=2.6.32\nSYMBOL(init_uts_ns)=%llx\nSYMBOL(log_buf)=%llx\n"
	                "SYMBOL(log_buf_len)=%llx\nSYMBOL(log_end)=%llx\nSYMBOL(logged_chars)=%llx\n",
	                image + 0x100, image, image + 8, memory.newer ? 1 : image + 12, image + 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return memory_walk(data, size, note_write);
}
