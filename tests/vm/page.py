# SPDX-License-Identifier: GPL-2.0-only
"""page - docs/machines.md and docs/systems.md, of which each long test writes a section anew"""
import datetime
import re
import subprocess

import machine
import packages

PAGE = packages.ROOT / "docs/machines.md"
SYSTEMS = packages.ROOT / "docs/systems.md"
HEAD = """# %s

What was tried in virtual machines, and what came of it. Each section is written anew by the test
that it names, from one run; `make test-all` runs them all.
"""


def emulator():
    """QEMU's name and version."""
    said = subprocess.run([machine.QEMU, "--version"], capture_output=True, text=True, check=True)
    return re.sub(r" \(.*", "", said.stdout.splitlines()[0])


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| %s |\n" % " | ".join(map(str, line)) for line in lines)


def write(title, test, text, page=PAGE):
    """Replaces the section of this title, or adds it."""
    section = "## %s\n\nMeasured on %s by `%s`; %s, plain emulation.\n\n%s" % (
        title, datetime.date.today(), test, emulator(), text)
    old = (page.read_text(encoding="utf-8") if page.exists()
           else HEAD % page.stem.capitalize())
    parts = re.split(r"(?m)^(?=## )", old)
    titles = [part.split("\n", 1)[0] for part in parts]
    if "## " + title in titles:
        parts[titles.index("## " + title)] = section
    else:
        parts.append(section)
    page.write_text("\n".join(part.rstrip("\n") + "\n" for part in parts), encoding="utf-8")
