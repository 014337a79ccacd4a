# SPDX-License-Identifier: GPL-2.0-only
"""image - crash initrds as dracut of a Debian release makes them

    stage   make install, the stand-in for a dump, lastwords.conf ─┐
    tree    a root file system of the release, from rootfs.py ─────┴─ overlay ─ chroot ─ dracut
"""
import os
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
for room in ("vm", "system"):
    sys.path.insert(0, str(HERE.parent / room))

# pylint: disable=wrong-import-position
import packages  # noqa: E402
import rootfs  # noqa: E402

PLAIN = "systemd systemd-initrd dracut-systemd"  # what is left out for an initrd without systemd
# $1 stage, $2 tree, $3 a directory for what is written; then the command. Its output is /out.img.
IN_OVERLAY = """
mount -t tmpfs tmpfs "$3"
mkdir "$3/up" "$3/work" "$3/root"
mount -t overlay overlay -o "lowerdir=$1:$2,upperdir=$3/up,workdir=$3/work" "$3/root"
for dir in tmp var/tmp; do
	mount -t tmpfs tmpfs "$3/root/$dir"
done
mount -t proc proc "$3/root/proc"
mount --bind /dev "$3/root/dev"
root=$3/root
shift 3
chroot "$root" "$@" >&2
cat "$root/out.img"
"""


class Release:
    """A Debian release's root, and its cloud kernel as tests/vm takes kernels."""

    def __init__(self, suite, say):
        self.suite, self.root = suite, rootfs.tree(suite, "dracut", say)
        vmlinuz = packages.one(self.root, "boot/vmlinuz-*-cloud-amd64")
        version = vmlinuz.name.removeprefix("vmlinuz-")
        self.kernel = packages.Kernel(suite, version, self.root, vmlinuz,
                                      self.root / ("boot/config-" + version))


def stage(work, conf):
    """What a machine with the package installed has, and the stand-in."""
    root = work / "stage"
    shutil.rmtree(root, ignore_errors=True)
    rootfs.command(["make", "-s", "-C", packages.ROOT, "install-sender", "DESTDIR=%s" % root,
                    "PREFIX=/usr"], "make install")
    module = root / "usr/lib/dracut/modules.d/99standin"
    shutil.copytree(HERE / "standin", module)
    shutil.copy(packages.tools() / "bin/busybox", module)
    (root / "etc/dracut.conf.d").mkdir(parents=True)
    # Debian 12's adds ifcfg, and with it the network, to each initrd.
    (root / "etc/dracut.conf.d/11-ifcfg.conf").write_text("")
    (root / "etc/lastwords.conf").write_text(conf)
    return root


def build(release, work, path, modules="base lastwords standin", systemd=True, conf="", omit="",
          drivers="", silent=False, root=False):
    """Writes an initrd to path; returns what dracut said. Its size is in what stat() says."""
    words = " ".join([modules, "systemd systemd-initrd dracut-systemd" if systemd else ""])
    omit = " ".join([omit, "" if systemd else PLAIN])
    room = work / "overlay"
    room.mkdir(exist_ok=True)
    args = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", IN_OVERLAY, "sh",
            stage(work, conf or "DRIVERS=virtio_net\n"), release.root, room,
            "dracut", "--force", "--no-hostonly", "--no-hostonly-cmdline", "--no-early-microcode",
            "--modules", words, "--omit", omit, "/out.img", release.kernel.version]
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
           "standin_drivers": drivers, "standin_silent": "1" if silent else "",
           "standin_root": "1" if root else ""}
    return run(args, env, path)


def run(args, env, path):
    """Runs a command whose output is the file at path; returns what it said."""
    with open(path, "wb") as out, open(path.with_suffix(".log"), "wb") as log:
        status = rootfs.subprocess.run([str(a) for a in args], stdout=out, stderr=log, env=env,
                                       stdin=rootfs.subprocess.DEVNULL, timeout=300,
                                       check=False).returncode
    said = path.with_suffix(".log").read_text(errors="replace")
    if status or not os.path.getsize(path):
        raise rootfs.Refused("dracut: exit %d: %s" % (status, "; ".join(said.splitlines()[-6:])))
    return said
