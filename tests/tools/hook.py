# SPDX-License-Identifier: GPL-2.0-only
"""hook - a lastwords-hook that runs while the test fills its store"""
import os
import pathlib
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOOK = str(ROOT / "build/lastwords-hook")
LIMIT_S = 30


def until(condition, what, limit_s=LIMIT_S):
    end = time.monotonic() + limit_s
    while not (got := condition()):
        assert time.monotonic() < end, "not in %d s: %s" % (limit_s, what)
        time.sleep(0.02)
    return got


class Hook:
    def __init__(self, store, *options, **keys):
        self.err = open(store.folder.parent / "err", "ab+", buffering=0)
        self.child = subprocess.Popen([HOOK, "--dir", str(store.folder), *options],
                                      stderr=self.err, stdout=subprocess.DEVNULL, **keys)

    def __enter__(self):
        # It reads the index before it waits for the first time.
        path = pathlib.Path("/proc/%d/syscall" % self.child.pid)
        until(lambda: path.read_text().split()[0] in ("7", "73", "271"), "it waits")
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self.err.close()

    def said(self):
        return os.pread(self.err.fileno(), 1 << 20, 0).decode()

    def until_counts(self, words):
        """Asks for the counters until they are so."""
        def asked():
            self.child.send_signal(signal.SIGUSR1)
            return words in self.said()

        until(asked, words)

    def end(self):
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(LIMIT_S)
