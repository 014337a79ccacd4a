# SPDX-License-Identifier: GPL-2.0-only
"""cores - the crashes that the scenes send, and what a receiver must have of them"""
import subprocess

from repository import CORES, ROOT, SEND

# tail: 64 KiB of log and more, as most scenes want it. many: frames enough to measure a rate.
CASES = {
    "tail": (ROOT / "tests/cores/tail-64k.case").as_posix(),
    "many": 'ring count_bits=15 size_bits=22\nfill 30000 "%s {n}"\n' % ("z" * 90),
}


def build():
    """Builds what is not there yet."""
    CORES.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        path = CORES / (name + ".case")
        if "\n" in case:
            path.write_text(case, encoding="ascii")
            case = path
        subprocess.run([ROOT / "tests/cores/build", case, CORES / name], check=True)


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
