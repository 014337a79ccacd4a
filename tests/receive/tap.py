# SPDX-License-Identifier: GPL-2.0-only
"""tap - runs the functions test_* of a script, each as one line of TAP"""
import os
import pathlib
import shutil
import sys
import tempfile
import traceback

RECV = os.environ.get("LASTWORDS_RECV") or str(
    pathlib.Path(__file__).resolve().parents[2] / "build/lastwords-recv")


class Skip(Exception):
    """The test cannot be run here; says why."""


def attempt(number, function):
    name = function.__doc__.split("\n")[0]
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="lastwords-%d-" % os.getpid()))
    try:
        function(scratch)
    except Skip as why:
        print("ok %d - %s # SKIP %s" % (number, name, why))
    except Exception:
        print("not ok %d - %s" % (number, name))
        print("".join("# " + text + "\n" for text in traceback.format_exc().splitlines()), end="")
        return 1
    else:
        print("ok %d - %s" % (number, name))
    finally:
        shutil.rmtree(scratch)
        sys.stdout.flush()
    return 0


def main(names):
    found = [value for name, value in names.items() if name.startswith("test_")]
    print("1..%d" % len(found))
    failed = [attempt(i + 1, function) for i, function in enumerate(found)]
    sys.exit(any(failed))


def same(got, wanted):
    assert got == wanted, "\n   got %r\nwanted %r" % (got, wanted)
