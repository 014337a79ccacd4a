# SPDX-License-Identifier: GPL-2.0-only
"""frames - reports to put on a guest's wire, made from the words of the frame format"""
import importlib.util
import re
import time

from rootfs import packages


def load():
    """tests/receive/capture.py, whose name another module has that is in use here."""
    path = packages.ROOT / "tests/receive/capture.py"
    spec = importlib.util.spec_from_file_location("receive_capture", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


words = load()
PANIC = "Kernel panic - not syncing: sysrq triggered crash"


def report(host, number, parts=4):
    """A report's frames, and the text in them; number makes it another crash."""
    frames, said = [], []
    for part in range(1, parts + 1):
        body = [words.line(part * 10 + n, "record %d of %d" % (part * 10 + n, number))
                for n in range(3)]
        if part == parts:
            body.append(words.line(part * 10 + 3, PANIC, level=0))
        said += body
        frames.append(words.part(part, parts, "".join(body), id="%016x" % number, host=host,
                                 at=int(time.time()), kernel="6.1.0-56-cloud-amd64",
                                 seq=part * 10, last=part * 10 + len(body) - 1))
    return frames, "".join(said)


def whole(heard):
    """Whether each part of the last report is among these frames, [(when, bytes)]."""
    found = [re.search(rb"LASTWORDS/1 id=(\S+) part=(\d+)/(\d+)", frame) for _, frame in heard]
    found = [match.groups() for match in found if match]
    if not found:
        return False
    last, _, parts = found[-1]
    return len({part for crash, part, _ in found if crash == last}) == int(parts)
