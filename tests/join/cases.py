# SPDX-License-Identifier: GPL-2.0-only
"""cases - a test's cases, each with a directory of its own that is gone afterwards

What they mount is seen by them alone, and gone with them.
"""
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/vm"))
import mounts  # noqa: E402
from tap import Tap  # noqa: E402

CASES = []


def case(title):
    def add(function):
        CASES.append((title, function))
        return function
    return add


def run(title, function, results):
    with tempfile.TemporaryDirectory(prefix="lastwords-test.") as folder:
        function(pathlib.Path(folder).resolve())
    results.check(True, title)


def main():
    results = Tap()
    if not os.environ.get("LASTWORDS_OWN_MOUNTS"):
        why = mounts.refused()
        if why:
            results.check(True, "all cases # SKIP " + why)
            results.finish()
        os.environ["LASTWORDS_OWN_MOUNTS"] = "yes"
        os.execvp(mounts.OWN[0], [*mounts.OWN, sys.executable, *sys.argv])
    for title, function in CASES:
        results.attempt(title, run, title, function, results)
    results.finish()
