# SPDX-License-Identifier: GPL-2.0-only
"""sender - runs lastwords-send for the tests, each time within a limit of time"""
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/vm"))
from tap import Tap  # noqa: E402,F401 pylint: disable=wrong-import-position,unused-import

PROGRAM = pathlib.Path(os.environ.get("SENDER", ROOT / "build/lastwords-send"))  # another build
LIMIT_S = 30

_folder = tempfile.TemporaryDirectory(prefix="lastwords-cores.")
WORK = pathlib.Path(_folder.name)


@dataclasses.dataclass
class Run:
    status: int
    out: bytes
    err: str

    def said(self, pattern):
        """Each line on standard error is the program's own, and the pattern is found in one."""
        return re.fullmatch(r"(\S*lastwords-send: [^\n]*\n)+", self.err) and \
            re.search(pattern, self.err)


def run(*arguments, stdout=subprocess.PIPE, program=PROGRAM):
    done = subprocess.run([program, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, timeout=LIMIT_S, check=False)
    return Run(done.returncode, done.stdout or b"", done.stderr.decode(errors="replace"))


def core_file(core, name="core"):
    path = WORK / name
    path.write_bytes(core)
    return path
