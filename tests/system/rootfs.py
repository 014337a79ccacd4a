#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""rootfs - Debian root file systems, made by debootstrap and kept under .cache/

    tree   a directory to chroot into              .cache/rootfs-N-SUITE-VARIANT
    disk   the same as a disk that boots by GRUB    .cache/rootfs-N-SUITE-VARIANT.img

        0 ─ MBR, boot.img ─┬─ core.img of GRUB ──┬─ 1 MiB: ext4, label root ────────┐

A tree and a disk are never changed once made: copy the tree, or put an overlay on the disk
(host.Host does). They need root, for debootstrap and chroot; no loop device, no mount of a disk.

usage: tests/system/rootfs.py [SUITE [VARIANT]]     makes them (base), prints where they are
"""
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "vm"))

# pylint: disable=wrong-import-position
import mounts  # noqa: E402
import packages  # noqa: E402

RECIPE = 2  # counts up when what is below makes other trees
SUITES = ("bookworm", "trixie")
BASE = ("systemd systemd-sysv systemd-timesyncd udev dbus kmod procps iproute2 initramfs-tools zstd "
        "xz-utils grub-pc-bin grub2-common kexec-tools linux-image-cloud-amd64 less "
        # what our packages depend on, so that dpkg alone can install them
        "libpcap0.8 libjansson4 libseccomp2 libcap-ng0 libmicrohttpd12 cpio curl").split()
# What else a variant has. Each is made from the suite's base.
VARIANTS = {
    "base": [],
    "kdump": ["kdump-tools", "makedumpfile", "openssh-server", "openssh-client"],
    # The same, with the initrd for the dump, which the first start would take minutes to make.
    "dump": ["kdump-tools", "makedumpfile", "openssh-server", "openssh-client"],
    "mail": ["exim4-daemon-light", "iputils-ping"],
    "dracut": ["dracut-core", "dracut-network", "linux-image-amd64", "lz4", "cpio"],
}
# What is done in a variant when all is installed.
SCRIPTS = {
    "dump": "for path in /lib/modules/*; do /etc/kernel/postinst.d/kdump-tools ${path##*/}; "
            # without it kdump-config makes it anew
            "cp /etc/kdump/sysctl.conf /var/lib/kdump/latest_sysctls-${path##*/}; done; "
            "ls /var/lib/kdump/initrd.img-*",
}
# The names that changed with trixie's 64-bit times.
RENAMED = {"trixie": {"libpcap0.8": "libpcap0.8t64", "libmicrohttpd12": "libmicrohttpd12t64"}}
DISK_BYTES, FIRST_SECTOR, SECTOR = 3 << 30, 2048, 512
GRUB_MODULES = "biosdisk part_msdos ext2 normal configfile linux search search_label test echo " \
               "serial terminal reboot".split()
# Of the root file system's features those which GRUB cannot read.
NOT_FOR_GRUB = "^metadata_csum_seed,^orphan_file"
# The masked units take a third of a start, and nobody misses them here.
CONSOLE = "console=ttyS0 no_timer_check systemd.mask=systemd-logind.service " \
          "systemd.mask=kexec-load.service systemd.mask=kexec.service"
# Timers and such that only cost time here; nobody logs in.
MASKED = ("apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer "
          "e2scrub_reap.service fstrim.timer getty@tty1.service serial-getty@ttyS0.service "
          "systemd-timesyncd.service systemd-networkd-wait-online.service "
          "systemd-update-utmp.service").split()
PRESEED = """kexec-tools kexec-tools/load_kexec boolean false
kdump-tools kdump-tools/use_kdump boolean true
"""
FILES = {
    "etc/hostname": "%(suite)s\n",
    "etc/hosts": "127.0.0.1 localhost %(suite)s\n",
    "etc/fstab": "LABEL=root / ext4 errors=remount-ro 0 1\n",
    # Not a first boot: systemd would enable every unit there is.
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/default/grub": "GRUB_DEFAULT=0\nGRUB_TIMEOUT=0\nGRUB_RECORDFAIL_TIMEOUT=0\n"
                        "GRUB_DISTRIBUTOR=Debian\n"
                        # without a screen the BIOS takes minutes to write a line
                        "GRUB_TERMINAL=serial\nGRUB_SERIAL_COMMAND='serial --unit=0'\n"
                        "GRUB_DISABLE_OS_PROBER=true\nGRUB_DISABLE_LINUX_UUID=false\n"
                        'GRUB_CMDLINE_LINUX_DEFAULT=""\nGRUB_CMDLINE_LINUX="%(console)s"\n',
    # The port is up, as on a machine in use; a test that wants an address gives it one.
    "etc/systemd/network/lan.network": "[Match]\nType=ether\n[Network]\nDHCP=no\n"
                                       "LinkLocalAddressing=no\nIPv6AcceptRA=no\n",
    # The disk's driver is enough; all of them take the emulated processor seconds to unpack.
    "etc/initramfs-tools/conf.d/small": "MODULES=list\nCOMPRESS=zstd\n",
    "etc/initramfs-tools/modules": "virtio_pci\nvirtio_blk\next4\n",
    "etc/systemd/system/test-shell.service":
        "[Unit]\nDescription=Commands from the test\nDefaultDependencies=no\n"
        "After=systemd-remount-fs.service systemd-tmpfiles-setup.service\n"
        "[Service]\nExecStart=/usr/local/sbin/test-shell\nRestart=always\n"
        "[Install]\nWantedBy=sysinit.target\n",
}
# What a disk boots with before anybody ran update-grub, which no chroot can: it asks for the device.
GRUB_CFG = "serial --unit=0\nterminal_input serial\nterminal_output serial\n" \
           "linux /vmlinuz root=LABEL=root ro %s\ninitrd /initrd.img\nboot\n" % CONSOLE


class Refused(Exception):
    """A step failed; the message says which, and the last it said."""


def possible(results):
    """Whether this may make root file systems at all; skips if not."""
    why = "not root" if os.geteuid() else mounts.refused()
    if why:
        results.check(True, "no root file system can be made # SKIP " + why)
    return not why


def command(args, what, **keys):
    """Runs a command and returns its output; what it said at last becomes the error."""
    done = subprocess.run([str(a) for a in args], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, errors="replace", check=False, **keys)
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise Refused("%s: exit %d: %s" % (what, done.returncode, "; ".join(said[-6:])))
    return done.stdout


def chroot(root, *args, script=None, **keys):
    """Runs a command, or a script for sh, inside root, with /proc, and nothing left mounted."""
    inside = ["sh", "-euc", script] if script else args
    outer = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc",
             'root=$1; shift; mount -t proc proc "$root/proc"; exec chroot "$root" "$@"', "sh", root]
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root",
           "DEBIAN_FRONTEND": "noninteractive"}
    return command([*outer, *inside], "in %s: %s" % (root.name, (script or " ".join(args))[:60]),
                   env=env, **keys)


def install(root, names):
    """Installs Debian packages into root, as apt does, without starting anything."""
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    policy.chmod(0o755)
    chroot(root, script="apt-get -q update; "
           "apt-get -q install -y --no-install-recommends %s; apt-get clean; "
           "rm -rf /var/lib/apt/lists/*" % " ".join(names))
    policy.unlink()


def bootstrap(root, suite):
    """A new root with what debootstrap calls minimal, and the sources for the rest."""
    mirror, security = packages.mirror(suite), packages.mirror(suite + "-security")
    command(["debootstrap", "--variant=minbase", "--keyring", packages.KEYRING, suite, root, mirror],
            "debootstrap " + suite)
    sources = "deb %s %s main\ndeb %s %s-security main\n" % (mirror, suite, security, suite)
    (root / "etc/apt/sources.list").write_text(sources, encoding="ascii")
    (root / "etc/apt/apt.conf.d/80test").write_text(
        packages.transport() + 'Acquire::Languages "none";\n', encoding="ascii")


def configure(root, suite):
    """What a machine of its own has in /etc, and what the tests need in it."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text % {"suite": suite, "console": CONSOLE}, encoding="ascii")
    shutil.copy(HERE / "test-shell", root / "usr/local/sbin/test-shell")
    (root / "usr/local/sbin/test-shell").chmod(0o755)


