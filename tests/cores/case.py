# SPDX-License-Identifier: GPL-2.0-only
"""case - a core described as text: read, built, and what must be read out of it

README.md has the language. What must come out (Case.expected) is derived from the records as they
were described and from the ring's own rules for dropping the oldest; what the damage costs is said in
the description. None of it asks the sender.
"""
import decimal
import pathlib
import re

import elf
import plain
import records
import ring

FOLDER = pathlib.Path(__file__).resolve().parent
WORD = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\.)*")+')
PLACE = re.compile(r"(?P<name>[a-z]+)(?P<off>[+-][0-9xa-f]+)?")
IMAGE = {64: 0xffffffff82000000, 32: 0xc2000000}   # the kernel's own variables
MEMORY = {64: 0xffff888004000000, 32: 0xc4000000}  # what it allocated
UTS_FIELD = 65
GROUPS = ("prb", "ring", "uts", "descs"), ("infos", "data")
KERNELS = {
    # struct: what its record is called; exact, joins, caller: rules that changed
    "2.6": {"model": plain.Plain, "uts_offset": 4, "release": "2.6.32-71.el6"},
    "3.5": {"model": records.Records, "exact": False, "joins": True,
            "uts_offset": 4, "release": "3.5.0"},
    "3.10": {"model": records.Records, "struct": "log", "exact": False, "joins": True,
             "uts_offset": 4, "release": "3.10.0-1160.el7"},
    "4.4": {"model": records.Records, "struct": "printk_log", "exact": True, "joins": True,
            "uts_offset": 4, "release": "4.4.0-210-generic"},
    "4.9.194": {"model": records.Records, "struct": "printk_log", "exact": True, "joins": True,
                "uts_offset": 4, "release": "4.9.194"},
    "4.9.195": {"model": records.Records, "struct": "printk_log", "exact": True,
                "uts_offset": 4, "release": "4.9.195"},
    "4.19": {"model": records.Records, "struct": "printk_log", "exact": True,
             "uts_offset": 4, "release": "4.19.0-27-amd64"},
    "5.4": {"model": records.Records, "struct": "printk_log", "exact": True, "caller": True,
            "uts_offset": 4, "release": "5.4.0-200-generic"},
    "5.4-aligned": {"model": records.Records, "struct": "printk_log", "exact": True,
                    "caller": True, "packed": False, "uts_offset": 4, "release": "5.4.0-mips"},
    # info: printk_info's bytes; text: where the text ring stands
    "5.10": {"info": 88, "text": 40, "bare_text": True,
             "uts_offset": None, "release": "5.10.0-32-cloud-amd64"},
    "6.1": {"info": 88, "text": 48,
            "uts_offset": 0, "release": "6.1.0-50-cloud-amd64"},
    "7.2": {"info": 112, "text": 48, "exact_end": True, "bare_text": False, "long_ids": True,
            "uts_offset": 0, "release": "7.2.13+deb14-cloud-amd64"},
}


class Error(Exception):
    """What is wrong with a description."""


def unescape(word):
    """A word of the description as bytes; what stands in quotes may hold \\n, \\x1b and so on."""
    parts = re.split(r'"((?:[^"\\]|\\.)*)"', word)
    for i in range(1, len(parts), 2):
        parts[i] = parts[i].encode("latin-1", "backslashreplace").decode("unicode_escape")
    return "".join(parts).encode("latin-1")


def number(text, old=0):
    """An integer; +N and -N are relative to what is there."""
    return old + int(text, 0) if text[0] in "+-" else int(text, 0)


def span(words):
    """The numbers of 3 5-8 as a set."""
    found = set()
    for word in words:
        first, _, last = word.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


class Line(bytes):
    """One line that is read, or the piece of one that a record holds; joined to the one before?"""
    joined = False

    @classmethod
    def piece(cls, joined, line):
        made = cls(line)
        made.joined = joined
        return made


