/* SPDX-License-Identifier: GPL-2.0-only */
/* address - where the kernel's addresses lie in physical memory, by what VMCOREINFO says */
#include "sender/address.h"

#include <elf.h>
#include <string.h>

#include "sender/core_file.h"
#include "sender/number.h"

#define X86_64_IMAGE UINT64_C(0xffffffff80000000) /* __START_KERNEL_map */
#define PPC64_LINEAR UINT64_C(0xc000000000000000) /* PAGE_OFFSET */
#define I386_SPLIT   UINT64_C(0xc0000000) /* CONFIG_PAGE_OFFSET, but for the two that end in _OPT */
#define ARM_SPLIT    UINT64_C(0xf0000000) /* each CONFIG_VMSPLIT_ is a multiple of it */

/* NUMBER() is decimal and may be negative; some are written as 0x and hexadecimal digits instead.
 */
static bool constant(const struct vmcoreinfo *info, const char *key, uint64_t *value)
{
	size_t n;
	const char *text = vmcoreinfo_text(info, key, &n);

	if (!text)
		return false;
	if (n > 2 && memcmp(text, "0x", 2) == 0)
		return number_read(text + 2, n - 2, 16, UINT64_MAX, value);
	if (n > 1 && *text == '-') {
		if (!number_read(text + 1, n - 1, 10, INT64_MAX, value))
			return false;
		*value = -*value;
		return true;
	}
	return number_read(text, n, 10, UINT64_MAX, value);
}

static void map_add(struct core *core, uint64_t first, uint64_t last, uint64_t offset)
{
	if (core->map_count < CORE_MAPS && first <= last)
		core->maps[core->map_count++] = (struct core_map){first, last, offset};
}

static void x86_64_map(struct core *core, const struct vmcoreinfo *info)
{
	uint64_t base;

	if (constant(info, "NUMBER(phys_base)", &base))
		map_add(core, X86_64_IMAGE, UINT64_MAX, X86_64_IMAGE - base);
}

static void arm64_map(struct core *core, const struct vmcoreinfo *info)
{
	uint64_t bits, stext, image, memory, lower, upper;

	if (!constant(info, "NUMBER(VA_BITS)", &bits) || bits < 36 || bits > 52)
		return;
	lower = -(UINT64_C(1) << bits);
	upper = -(UINT64_C(1) << (bits - 1));
	if (!vmcoreinfo_hex(info, "SYMBOL(_stext)", &stext) || stext < lower)
		return;
	if (constant(info, "NUMBER(kimage_voffset)", &image))
		map_add(core, stext < upper ? lower : upper, stext < upper ? upper - 1 : UINT64_MAX,
		        image);
	if (!constant(info, "NUMBER(PHYS_OFFSET)", &memory))
		return;
	if (stext < upper)
		map_add(core, upper, UINT64_MAX, upper - memory);
	else
		map_add(core, lower, upper - 1, lower - memory);
}

static void riscv_map(struct core *core, const struct vmcoreinfo *info)
{
	uint64_t link, image, page, ram;

	if (constant(info, "NUMBER(KERNEL_LINK_ADDR)", &link) &&
	    constant(info, "NUMBER(va_kernel_pa_offset)", &image))
		map_add(core, link, UINT64_MAX, image);
	if (constant(info, "NUMBER(PAGE_OFFSET)", &page) &&
	    constant(info, "NUMBER(phys_ram_base)", &ram))
		map_add(core, page, UINT64_MAX, page - ram);
}

static void s390_map(struct core *core, const struct vmcoreinfo *info)
{
	uint64_t link, image, identity;

	if (vmcoreinfo_hex(info, "KERNELOFFSET", &link) &&
	    vmcoreinfo_hex(info, "KERNELOFFPHYS", &image))
		map_add(core, link, UINT64_MAX, link - image);
	if (vmcoreinfo_hex(info, "IDENTITYBASE", &identity))
		map_add(core, identity, UINT64_MAX, identity);
}

/* One map of all memory, from an address that is the same in each kernel. */
static void ppc64_map(struct core *core, const struct vmcoreinfo *info)
{
	(void)info;
	map_add(core, PPC64_LINEAR, UINT64_MAX, PPC64_LINEAR);
}

static void i386_map(struct core *core, const struct vmcoreinfo *info)
{
	uint64_t stext, start;

	if (!vmcoreinfo_hex(info, "SYMBOL(_stext)", &stext) || stext > UINT32_MAX)
		return;
	start = stext & I386_SPLIT;
	map_add(core, start, UINT32_MAX, start);
}

static void arm_map(struct core *core, const struct vmcoreinfo *info)
{
	uint64_t stext, start, lowest = UINT64_MAX;
	struct core_segment segment;

	if (!vmcoreinfo_hex(info, "SYMBOL(_stext)", &stext) || stext > UINT32_MAX)
		return;
	for (uint32_t i = 0; i < core->header_count && !core_segment(core, i, &segment); i++)
		if (segment.type == PT_LOAD && segment.bytes && segment.paddr < lowest)
			lowest = segment.paddr;
	start = stext & ARM_SPLIT;
	map_add(core, start, UINT32_MAX, start - lowest);
}

void address_map(struct core *core, const struct vmcoreinfo *info)
{
	static const struct {
		uint16_t machine;
		void (*map)(struct core *core, const struct vmcoreinfo *info);
	} machines[] = {
		{EM_X86_64, x86_64_map}, {EM_AARCH64, arm64_map}, {EM_RISCV, riscv_map},
		{EM_S390, s390_map},     {EM_ARM, arm_map},       {EM_PPC64, ppc64_map},
		{EM_386, i386_map},
	};

	core->map_count = 0;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i].machine == core->machine)
			machines[i].map(core, info);
}
