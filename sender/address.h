/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * address - where the kernel's addresses lie in physical memory, by what VMCOREINFO says
 *
 * Needed where no PT_LOAD has the virtual address: some tools write 0 there, or only the linear map
 * and not the kernel's image. Both are mapped at fixed offsets, so no page table is needed.
 *
 *   machine  addresses                       physical address
 *   x86-64   from ffffffff80000000           address - ffffffff80000000 + phys_base
 *   arm64    the half that holds _stext      address - kimage_voffset
 *            the other half                  address - start of that half + PHYS_OFFSET
 *   riscv64  from KERNEL_LINK_ADDR           address - va_kernel_pa_offset
 *            from PAGE_OFFSET                address - PAGE_OFFSET + phys_ram_base
 *   s390x    from KERNELOFFSET               address - KERNELOFFSET + KERNELOFFPHYS
 *            from IDENTITYBASE               address - IDENTITYBASE
 *   ppc64    from c000000000000000           address - that
 *   i386     from _stext, rounded down       address - that
 *   arm      from _stext, rounded down       address - that + the lowest p_paddr
 *
 * On arm64 the halves changed places in 5.4 (14c127c957c1); VA_BITS gives their size. On arm the
 * note says nothing; the kernel lies at the start of memory, and memory at a multiple of 256 MiB.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include "sender/core.h"
#include "sender/vmcoreinfo.h"

/* Sets the core's maps, as many as its note allows. */
void address_map(struct core *core, const struct vmcoreinfo *info);

#endif
