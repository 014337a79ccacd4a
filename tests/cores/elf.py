# SPDX-License-Identifier: GPL-2.0-only
"""elf - an ELF core file from regions of memory, and where each of its fields lies

    ELF header | program headers | notes | segments

A field is (offset, bytes). The file is made right; damage is done to it afterwards.
"""
import struct

PT_LOAD, PT_NOTE = 1, 4
ET_CORE = 4
MACHINES = {(64, "little"): 62, (32, "little"): 3, (64, "big"): 22, (32, "big"): 20}
NT_PRSTATUS = 1
MACHINE_NAMES = {"i386": 3, "ppc": 20, "ppc64": 21, "arm": 40, "x86_64": 62, "arm64": 183, "riscv": 243}
MACHINES_32_BIT = {"i386", "ppc", "arm"}

EHDR = {
    64: {"e_type": (16, 2), "e_machine": (18, 2), "e_version": (20, 4), "e_phoff": (32, 8),
         "e_shoff": (40, 8), "e_ehsize": (52, 2), "e_phentsize": (54, 2), "e_phnum": (56, 2)},
    32: {"e_type": (16, 2), "e_machine": (18, 2), "e_version": (20, 4), "e_phoff": (28, 4),
         "e_shoff": (32, 4), "e_ehsize": (40, 2), "e_phentsize": (42, 2), "e_phnum": (44, 2)},
}
PHDR = {
    64: {"p_type": (0, 4), "p_flags": (4, 4), "p_offset": (8, 8), "p_vaddr": (16, 8),
         "p_paddr": (24, 8), "p_filesz": (32, 8), "p_memsz": (40, 8), "p_align": (48, 8)},
    32: {"p_type": (0, 4), "p_offset": (4, 4), "p_vaddr": (8, 4), "p_paddr": (12, 4),
         "p_filesz": (16, 4), "p_memsz": (20, 4), "p_flags": (24, 4), "p_align": (28, 4)},
}
NHDR = {"n_namesz": (0, 4), "n_descsz": (4, 4), "n_type": (8, 4)}
EHDR_BYTES, PHDR_BYTES, SHDR_BYTES = {64: 64, 32: 52}, {64: 56, 32: 32}, {64: 64, 32: 40}
SH_INFO = {64: (44, 4), 32: (28, 4)}
PN_XNUM = 0xffff


def aligned(n, to=16):
    return (n + to - 1) // to * to


class Elf:
    """An ELF core that is being put together; file is its bytes."""

    def __init__(self, bits, order, notes, segments, many_headers=False,
                 machine=None):
        """notes: [(name, type, bytes)]; segments: [(virtual address, bytes)]"""
        self.bits, self.order = bits, order
        self.file = bytearray(EHDR_BYTES[bits] + PHDR_BYTES[bits] * (1 + len(segments)))
        self.nhdrs, self.offsets, self.segments = [], [], segments
        self.start(bits, order, 1 + len(segments), machine or MACHINES[bits, order])
        self.add_notes(notes)
        for i, (address, memory) in enumerate(segments):
            self.add_segment(i, address, memory)
        if many_headers:
            self.count_in_section(1 + len(segments))

    def put(self, at, field, value):
        offset, size = at + field[0], field[1]
        value &= (1 << 8 * size) - 1
        self.file[offset:offset + size] = value.to_bytes(size, self.order)

    def get(self, at, field):
        offset, size = at + field[0], field[1]
        return int.from_bytes(self.file[offset:offset + size], self.order)

    def phdr(self, i):
        return EHDR_BYTES[self.bits] + i * PHDR_BYTES[self.bits]

    def start(self, bits, order, headers, machine):
        self.file[:7] = b"\x7fELF" + bytes((bits // 32, 1 if order == "little" else 2, 1))
        for name, value in (("e_type", ET_CORE), ("e_machine", machine),
                            ("e_version", 1), ("e_phoff", EHDR_BYTES[bits]),
                            ("e_ehsize", EHDR_BYTES[bits]), ("e_phentsize", PHDR_BYTES[bits]),
                            ("e_phnum", headers)):
            self.put(0, EHDR[bits][name], value)

    def add_phdr(self, i, **fields):
        for name, value in fields.items():
            self.put(self.phdr(i), PHDR[self.bits][name], value)

    def add_notes(self, notes):
        start = len(self.file)
        for name, kind, text in notes:
            self.nhdrs.append(len(self.file))
            self.file += struct.pack("<3I" if self.order == "little" else ">3I",
                                     len(name) + 1, len(text), kind)
            for part in name.encode() + b"\0", text:
                self.file += part + bytes(-len(part) % 4)
        self.add_phdr(0, p_type=PT_NOTE, p_offset=start, p_filesz=len(self.file) - start,
                      p_memsz=len(self.file) - start)

    def add_segment(self, i, address, memory):
        self.file += bytes(aligned(len(self.file)) - len(self.file))
        self.offsets.append(len(self.file))
        self.add_phdr(i + 1, p_type=PT_LOAD, p_offset=len(self.file), p_vaddr=address,
                      p_filesz=len(memory), p_memsz=len(memory))
        self.file += memory

    def count_in_section(self, headers):
        """How a file with 65535 program headers and more counts them."""
        self.put(0, EHDR[self.bits]["e_phnum"], PN_XNUM)
        self.put(0, EHDR[self.bits]["e_shoff"], len(self.file))
        section = len(self.file)
        self.file += bytes(SHDR_BYTES[self.bits])
        self.put(section, SH_INFO[self.bits], headers)

    def offset(self, address):
        """The file offset of the last segment that holds an address."""
        for (start, memory), offset in reversed(list(zip(self.segments, self.offsets))):
            if start <= address < start + len(memory):
                return offset + address - start
        raise ValueError("no segment holds %#x" % address)
