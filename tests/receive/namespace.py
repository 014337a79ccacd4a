# SPDX-License-Identifier: GPL-2.0-only
"""namespace - a network namespace of the test's own, and a wire in it"""
import ctypes
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import time

from receiver import Receiver
from tap import Skip, same

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
BLAST = pathlib.Path(__file__).resolve().parents[1] / "bench/blast.c"


def own_network():
    """Moves this process, once, into a network namespace of its own. Returns why it cannot."""
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare((0 if uid == 0 else CLONE_NEWUSER) | CLONE_NEWNET):
        return "no network namespace: " + os.strerror(ctypes.get_errno())
    if uid:
        for name, text in (("setgroups", "deny"), ("uid_map", "0 %d 1" % uid),
                           ("gid_map", "0 %d 1" % gid)):
            with open("/proc/self/" + name, "w") as out:
                out.write(text)
    made = subprocess.run(["ip", "link", "add", "lwprobe0", "type", "veth", "peer", "lwprobe1"],
                          capture_output=True, text=True)
    if made.returncode:
        return "no veth: " + made.stderr.strip()
    subprocess.run(["ip", "link", "del", "lwprobe0"], check=True)
    return None


REFUSED = own_network()


class Wire:
    """A veth pair; what is sent goes in at one end and is heard at the other."""

    def __init__(self, number=0):
        if REFUSED:
            raise Skip(REFUSED)
        self.near, self.far = "lwn%d" % number, "lwf%d" % number
        for words in (["add", self.near, "type", "veth", "peer", "name", self.far],
                      ["set", self.near, "up"], ["set", self.far, "up"]):
            subprocess.run(["ip", "link", *words], check=True)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.bind((self.near, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        subprocess.run(["ip", "link", "del", self.near], stderr=subprocess.DEVNULL)

    def send(self, *frames):
        for frame in frames:
            self.socket.send(frame)

    def blast(self, scratch, path, rate=0):
        """Sends a capture file. Returns (frames, seconds)."""
        program = scratch / "blast"
        if not program.exists():
            subprocess.run(["gcc", "-D_GNU_SOURCE", "-O2", "-o", program, BLAST], check=True)
        done = subprocess.run([program, self.near, path, str(rate)], capture_output=True,
                              text=True, check=True, timeout=120)
        n, seconds = done.stdout.split()
        return int(n), float(seconds)


def listening(scratch, *interfaces, options=(), **keys):
    """A receiver that says that it listens."""
    recv = Receiver(scratch, *options, **keys,
                    source=[word for name in interfaces for word in ("-i", name)])
    for name in interfaces:
        assert select.select([recv.child.stderr], [], [], 30)[0], "it never listened"
        same(recv.child.stderr.readline().decode(), "lastwords-recv: listening on %s\n" % name)
    return recv


def counters(recv):
    """Asks a receiver with --json for its counters. What it said before is passed over."""
    recv.child.send_signal(signal.SIGUSR1)
    while True:
        assert select.select([recv.child.stderr], [], [], 30)[0], "no counters"
        said = recv.child.stderr.readline()
        assert said, "it ended: status %s" % recv.child.wait(30)
        if said.startswith(b'{"counters":'):
            return json.loads(said)["counters"]


def wait_for(condition, limit_s=60):
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