def make_base(root, suite):
    bootstrap(root, suite)
    configure(root, suite)
    (root / "tmp/preseed").write_text(PRESEED, encoding="ascii")
    chroot(root, "debconf-set-selections", "/tmp/preseed")
    names = RENAMED.get(suite, {})
    install(root, [names.get(name, name) for name in BASE])
    chroot(root, script="systemctl enable test-shell.service systemd-networkd.service; "
           "systemctl mask %s; passwd -d root; mkdir /boot/grub; "
           # as grub-install would
           "cp -r /usr/lib/grub/i386-pc /boot/grub" % " ".join(MASKED))


def tree(suite, variant="base", say=packages.note):
    """The directory with a suite's root file system of that variant, made if it is not there."""
    root = packages.CACHE / ("rootfs-%d-%s-%s" % (RECIPE, suite, variant))
    if root.is_dir():
        return root
    below = tree(suite, say=say) if variant != "base" else None
    with packages.locked(root.name):
        if root.is_dir():
            return root
        start, fresh = time.monotonic(), root.with_name(root.name + ".new")
        say("making %s" % root.name)
        shutil.rmtree(fresh, ignore_errors=True)
        if below:
            command(["cp", "-a", "--reflink=auto", below, fresh], "cp")
            install(fresh, VARIANTS[variant])
            if variant in SCRIPTS:
                chroot(fresh, script=SCRIPTS[variant])
        else:
            make_base(fresh, suite)
        fresh.rename(root)
        say("made %s in %.0f s" % (root.name, time.monotonic() - start))
    return root