class Layout:
    """Sizes and offsets of one kernel's structures, as its note gives them."""

    def __init__(self, kernel, bits):
        word = bits // 8
        text = kernel["text"] if bits == 64 else kernel["text"] // 2
        self.word, self.info_bytes, self.desc_bytes = word, kernel["info"], 3 * word
        self.ring = {"count_bits": (0, 4), "descs": (word, word), "infos": (2 * word, word),
                     "head_id": (3 * word, word), "tail_id": (4 * word, word),
                     "size_bits": (text, 4), "data": (text + word, word)}
        self.ring_bytes = text + 5 * word
        self.desc = {"state_var": (0, word), "begin": (word, word), "next": (2 * word, word)}
        self.info = {"seq": (0, 8), "ts_nsec": (8, 8), "text_len": (16, 2), "facility": (18, 1),
                     "flags": (19, 1), "caller_id": (20, 4)}
        self.text_ring = text

    def note(self):
        ring_fields, word = self.ring, self.word
        return {
            "SIZE(printk_ringbuffer)": self.ring_bytes,
            "OFFSET(printk_ringbuffer.desc_ring)": 0,
            "OFFSET(printk_ringbuffer.text_data_ring)": self.text_ring,
            "OFFSET(printk_ringbuffer.fail)": self.text_ring + 4 * word,
            "SIZE(prb_desc_ring)": self.text_ring,
            **{"OFFSET(prb_desc_ring.%s)" % name: ring_fields[name][0]
               for name in ("count_bits", "descs", "infos", "head_id", "tail_id")},
            "SIZE(prb_desc)": self.desc_bytes,
            "OFFSET(prb_desc.state_var)": 0,
            "OFFSET(prb_desc.text_blk_lpos)": word,
            "SIZE(prb_data_blk_lpos)": 2 * word,
            "OFFSET(prb_data_blk_lpos.begin)": 0,
            "OFFSET(prb_data_blk_lpos.next)": word,
            "SIZE(printk_info)": self.info_bytes,
            **{"OFFSET(printk_info.%s)" % name: self.info[name][0]
               for name in ("seq", "ts_nsec", "text_len", "caller_id")},
            "OFFSET(printk_info.dev_info)": self.info_bytes - 64,
            "SIZE(prb_data_ring)": 4 * word,
            "OFFSET(prb_data_ring.size_bits)": 0,
            "OFFSET(prb_data_ring.data)": word,
            "SIZE(atomic_long_t)": word,
            "OFFSET(atomic_long_t.counter)": 0,
        }


