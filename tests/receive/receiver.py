# SPDX-License-Identifier: GPL-2.0-only
"""receiver - a lastwords-recv that runs while the test talks to it"""
import json
import os
import select
import subprocess
import time

from tap import RECV


class Receiver:
    """lastwords-recv --json, on a FIFO that stays open for writing unless options say otherwise."""

    def __init__(self, scratch, *options, source=None, out=subprocess.PIPE, **keys):
        fifo = scratch / "fifo"
        if not source:
            os.mkfifo(fifo)
            source = ["--read", str(fifo)]
        # Unbuffered: select(2) would not know what a buffer holds.
        self.child = subprocess.Popen([RECV, *source, "--json", *options], bufsize=0,
                                      stdout=out, stderr=subprocess.PIPE, **keys)
        self.fifo = os.open(fifo, os.O_WRONLY) if fifo.exists() else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
        self.child.communicate()

    def write(self, data):
        os.write(self.fifo, data)

    def next(self, limit=30):
        """The next report, as (object, seconds it took)."""
        start = time.monotonic()
        assert not self.silent(limit), "nothing came in %d s" % limit
        return json.loads(self.child.stdout.readline()), time.monotonic() - start

    def silent(self, seconds):
        return not select.select([self.child.stdout], [], [], seconds)[0]

    def end(self):
        out, err = self.child.communicate(timeout=30)
        return out, err.decode(), self.child.returncode
