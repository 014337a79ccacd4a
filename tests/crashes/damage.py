# SPDX-License-Identifier: GPL-2.0-only
"""damage - a real core, damaged in every way that there is a name for

Each variant is (kind, name, bytes of the core). What is written over a page comes from a seed of its
own, so that a variant is the same in every run.
"""
import random
import struct

import vmcore

PAGE = 4096
NEWEST = 12  # records whose slots are damaged one by one
WORDS = (0, 1, (1 << 64) - 1, 1 << 61, 0x4141414141414141)
BITS = (0, 1, 5, 31, 32, 63, 255, 0xffffffff)
NUMBERS = ("", "0", "1", "-1", "511", "513", "4294967296", "18446744073709551616", "0x8", "a")


class Damage:
    """Makes the variants of one core."""

    def __init__(self, path):
        self.core = vmcore.Core(path)
        self.ring = vmcore.Ring(self.core)
        self.raw = path.read_bytes()
        self.word = "<Q"

    def offset(self, address):
        segment = self.core.find(address)
        return segment.offset + address - segment.vaddr

    def written(self, at, data):
        return self.raw[:at] + data + self.raw[at + len(data):]

    def variants(self):
        for kind in (self.pages, self.fields, self.slots, self.note_keys, self.note_cuts,
                     self.note_headers, self.segments, self.cuts):
            for name, raw in kind():
                yield kind.__name__.replace("_", " "), name, raw

    # ---- memory

    def regions(self):
        sizes = self.core.size("prb_desc"), self.core.size("printk_info")
        return (("descriptors", self.ring.descs, self.ring.count * sizes[0]),
                ("infos", self.ring.infos, self.ring.count * sizes[1]),
                ("text", self.ring.data, self.ring.data_bytes))

    def pages(self):
        for name, start, size in self.regions():
            for at in range(start, start + size, PAGE):
                n = min(PAGE, start + size - at)
                noise = random.Random(at).randbytes(n)
                for what, data in (("zero", bytes(n)), ("0xff", b"\xff" * n), ("noise", noise)):
                    yield "%s+%#x %s" % (name, at - start, what), \
                        self.written(self.offset(at), data)
            noise = random.Random(start).randbytes(size)
            for what, data in (("zero", bytes(size)), ("noise", noise)):
                yield "all %s %s" % (name, what), self.written(self.offset(start), data)

    def fields(self):
        rings = {"desc_ring": ("count_bits", "descs", "infos", "head_id", "tail_id"),
                 "text_data_ring": ("size_bits", "data")}
        kinds = {"desc_ring": "prb_desc_ring", "text_data_ring": "prb_data_ring"}
        for ring, names in rings.items():
            for name in names:
                at = self.offset(self.ring.address + self.core.offset("printk_ringbuffer." + ring)
                                 + self.core.offset("%s.%s" % (kinds[ring], name)))
                form = "<I" if name.endswith("bits") else "<Q"
                for value in BITS if form == "<I" else self.near(at, name):
                    yield "%s=%#x" % (name, value), self.written(at, struct.pack(form, value))
        at = self.offset(self.ring.pointer)
        for value in self.near(at, "prb"):
            yield "prb=%#x" % value, self.written(at, struct.pack("<Q", value))

    def near(self, at, name):
        """Absurd values, and for ids those beside the right one."""
        value, = struct.unpack_from("<Q", self.raw, at)
        ids = (value + 1, value - 1, value + 1000, value - 1000, value ^ 1 << 40) \
            if name.endswith("_id") else ()
        return [n & (1 << 64) - 1 for n in (*WORDS, *ids)]

    def slots(self):
        lpos = self.core.offset("prb_desc.text_blk_lpos")
        fields = {"state_var": self.core.offset("prb_desc.state_var"),
                  "begin": lpos + self.core.offset("prb_data_blk_lpos.begin"),
                  "next": lpos + self.core.offset("prb_data_blk_lpos.next")}
        for i in range(NEWEST):
            slot = (self.ring.head - i) % self.ring.count
            desc = self.offset(self.ring.descs + slot * self.core.size("prb_desc"))
            info = self.offset(self.ring.infos + slot * self.core.size("printk_info"))
            for name, offset in fields.items():
                value, = struct.unpack_from("<Q", self.raw, desc + offset)
                for other in (0, value - 64, value + 64, value ^ 1 << 50):
                    yield "head-%d %s=%#x" % (i, name, other & (1 << 64) - 1), self.written(
                        desc + offset, struct.pack("<Q", other & (1 << 64) - 1))
            yield "head-%d text_len=65535" % i, self.written(
                info + self.core.offset("printk_info.text_len"), b"\xff\xff")
            yield "head-%d seq=0" % i, self.written(
                info + self.core.offset("printk_info.seq"), bytes(8))

    # ---- VMCOREINFO

    def note_at(self):
        return self.raw.index(self.core.note)

    def with_note(self, lines):
        """A note of other lines, filled up to its old length with a line that means nothing."""
        text, size = b"\n".join(lines), len(self.core.note)
        text += b"\n" if len(text) < size else b""
        text = text + b"x" * (size - len(text))
        return self.written(self.note_at(), text[:size])

    def note_keys(self):
        lines = self.core.note.split(b"\n")
        wanted = [i for i, line in enumerate(lines)
                  if any(word in line for word in (b"prb", b"printk", b"atomic_long"))]
        for i in wanted:
            key = lines[i].partition(b"=")[0]
            name = key.decode()
            yield "without " + name, self.with_note(lines[:i] + lines[i + 1:])
            yield "twice " + name, self.with_note(lines[:i] + [lines[i]] + lines[i:-4])
            for number in NUMBERS:
                changed = lines[:i] + [key + b"=" + number.encode()] + lines[i + 1:]
                yield "%s=%s" % (name, number), self.with_note(changed)

    def note_cuts(self):
        for n in range(0, len(self.core.note), 40):
            text = self.core.note[:n].ljust(len(self.core.note), b"\0")
            yield "cut to %d bytes" % n, self.written(self.note_at(), text)

    def note_headers(self):
        at = self.note_at() - 24
        for place, name in ((0, "n_namesz"), (4, "n_descsz"), (8, "n_type")):
            for value in (0, 1, 10, 11, 100, 0x7fffffff, 0xffffffff):
                yield "%s=%#x" % (name, value), self.written(at + place, struct.pack("<I", value))

    # ---- the file

    def segments(self):
        first = struct.unpack_from("<Q", self.raw, 32)[0]
        for i in range(len(self.core.segments)):
            at = first + 56 * i
            yield "segment %d is no segment" % i, self.written(at, bytes(4))
            for place, name in ((8, "p_offset"), (16, "p_vaddr"), (32, "p_filesz")):
                for value in (0, len(self.raw), (1 << 64) - 1, 1 << 63):
                    yield "segment %d %s=%#x" % (i, name, value), \
                        self.written(at + place, struct.pack("<Q", value))

    def cuts(self):
        for i in range(40):
            size = len(self.raw) * i // 40
            yield "cut to %d bytes" % size, self.raw[:size]