class Case:
    """One description. core is the file's bytes, expected what --print must write."""

    def __init__(self, name, text):
        self.name, self.exit, self.stderr = name, 0, None
        self.kernel, self.bits, self.order = KERNELS["6.1"], 64, "little"
        self.machine, self.word_bits, self.model, self.damaged = None, 64, None, None
        self.textless, self.at = set(), None
        self.ring_args = {"count_bits": 5, "size_bits": 10}
        self.ring, self.host, self.many_headers, self.unnumbered = None, "crashed", False, set()
        self.changes, self.splits, self.copies, self.damage = [], [], [], []
        self.lost, self.gone, self.texts, self.next_ts = set(), set(), {}, 1000000000
        self.inferred, self.scraps = set(), []
        for line_number, line in enumerate(text.splitlines(), 1):
            words = WORD.findall(line) if not line.lstrip().startswith("#") else []
            if not words:
                continue
            try:
                self.line(words[0], words[1:])
            except (Error, ValueError, KeyError, TypeError, AttributeError) as error:
                raise Error("%s:%d: %s: %r" % (name, line_number, line, error)) from error
        self.start()
        self.build()

    def line(self, word, rest):
        method = getattr(self, "do_" + word.replace("-", "_"), None)
        if not method:
            raise Error("no such line")
        method(*rest)

    # ---- the kernel and its ring

    def do_kernel(self, version):
        self.kernel = KERNELS[version]

    def do_elf(self, bits, order, machine=None):
        """elf 64 little [MACHINE]: its number; i386, arm and ppc have words of 32 bits"""
        self.bits, self.order = int(bits), order
        self.machine = elf.MACHINE_NAMES[machine] if machine else None
        self.word_bits = 32 if machine in elf.MACHINES_32_BIT else self.bits

    def do_at(self, image, memory):
        """Where the kernel's variables are, and what it allocated; hexadecimal."""
        self.at = int(image, 16), int(memory, 16)

    def do_ring(self, *settings):
        for setting in settings:
            name, value = setting.split("=")
            if name not in self.ring_args:
                raise Error(name)
            self.ring_args[name] = int(value)

    def do_host(self, name):
        self.host = unescape(name).decode("latin-1")

    def start(self):
        """The first record, or whatever needs the ring, settles what kind it is."""
        if self.ring:
            return
        self.model = self.kernel.get("model")
        if self.model:
            self.ring = self.model(self.kernel, self.word_bits // 8, self.order, **self.ring_args)
        else:
            rules = {name: self.kernel.get(name, False)
                     for name in ("exact_end", "bare_text", "long_ids")}
            word = self.word_bits // 8
            self.ring = ring.Ring(word, self.order, **rules, **self.ring_args)
            self.layout = Layout(self.kernel, self.word_bits)

    def do_record(self, *words):
        """record [level=6] [time=1.5] [state=finalized] [size=N] [left=N] [dropped] "text" """
        self.start()
        fields = dict(word.split("=", 1) for word in words[:-1] if word != "dropped")
        module = {plain.Plain: plain, records.Records: records}.get(self.model, ring)
        record = module.Record(unescape(words[-1]), ts_nsec=self.next_ts)
        for name, value in fields.items():
            if name == "time":
                record.ts_nsec = int(decimal.Decimal(value) * 10**9)
            elif name == "dict":
                record.dict = unescape(value)
            elif name == "state":
                record.state = ring.STATES[value]
                record.text_len = 0 if record.state == ring.RESERVED else record.text_len
            elif name == "left":
                self.fill_to(int(value) + self.ring.block_size(record))
            elif name in ("level", "facility", "caller", "flags", "size", "text_len"):
                getattr(record, name)
                setattr(record, name, int(value, 0))
            else:
                raise Error(name)
        if module is ring and 0 <= record.size <= len(record.text):
            raise Error("a block of %d bytes is too small for the text" % record.size)
        self.next_ts = record.ts_nsec + 1000000
        if not self.ring.add(record) and "dropped" not in words:
            raise Error("the ring has no room for the record; write dropped if that is meant")

    def fill_to(self, room):
        """Records of no interest, until exactly so many bytes are left to the ring's end."""
        word = self.ring.word
        while self.ring.room_to_end() != room:
            gap = self.ring.room_to_end() - room
            bytes_ = 4 * word if gap < 2 * word or gap >= 6 * word else gap
            self.ring.add(ring.Record(b"filler"[:bytes_ - word - 1], size=bytes_ - word))

    def do_fill(self, count, *words):
        """fill N [field=value ...] "text {n}": N records, numbered from 0"""
        for n in range(int(count)):
            self.do_record(*words[:-1], words[-1].replace("{n}", str(n)))

    def do_finish(self, seq):
        """The writer of a reserved record comes through, if late."""
        desc = next(desc for desc in self.ring.descs if desc.record and desc.seq == int(seq))
        desc.state, desc.record.text_len = ring.FINALIZED, len(desc.record.text)

    def do_chars(self, text, times="1"):
        """What is written to plain text as it stands."""
        self.start()
        self.ring.emit(unescape(text) * int(times))

    def do_clear(self):
        self.start()
        self.ring.clear()

    # ---- the note and the file's make-up

    def do_note(self, change, *words):
        """note set KEY=VALUE | drop KEY | first LINE | again LINE | cut N | none | empty"""
        self.changes.append((change, *words))

    def do_split(self, place):
        self.splits.append(place)

    def do_copy(self, place, size):
        """A second PT_LOAD for the same addresses, with the same bytes, elsewhere in the file."""
        self.copies.append((place, int(size, 0)))

    def do_many_headers(self):
        self.many_headers = True

    # ---- damage

    def do_zero(self, place, size):
        self.damage.append((self.overwrite, place, int(size, 0), 0))

    def do_overwrite(self, place, size, byte):
        self.damage.append((self.overwrite, place, int(size, 0), int(byte, 0)))

    def do_set(self, target, value):
        self.damage.append((self.set_field, target, value))

    def do_cut(self, place):
        self.damage.append((self.cut, place))

    def do_lost(self, *seqs):
        self.lost |= span(seqs)

    def do_gone(self, *seqs):
        """Not there, and nothing says that they ever were."""
        self.gone |= span(seqs)

    def do_unnumbered(self, *seqs):
        """Read, but with a number that no frame may tell."""
        self.unnumbered |= span(seqs)

    def do_reads(self, seq, text):
        """The damage lies within the text: this is what is read of it."""
        self.texts[int(seq)] = unescape(text)

    def do_damaged(self, count):
        """Counted as so many damaged records."""
        self.damaged = int(count)

    def do_textless(self, *seqs):
        """Found, and numbered, but the text could not be read."""
        self.textless |= span(seqs)

    def do_inferred(self, *what):
        """What is damaged, but costs no record: note, fields"""
        if not set(what) <= {"note", "fields"}:
            raise Error("note or fields")
        self.inferred |= set(what)

    def do_scrap(self, text):
        """The records are lost; this is legible text, newest last."""
        self.scraps.append(unescape(text))

    def do_exit(self, status):
        self.exit = int(status)

    def do_stderr(self, pattern):
        self.stderr = unescape(pattern).decode()

    # ---- making it

    def build(self):
        self.regions = self.place_regions()
        memory = [(address, data) for address, data in self.segments()]
        memory += [(self.address(place), self.bytes_at(memory, self.address(place), size))
                   for place, size in self.copies]
        notes = [("CORE", elf.NT_PRSTATUS, bytes(336))]
        self.note = self.note_text()
        if self.note is not None:
            notes.append(("VMCOREINFO", 0, self.note))
        self.elf = elf.Elf(self.bits, self.order, notes, memory, self.many_headers, self.machine)
        for method, *arguments in self.damage:
            method(*arguments)
        self.core = bytes(self.elf.file)

    def place_regions(self):
        """{name: (address, bytes)}: the regions that a place in the description can name."""
        image, memory = self.at or (IMAGE[self.word_bits], MEMORY[self.word_bits])
        uts = image + 0x100
        if self.model:
            regions = self.ring.regions(image, memory, self.pack)
            return {**regions, "uts": (uts, self.uts_bytes())}
        layout = self.layout
        descs = image + 0x400
        infos = memory
        data = memory + elf.aligned(layout.info_bytes * self.ring.count, 64)
        return {
            "prb": (image, self.pack(self.layout.word, image + 0x40)),
            "ring": (image + 0x40, self.ring_bytes(descs, infos, data)),
            "uts": (uts, self.uts_bytes()),
            "descs": (descs, b"".join(map(self.desc_bytes, self.ring.descs))),
            "infos": (infos, b"".join(map(self.info_bytes, self.ring.descs))),
            "data": (data, bytes(self.ring.data)),
        }

    def pack(self, size, value):
        return (value & (1 << 8 * size) - 1).to_bytes(size, self.order)

    def structure(self, size, fields, values):
        made = bytearray(size)
        for name, value in values.items():
            offset, width = fields[name]
            made[offset:offset + width] = self.pack(width, value)
        return bytes(made)

    def ring_bytes(self, descs, infos, data):
        r = self.ring
        return self.structure(self.layout.ring_bytes, self.layout.ring, {
            "count_bits": r.count_bits, "descs": descs, "infos": infos, "head_id": r.head_id,
            "tail_id": r.tail_id, "size_bits": r.size_bits, "data": data})

    def desc_bytes(self, desc):
        return self.structure(self.layout.desc_bytes, self.layout.desc, {
            "state_var": desc.state << 8 * self.layout.word - 2 | desc.id,
            "begin": desc.begin, "next": desc.next})

    def info_bytes(self, desc):
        record = desc.record
        values = {"seq": desc.seq}
        if record:
            flags = record.flags << 3 | record.level if self.order == "big" \
                else record.level << 5 | record.flags
            values.update(ts_nsec=record.ts_nsec, text_len=record.text_len, flags=flags,
                          facility=record.facility, caller_id=record.caller)
        return self.structure(self.layout.info_bytes, self.layout.info, values)

    def uts_bytes(self):
        fields = ("Linux", self.host, self.kernel["release"], "#1 SMP", "machine", "(none)")
        return bytes(self.uts_offset()) + b"".join(
            field.encode("latin-1").ljust(UTS_FIELD, b"\0") for field in fields)

    def uts_offset(self):
        offset = self.kernel["uts_offset"]
        return 4 if offset is None else offset

    def note_text(self):
        values = {"OSRELEASE": self.kernel["release"], "PAGESIZE": 4096,
                  "SYMBOL(init_uts_ns)": "%x" % self.regions["uts"][0]}
        if self.kernel["uts_offset"] is not None:
            values["OFFSET(uts_namespace.name)"] = self.kernel["uts_offset"]
        if self.model:
            values.update(self.ring.note(self.regions))
        else:
            values["SYMBOL(prb)"] = "%x" % self.regions["prb"][0]
            values["SYMBOL(printk_rb_static)"] = "%x" % self.regions["ring"][0]
            values.update(self.layout.note())
        values["CRASHTIME"] = 1795414594
        first, again, end = [], [], None
        for change, *words in self.changes:
            if change == "none":
                return None
            if change == "empty":
                return b""
            if change == "set":
                key, _, value = words[0].partition("=")
                values[key] = unescape(value).decode("latin-1")
            elif change == "drop":
                del values[words[0]]
            elif change == "first":
                first.append(words[0])
            elif change == "again":
                again.append(words[0])
            elif change == "cut":
                end = -int(words[0])
            else:
                raise Error("note " + change)
        lines = first + ["%s=%s" % pair for pair in values.items()] + again
        return "".join(line + "\n" for line in lines).encode("latin-1")[:end]

    def segments(self):
        """One PT_LOAD for the kernel's image and one for its memory, cut up where split says."""
        made = []
        groups = self.ring.groups if self.model else GROUPS
        for names in groups:
            first, (last, data) = self.regions[names[0]][0], self.regions[names[-1]]
            memory = bytearray(last + len(data) - first)
            for name in names:
                address, data = self.regions[name]
                memory[address - first:address - first + len(data)] = data
            made.append((first, memory))
        for place in self.splits:
            at = self.address(place)
            i = next(i for i, (first, memory) in enumerate(made)
                     if first < at < first + len(memory))
            first, memory = made[i]
            made[i:i + 1] = [(at, memory[at - first:]), (first, memory[:at - first])]
        return made

    @staticmethod
    def bytes_at(segments, address, size):
        first, memory = next((f, m) for f, m in segments if f <= address < f + len(m))
        return memory[address - first:address - first + size]

    def address(self, place):
        match = PLACE.fullmatch(place)
        return self.regions[match["name"]][0] + int(match["off"] or "0", 0)

    def offset(self, place):
        """A place in the file: a region, a record's slot or block, or a plain file offset."""
        if place[0] in "-0123456789":
            at = int(place, 0)
            return at if at >= 0 else len(self.elf.file) + at
        match = PLACE.fullmatch(place)
        if match and match["name"] == "vmcoreinfo":
            return self.elf.nhdrs[-1] + 24 + int(match["off"] or "0", 0)
        return self.elf.offset(self.address(place))

    def overwrite(self, place, size, byte):
        at = self.offset(place)
        if at + size > len(self.elf.file):
            raise Error("%s: %d bytes are not there" % (place, size))
        self.elf.file[at:at + size] = bytes((byte,)) * size

    def cut(self, place):
        del self.elf.file[self.offset(place):]

    def set_field(self, target, text):
        at, field, shift, bits = self.field(target)
        old = self.elf.get(at, field)
        mask = (1 << bits) - 1 << shift
        value = number(text, old >> shift & (1 << bits) - 1) if text not in ring.STATES \
            else ring.STATES[text]
        self.elf.put(at, field, old & ~mask | value << shift & mask)

    def field(self, target):
        """ring.head_id, desc:SEQ.state, info:SEQ.text_len, block:SEQ.id, phdr:N.p_offset ..."""
        place, name = target.split(".")
        kind, _, index = place.partition(":")
        index = int(index or "0")
        if kind == "ehdr":
            at, field = 0, elf.EHDR[self.bits][name]
        elif kind == "phdr":
            at, field = self.elf.phdr(index), elf.PHDR[self.bits][name]
        elif kind == "nhdr":
            at, field = self.elf.nhdrs[index], elf.NHDR[name]
        elif self.model:
            region, offset, size = self.ring.field(kind, index, name)
            at, field = self.offset("%s+%d" % (region, offset)), (0, size)
        else:
            return self.ring_field(kind, index, name)
        return at, field, 0, 8 * field[1]

    def ring_field(self, kind, index, name):
        word, id_bits = self.layout.word, 8 * self.layout.word - 2
        slot = index % self.ring.count
        if kind == "ring":
            at, field = self.offset("ring"), self.layout.ring[name]
        elif kind == "prb":
            at, field = self.offset("prb"), {"pointer": (0, word)}[name]
        elif kind == "info":
            at = self.offset("infos+%d" % (slot * self.layout.info_bytes))
            field = self.layout.info[name]
        elif kind == "block":
            begin = self.ring.descs[slot].begin
            at, field = self.offset("data+%d" % (begin % self.ring.size)), (0, word)
        elif kind == "desc":
            at = self.offset("descs+%d" % (slot * self.layout.desc_bytes))
            field = self.layout.desc["state_var" if name in ("id", "state") else name]
            if name == "state":
                return at, field, id_bits, 2
            if name == "id":
                return at, field, 0, id_bits
        else:
            raise Error(kind)
        return at, field, 0, 8 * field[1]

    # ---- what must be read out of it

    def expected_records(self):
        """Finished records, oldest first, then those that were being written."""
        descs = [d for d in self.ring.kept() if d.seq not in self.lost | self.gone]
        done = [d for d in descs if d.state != ring.RESERVED]
        return done + [d for d in descs if d.state == ring.RESERVED]

    def lines_of(self, desc):
        record = desc.record
        text = self.texts.get(desc.seq, record.text if desc.begin != ring.EMPTY_LPOS else b"")
        prefix = b"<%d>[%5d.%06d] " % (record.facility * 8 + record.level,
                                       record.ts_nsec // 10**9, record.ts_nsec // 1000 % 10**6)
        mark = b" [unfinished]" if desc.state == ring.RESERVED else b""
        lines = text.split(b"\n")
        return [prefix + line + (mark if i == len(lines) - 1 else b"") + b"\n"
                for i, line in enumerate(lines)]

    def expected_lines(self):
        """[(sequence number, or None if frames do not tell it; line)]"""
        if self.exit:
            return []
        if self.scraps:
            return [(None, scrap + b" [salvaged]\n") for scrap in self.scraps]
        if self.model:
            return [(number, Line.piece(*line))
                    for number, _, lines in self.ring.expected(self) for line in lines]
        return [(None if desc.state == ring.RESERVED or desc.seq in self.unnumbered else desc.seq,
                 line) for desc in self.expected_records() for line in self.lines_of(desc)]

    def newest(self):
        """Number and time of the newest finished record: what the id is made of, with the note."""
        if self.scraps:
            return (0, 0)
        if self.model:
            found = [(n, record.ts_nsec) if record else (0, 0)  # plain text has neither
                     for n, record, _ in self.ring.expected(self)]
        else:
            found = [(d.seq, d.record.ts_nsec) for d in self.expected_records()
                     if d.state != ring.RESERVED]
        return found[-1] if found else None

    def damage_count(self):
        """How many damaged records the sender tells of."""
        return len(self.lost) if self.damaged is None else self.damaged

    def memory(self):
        """The core's memory for tests/fuzz/memory.h: (format, flags and stretches), or None."""
        if self.at or self.splits or self.copies or len(self.elf.offsets) != 2:
            return None
        image, allocated = (
            bytes(self.elf.file[offset:offset + len(data)])
            for offset, (_, data) in zip(self.elf.offsets, self.elf.segments))
        newer = self.kernel["release"].startswith(("7.2", "5.4"))
        flags = (self.word_bits == 32) | (self.order == "big") << 1 | newer << 2
        kind = {plain.Plain: "plain", records.Records: "records"}.get(self.model, "prb")
        return kind, bytes((flags, len(image) >> 8, len(image) & 255)) + image + allocated

    def damage_words(self):
        """What the sender says of the damage; "" if there is none to be told."""
        words = []
        if "note" in self.inferred:
            words.append("VMCOREINFO is damaged: what kernels have in common was taken")
        if "fields" in self.inferred:
            words.append("the log's own fields are damaged: its records told them")
        if self.scraps:
            words.append("the log's records are lost: this is what is legible of it")
        elif self.damage_count():
            words.append("%d damaged record%s left out" % (
                self.damage_count(), "" if self.damage_count() == 1 else "s"))
        return "; ".join(words)

    @property
    def expected(self):
        return b"".join(line for _, line in self.expected_lines())


def load(path):
    path = pathlib.Path(path)
    return Case(path.stem, path.read_text())


def all_cases():
    return [load(path) for path in sorted(FOLDER.glob("*.case"))]
