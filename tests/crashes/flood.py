# SPDX-License-Identifier: GPL-2.0-only
"""flood - records for /dev/kmsg, as first-init takes them: one a line, odd bytes escaped

Words come from a short list, so that a ring full of them packs well.
"""
import random

RING_BYTES = 128 << 10  # CONFIG_LOG_BUF_SHIFT is 17 in Debian's x86-64 kernels
WORDS = (b"eth0 link is down carrier lost page allocation failure timeout on queue reset "
         b"nvme").split()
ODD = [b"\x1b[31mred\x1b[0m", b"\x07", b"\r", b"\t", b"\x7f", b"\x01\x02", b"%s%n", b"\\x41", b"  ",
       "Größe 漢字".encode(), b"\xff\xfe", b"\xc3", b"\x80", b"\n", b"\nsecond line\n"]
PRIORITIES = (0, 3, 4, 5, 6, 7, 14, 30, 86, 191)


def escaped(body):
    return "".join(chr(c) if 32 <= c < 127 and c != 92 else "\\0%03o" % c for c in body)


def records(choice, lengths, odd, laps):
    """Enough of them to fill the ring so many times."""
    lines, size, number = [], 0, 0
    while size < laps * RING_BYTES:
        words = [b"%d" % number] + choice.choices(WORDS, k=20)
        if choice.random() < odd:
            words.insert(choice.randint(1, 2), choice.choice(ODD))
        # An empty line within a record would look like a record that is empty.
        body = b" ".join(words)[:choice.choice(lengths)].rstrip(b"\n")
        lines.append(escaped(b"<%d>" % choice.choice(PRIORITIES) + body))
        size += len(body) + 16
        number += 1
    return "\n".join(lines) + "\n"


def wrapped(seed):
    """Records of all lengths, with control bytes, several lines, and bytes that are no UTF-8."""
    return records(random.Random(seed), (0, 3, 8, 20, 40, 60, 80, 100, 150), 0.3, 3)


def short(seed):
    """Short plain records: one in a few floods leaves one that ends exactly at the ring's end."""
    return records(random.Random(seed), range(8, 48), 0, 2)
