# SPDX-License-Identifier: GPL-2.0-only
"""capture - makes frames and capture files from the words of the frame format, byte by byte"""
import struct

MAC = bytes.fromhex("525400123456")
START = 1795414600.0
ID = "9f2c51d07be21d4c"


def ethernet(payload, mac=MAC, tags=(), total=None, protocol=255, pad=b""):
    """One frame; tags are (type, id) pairs, outermost first."""
    total = 20 + len(payload) if total is None else total
    head = b"\xff" * 6 + mac + b"".join(struct.pack(">HH", *tag) for tag in tags)
    ip = struct.pack(">BBHHHBBH", 0x45, 0, total, 0, 0x4000, 64, protocol, 0)
    return head + b"\x08\x00" + ip + b"\x02\x02\x02\x02\xff\xff\xff\xff" + payload + pad


def header(part, parts, **keys):
    """A header line; keys are written in the order given, as they are."""
    words = ["id=" + keys.pop("id", ID), "part=%d/%d" % (part, parts)]
    words += ["%s=%s" % pair for pair in keys.items()]
    return ("LASTWORDS/1 " + " ".join(words) + "\n").encode()


def part(number, parts, body, mac=MAC, tags=(), **keys):
    body = body if isinstance(body, bytes) else body.encode()
    return ethernet(header(number, parts, **keys) + body, mac, tags)


def line(seq, text, level=6):
    return "<%d>[%5d.%06d] %s\n" % (level, seq // 1000, seq % 1000 * 1000, text)


def report(parts, lines=2, first=5120, host="web-042", at=1795414594, kernel="6.1.0-56-cloud-amd64",
           **keys):
    """The frames of a whole report, oldest part first, and the lines in it."""
    frames, said = [], []
    for number in range(1, parts + 1):
        seq = first + (number - 1) * lines
        body = [line(s, "record %d" % s) for s in range(seq, seq + lines)]
        said += body
        frames.append(part(number, parts, "".join(body), host=host, at=at, kernel=kernel, seq=seq,
                           last=seq + lines - 1, **keys))
    return frames, said


def pcap_head(link=1):
    return struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link)


def record(frame, time):
    return struct.pack("<IIII", int(time), round(time % 1 * 1e6), len(frame), len(frame)) + frame


def pcap(frames, start=START, step=0.001):
    """frames are frames, or (seconds after start, frame) pairs."""
    out, now = [pcap_head()], 0.0
    for frame in frames:
        if isinstance(frame, tuple):
            now, frame = frame
        out.append(record(frame, start + now))
        now += step
    return b"".join(out)


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def pcapng(frames, start=START):
    out = [block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack("<HHI", 1, 0, 65535))]
    for i, frame in enumerate(frames):
        micros = int(start * 1000000) + i * 1000
        out.append(block(6, struct.pack("<IIIII", 0, micros >> 32, micros & 0xffffffff, len(frame),
                                        len(frame)) + frame))
    return b"".join(out)
