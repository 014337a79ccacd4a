# SPDX-License-Identifier: GPL-2.0-only
"""page - docs/machines.md and docs/systems.md, of which each long test writes a section anew"""
import datetime
import re
import subprocess
import sys

import machine
import packages

sys.path.insert(0, str(packages.ROOT / "tests"))
import section  # pylint: disable=wrong-import-position

PAGE = packages.ROOT / "docs/machines.md"
SYSTEMS = packages.ROOT / "docs/systems.md"
HEAD = """# %s

What was tried in virtual machines, and what came of it. Each section is written anew by the test
that it names, from one run; `make test-all` runs them all.
"""
table = section.table


def emulator():
    """QEMU's name and version."""
    said = subprocess.run([machine.QEMU, "--version"], capture_output=True, text=True, check=True)
    return re.sub(r" \(.*", "", said.stdout.splitlines()[0])


def write(title, test, text, page=PAGE):
    """Replaces the section of this title, or adds it."""
    section.write(page, HEAD % page.stem.capitalize(), title,
                  "Measured on %s by `%s`; %s, plain emulation.\n\n%s" % (
                      datetime.date.today(), test, emulator(), text))
