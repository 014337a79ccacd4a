# SPDX-License-Identifier: GPL-2.0-only
"""records - the kernel's record buffer of 3.5 to 5.9, filled the way printk fills it

A model of the writer's side of kernel/printk/printk.c: what log_store() and log_make_free_space()
leave in memory, and the text that msg_print_text() makes of it. Names are the kernel's.
"""
import dataclasses
import struct

NEWLINE, PREFIX, CONT = 2, 4, 8


@dataclasses.dataclass
class Record:
    """What one log_store() leaves."""
    text: bytes
    level: int = 6
    facility: int = 0
    ts_nsec: int = 0
    caller: int = 1
    flags: int = NEWLINE | PREFIX
    dict: bytes = b""
    seq: int = -1
    index: int = -1
    length: int = 0


class Records:
    """data holds what log_buf would; VARIABLES are the kernel's, in one row."""
    groups = (("vars", "uts"), ("data",))
    variables = {"log_buf": 0, "log_buf_len": 8, "log_first_idx": 12, "log_next_idx": 16}

    def __init__(self, kernel, word, order, size_bits, **_):
        self.kernel, self.word, self.order = kernel, word, order
        self.header = 20 if kernel.get("caller") else 16
        self.align = 4 if kernel.get("packed", True) else 8
        self.header += -self.header % self.align
        self.size = 1 << size_bits
        self.data = bytearray(self.size)
        self.first_idx = self.next_idx = 0
        self.records = []  # from log_first_idx on
        self.stored = 0

    def has_space(self, size, empty=False):
        if self.next_idx > self.first_idx or empty:
            free = max(self.size - self.next_idx, self.first_idx)
        else:
            free = self.first_idx - self.next_idx
        needed = size + self.header
        return free >= needed if self.kernel["exact"] else free > needed

    def drop_oldest(self):
        self.records.pop(0)
        self.first_idx = self.records[0].index if self.records else self.next_idx

    def add(self, record):
        size = self.header + len(record.text) + len(record.dict)
        padding = -size % self.align
        size += padding
        while self.records and not self.has_space(size):
            self.drop_oldest()
        if not self.has_space(size, not self.records):
            return False
        end = self.next_idx + size + self.header
        if end > self.size or (end == self.size and not self.kernel["exact"]):
            self.data[self.next_idx:self.next_idx + self.header] = bytes(self.header)
            self.next_idx = 0
        record.index, record.length, record.seq = self.next_idx, size, self.stored
        self.data[self.next_idx:self.next_idx + size] = \
            self.head(record, size) + record.text + record.dict + bytes(padding)
        self.next_idx += size
        self.stored += 1
        self.records.append(record)
        return True

    def head(self, record, size):
        bits = record.flags << 3 | record.level if self.order == "big" \
            else record.level << 5 | record.flags
        head = struct.pack((">" if self.order == "big" else "<") + "QHHHBB", record.ts_nsec, size,
                           len(record.text), len(record.dict), record.facility, bits)
        if self.kernel.get("caller"):
            head += record.caller.to_bytes(4, self.order)
        return head.ljust(self.header, b"\0")

    def regions(self, image, memory, pack):
        values = pack(self.word, memory).ljust(8, b"\0") + pack(4, self.size) + \
            pack(4, self.first_idx) + pack(4, self.next_idx)
        return {"vars": (image, values), "data": (memory, bytes(self.data))}

    def note(self, regions):
        values = {"SYMBOL(%s)" % name: "%x" % (regions["vars"][0] + offset)
                  for name, offset in self.variables.items()}
        name = self.kernel.get("struct")
        if name:
            values["SIZE(%s)" % name] = self.header
            for field, offset in (("ts_nsec", 0), ("len", 8), ("text_len", 10), ("dict_len", 12)):
                values["OFFSET(%s.%s)" % (name, field)] = offset
        if self.kernel.get("caller"):
            values["OFFSET(%s.caller_id)" % name] = 16
        return values

    def field(self, kind, index, name):
        """(region, offset in it, bytes) of vars.log_buf_len or of head:SEQ.text_len"""
        if kind == "vars":
            return "vars", self.variables[name], self.word if name == "log_buf" else 4
        offset, size = {"ts_nsec": (0, 8), "len": (8, 2), "text_len": (10, 2),
                        "dict_len": (12, 2)}[name]
        record = next(r for r in self.records if r.seq == index)
        return "data", record.index + offset, size

    def expected(self, case):
        """[(number, record, [lines])], numbered from the oldest that is found."""
        found, before, number = [], 0, 0
        for i, record in enumerate(self.records):
            if record.seq in case.lost | case.gone:
                before = 0
                continue
            last = all(r.seq in case.lost | case.gone for r in self.records[i + 1:])
            if record.seq not in case.textless:
                text = case.texts.get(record.seq, record.text)
                found.append((number, record, self.lines(record, text, before, last)))
            number += 1
            before = record.flags
        return found

    def lines(self, record, text, before, last):
        """[(joined, bytes)]: msg_print_text(); what ends the log is ended by a line end too."""
        prefix = b"<%d>[%5d.%06d] " % (record.facility * 8 + record.level,
                                       record.ts_nsec // 10**9, record.ts_nsec // 1000 % 10**6)
        joined = newline = False
        if self.kernel.get("joins"):
            joined = bool(before & CONT) and not (record.flags & PREFIX)
            if record.flags & CONT:
                joined = joined or bool(before & CONT) and not before & NEWLINE
                newline = bool(record.flags & NEWLINE)
        newline = newline or last or not (self.kernel.get("joins") and record.flags & CONT)
        lines = text.split(b"\n")
        return [(joined and i == 0,
                 (b"" if joined and i == 0 else prefix) + line
                 + (b"\n" if newline or i < len(lines) - 1 else b""))
                for i, line in enumerate(lines)]
