# SPDX-License-Identifier: GPL-2.0-only
"""described - a machine described by a directory: sys/, proc/, etc/, boot/, lib/

Kernel and modules are Debian's own, so that the initrd is really built.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/vm"))
import packages  # pylint: disable=wrong-import-position

CONTROL = ROOT / "crashkernel-initrd/lastwordsctl"
MAC = "52:54:00:12:34:%02x"
LIMIT_S = 200


class Machine:
    """One that could be armed; a test makes it worse. Use it with `with`."""

    def __init__(self, kernel, reserved_mb=160, driver="virtio_net"):
        self.kernel = kernel
        # pylint: disable-next=consider-using-with # removed in __exit__
        self.folder = tempfile.TemporaryDirectory(prefix="lastwords-arm-%d." % os.getpid())
        self.root = pathlib.Path(self.folder.name)
        self.files = {
            "proc/sys/kernel/osrelease": kernel.version,
            "proc/sys/kernel/hostname": "web-042",
            "proc/sys/kernel/random/boot_id": "01234567-89ab-cdef-0123-456789abcdef",
            "proc/sys/kernel/kexec_load_disabled": "0",
            "proc/sys/kernel/panic": "10",
            "proc/sys/kernel/panic_on_oops": "1",
            "proc/sys/kernel/softlockup_panic": "1",
            "proc/sys/kernel/hardlockup_panic": "1",
            "proc/sys/kernel/hung_task_panic": "1",
            "proc/cmdline": "root=/dev/vda1 crashkernel=%dM console=ttyS0 quiet" % reserved_mb,
            "sys/kernel/kexec_crash_size": str(reserved_mb << 20),
            "sys/kernel/kexec_crash_loaded": "0",
            "etc/default/grub": "",
            "usr/sbin/update-grub": "",
            "usr/bin/apt-get": "",
            "addresses": "2: eth0    inet 192.0.2.5/24 brd 192.0.2.255 scope global eth0",
        }
        for name, text in self.files.items():
            self.write(name, text)
        self.add_port("eth0", 0, driver=driver)
        (self.root / "boot").mkdir()
        for source, name in ((kernel.vmlinuz, "vmlinuz-"), (kernel.config, "config-")):
            self.link("boot/" + name + kernel.version, source.resolve())
        for folder in ("lib/modules", "usr/lib/modules"):
            if (kernel.root / folder / kernel.version).is_dir():
                (self.root / folder).mkdir(parents=True, exist_ok=True)
                (self.root / folder / kernel.version).symlink_to(
                    (kernel.root / folder / kernel.version).resolve())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def path(self, name):
        return self.root / name

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")

    def link(self, name, target):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    def add_port(self, name, number, carrier=1, driver="virtio_net"):
        """A physical port, on a bus of its own kind, with a driver that is a module."""
        port = "sys/class/net/" + name
        device = "sys/devices/pci0000:00/0000:00:%02x.0" % number
        module = self.root / "sys/module" / driver
        self.write("sys/module/%s/initstate" % driver, "live")
        drivers = "sys/bus/pci/drivers/" + driver
        if not self.path(drivers).exists():
            self.link(drivers + "/module", module)
        self.write(device + "/vendor", "0x1af4")
        self.link(device + "/driver", self.path(drivers))
        self.write(port + "/address", MAC % number)
        self.write(port + "/type", "1")
        self.write(port + "/carrier", str(carrier))
        self.link(port + "/device", self.path(device))

    def contents(self):
        """Every file there is, with size and time: to see that nothing was changed."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            status = path.lstat()
            found[str(path)] = (status.st_size if path.is_file() else 0, status.st_mtime_ns)
        return found

    def control(self, *args, **options):
        """Runs lastwordsctl on the machine; returns what subprocess.run() does."""
        return subprocess.run([*options.pop("before", ()), CONTROL, "--root", self.root, *args],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=LIMIT_S, **options)


def kernel(say):
    return packages.kernel("6.1", say)
