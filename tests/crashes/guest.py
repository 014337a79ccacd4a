# SPDX-License-Identifier: GPL-2.0-only
"""guest - a virtual machine of any architecture that is crashed, and its core

    first disk    the log that the guest handed out before the crash
    second disk   /proc/vmcore, copied by the capture kernel; or QEMU dumps the memory itself
"""
import dataclasses
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vm"))
# pylint: disable=wrong-import-position
import archive
import machine
import packages
import panic

HERE = pathlib.Path(__file__).resolve().parent
WORK = packages.ROOT / "build/crashes"
LOG_DISK_BYTES = 16 << 20
CRASH_LIMIT_S, SAVE_LIMIT_S = 240, 240
FILL_BYTES = 90  # of a line, with its end
SAVED, NOTE = "capture: saved", "VMCOREINFO "
# The panic's own lines with their levels, as syslog(2) would give them.
CMDLINE = ("console=%s console_msg_format=syslog loglevel=8 printk.devkmsg=on "
           "ipv6.disable=1 rdinit=/init ")
LINE = re.compile(r"<\d+>\[ *\d+\.\d+\]")


@dataclasses.dataclass(frozen=True)
class Board:
    """How a machine of an architecture is started, and how its kernel is loaded for the crash.

    kexec holds options; without any, QEMU dumps the memory.
    """
    qemu: str
    arguments: tuple = ()
    console: str = "ttyS0"
    cmdline: str = ""
    kexec: str = "-s"
    memory_mb: int = 512
    crashkernel: str = "128M"

    def changed(self, kexec, cmdline):
        return dataclasses.replace(self, kexec=kexec or self.kexec,
                                   cmdline=self.cmdline + " " + cmdline)


BOARDS = {
    "x86-64": Board("qemu-system-x86_64", cmdline="no_timer_check"),
    # kexec_file_load(2) is not there, or not configured.
    "i386": Board("qemu-system-i386", cmdline="no_timer_check", kexec="--elf32-core-headers"),
    "arm64": Board("qemu-system-aarch64", ("-M", "virt", "-cpu", "cortex-a57"),
                   console="ttyAMA0", kexec="-c", memory_mb=768, crashkernel="192M"),
    # Debian builds it without CONFIG_CRASH_DUMP.
    "s390x": Board("qemu-system-s390x", console="ttysclp0", kexec=""),
}


class Guest(machine.Machine):
    """The harness's machine, with disks instead of a port."""

    def __init__(self, work, board, kernel, initrd, cmdline):
        super().__init__(work, kernel, initrd, cmdline)
        self.args = [board.qemu, *board.arguments, "-accel", "tcg", "-m", str(board.memory_mb),
                     "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                     "-action", "panic=pause", "-kernel", str(kernel), "-initrd", str(initrd),
                     "-append", cmdline, "-serial", "stdio"]
        self.disks = [self.disk("log", LOG_DISK_BYTES),
                      self.disk("core", (board.memory_mb + 16) << 20)]

    def disk(self, name, size):
        path = self.work / (name + ".disk")
        with open(path, "wb") as empty:
            empty.truncate(size)
        self.args += ["-drive", "if=none,format=raw,id=%s,file=%s" % (name, path),
                      "-device", "virtio-blk-pci,drive=%s" % name]
        return path

    def dump(self, path):
        """Has QEMU write the memory as an ELF core, once the kernel has stopped the machine."""
        if not self.wait_for(lambda: not self.monitor.tell("query-status")["running"],
                             SAVE_LIMIT_S):
            raise panic.Lost("the machine ran on after its panic")
        self.monitor.tell("dump-guest-memory", SAVE_LIMIT_S, paging=False,
                          protocol="file:%s" % path)


def disk_modules(kernel):
    """The disks' driver and all it needs, in the order of loading."""
    args = [panic.MKINITRD, "--list", "--root", kernel.root, "--driver", "virtio_blk",
            kernel.version]
    return [pathlib.Path(line.split()[0]) for line in
            packages.command(args, "lastwords-mkinitrd").splitlines()]


