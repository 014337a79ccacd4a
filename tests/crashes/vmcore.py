# SPDX-License-Identifier: GPL-2.0-only
"""vmcore - a kernel's core file: its PT_LOADs, its VMCOREINFO note, and its printk ring

Knows as much of the ring as it takes to say where its memory lies. It reads no text: what the log
says comes from the guest itself.
"""
import collections
import struct

PT_LOAD, PT_NOTE = 1, 4
NAME = b"VMCOREINFO"
CLASSES = {1: 32, 2: 64}
ORDERS = {1: "<", 2: ">"}
# ELF header after e_ident, and program header: the same fields in another order in ELF32.
EHDR = {32: "HHIIIIIHHHHHH", 64: "HHIQQQIHHHHHH"}
PHDR = {32: "8I", 64: "2I6Q"}
PHDR_FIELDS = {
    32: "type offset vaddr paddr filesz memsz flags align",
    64: "type flags offset vaddr paddr filesz memsz align",
}
Segment = collections.namedtuple("Segment", PHDR_FIELDS[64])
Record = collections.namedtuple("Record", "state begin next")
FINALIZED = 2


class Unusable(Exception):
    """The file is no core, or does not hold what is looked for."""


def aligned(n, to=4):
    return (n + to - 1) // to * to


class Core:
    """A core file. note_at, (physical address, bytes), is for one without the note in a PT_NOTE."""

    def __init__(self, path, note_at=None):
        # pylint: disable-next=consider-using-with # lives as long as this
        self.file = open(path, "rb")
        self.ident = self.at(0, 16)
        if self.ident[:4] != b"\x7fELF" or self.ident[4] not in CLASSES:
            raise Unusable("%s: no ELF file" % path)
        self.bits, self.order = CLASSES[self.ident[4]], ORDERS[self.ident[5]]
        ehdr = self.fields(EHDR[self.bits], 16)
        self.machine, self.flags = ehdr[1], ehdr[6]
        self.segments = [self.segment(ehdr[4] + i * ehdr[8]) for i in range(ehdr[9])]
        self.loads = [s for s in self.segments if s.type == PT_LOAD and s.filesz]
        self.note = self.note_in_memory(*note_at) if note_at else self.note_in_file()
        self.keys = dict(line.partition("=")[::2]
                         for line in self.note.decode("latin-1").split("\n"))

    def at(self, offset, n):
        self.file.seek(offset)
        raw = self.file.read(n)
        if len(raw) != n:
            raise Unusable("%s: ends before %#x" % (self.file.name, offset + n))
        return raw

    def fields(self, kinds, offset):
        return struct.unpack(self.order + kinds,
                             self.at(offset, struct.calcsize(self.order + kinds)))

    def segment(self, offset):
        names = PHDR_FIELDS[self.bits].split()
        return Segment(**dict(zip(names, self.fields(PHDR[self.bits], offset))))

    def parse_note(self, raw):
        """The text of the VMCOREINFO note among the notes in raw, or None."""
        at = 0
        while at + 12 <= len(raw):
            name_bytes, text_bytes, _ = struct.unpack_from(self.order + "3I", raw, at)
            text = at + 12 + aligned(name_bytes)
            if raw[at + 12:at + 12 + name_bytes].rstrip(b"\0") == NAME:
                return raw[text:text + text_bytes]
            at = text + aligned(text_bytes)
        return None

    def note_in_file(self):
        for s in self.segments:
            found = s.type == PT_NOTE and self.parse_note(self.at(s.offset, s.filesz))
            if found:
                return found
        raise Unusable("%s: no VMCOREINFO note" % self.file.name)

    def note_in_memory(self, paddr, n):
        found = self.parse_note(self.read(self.virtual(paddr, n), n))
        if found is None:
            raise Unusable("%s: no VMCOREINFO note at %#x" % (self.file.name, paddr))
        return found.rstrip(b"\0")

    def virtual(self, paddr, n):
        """The virtual address of n bytes at a physical one."""
        for s in self.loads:
            if s.paddr <= paddr and n <= s.filesz and paddr - s.paddr <= s.filesz - n:
                return s.vaddr + paddr - s.paddr
        raise Unusable("%s: no segment holds physical %#x" % (self.file.name, paddr))

    def find(self, address):
        """The segment that holds a virtual address."""
        for s in self.loads:
            if s.vaddr <= address < s.vaddr + s.filesz:
                return s
        raise Unusable("%s: no segment holds %#x" % (self.file.name, address))

    def read(self, address, n):
        raw = b""
        while len(raw) < n:
            s = self.find(address + len(raw))
            skip = address + len(raw) - s.vaddr
            raw += self.at(s.offset + skip, min(n - len(raw), s.filesz - skip))
        return raw

    def number(self, address, n):
        return int.from_bytes(self.read(address, n), "little" if self.order == "<" else "big")

    def key(self, key, default=None):
        value = self.keys.get(key, default)
        if value is None:
            raise Unusable("%s: its note has no %s" % (self.file.name, key))
        return value

    def symbol(self, name):
        return int(self.key("SYMBOL(%s)" % name), 16)

    def size(self, name):
        return int(self.key("SIZE(%s)" % name))

    def offset(self, name, default=None):
        return int(self.key("OFFSET(%s)" % name, default))


class Ring:
    """Where the printk ring of a core lies."""

    def __init__(self, core):
        self.core, self.word = core, core.size("atomic_long_t")
        self.pointer = core.symbol("prb")
        self.address = core.number(self.pointer, self.word)
        self.count = 1 << self.desc_ring("count_bits", 4)
        self.data_bytes = 1 << self.text_ring("size_bits", 4)
        self.descs, self.infos = self.desc_ring("descs"), self.desc_ring("infos")
        self.data = self.text_ring("data")
        self.head, self.tail = self.desc_ring("head_id"), self.desc_ring("tail_id")

    def desc_ring(self, field, n=None):
        return self.core.number(self.address + self.core.offset("printk_ringbuffer.desc_ring")
                                + self.core.offset("prb_desc_ring." + field), n or self.word)

    def text_ring(self, field, n=None):
        return self.core.number(self.address + self.core.offset("printk_ringbuffer.text_data_ring")
                                + self.core.offset("prb_data_ring." + field), n or self.word)

    def memory(self):
        """All that reading the log takes: (address, bytes)."""
        size = self.core.size
        return [(self.pointer, self.word), (self.address, size("printk_ringbuffer")),
                (self.descs, self.count * size("prb_desc")),
                (self.infos, self.count * size("printk_info")), (self.data, self.data_bytes)]

    def records(self):
        """The descriptors from tail to head."""
        core, bytes_each = self.core, self.core.size("prb_desc")
        lpos = core.offset("prb_desc.text_blk_lpos")
        places = (core.offset("prb_desc.state_var"), lpos + core.offset("prb_data_blk_lpos.begin"),
                  lpos + core.offset("prb_data_blk_lpos.next"))
        mask = (1 << 8 * self.word - 2) - 1
        raw = core.read(self.descs, self.count * bytes_each)
        order = "little" if core.order == "<" else "big"
        for i in range(((self.head - self.tail) & mask) + 1):
            at = (self.tail + i) % self.count * bytes_each
            state, begin, end = (int.from_bytes(raw[at + place:at + place + self.word], order)
                                 for place in places)
            yield Record(state >> 8 * self.word - 2, begin, end)

    def ends_at_end(self):
        """Whether a record that is still there ends exactly at the ring's end."""
        return any(r.state == FINALIZED and not r.begin & 1 and r.next % self.data_bytes == 0
                   for r in self.records())
