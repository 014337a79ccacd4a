# SPDX-License-Identifier: GPL-2.0-only
"""ring - the kernel's printk ring, filled the way printk fills it

A model of the writer's side of kernel/printk/printk_ringbuffer.c, for one CPU: what prb_reserve(),
prb_commit() and their helpers leave in memory. It knows nothing of how the sender reads it. Names
are the kernel's: head_id, tail_id, lpos (a logical position, growing for ever modulo the word).
"""
import dataclasses

RESERVED, COMMITTED, FINALIZED, REUSABLE = range(4)
STATES = {"reserved": RESERVED, "committed": COMMITTED, "finalized": FINALIZED,
          "reusable": REUSABLE}
FAILED_LPOS, EMPTY_LPOS = 1, 3


@dataclasses.dataclass
class Record:
    """What one printk call leaves: its info, and its text as it lies in the block."""
    text: bytes
    level: int = 6
    facility: int = 0
    ts_nsec: int = 0
    caller: int = 1
    flags: int = 0
    state: int = FINALIZED
    text_len: int = -1  # in the info; -1 = the text's length
    size: int = -1      # bytes reserved; -1 = what printk of this kernel would
    seq: int = -1

    def __post_init__(self):
        if self.text_len < 0:
            self.text_len = 0 if self.state == RESERVED else len(self.text)


@dataclasses.dataclass
class Desc:
    """One slot, and the record that was put there last."""
    id: int = 0
    state: int = RESERVED  # memory starts as zeros
    begin: int = 0
    next: int = 0
    seq: int = 0
    record: Record = None


class Ring:
    """descs and data hold what the kernel's memory would."""

    def __init__(self, word, order, count_bits, size_bits, exact_end, bare_text, long_ids):
        self.word, self.order, self.exact_end, self.bare_text = word, order, exact_end, bare_text
        self.count_bits, self.size_bits = count_bits, size_bits
        self.count, self.size = 1 << count_bits, 1 << size_bits
        self.mask = (1 << 8 * word) - 1
        self.id_mask = self.mask >> 2
        # DESC0_ID: _DESCS_COUNT() was an unsigned int, so ids began below 2^32 in 64-bit words too.
        first = -(self.count + 1) & (self.mask if long_ids else 0xffffffff)
        self.head_id = self.tail_id = first & self.id_mask
        self.head_lpos = self.tail_lpos = -self.size & self.mask
        self.descs = [Desc() for _ in range(self.count)]
        self.descs[0].seq = -self.count & (1 << 64) - 1
        self.descs[-1] = Desc(self.head_id, REUSABLE, FAILED_LPOS, FAILED_LPOS)
        self.blocks = {}  # lpos of a block's begin -> id; the tail walks over them
        self.data = bytearray(self.size)

    def desc(self, record_id):
        return self.descs[record_id % self.count]

    def laps(self, begin, end):
        return (end & self.mask) // self.size - begin // self.size

    def wraps(self, begin, size):
        """67e1b0052f6b: a block that ends exactly at the ring's end no longer wraps."""
        return self.laps(begin, begin + size - (1 if self.exact_end else 0)) != 0

    def next_lpos(self, begin, size):
        if not self.wraps(begin, size):
            return (begin + size) & self.mask
        lap_start = (begin + size) & self.mask & ~(self.size - 1)
        return (lap_start + size) & self.mask

    def push_data_tail(self, lpos):
        """Frees blocks until the tail has come to lpos. False if one may not be freed."""
        while self.tail_lpos != self.head_lpos and \
                0 < (lpos - self.tail_lpos) & self.mask <= self.size:
            desc = self.desc(self.blocks[self.tail_lpos])
            if desc.state in (RESERVED, COMMITTED):
                return False
            desc.state = REUSABLE
            del self.blocks[self.tail_lpos]
            self.tail_lpos = desc.next
        return True

    def push_desc_tail(self):
        """Frees the oldest descriptor, if it may be, and its text."""
        desc = self.desc(self.tail_id)
        if desc.state in (RESERVED, COMMITTED):
            return False
        desc.state = REUSABLE
        if not desc.next & 1 and not self.push_data_tail(desc.next):
            return False
        if self.desc(self.tail_id + 1).state in (RESERVED, COMMITTED):
            return False
        self.tail_id = (self.tail_id + 1) & self.id_mask
        return True

    def block_size(self, record):
        size = record.size
        if size < 0:  # since 5.13 there is room for a NUL
            size = len(record.text) + (0 if self.bare_text else 1)
        return 0 if size == 0 else (size + self.word + self.word - 1) // self.word * self.word

    def alloc(self, desc, size):
        """data_alloc(): where the block's id is put, or None if the record stays without."""
        begin = self.head_lpos
        end = self.next_lpos(begin, size)
        if not self.push_data_tail((end - self.size) & self.mask):
            desc.begin = desc.next = FAILED_LPOS
            return None
        self.head_lpos, desc.begin, desc.next = end, begin, end
        self.blocks[begin] = desc.id
        block_id = desc.id.to_bytes(self.word, self.order)
        at = begin % self.size
        self.data[at:at + self.word] = block_id
        if self.wraps(begin, size):
            at = 0
            self.data[:self.word] = block_id
        return at

    def add(self, record):
        """prb_reserve(), the text, prb_commit(). False if the ring had no room for the record."""
        new_id, size = (self.head_id + 1) & self.id_mask, self.block_size(record)
        if size > self.size // 2:
            return False
        if (new_id - self.count) & self.id_mask == self.tail_id and not self.push_desc_tail():
            return False
        previous = self.desc(self.head_id)
        self.head_id = new_id
        desc = self.desc(new_id)
        first_use = desc.seq == 0 and new_id % self.count
        desc.seq = new_id % self.count if first_use else (desc.seq + self.count) & (1 << 64) - 1
        desc.id, desc.state, desc.record = new_id, RESERVED, record
        record.seq = desc.seq
        if previous.state == COMMITTED:
            previous.state = FINALIZED
        at = None
        if size:
            at = self.alloc(desc, size)
        else:
            desc.begin = desc.next = EMPTY_LPOS
        if at is not None:
            text = record.text + (b"" if self.bare_text else b"\0")  # as vscnprintf() leaves it
            self.data[at + self.word:at + self.word + len(text)] = text
        desc.state = FINALIZED if desc.begin == FAILED_LPOS else record.state
        return True

    def room_to_end(self):
        """Bytes from the next block to the ring's end."""
        return self.size - self.head_lpos % self.size

    def kept(self):
        """What can still be read, oldest first: descriptors from tail to head."""
        ids = range(((self.head_id - self.tail_id) & self.id_mask) + 1)
        descs = [self.desc(self.tail_id + i) for i in ids]
        return [d for d in descs if d.state != REUSABLE and d.begin != FAILED_LPOS]
