/* SPDX-License-Identifier: GPL-2.0-only */
/* records_fuzz - any memory as a record buffer: 3.5 to 5.9; the newer layout tells the caller */
#include "tests/fuzz/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int note_write(char *note, size_t n)
{
	unsigned long long image = memory.image;

	return snprintf(note, n,
	                "OSRELEASE=%s\nSYMBOL(init_uts_ns)=%llx\nSYMBOL(log_buf)=%llx\n"
	                "SYMBOL(log_buf_len)=%llx\nSYMBOL(log_first_idx)=%llx\n"
	                "SYMBOL(log_next_idx)=%llx\nSIZE(printk_log)=%u\n"
	                "OFFSET(printk_log.ts_nsec)=0\nOFFSET(printk_log.len)=8\n"
	                "OFFSET(printk_log.text_len)=10\nOFFSET(printk_log.dict_len)=12\n%s",
	                memory.newer ? "5.4.0" : "4.4.0", image + 0x100, image, image + 8,
	                image + 12, image + 16, memory.newer ? 20 : 16,
	                memory.newer ? "OFFSET(printk_log.caller_id)=16\n" : "");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return memory_walk(data, size, note_write);
}
