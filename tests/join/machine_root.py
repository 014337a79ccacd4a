# SPDX-License-Identifier: GPL-2.0-only
"""machine_root - a machine described in a directory, for lastwordsctl --root, and crash initrds

  ROOT/sys, proc       one virtio port; what kernel runs
  ROOT/boot, lib       that kernel and its modules, from tests/vm
"""
import os
import lzma
import pathlib
import shutil
import subprocess
import sys
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests/vm"), str(ROOT / "tests/initrd")]
import archive  # noqa: E402
import packages  # noqa: E402
import sysfs  # noqa: E402

CTL = ROOT / "crashkernel-initrd/lastwordsctl"
MAC = "52:54:00:12:34:56"
PACKERS = {
    "none": ["cat"],
    "gzip": ["gzip", "-n9", "-c"],
    "xz": ["xz", "--check=crc32", "-c"],
    "zstd": ["zstd", "-q", "-c"],
    "lz4": ["lz4", "-q", "-l", "-c"],
}


class Machine:
    """A machine below path with the kernels given, the first of which runs."""

    def __init__(self, path, *kernels):
        self.root, self.kernels = pathlib.Path(path), kernels
        (self.root / "lib/modules").mkdir(parents=True)
        for folder in ("boot", "etc/default", "usr/sbin", "var/lib/kdump", "scratch"):
            (self.root / folder).mkdir(parents=True)
        for kernel in kernels:
            modules = packages.one(kernel.root, "lib/modules/*", "usr/lib/modules/*").resolve()
            (self.root / "lib/modules" / kernel.version).symlink_to(modules)
            shutil.copy(kernel.config, self.root / "boot" / ("config-" + kernel.version))
            (self.root / "boot" / ("vmlinuz-" + kernel.version)).symlink_to(kernel.vmlinuz)
        (self.root / "proc/sys/kernel").mkdir(parents=True)
        self.runs(kernels[0])
        port = sysfs.Sysfs(self.root / "sys").virtio("eth0")
        (port / "address").write_text(MAC + "\n")
        (port / "carrier").write_text("1\n")

    def runs(self, kernel):
        (self.root / "proc/sys/kernel/osrelease").write_text(kernel.version + "\n")
        (self.root / "proc/cmdline").write_text("root=/dev/vda1 quiet\n")

    def run(self, *args, **how):
        """Runs lastwordsctl on this machine; TMPDIR is the machine's, so that leftovers are seen."""
        env = dict(os.environ, TMPDIR=str(self.root / "scratch"), **how.pop("env", {}))
        done = subprocess.run([CTL, "--root", self.root, *map(str, args)], capture_output=True,
                              text=True, check=False, env=env, timeout=120, **how)
        left = os.listdir(self.root / "scratch")
        assert not left, "left in TMPDIR: %s" % left
        return done


def packed(data, packer):
    return subprocess.run(PACKERS[packer], input=data, stdout=subprocess.PIPE, check=True).stdout


def cpio(path, files):
    """An archive of {name: (content, mode)} as bytes; path is for its work."""
    made = archive.Archive()
    for name, (content, mode) in files.items():
        made.text(name, content, mode)
    made.write(path)
    return pathlib.Path(path).read_bytes()


def read(data):
    """Reads an initrd as the kernel does, independently of what is tested: [(archive, packer)].

    The decompressors of this language tell where a compressed archive ends; lz4 is cut by its
    blocks' lengths.
    """
    found, at = [], 0
    while at < len(data):
        if data[at] == 0:
            at += 1
        elif data[at:at + 5] == b"07070" and at % 4 == 0:
            end = trailer_end(data, at)
            found.append((data[at:end], "none"))
            at = end
        elif data[at:at + 2] == b"\x1f\x8b":
            whole = zlib.decompressobj(31)
            found.append((whole.decompress(data[at:]), "gzip"))
            at = len(data) - len(whole.unused_data)
        elif data[at:at + 6] == b"\xfd7zXZ\0":
            whole = lzma.LZMADecompressor(lzma.FORMAT_XZ)
            found.append((whole.decompress(data[at:]), "xz"))
            at = len(data) - len(whole.unused_data)
        elif data[at:at + 4] == b"\x02\x21\x4c\x18":
            end = at + 4
            while (size := int.from_bytes(data[end:end + 4], "little")) and end < len(data):
                end += 4 + size
            found.append((unpacked(data[at:end], "lz4"), "lz4"))
            at = end
        elif data[at:at + 4] == b"\x28\xb5\x2f\xfd":
            end = zstd_end(data, at)
            found.append((unpacked(data[at:end], "zstd"), "zstd"))
            at = end
        else:
            raise AssertionError("at byte %d: %r" % (at, data[at:at + 8]))
    return found


def unpacked(data, packer):
    return subprocess.run([packer, "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout


def trailer_end(data, at):
    """Walks the headers of a cpio archive: where it ends."""
    while True:
        size, name = (int(data[at + 6 + 8 * n:at + 14 + 8 * n], 16) for n in (6, 11))
        start = (at + 110 + name + 3) // 4 * 4
        if data[at + 110:at + 109 + name] == b"TRAILER!!!":
            return start
        at = (start + size + 3) // 4 * 4


def zstd_end(data, at):
    """Walks the blocks of a frame (RFC 8878): where it ends."""
    descriptor = data[at + 4]
    single, content = descriptor >> 5 & 1, descriptor >> 6
    at += 5 + (not single) + (0, 1, 2, 4)[descriptor & 3]
    at += (single, 2, 4, 8)[content]
    last = 0
    while not last:
        head = int.from_bytes(data[at:at + 3], "little")
        last, kind, size = head & 1, head >> 1 & 3, head >> 3
        at += 3 + (1 if kind == 1 else size)
    return at + (4 if descriptor >> 2 & 1 else 0)


def contents(cpio_bytes):
    """{name: content} of a cpio archive."""
    at, found = 0, {}
    while True:
        size, name = (int(cpio_bytes[at + 6 + 8 * n:at + 14 + 8 * n], 16) for n in (6, 11))
        text = cpio_bytes[at + 110:at + 109 + name].decode()
        start = (at + 110 + name + 3) // 4 * 4
        if text == "TRAILER!!!":
            return found
        found[text] = cpio_bytes[start:start + size]
        at = (start + size + 3) // 4 * 4
