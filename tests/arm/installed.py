# SPDX-License-Identifier: GPL-2.0-only
"""installed - a machine in QEMU with busybox, the real kexec, and our programs as they are installed

Its process 1 is guest, which takes the steps of one file, steps-*, and then panics.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vm"))
# pylint: disable=wrong-import-position
import archive
import inits
import machine
import packages
import panic

ROOT, HERE = packages.ROOT, pathlib.Path(__file__).resolve().parent
PARTS = ROOT / "crashkernel-initrd"
LIMIT_S = 600
CMDLINE = ("console=ttyS0 loglevel=6 no_timer_check panic=5 oops=panic softlockup_panic=1 "
           "crashkernel=128M")


MODULES = ("virtio_net", "efivarfs")


def module_tree(work, kernel, root):
    """Puts the card's modules where a distribution has them; returns their paths in the guest."""
    where = "lib/modules/" + kernel.version
    source = (kernel.root / where).resolve()
    tree = work / where
    tree.mkdir(parents=True)
    for path in source.glob("modules.*"):
        shutil.copy(path, tree)
    wanted = ["--driver=" + name for name in MODULES]
    listed = packages.command([panic.MKINITRD, "--list", "--root", kernel.root, *wanted,
                               kernel.version], "lastwords-mkinitrd")
    names = [pathlib.Path(line.split()[0]).relative_to(source) for line in listed.splitlines()]
    for name in names:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / name, tree / name)
    packages.command(["/sbin/depmod", "-b", work, kernel.version], "depmod")
    for path in sorted(tree.rglob("*")):
        if path.is_file():
            root.file(str(path.relative_to(work)), path)
    return ["/%s/%s" % (where, name) for name in names]


def program(root, name, source, libraries):
    root.file(name, source, 0o755)
    for library, path in panic.libraries(pathlib.Path(source), libraries).items():
        if library not in root.names:
            root.names.add(library)
            root.file(library, path, 0o755)


def build(work, steps, kernel, tools):
    """Builds the guest that takes these steps; returns its initrd."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    root = archive.Archive()
    root.file("steps", HERE / steps)
    root.file("init", HERE / "guest", 0o755)
    root.file("bin/busybox", tools / "bin/busybox", 0o755)
    # busybox has these, too, but less of them: its xz only unpacks, and its shell takes that first.
    for name, where in (("xz", "usr/local/bin"), ("kmod", "usr/local/bin"), ("dash", "bin")):
        program(root, where + "/" + name, shutil.which(name) or "/bin/" + name, pathlib.Path("/"))
    root.link("bin/sh", "dash")
    for name in ("modinfo", "depmod", "modprobe"):
        root.link("usr/local/bin/" + name, "kmod")
    program(root, "sbin/kexec", tools / "sbin/kexec", tools)
    for name in ("lastwordsctl", "lastwords-mkinitrd"):
        root.file("usr/sbin/" + name, PARTS / name, 0o755)
    root.file("usr/sbin/lastwords-send", ROOT / "build/lastwords-send", 0o755)
    root.file("usr/lib/lastwords/init", panic.INIT, 0o755)
    for room in sorted(PARTS.glob("*/*")):
        root.file("usr/lib/lastwords/%s/%s" % (room.parent.name, room.name), room)
    root.file("boot/vmlinuz-" + kernel.version, kernel.vmlinuz)
    root.file("boot/config-" + kernel.version, kernel.config)
    root.file("bin/no-file-load", inits.compiled(work / "no-file-load", HERE / "no-file-load.c"), 0o755)
    root.text("hostname", panic.HOSTNAME)
    for folder in ("proc", "sys", "dev", "etc"):
        root.folder(folder)
    root.node("dev/console", 5, 1)
    root.text("drivers", "\n".join(module_tree(work, kernel, root)) + "\n")
    root.write(work / "first.img")
    return work / "first.img"


def finish(vm):
    """Waits until the machine has taken its steps, panicked and ended; returns the steps, by name:
    (status, what it said)."""
    panic.expect(vm, "guest: through", LIMIT_S)
    vm.wait_for(lambda: vm.line_time(panic.SENDER_STARTED) or vm.line_time("guest: survived"),
                panic.BOOT_LIMIT_S)
    if not vm.line_time("guest: survived"):
        panic.expect(vm, panic.SENDER_STARTED, 0)
        vm.wait_end(panic.END_LIMIT_S)
    steps = {}
    for block in re.split(r"^== ", vm.handout.read_text(errors="replace"), flags=re.M)[1:]:
        head, _, said = block.partition("\n")
        name, status = head.split()
        steps[name] = int(status), said
    return steps


def reports(vm):
    """What lastwords-recv makes of the machine's wire."""
    done = subprocess.run([ROOT / "build/lastwords-recv", "--read", vm.pcap, "--json"],
                          capture_output=True, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


class Judge:
    def __init__(self, results, steps):
        self.results, self.steps = results, steps

    def step(self, name, status, what, *words):
        """The step ended with the status, and said all the words."""
        got, said = self.steps.get(name, (None, "(not taken)"))
        missing = [word for word in words if word not in said]
        self.results.check(got == status and not missing, "%s: %s" % (name, what),
                           "exit %s, not said: %s\n%s" % (got, missing, said))

    def same(self, one, other, what):
        self.results.check(self.steps[one][1] == self.steps[other][1], what,
                           self.steps[one][1] + "---\n" + self.steps[other][1])

    def json(self, name):
        return json.loads(self.steps[name][1])
