# SPDX-License-Identifier: GPL-2.0-only
"""machine - a virtual machine in QEMU, watched

    guest ttyS0 ── pipe ──── console: each line with the host's time
    guest ttyS1 ── file ──── what the guest hands out, raw
    guest card ─┬─ filter-dump ── lan.pcap (complete, but stamped by the guest's clock)
                └─ hub ─┬─ socket pair ── frames: each with the host's time
                        ├─ a tap device, if one is given
    more cards ─────────┘  each with its own dump: lan1.pcap, ...

Emulation only: /dev/kvm may open and guests still hang on it. LASTWORDS_ACCEL overrides that.
"""
import os
import pathlib
import socket
import struct
import subprocess
import threading
import time

import monitor

QEMU = "qemu-system-x86_64"
GUEST_MAC = "52:54:00:12:34:56"
VIRTIO = "virtio-net-pci,romfile="


def guest_mac(number):
    """The MAC of the machine's card of this number, from 0."""
    return "%s:%02x" % (GUEST_MAC[:-3], int(GUEST_MAC[-2:], 16) + number)


class Machine:
    """One run of QEMU. Use it with `with`: whatever happens, QEMU is gone afterwards.

    kernel    None: the machine boots from a disk in more, and initrd and cmdline say nothing
    cards     QEMU's names of the network cards; card n has guest_mac(n), its link is port, port1
    first     the number of the first card: machines on one LAN need MACs of their own
    more      further options for QEMU; fds are the descriptors that they name
    console   [(seconds, text)], frames [(seconds, bytes)] from the guest: time.monotonic() on the
              host.
    """

    def __init__(self, work, kernel, initrd, cmdline, memory_mb=512, tap=None, dump=None,
                 cards=(VIRTIO,), first=0, more=(), fds=()):
        self.work = pathlib.Path(work)
        self.log = self.work / "console.log"
        self.handout = self.work / "handout"
        self.pcap = pathlib.Path(dump or self.work / "lan.pcap")
        self.console, self.frames = [], []
        self.process, self.started, self.monitor, self.wire = None, None, None, None
        self.changed = threading.Condition()
        self.log.unlink(missing_ok=True)
        self.args = [
            QEMU, "-accel", os.environ.get("LASTWORDS_ACCEL", "tcg"), "-m", str(memory_mb),
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            *(["-kernel", str(kernel), "-initrd", str(initrd), "-append", cmdline] if kernel
              else []),
            "-serial", "stdio", "-serial", "file:%s" % self.handout,
            *more,
        ]
        self.pcaps, self.first, self.fds = [], first, list(fds)
        self.macs = [bytes.fromhex(guest_mac(first + n).replace(":", ""))
                     for n in range(len(cards))]
        for number, card in enumerate(cards):
            self.add_card(number, card)
        if tap:
            self.args += ["-netdev", "tap,id=tap,ifname=%s,script=no,downscript=no" % tap,
                          "-netdev", "hubport,id=tapport,hubid=0,netdev=tap"]

    def add_card(self, number, card):
        end = str(number or "")
        self.pcaps.append(self.pcap.with_stem(self.pcap.stem + end))
        self.args += [
            "-netdev", "hubport,id=port%s,hubid=0" % end,
            "-device", "%s,id=card%d,netdev=port%s,mac=%s" % (card, number, end,
                                                              guest_mac(self.first + number)),
            "-object", "filter-dump,id=dump%s,netdev=port%s,file=%s" % (end, end, self.pcaps[-1]),
        ]

    def __enter__(self):
        self.monitor = monitor.Monitor()
        ours, theirs = socket.socketpair()
        args = [*self.args, "-netdev", "socket,id=watch,fd=%d" % theirs.fileno(),
                "-netdev", "hubport,id=watchport,hubid=0,netdev=watch", *self.monitor.options()]
        self.started = time.monotonic()
        # pylint: disable-next=consider-using-with # closed in __exit__
        self.process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT,
                                        pass_fds=[theirs.fileno(), self.monitor.fd, *self.fds])
        theirs.close()
        self.wire = ours
        self.threads = [threading.Thread(target=self.read_console),
                        threading.Thread(target=self.read_frames, args=(ours,))]
        for thread in self.threads:
            thread.start()
        try:
            self.monitor.started()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join()
        self.process.stdout.close()
        self.monitor.close()

    def read_console(self):
        with open(self.log, "a", encoding="utf-8") as log:
            for raw in self.process.stdout:
                now = time.monotonic()
                text = raw.decode(errors="replace").rstrip("\r\n")
                log.write("%9.3f %s\n" % (now - self.started, text))
                log.flush()
                self.add(self.console, now, text)

    def read_frames(self, stream):
        """QEMU's framing on a stream: the length in 4 bytes, big-endian, then the frame."""
        with stream, stream.makefile("rb") as source:
            while len(head := source.read(4)) == 4:
                (length,) = struct.unpack(">I", head)
                frame = source.read(length)
                if frame[6:12] in self.macs:
                    self.add(self.frames, time.monotonic(), frame)

    def send(self, frame):
        """Puts a frame on the wire."""
        self.wire.sendall(struct.pack(">I", len(frame)) + frame)

    def add(self, where, now, what):
        with self.changed:
            where.append((now, what))
            self.changed.notify_all()

    def wait_for(self, ready, limit_s):
        """Waits until ready() returns something true, QEMU ends or the time is up; returns it."""
        end = time.monotonic() + limit_s
        with self.changed:
            while not (result := ready()) and time.monotonic() < end:
                if self.process.poll() is not None and not self.threads[0].is_alive():
                    break
                self.changed.wait(0.2)
            return result or ready()

    def line_time(self, text):
        return next((when for when, line in self.console if text in line), None)

    def find_line(self, text):
        return next((line for _, line in self.console if text in line), None)

    def state(self, limit_s):
        """How a wait that failed came to its end, in words."""
        if self.process.poll() is None:
            return "within %d s" % limit_s
        return "and QEMU ended with status %d" % self.process.returncode

    def wait_end(self, limit_s):
        """Waits until the machine ends by itself; returns the seconds it ran, or None."""
        try:
            self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            return None
        return time.monotonic() - self.started
