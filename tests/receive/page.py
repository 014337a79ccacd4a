# SPDX-License-Identifier: GPL-2.0-only
"""page - docs/receiver.md, one section of which each measurement writes anew"""
import datetime
import os
import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/receiver.md"
HEAD = """# The receiver in figures

Each section is written anew by the program that it names.
"""


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| %s |\n" % " | ".join(map(str, line)) for line in lines)


def write(title, program, text):
    """Replaces the section of this title, or adds it."""
    section = "## %s\n\nMeasured on %s by `%s`, on %d cores.\n\n%s" % (
        title, datetime.date.today(), program, os.cpu_count(), text)
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    parts = re.split(r"(?m)^(?=## )", old)
    titles = [part.split("\n", 1)[0] for part in parts]
    if "## " + title in titles:
        parts[titles.index("## " + title)] = section
    else:
        parts.append(section)
    PAGE.write_text("\n".join(part.rstrip("\n") + "\n" for part in parts), encoding="utf-8")