def disk(suite, variant="base", say=packages.note):
    """The disk image of that root file system, made if it is not there."""
    root = tree(suite, variant, say)
    image = root.with_name(root.name + ".img")
    if image.exists():
        return image
    with packages.locked(root.name):
        if not image.exists():
            fresh = image.with_suffix(".new")
            make_disk(root, fresh)
            fresh.rename(image)
    return image


def make_disk(root, image):
    """A disk image with GRUB that boots the tree; sparse."""
    image.unlink(missing_ok=True)
    grub = grub_image(root)
    if len(grub) > (FIRST_SECTOR - 1) * SECTOR:
        raise Refused("GRUB's %d bytes do not fit before the partition" % len(grub))
    boot = bytearray((root / "usr/lib/grub/i386-pc/boot.img").read_bytes())
    sectors = DISK_BYTES // SECTOR - FIRST_SECTOR
    # active, type Linux, addressed by sector
    boot[446:510] = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", 0x83, b"\xfe\xff\xff",
                                FIRST_SECTOR, sectors).ljust(64, b"\0")
    with open(image, "wb") as out:
        out.truncate(DISK_BYTES)
        out.write(boot + grub)
    command(["mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-L", "root", "-m", "0",
             "-O", NOT_FOR_GRUB, "-E", "offset=%d,lazy_itable_init=1,lazy_journal_init=1"
             % (FIRST_SECTOR * SECTOR), "-d", root, image, "%dk" % (sectors // 2)], "mke2fs")
    put_file(image, "/boot/grub/grub.cfg", GRUB_CFG)


def put_file(image, name, text):
    """Writes a new file into a disk image; its folder is there."""
    folder, _, base = name.rpartition("/")
    source = image.with_suffix(".file")
    source.write_text(text, encoding="utf-8")
    done = subprocess.run(["debugfs", "-w", "-f", "-",
                           "%s?offset=%d" % (image, FIRST_SECTOR * SECTOR)], check=False, text=True,
                          input="cd %s\nwrite %s %s\nstat %s\n" % (folder, source, base, base),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    source.unlink()
    if "Size: %d" % len(text) not in done.stdout:
        raise Refused("debugfs: %s: %s" % (name, done.stdout.strip()[-300:]))


def grub_image(root):
    """GRUB's second stage. boot.img, at sector 0, starts it from sector 1 on."""
    chroot(root, "grub-mkimage", "-O", "i386-pc", "-o", "/tmp/core.img",
           "-p", "(hd0,msdos1)/boot/grub", *GRUB_MODULES)
    core = root / "tmp/core.img"
    data = core.read_bytes()
    core.unlink()
    return data


def main():
    suites, variant = sys.argv[1:2] or SUITES, (sys.argv[2:] or ["base"])[0]
    for suite in suites:
        print(tree(suite, variant))
        print(disk(suite, variant))


if __name__ == "__main__":
    try:
        main()
    except (Refused, packages.Missing) as missing:
        sys.exit("rootfs: %s" % missing)
