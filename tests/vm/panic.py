# SPDX-License-Identifier: GPL-2.0-only
"""panic - a real panic in a virtual machine, and what came out of it

A first kernel boots with first-init as its only program, loads the capture kernel with kexec, hands
out its own log and panics. The capture kernel, which is the same kernel, starts the crash initrd.
"""
import dataclasses
import lzma
import pathlib
import shutil
import subprocess
import typing

import archive
import machine
import packages

ROOT = packages.ROOT
HERE = pathlib.Path(__file__).resolve().parent
MKINITRD = ROOT / "crashkernel-initrd/lastwords-mkinitrd"
INIT = ROOT / "build/init"
WORK = ROOT / "build/vm"
HOSTNAME = "web-042"
BOOT_LIMIT_S, END_LIMIT_S = 90, 90

# no_timer_check: under load one boot in a few dozen stops at "IO-APIC + timer doesn't work".
FIRST_CMDLINE = ("console=ttyS0 loglevel=8 printk.devkmsg=on no_timer_check panic=5 "
                 "ipv6.disable=1 crashkernel=%s")
CAPTURE_CMDLINE = ("console=ttyS0 nr_cpus=1 reset_devices irqpoll cgroup_disable=memory mce=off "
                   "numa=off panic=1 acpi_no_memhotplug transparent_hugepage=never nokaslr cma=0 "
                   "novmcoredd hugetlb_cma=0 no_timer_check")

BOOTED, ARMED, GAVE_UP = "first: booted", "first: armed", "first: cannot"
PANIC_START = "sysrq: Trigger a crash"
PANIC = "Kernel panic - not syncing: sysrq triggered crash"
SENDER_STARTED = "lastwords: started"


@dataclasses.dataclass(frozen=True)
class Death:
    """A way to die.

    script    what first-init, process 1, does at last
    start     is in the first line that tells of it
    panic     is in the panic's own line
    silent    the console need not show it: in an NMI the kernel leaves that for later and is gone,
              and who floods the log may hold the console
    settings  for the first kernel's command line
    module    put into /death.d, with all that it depends on
    trigger   called with the machine when it is armed, for a death from outside; returns when
    """
    script: str = "sh -c 'echo c >/proc/sysrq-trigger'"
    start: str = PANIC_START
    panic: str = PANIC
    settings: str = ""
    module: str = ""
    trigger: typing.Callable = None
    silent: bool = False


class Lost(Exception):
    """The virtual machine failed, not what is tested: it never panicked, or a kernel hung."""


class Refused(Exception):
    """A step before the panic said no: the initrd's builder, or first-init in the machine."""