def unpacked(path):
    if path.suffix != ".xz":
        return path.read_bytes()
    return subprocess.run(["xz", "-dc", path], check=True, stdout=subprocess.PIPE).stdout


def root(init, tools, modules):
    """What both roots have: init, busybox and the disk's driver."""
    made = archive.Archive()
    made.file("init", HERE / init, 0o755)
    made.file("bin/busybox", tools / "bin/busybox", 0o755)
    for folder in ("proc", "sys", "dev", "tmp"):
        made.folder(folder)
    made.node("dev/console", 5, 1)
    names = []
    for path in modules:
        names.append(path.name.removesuffix(".xz"))
        made.text("modules/" + names[-1], unpacked(path))
    made.text("modules/list", "".join(name + "\n" for name in names))
    return made


def add_kexec(made, tools):
    """kexec with the libraries that were unpacked with it, whichever of them it needs."""
    made.file("sbin/kexec", tools / "sbin/kexec", 0o755)
    for path in sorted({*tools.glob("lib*/**/*.so*"), *tools.glob("usr/lib/**/lib*.so*")}):
        if path.is_file() and "gconv" not in path.parts:
            made.file(str(path.relative_to(tools)).removeprefix("usr/"), path, 0o755)


class Crash:
    """One kernel to be crashed: its board and what is written to its log before.

    flood holds records of all kinds, which take their time; fill lines of FILL_BYTES each.
    """

    def __init__(self, board, kernel, tools, flood=None, fill=None):
        self.board, self.kernel, self.tools = board, kernel, tools
        self.flood, self.fill = flood, fill
        self.log = self.panic = None  # bytes, after run()
        self.core = self.note_at = None

    def build(self, work):
        """Makes the first root, with the capture kernel's in it; returns its path."""
        modules = disk_modules(self.kernel)
        first = root("first-init", self.tools, modules)
        first.text("hostname", panic.HOSTNAME)
        if self.flood:
            first.text("flood", self.flood)
        if self.fill:
            first.text("fill", self.fill)
            first.text("fill-bytes", str(FILL_BYTES))
        if self.board.kexec:
            capture = work / "capture.img"
            root("capture-init", self.tools, modules).write(capture)
            add_kexec(first, self.tools)
            first.file("vmlinuz", self.kernel.vmlinuz)
            first.file("capture.img", capture)
            first.text("kexec-options", self.board.kexec)
            first.text("capture-cmdline", self.capture_cmdline())
        first.write(work / "first.img")
        return work / "first.img"

    def cmdline(self):
        end = "panic=5 crashkernel=" + self.board.crashkernel if self.board.kexec else "panic=0"
        return " ".join([CMDLINE % self.board.console, end, self.board.cmdline])

    def capture_cmdline(self):
        return ("console=%s nr_cpus=1 reset_devices cgroup_disable=memory panic=1 rdinit=/init %s"
                % (self.board.console, self.board.cmdline))

    def run(self, work):
        work.mkdir(parents=True, exist_ok=True)
        with Guest(work, self.board, self.kernel.vmlinuz, self.build(work), self.cmdline()) as vm:
            panic.expect(vm, panic.PANIC, CRASH_LIMIT_S)
            if self.board.kexec:
                panic.expect(vm, SAVED, SAVE_LIMIT_S)
                self.core = vm.disks[1]
            else:
                self.dump(vm)
        self.log = vm.disks[0].read_bytes().rstrip(b"\0")
        self.panic = panic_lines(vm)

    def dump(self, vm):
        self.core = vm.work / "dump"
        vm.dump(self.core)
        place = vm.find_line(NOTE).partition(NOTE)[2].split()
        self.note_at = tuple(int(number, 16) for number in place)


def panic_lines(vm):
    """The console from the sysrq on, while lines have a level: the capture kernel's have none."""
    lines = [text for _, text in vm.console]
    start = next(n for n, text in enumerate(lines) if text.endswith(panic.PANIC_START))
    end = start
    while end < len(lines) and LINE.match(lines[end]):
        end += 1
    return "".join(line + "\n" for line in lines[start:end]).encode()
