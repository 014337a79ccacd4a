# SPDX-License-Identifier: GPL-2.0-only
"""cores - the crashes that the scenes send, and what a receiver must have of them"""
import os
import subprocess

from repository import CORES, ROOT, SEND

CASES = {"tail": ROOT / "tests/cores/tail-64k.case", "many": ROOT / "tests/network/many.case"}


def build():
    """Builds them. Another test may use those that are there: they are replaced at once."""
    CORES.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        fresh = CORES / ("%s.%d" % (name, os.getpid()))
        subprocess.run([ROOT / "tests/cores/build", case, fresh], check=True)
        fresh.rename(core(name))


def core(name):
    return CORES / name


def log(name):
    """The bytes that a receiver must have in the end."""
    return subprocess.run([SEND, "--core", core(name), "--print", "--tail=64K"], check=True,
                          capture_output=True).stdout


def parts(name, *options):
    """How many frames a round has."""
    raw = subprocess.run([SEND, "--core", core(name), "--write", "-", *options], check=True,
                         capture_output=True).stdout
    return raw.count(b"LASTWORDS/1 id=")
