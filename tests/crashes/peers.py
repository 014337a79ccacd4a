# SPDX-License-Identifier: GPL-2.0-only
"""peers - what other readers make of a core, in the form of syslog(2) without <level>

vmcore-dmesg and makedumpfile write a record's time once, and bytes that cannot be printed escaped:

    [    3.397524] one line      the time, then the text's first line
    second line                  its others: bare (vmcore-dmesg), or indented by the time's width
    \\xc3                         any byte but printable ASCII and white space, in hex

escaped() brings a line of syslog(2) to that form, and restored() puts the time back on all lines.
Anything else is a difference.
"""
import dataclasses
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vm"))
import packages  # pylint: disable=wrong-import-position

LIMIT_S = 30
OUTPUT_MAX = 64 << 20
TIME = re.compile(r"\[ *\d+\.\d+\] ")
LEVEL = re.compile(r"<\d+>")
UNPRINTED = re.compile(r"[^\x20-\x7e\t\v\f\r]")


@dataclasses.dataclass
class Peer:
    """One reader: its program, and the machines (e_machine) whose cores it can read."""
    name: str
    root: pathlib.Path
    program: str
    indents: bool
    machines: tuple = ()

    def reads(self, machine):
        return not self.machines or machine in self.machines

    def run(self, core, out):
        """Returns (exit status or why there is none, what it said); its text goes to out."""
        libraries = "%s/lib/x86_64-linux-gnu:%s/usr/lib/x86_64-linux-gnu" % (self.root, self.root)
        args = [self.root / "lib64/ld-linux-x86-64.so.2", "--library-path", libraries,
                self.root / self.program]
        args += ["--dump-dmesg", core, out] if self.name == "makedumpfile" else [core]
        out.unlink(missing_ok=True)
        try:
            done = subprocess.run(args, capture_output=True, timeout=LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            return "hung", ""
        if self.name != "makedumpfile":
            out.write_bytes(done.stdout[:OUTPUT_MAX])
        return done.returncode, done.stderr.decode(errors="replace")

    def restored(self, raw):
        """Its output as lines, each with its time."""
        lines, time = [], ""
        for line in raw.decode("latin-1").removesuffix("\n").split("\n"):
            found = TIME.match(line)
            if found:
                time = found.group()
            elif self.indents:
                line = time + line.removeprefix(" " * len(time))
            else:
                line = time + line
            lines.append(line)
        return lines


def escaped(line):
    """A line of syslog(2), as Latin-1, in the peers' form."""
    return UNPRINTED.sub(lambda c: "\\x%02x" % ord(c.group()), LEVEL.sub("", line, count=1))


def all_of_them(say):
    return [Peer("vmcore-dmesg", packages.tools(say), "sbin/vmcore-dmesg", False),
            Peer("makedumpfile", packages.peers(say), "usr/bin/makedumpfile", True, (62,))]
