/* SPDX-License-Identifier: GPL-2.0-only */
/* prb_fuzz - any memory as a printk ring: 5.10 and later; the newer layout is that of 7.2 */
#include "tests/fuzz/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int note_write(char *note, size_t n)
{
	unsigned word = memory.is_32 ? 4 : 8, text = (memory.newer ? 6 : 5) * word;
	unsigned long long image = memory.image;

	return snprintf(note, n,
	                "OSRELEASE=6.1.0\nSYMBOL(init_uts_ns)=%llx\nOFFSET(uts_namespace.name)=0\n"
	                "SYMBOL(prb)=%llx\nSYMBOL(printk_rb_static)=%llx\n"
	                "OFFSET(printk_ringbuffer.desc_ring)=0\n"
	                "OFFSET(printk_ringbuffer.text_data_ring)=%u\n"
	                "OFFSET(prb_desc_ring.count_bits)=0\nOFFSET(prb_desc_ring.descs)=%u\n"
	                "OFFSET(prb_desc_ring.infos)=%u\nOFFSET(prb_desc_ring.head_id)=%u\n"
	                "OFFSET(prb_desc_ring.tail_id)=%u\nSIZE(prb_desc)=%u\n"
	                "OFFSET(prb_desc.state_var)=0\nOFFSET(prb_desc.text_blk_lpos)=%u\n"
	                "OFFSET(prb_data_blk_lpos.begin)=0\nOFFSET(prb_data_blk_lpos.next)=%u\n"
	                "SIZE(printk_info)=%u\nOFFSET(printk_info.seq)=0\n"
	                "OFFSET(printk_info.ts_nsec)=8\nOFFSET(printk_info.text_len)=16\n"
	                "OFFSET(printk_info.caller_id)=20\nOFFSET(prb_data_ring.size_bits)=0\n"
	                "OFFSET(prb_data_ring.data)=%u\nSIZE(atomic_long_t)=%u\n",
	                image + 0x100, image, image + 0x40, text, word, 2 * word, 3 * word,
	                4 * word, 3 * word, word, word, memory.newer ? 112 : 88, word, word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return memory_walk(data, size, note_write);
}
