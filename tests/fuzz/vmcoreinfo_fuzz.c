/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmcoreinfo_fuzz - any bytes as a core's notes, and as the text of VMCOREINFO
 *
 * A fixed ELF header with one PT_NOTE goes before the bytes. Whatever a look-up gives lies within
 * the note and on one line of it.
 */
#undef NDEBUG
#include <assert.h>
#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sender/log.h"
#include "sender/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct vmcoreinfo info;
static struct core core;
static struct log dead_log;

static void keys_check(void)
{
	static const char *const keys[] = {"OSRELEASE", "SYMBOL(prb)", "SIZE(printk_info)", "A",
	                                   ""};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		uint64_t hex, decimal;
		size_t n = 0;
		const char *value = vmcoreinfo_text(&info, keys[i], &n);

		assert(!value ||
		       (value > info.text && n <= (size_t)(info.text + info.bytes - value) &&
		        !memchr(value, '\n', n)));
		/* What is a decimal number is a hexadecimal one too, but for its length. */
		if (vmcoreinfo_decimal(&info, keys[i], &decimal) && n <= 16)
			assert(vmcoreinfo_hex(&info, keys[i], &hex) && hex >= decimal);
	}
}

static void notes_read(int fd, size_t size)
{
	assert(!core_open(&core, fd));
	if (vmcoreinfo_read(&info, &core))
		return;
	assert(info.bytes <= VMCOREINFO_MAX && info.bytes <= size);
	keys_check();
	log_open(&dead_log, &core, &info);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct {
		Elf64_Ehdr ehdr;
		Elf64_Phdr phdr;
	} head = {
		.ehdr = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB},
	                 .e_type = ET_CORE,
	                 .e_phoff = sizeof(Elf64_Ehdr),
	                 .e_phentsize = sizeof(Elf64_Phdr),
	                 .e_phnum = 1},
		.phdr = {.p_type = PT_NOTE, .p_offset = sizeof(head), .p_filesz = size},
	};
	int fd = memfd_create("core", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, &head, sizeof(head)) == sizeof(head) &&
	       write(fd, data, size) == (ssize_t)size);
	notes_read(fd, size);
	close(fd);
	return 0;
}
