# SPDX-License-Identifier: GPL-2.0-only
"""plain - the kernel's log text of 2.6 to 3.4, written the way printk writes it

A model of emit_log_char() in kernel/printk.c. Names are the kernel's.
"""
import dataclasses

CUT = 32768  # the unit in which lines are cut that are too long for a record


@dataclasses.dataclass
class Record:
    text: bytes
    level: int = 6
    ts_nsec: int = 0


class Plain:
    """data holds what log_buf would."""
    groups = (("vars", "uts"), ("data",))
    variables = {"log_buf": 0, "log_buf_len": 8, "log_end": 12, "logged_chars": 16}

    def __init__(self, kernel, word, order, size_bits, **_):
        self.kernel, self.word, self.order, self.size = kernel, word, order, 1 << size_bits
        self.data = bytearray(self.size)
        self.log_end = self.logged_chars = 0

    def emit(self, text):
        for char in text:
            self.data[self.log_end % self.size] = char
            self.log_end += 1
            self.logged_chars = min(self.logged_chars + 1, self.size)

    def add(self, record):
        self.emit(b"<%d>[%5d.%06d] %s\n" % (record.level, record.ts_nsec // 10**9,
                                            record.ts_nsec // 1000 % 10**6, record.text))
        return True

    def clear(self):
        """What `dmesg -c` does."""
        self.logged_chars = 0

    def regions(self, image, memory, pack):
        values = pack(self.word, memory).ljust(8, b"\0") + pack(4, self.size) + \
            pack(4, self.log_end) + pack(4, self.logged_chars)
        return {"vars": (image, values), "data": (memory, bytes(self.data))}

    def note(self, regions):
        return {"SYMBOL(%s)" % name: "%x" % (regions["vars"][0] + offset)
                for name, offset in self.variables.items()}

    def field(self, kind, _, name):
        assert kind == "vars", kind
        return "vars", self.variables[name], self.word if name == "log_buf" else 4

    def expected(self, case):
        """[(None, None, lines)]: the text in memory as it is after the damage."""
        data = case.elf.file[case.elf.offset(case.regions["data"][0]):][:self.size]
        chars = [bytes((char,)) for char in data] + [b""] * (self.size - len(data))
        end = self.log_end % self.size
        ring = chars[end:] + chars[:end]
        # What is not there ends a line and is none. A line is cut at each multiple of CUT that has
        # no line end in as many characters before it.
        pieces, line, joined, since = [], b"", False, 0
        for place, char in enumerate(ring[self.size - min(self.log_end, self.size):]):
            if place and place % CUT == 0 and since >= CUT:
                pieces.append((joined, line))
                line, joined = b"", True
            if char and char != b"\n":
                line, since = line + char, since + 1
                continue
            if char or line:
                pieces.append((joined, line + b"\n"))
            line, joined, since = b"", False, 0
        pieces += [(joined, line + b"\n")] if line else []
        return [(None, None, [piece]) for piece in pieces]