def crash_initrd(kernel, path, init=INIT, driver="virtio_net", compress="auto"):
    """Builds the crash initrd for the kernel's ports of a driver; returns what the builder said."""
    args = [MKINITRD, "--root", kernel.root, "--driver", driver, "--init", init,
            "--compress", compress, "--output", path, kernel.version]
    done = subprocess.run(args, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused("lastwords-mkinitrd: exit %d: %s" % (done.returncode, done.stderr.strip()))
    return done.stdout


def modules(kernel, driver):
    """The driver and all it depends on, in loading order: (file name, the module)."""
    listed = packages.command([MKINITRD, "--list", "--root", kernel.root, "--driver", driver,
                               kernel.version], "lastwords-mkinitrd")
    for path in (pathlib.Path(line.split()[0]) for line in listed.splitlines()):
        data = path.read_bytes()
        yield path.name.removesuffix(".xz"), lzma.decompress(data) if path.suffix == ".xz" else data


def libraries(program, root):
    """The files a dynamic program needs, as the root's own loader finds them: {name: source}."""
    loader = root / "lib64/ld-linux-x86-64.so.2"
    found = {"lib64/ld-linux-x86-64.so.2": loader}
    path = "%s/lib/x86_64-linux-gnu:%s/usr/lib/x86_64-linux-gnu" % (root, root)
    listed = packages.command([loader, "--list", "--library-path", path, program], "the loader")
    for line in listed.splitlines():
        name, arrow, where = line.strip().partition(" => ")
        if arrow and not name.startswith("/"):
            found["lib/x86_64-linux-gnu/" + name] = pathlib.Path(where.split(" (")[0])
    return found


class Scene:
    """One panic: its kernel, its settings, and a directory of its own under build/vm/.

    repeat and tail are the sender's settings, None its defaults; kexec holds options for kexec:
    with -s the kernel makes the core header (kexec_file_load), without it kexec does. flood is
    written to /dev/kmsg before the panic, see first-init. driver is that of the cards in options,
    which go to machine.Machine; started is called with the machine that starts.
    """
    first_line = SENDER_STARTED  # of what the capture kernel runs

    def __init__(self, name, kernel, tail=None, repeat=None, crashkernel="128M", kexec="-s",
                 flood=None, death=Death(), driver="virtio_net", started=None, **options):
        self.kernel, self.kexec, self.crashkernel, self.flood = kernel, kexec, crashkernel, flood
        self.death, self.driver, self.started, self.options = death, driver, started, options
        self.settings = {key: value for key, value in (("tail", tail), ("repeat", repeat)) if value}
        self.work = WORK / name
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.crash = self.work / "crash.img"
        self.drivers = self.crash  # or another one of ours, with the first kernel's drivers
        self.first = self.work / "first.img"

    def build(self, tools, init=INIT):
        """Builds both initrds; returns what lastwords-mkinitrd said."""
        said = self.build_crash(init)
        root = archive.Archive()
        root.file("init", HERE / "first-init", 0o755)
        root.file("bin/busybox", tools / "bin/busybox", 0o755)
        root.file("sbin/kexec", tools / "sbin/kexec", 0o755)
        for name, source in libraries(tools / "sbin/kexec", tools).items():
            root.file(name, source, 0o755)
        for folder in ("proc", "sys", "dev"):
            root.folder(folder)
        root.node("dev/console", 5, 1)
        root.file("vmlinuz", self.kernel.vmlinuz)
        root.file("crash-initrd", self.crash)
        if self.drivers != self.crash:
            root.file("drivers", self.drivers)
        root.text("capture-cmdline", self.capture_cmdline())
        root.text("kexec-options", self.kexec)
        root.text("hostname", HOSTNAME)
        root.text("ports", str(len(self.options.get("cards", [machine.VIRTIO]))))
        root.text("death", self.death.script)
        for name, module in modules(self.kernel, self.death.module) if self.death.module else ():
            root.text("death.d/" + name, module)
        if self.flood:
            root.text("flood", self.flood)
        root.write(self.first)
        return said

    def build_crash(self, init):
        return crash_initrd(self.kernel, self.crash, init, self.driver)

    def capture_cmdline(self):
        settings = ["lastwords.%s=%s" % pair for pair in self.settings.items()]
        return " ".join([CAPTURE_CMDLINE, *settings])

    def machine(self, **options):
        return machine.Machine(self.work, self.kernel.vmlinuz, self.first,
                               FIRST_CMDLINE % self.crashkernel + " " + self.death.settings,
                               **{**self.options, **options})

    def run(self, say):
        """Runs the machine to its end and returns it; a lost machine is started once more."""
        return once_more(self.run_once, say)

    def run_once(self):
        with self.machine() as vm:
            if self.started:
                self.started(vm)
            vm.died = self.die(vm)
            expect(vm, self.first_line, BOOT_LIMIT_S)
            vm.seconds = vm.wait_end(END_LIMIT_S)
        return vm

    def die(self, vm):
        """Sees the first kernel die; returns when, as time.monotonic() has it, or None."""
        expect(vm, ARMED, BOOT_LIMIT_S)
        triggered = self.death.trigger(vm) if self.death.trigger else None
        return triggered if self.death.silent else expect(vm, self.death.panic, BOOT_LIMIT_S)


def once_more(run, say):
    """Returns what run() does. A virtual machine lost on the way is started once more, no more."""
    try:
        return run()
    except Lost as lost:
        say("lost a virtual machine, starting it once more: %s" % lost)
        return run()


def expect(vm, text, limit_s):
    """Waits for text on the console and returns when it came; Refused or Lost if it does not."""
    def seen():
        return next((when for when, line in vm.console if text in line or GAVE_UP in line), None)

    when = vm.wait_for(seen, limit_s)
    last = vm.console[-1][1] if vm.console else "nothing"
    if when and not vm.line_time(text):
        raise Refused("%s (console: %s)" % (vm.find_line(GAVE_UP), vm.log))
    if not when:
        raise Lost("no '%s' on the console %s; the last line is '%s' (console: %s)"
                   % (text, vm.state(limit_s), last, vm.log))
    return when
