# SPDX-License-Identifier: GPL-2.0-only
"""store - makes a store as docs/store.md tells, for the programs that read one"""
import json
import os
import re

KEYS = {"bytes": 0, "stored_at": 1795414601.12, "replaces": None, "id": "9f2c51d07be21d4c",
        "host": "web-042", "mac": "52:54:00:12:34:56", "interface": "eth0", "at": 1795414594,
        "received_at": 1795414600.5, "kernel": "6.1.0-56-cloud-amd64", "parts": 1,
        "parts_received": 1, "complete": True, "missing": [], "older": 0, "drill": False,
        "why": None, "title": "BUG: kernel NULL pointer dereference in f+0x1/0x2 (sh, 6.1)",
        "kind": "null-deref", "signature": "f g h"}
LOG = b"<6>[    1.000000] all is well\n<0>[    2.000000] Kernel panic - not syncing: x\n"


class Store:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        folder.mkdir(exist_ok=True)

    def line(self, log=LOG, **keys):
        """Puts a report's file there; returns its line."""
        self.count += 1
        keys = dict(KEYS, bytes=len(log), **keys)
        keys.setdefault("file", "%s/20261123T061634Z-%016x.log" % (keys["host"], self.count))
        path = self.folder / keys["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(log)
        text = json.dumps({"file": keys.pop("file"), **keys}, ensure_ascii=False)
        return re.sub("[\x7f-\x9f]", lambda m: "\\u%04x" % ord(m[0]), text).encode() + b"\n"

    def write(self, data):
        fd = os.open(self.folder / "index.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(fd, data)
        os.close(fd)

    def add(self, log=LOG, **keys):
        """Stores a report; returns what its line holds."""
        data = self.line(log, **keys)
        self.write(data)
        return json.loads(data)

    def rewrite(self, lines):
        """Writes the index anew, as when dead lines go."""
        new = self.folder / ".new-index"
        new.write_bytes(b"".join(lines))
        new.rename(self.folder / "index.jsonl")
