# SPDX-License-Identifier: GPL-2.0-only
"""evidence - what must have come out of a panic, checked against what the guest said itself

    syslog    the guest's own syslog(2) just before the panic, handed out by a second serial port
    dying     what the first kernel wrote to its console after that
    report    what lastwords-recv made of the frames
"""
import collections
import difflib
import re
import time

import listener
import machine
import panic

# 2.2.2.2 -> 255.255.255.255, protocol 255, no checksum; broadcast on Ethernet.
FRAME = {
    "eth.dst": "ff:ff:ff:ff:ff:ff", "eth.src": machine.GUEST_MAC, "eth.type": "0x0800",
    "ip.version": "4", "ip.hdr_len": "20", "ip.proto": "255", "ip.checksum": "0x0000",
    "ip.src": "2.2.2.2", "ip.dst": "255.255.255.255", "ip.ttl": "64", "ip.flags.df": "1",
}
PREFIX = re.compile(r"<\d+>")


def text_lines(raw):
    return one_replacement(raw.decode(errors="replace")).removesuffix("\n").split("\n")


def one_replacement(text):
    """How many U+FFFD stand for a run of bytes that are no UTF-8 is left to each decoder."""
    return re.sub("\ufffd+", "\ufffd", text)


def dying_lines(vm, syslog):
    """The console from what follows the syslog's last line to the capture kernel's first line."""
    lines = [one_replacement(text) for _, text in vm.console]
    last = PREFIX.sub("", text_lines(syslog)[-1], count=1)
    first = lines.index(last) + 1
    end = next(n for n, text in enumerate(lines) if n >= first and "Linux version" in text)
    return lines[first:end]


def difference(expected, found):
    diff = difflib.unified_diff(expected, found, "expected", "received", lineterm="", n=1)
    return "\n".join(repr(line) for line in list(diff)[:12])


class Evidence:
    """One scene's machine and report, with the checks that any panic must pass."""

    def __init__(self, tap, name, scene, vm):
        self.tap, self.name, self.scene, self.vm = tap, name, scene, vm
        self.syslog = vm.handout.read_bytes()
        shown = listener.reports(vm.pcap)
        self.report = shown[-1] if shown else {}
        self.lines = [one_replacement(line) for line in self.report.get("lines", [])]
        self.dying = self.silent_lines() if scene.death.silent else dying_lines(vm, self.syslog)
        self.check(len(shown) == 1, "one report", "shown %d times" % len(shown))

    def check(self, good, what, detail=""):
        where = "\nconsole: %s\nframes: %s" % (self.vm.log, self.vm.pcap)
        self.tap.check(good, "%s: %s" % (self.name, what), str(detail) + where)

    def silent_lines(self):
        """Without a console to compare with: what the report has from the death's start on."""
        found = [PREFIX.sub("", line, count=1) for line in self.lines]
        first = next((n for n, line in enumerate(found) if self.scene.death.start in line), 0)
        return found[first:]

    def check_panic(self):
        """The last lines are those the first kernel wrote to its console."""
        found = [PREFIX.sub("", line, count=1) for line in self.lines[-len(self.dying):]]
        self.check(found == self.dying, "the panic's own lines follow",
                   difference(self.dying, found))
        wanted = [self.scene.death.start, self.scene.death.panic, "Call Trace:", "RIP: "]
        missing = [text for text in wanted if not any(text in line for line in found)]
        self.check(not missing, "its start, the panic, call trace and RIP are there", missing)

    def before_panic(self):
        return self.lines[:len(self.lines) - len(self.dying)]

    def check_whole_log(self):
        """Before them comes all that syslog(2) returned."""
        expected = text_lines(self.syslog)
        self.check(self.before_panic() == expected, "the log is what syslog(2) returned",
                   difference(expected, self.before_panic()))

    def check_header(self):
        report, kernel = self.report, self.scene.kernel
        self.check(report["complete"] and report["parts_received"] == report["parts"] > 1
                   and report["missing"] == [], "complete", report_header(report))
        self.check(report["host"] == panic.HOSTNAME and report["kernel"] == kernel.version
                   and report["mac"] == machine.GUEST_MAC, "host, kernel and MAC",
                   report_header(report))
        died = (time.time() - (time.monotonic() - self.vm.died) if self.vm.died
                else self.vm.handout.stat().st_mtime)
        self.check(abs(report["at"] - died) <= 5, "time of the crash",
                   "%s, on the host %d" % (report["at"], died))

    def check_text(self):
        text = listener.receive(self.vm.pcap).decode()
        self.check(panic.HOSTNAME in text and self.scene.death.panic in text, "shown as text",
                   text[-2000:])

    def check_stored(self):
        """The file holds the very bytes, also those that are no UTF-8."""
        lines = listener.stored(self.vm.pcap).removesuffix(b"\n").split(b"\n")
        before = b"".join(line + b"\n" for line in lines[:-len(self.dying)])
        self.check(before and self.syslog.endswith(b"\n" + before) or before == self.syslog,
                   "the stored file has the bytes of syslog(2)", before[:500])

    def check_wire(self):
        """tshark finds Lastwords frames as they should be, and nothing else from the guest."""
        frames = listener.wire(self.vm.pcap)
        other = [frame for frame in frames if frame != FRAME]
        self.check(frames and not other, "nothing but our frames on the wire",
                   "%d frames, others: %s" % (len(frames), other[:5]))
        copies = collections.Counter(frame for _, frame in self.vm.frames)
        rounds = len(self.scene.settings["repeat"].split(","))
        # When carrier comes during a round or after it, the schedule starts anew.
        self.check(len(copies) == self.report["parts"] and sum(copies.values()) == len(frames)
                   and all(rounds <= n <= 2 * rounds for n in copies.values()),
                   "each round sends each part once, the same bytes",
                   "%d frames, %s parts, %s copies" % (len(frames), self.report["parts"],
                                                       sorted(set(copies.values()))))

    def check_end(self):
        self.check(self.vm.seconds is not None, "the machine ended by itself",
                   "killed after %d s" % panic.END_LIMIT_S)


def report_header(report):
    return {key: value for key, value in report.items() if key != "lines"}
