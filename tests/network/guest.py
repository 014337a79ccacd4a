# SPDX-License-Identifier: GPL-2.0-only
"""guest - plays scenes in a virtual machine with Debian's generic kernel

For what the host's kernel may lack: netem, 802.1Q, bonding. The initramfs holds the host's own
Python, ip, tc, ethtool and lastwords-recv with their libraries, the modules, and the scenes; they
write their verdicts to ttyS1 as lines of JSON (play).
"""
import json
import pathlib
import shutil
import sys
import sysconfig
import tempfile
import zipfile

import cores
import stage
from repository import RECV, ROOT, SEND

import archive
import machine
import packages
import panic

HERE = pathlib.Path(__file__).resolve().parent
WORK = ROOT / "build/vm"
CMDLINE = "console=ttyS0 loglevel=6 no_timer_check panic=5"
MEMORY_MB = 768
BOOT_LIMIT_S, END_LIMIT_S = 120, 20
MODULES = "virtio_net,e1000e,vmxnet3,sch_netem,8021q,bonding,bridge,veth,tun,ip6_tunnel,dummy,macvlan".split(",")
PROGRAMS = ("ip", "tc", "ethtool")
PACKAGES = ("json", "collections", "encodings", "importlib", "re", "ctypes", "urllib")
ENVIRONMENT = "PATH=/sbin:/bin LD_LIBRARY_PATH=/lib/x86_64-linux-gnu PYTHONHOME=/usr"
STARTED, ENDED = "guest: started", "guest: ended"


class Lost(panic.Lost):
    """The machine failed, not what is tested."""


def program(root, path, name):
    """Adds a program of this machine, and the libraries it needs."""
    root.file(name, path, 0o755)
    for library, source in panic.libraries(path, pathlib.Path("/")).items():
        if library not in root.names:
            root.names.add(library)
            root.file(library, source, 0o755)


def which(name):
    """Where a program is; also for a user without /usr/sbin in the path."""
    found = shutil.which(name, path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not found:
        raise FileNotFoundError("%s: not installed" % name)
    return pathlib.Path(found).resolve()


def python_library():
    """Python's own modules, compiled, in the archive where Python looks first."""
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "library.zip"
        with zipfile.PyZipFile(path, "w") as made:
            for part in (library, *(library / name for name in PACKAGES)):
                made.writepy(part)
        return path.read_bytes()


def python(root):
    """Adds this very Python."""
    program(root, pathlib.Path(sys.executable).resolve(), "bin/python3")
    library = pathlib.Path(sysconfig.get_path("platstdlib"))
    version = "python%d%d.zip" % sys.version_info[:2]
    root.text("usr/lib/" + version, python_library())
    for extension in (library / "lib-dynload").glob("*.so"):
        name = "usr/lib/%s/lib-dynload/%s" % (library.name, extension.name)
        try:
            program(root, extension, name)
        except packages.Missing:  # a library of it is not installed: nobody uses it
            continue


def modules(kernel):
    """The modules' files in the order in which they load."""
    done = packages.command([panic.MKINITRD, "--list", "--root", kernel.root, "--driver",
                             ",".join(MODULES), kernel.version], "lastwords-mkinitrd")
    return [line.split(" ")[0] for line in done.splitlines()]


def scenes_and_programs(root):
    """Adds what is tested, and the scenes, where the repository has them; returns where play is."""
    def place(path):
        return path.relative_to(ROOT.parent).as_posix()

    for path in [*HERE.glob("*.py"), HERE / "play", *(ROOT / "tests/vm").glob("*.py"),
                 *map(cores.core, cores.CASES)]:
        root.file(place(path), path, 0o755)
    root.file(place(SEND), SEND, 0o755)
    program(root, RECV, place(RECV))
    return "/" + place(HERE / "play")


def initramfs(path, kernel, tools, words):
    """Writes the guest's initramfs."""
    root = archive.Archive()
    for folder in ("proc", "sys", "dev", "tmp"):
        root.folder(folder)
    root.node("dev/console", 5, 1)
    root.file("init", HERE / "guest-init", 0o755)
    root.file("bin/busybox", tools / "bin/busybox", 0o755)
    for name in PROGRAMS:
        program(root, which(name), "sbin/" + name)
    names = []
    for module in modules(kernel):
        names.append("/lib/modules/" + pathlib.Path(module).name)
        root.file(names[-1].lstrip("/"), module)
    root.text("modules", "".join(name + "\n" for name in names))
    python(root)
    root.text("scenes", " ".join((scenes_and_programs(root), *words)))
    root.text("environment", ENVIRONMENT)
    root.write(path)


class Guest:
    """Scenes in a guest: rows of figures that they wrote, frames [(seconds, frame)] that left by the
    guest's own cards."""

    def __init__(self, name, kernel, words, cards, limit_s):
        self.kernel, self.words, self.cards, self.limit_s = kernel, words, cards, limit_s
        self.rows, self.frames = [], []
        self.work = WORK / ("network-" + name)
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def build(self, tools):
        initramfs(self.work / "guest.img", self.kernel, tools, self.words)

    def lines(self):
        """Runs the guest; returns what the scenes said."""
        with machine.Machine(self.work, self.kernel.vmlinuz, self.work / "guest.img", CMDLINE,
                             memory_mb=MEMORY_MB, cards=(machine.VIRTIO, *self.cards)) as vm:
            panic.expect(vm, STARTED, BOOT_LIMIT_S)
            panic.expect(vm, ENDED, self.limit_s)
            vm.wait_end(END_LIMIT_S)
        if "ended: status 0" not in vm.find_line(ENDED):
            raise panic.Refused("%s (console: %s)" % (vm.find_line(ENDED), vm.log))
        lines = [json.loads(line) for line in vm.handout.read_text("utf-8").splitlines()]
        if not lines or not lines.pop().get("end"):
            raise Lost("the scenes came to no end (%s)" % vm.log)
        self.frames = vm.frames
        return lines


def run(results, name, *words, kernel="6.1-generic", cards=(), limit_s=300):
    """Plays scenes (words: see play) and passes on what they say; returns the Guest. cards are
    QEMU's names of more network cards."""
    cores.build()
    guest = Guest(name, packages.kernel(kernel, results.note), words, cards, limit_s)
    guest.build(packages.tools(results.note))
    guest.rows = stage.relay(results, panic.once_more(guest.lines, results.note))
    return guest
