# SPDX-License-Identifier: GPL-2.0-only
"""wire - veth pairs in a network namespace, lastwords-send on one end, a packet socket on the other

Each frame is heard with the kernel's time stamp.
"""
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SEND = ROOT / "build/lastwords-send"
CASE = ROOT / "tests/cores/tail-64k.case"
LIMIT_S = 120
CHILDREN = []

sys.path.insert(0, str(ROOT / "tests/vm"))
sys.path.insert(0, str(ROOT / "tests/network"))
import ear  # pylint: disable=wrong-import-position
import namespace  # pylint: disable=wrong-import-position
import tap  # pylint: disable=wrong-import-position


def ip(*args):
    subprocess.run(["ip", *args], check=True)


def link(port):
    """What `ip` says of a port."""
    return json.loads(subprocess.run(["ip", "-j", "link", "show", port], check=True,
                                     capture_output=True).stdout)[0]


def is_up(port):
    return "UP" in link(port)["flags"]


class Net:
    """Two veth pairs: a0-a1 and b0-b1; the ends with 1 are up and listened to."""

    def __enter__(self):
        for name in "ab":
            ip("link", "add", name + "0", "type", "veth", "peer", "name", name + "1")
            for port in (name + "0", name + "1"):
                pathlib.Path("/proc/sys/net/ipv6/conf/%s/disable_ipv6" % port).write_text("1")
            ip("link", "set", name + "1", "up")
        self.ears = ear.Ears(["a1", "b1"])
        return self

    def __exit__(self, *_):
        self.heard()
        for name in "ab":
            subprocess.run(["ip", "link", "del", name + "1"], stderr=subprocess.DEVNULL, check=False)

    def frames_at(self, name):
        """What was heard at a1 or b1 by now."""
        return self.ears.frames[name + "1"]

    def heard(self):
        if self.ears:
            self.frames = {port[0]: frames for port, frames in self.ears.close().items()}
            self.ears = None
        return self.frames


def send(core, *options, expect=0):
    done = subprocess.run([SEND, "--core", core, *options], capture_output=True, text=True,
                          timeout=LIMIT_S, check=False)
    if done.returncode != expect:
        raise RuntimeError("exit %d: %s" % (done.returncode, done.stderr))
    return done.stderr


def written(core, *options):
    """The frames that --write makes of the core."""
    raw = subprocess.run([SEND, "--core", core, "--write", "-", *options], capture_output=True,
                         check=True).stdout
    at, frames = 24, []
    while at < len(raw):
        (kept,) = struct.unpack_from("<I", raw, at + 8)
        frames.append(raw[at + 16:at + 16 + kept])
        at += 16 + kept
    return frames


def same_but_mac(ours, theirs):
    return [f[:6] + f[12:] for f in ours] == [f[:6] + f[12:] for f in theirs]


def text(heard):
    """The log that a round of frames holds: the bodies, the oldest first."""
    return b"".join(f[34:].split(b"\n", 1)[1] for _, f in reversed(heard))


def start(core, *options):
    """lastwords-send, going on; finish() waits for it, and main() ends what a case left."""
    child = subprocess.Popen([SEND, "--core", core, *options], stderr=subprocess.PIPE, text=True)
    CHILDREN.append(child)
    return child


def finish(child, expect=0):
    """What it said; its exit status must be as expected."""
    said = child.communicate(timeout=LIMIT_S)[1]
    if child.returncode != expect:
        raise RuntimeError("exit %d: %s" % (child.returncode, said))
    return said


def sent(said, port):
    """How many frames the port took, as lastwords-send said at its end; 0 if it did not."""
    found = re.search(r"%s: (\d+) frames sent" % port, said)
    return int(found.group(1)) if found else 0


def wait_for(ready, limit_s=10):
    """Polls until ready() is true; an error if it never is."""
    end = time.monotonic() + limit_s
    while not ready():
        if time.monotonic() > end:
            raise RuntimeError("waited %d s in vain" % limit_s)
        time.sleep(0.01)


def main(*cases):
    """Runs each case(results, core) in a namespace of its own network, and prints TAP."""
    try:
        namespace.enter()
    except OSError as refused:
        print("ok 1 - ports # SKIP %s\n1..1" % refused)
        return
    results = tap.Tap()
    with tempfile.TemporaryDirectory(prefix="lastwords-send.") as folder:
        core = folder + "/core"
        subprocess.run([ROOT / "tests/cores/build", CASE, core], check=True)
        for case in cases:
            results.attempt(case.__name__, case, results, core)
            for child in CHILDREN:
                child.kill()
                child.wait()
    results.finish()
