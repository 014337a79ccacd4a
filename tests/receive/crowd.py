# SPDX-License-Identifier: GPL-2.0-only
"""crowd - capture files of many machines that panic together, and of many that only pretend to"""
import random

from capture import line, part, pcap_head, record, START

FILL = "x" * 84


def report_id(host):
    return "%016x" % (host * 7919 + 1)


def body(host, number, lines):
    """The text of a part of about 120 bytes a line."""
    return "".join(line(number * lines + i, "host %d %s" % (host, FILL)) for i in range(lines))


def log(host, parts, lines):
    return "".join(body(host, number, lines) for number in range(1, parts + 1)).encode()


def frames(hosts, parts, lines=8, seed=1, together=None):
    """
    Each host's frames, newest part first, mixed with those of the others: all at once, or so many
    hosts together after one another.
    """
    rng = random.Random(seed)
    together = together or hosts
    for first in range(0, hosts, together):
        group = range(first, min(first + together, hosts))
        for number in range(parts, 0, -1):
            mixed = list(group)
            rng.shuffle(mixed)
            for host in mixed:
                yield part(number, parts, body(host, number, lines),
                           mac=b"\x02\0" + host.to_bytes(4, "big"), id=report_id(host),
                           host="h%05d" % host, at=1795414594, kernel="6.1.0-56-cloud-amd64",
                           seq=number * lines, last=number * lines + lines - 1)


def forged(senders, rounds=1, parts=3):
    """One part of each forged sender's report, and in each round of another report of it."""
    for turn in range(rounds):
        for sender in range(senders):
            yield part(2, parts, "forged %d\n" % sender,
                       mac=b"\x02\x01" + sender.to_bytes(4, "big"),
                       id="%016x" % ((turn << 32) + sender + (1 << 40)))


def write(path, stream, step=1e-6):
    """Writes a capture file. Returns the number of frames."""
    n = 0
    with open(path, "wb") as out:
        out.write(pcap_head())
        for frame in stream:
            out.write(record(frame, START + n * step))
            n += 1
    return n
