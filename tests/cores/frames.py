# SPDX-License-Identifier: GPL-2.0-only
"""frames - a capture file of Lastwords frames, read by docs/frame-format.md, and what it must hold

Written from the document, not from the sender's code.
"""
import dataclasses
import re
import struct

PREFIX = bytes.fromhex("ffffffffffff020000000000" "0800" "4500")
AFTER_LENGTH = bytes.fromhex("0000400040ff0000" "02020202" "ffffffff")
KEYS = {"id", "part", "host", "at", "kernel", "seq", "last", "older", "cont", "drill", "why"}


@dataclasses.dataclass
class Part:
    keys: dict
    body: bytes
    payload: int

    @property
    def number(self):
        return int(self.keys["part"].split("/")[0])

    @property
    def total(self):
        return int(self.keys["part"].split("/")[1])


def packets(capture):
    """The frames of a little-endian classic capture file, each whole."""
    magic, major, minor, _, _, snap, link = struct.unpack_from("<IHHIIII", capture)
    assert (magic, major, minor, link) == (0xa1b2c3d4, 2, 4, 1) and snap >= 1518
    found, at = [], 24
    while at < len(capture):
        _, us, kept, length = struct.unpack_from("<IIII", capture, at)
        assert us < 1000000 and kept == length and at + 16 + kept <= len(capture)
        found.append(capture[at + 16:at + 16 + kept])
        at += 16 + kept
    return found


def unescaped(value):
    assert re.fullmatch(rb"(?:[!-$&-~]|%[0-9A-F]{2})+", value), value
    return re.sub(rb"%(..)", lambda match: bytes((int(match[1], 16),)), value)


def part(packet):
    """One frame, byte for byte as the document has it."""
    assert packet[:16] == PREFIX and packet[18:34] == AFTER_LENGTH, packet[:34].hex()
    assert struct.unpack_from(">H", packet, 16)[0] == len(packet) - 14
    line, _, body = packet[34:].partition(b"\n")
    assert len(line) < 1024
    magic, *pairs = line.split(b" ")
    assert magic == b"LASTWORDS/1", line
    keys = {}
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        assert name.decode() in KEYS and name.decode() not in keys, pair
        keys[name.decode()] = unescaped(value).decode("latin-1")
    assert re.fullmatch("[0-9a-f]{16}", keys["id"]), keys
    assert ("seq" in keys) == ("last" in keys), keys
    return Part(keys, body, len(packet) - 34)


def parts(capture, payload):
    """All parts in their order, after what holds for any report: the newest was sent first."""
    found = [part(packet) for packet in packets(capture)]
    assert found, "no frame"
    assert [p.number for p in found] == list(range(len(found), 0, -1))
    shared = [{key: p.keys.get(key) for key in ("id", "host", "at", "kernel", "older", "why")}
              for p in found]
    assert all(p.total == len(found) and p.payload <= payload for p in found)
    assert all(keys == shared[0] for keys in shared)
    return found[::-1]


def fnv(data):
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return value


def crash_id(note, newest=None):
    """newest: the sequence number and the nanoseconds of the newest finished record"""
    return "%016x" % fnv(note + (struct.pack("<QQ", *newest) if newest else b""))


def tail(lines, limit):
    """The newest whole lines, [(seq, line)], of at most limit bytes."""
    kept, left = [], limit
    for seq, line in reversed(lines):
        if len(line) > left:
            break
        left -= len(line)
        kept.insert(0, (seq, line))
    return kept


def check_parts(found, lines, payload):
    """The parts' bodies are exactly these lines, cut only where they must be, numbers right."""
    joined = b"".join(p.body for p in found)
    assert joined == b"".join(line for _, line in lines), "bodies joined are not the log"
    starts, at = [], 0  # where each line begins
    for _, line in lines:
        starts.append(at)
        at += len(line)
    begin = 0
    for i, p in enumerate(found):
        end = begin + len(p.body)
        assert p.body, "part %d is empty" % p.number
        held = [n for n, (_, line) in enumerate(lines)
                if starts[n] < end and starts[n] + len(line) > begin]
        cut = begin not in starts
        goes_on = cut or getattr(lines[held[0]][1], "joined", False)
        assert p.keys.get("cont") == ("1" if goes_on else None), "cont of part %d" % p.number
        if cut:  # only a line that no frame could hold
            smallest = min(len(q.body) for q in found[i - 1:i + 1])
            assert len(lines[held[0]][1]) > smallest, "part %d: cut needlessly" % p.number
            room = payload - (p.payload - len(p.body)) - 64  # what longer numbers may take
            assert len(lines[held[0]][1]) > room, "part %d: cut needlessly" % p.number
        seqs = [lines[n][0] for n in held if lines[n][0] is not None]
        wanted = (str(seqs[0]), str(seqs[-1])) if seqs else (None, None)
        assert (p.keys.get("seq"), p.keys.get("last")) == wanted, \
            "part %d: %s, its records are %s" % (p.number, p.keys, wanted)
        begin = end
