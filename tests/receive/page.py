# SPDX-License-Identifier: GPL-2.0-only
"""page - docs/receiver.md, one section of which each measurement writes anew"""
import datetime
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import section  # pylint: disable=wrong-import-position

PAGE = ROOT / "docs/receiver.md"
HEAD = """# The receiver in figures

Each section is written anew by the program that it names.
"""
table = section.table


def write(title, program, text):
    """Replaces the section of this title, or adds it."""
    section.write(PAGE, HEAD, title, "Measured on %s by `%s`, on %d cores.\n\n%s" % (
        datetime.date.today(), program, os.cpu_count(), text))
