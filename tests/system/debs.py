# SPDX-License-Identifier: GPL-2.0-only
"""debs - Debian packages for a guest: our own, and kernels to change to"""
import fcntl
import re
import shutil
import subprocess

import host
from rootfs import Refused

import packages

LIMIT_S = 1200
BUILT = packages.ROOT / "build/deb"
SOURCES = ("sender", "receiver", "crashkernel-initrd", "dracut-module", "packaging")
# A kernel of each release that its root file system does not have: where from, and its name. On
# bookworm it is one of another series, newer than its own.
KERNELS = {
    "bookworm": ("bookworm-security", r"^linux-image-6\.1[0-9]\.[0-9]+\+deb12-cloud-amd64$"),
    "trixie": ("trixie", r"^linux-image-6\.12\.[0-9]+\+deb13-cloud-amd64$"),
}


def build():
    """Builds the packages; returns {package: the file's bytes}."""
    host.WORK.mkdir(parents=True, exist_ok=True)
    with open(host.WORK / "deb.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # each build removes the last one's
        if not fresh():
            make()
        return {path.name.split("_")[0]: path.read_bytes() for path in BUILT.glob("*.deb")}


def fresh():
    """Whether the packages are newer than all they are made from."""
    built = [path.stat().st_mtime for path in BUILT.glob("*.deb")]
    sources = [path.stat().st_mtime for name in SOURCES
               for path in (packages.ROOT / name).rglob("*")]
    return built and min(built) > max(sources)


def make():
    made = subprocess.run(["make", "-s", "deb"], cwd=packages.ROOT, capture_output=True, text=True,
                          timeout=LIMIT_S, check=False)
    if made.returncode:
        raise Refused("make deb: %s" % (made.stdout + made.stderr).strip()[-800:])


def install(box, built, *names):
    """Installs packages in a guest, as an administrator without a network would."""
    box.put({"/tmp/%s.deb" % name: built[name] for name in names})
    return box.run("dpkg -i %s" % " ".join("/tmp/%s.deb" % name for name in names),
                   host.SYSTEM_LIMIT_S)


def kernel(suite, installed):
    """The package file of another kernel of that release than the one installed, from the cache."""
    where, pattern = KERNELS[suite]
    folder = packages.CACHE / ("debs-" + suite)
    apt = packages.Suite(where)
    with packages.locked(folder.name), packages.locked(apt.dir.name):
        found = list(folder.glob("*.deb"))
        if not found:
            apt.update()
            names = apt.run("apt-cache", "pkgnames", "linux-image-").splitlines()
            names = [name for name in names if re.match(pattern, name)
                     and name != "linux-image-" + installed]
            if not names:
                raise packages.Missing("%s: no kernel but %s" % (where, installed))
            fresh = folder.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            apt.run("apt-get", "-q", "download", max(names, key=numbers), cwd=fresh)
            fresh.rename(folder)
            found = list(folder.glob("*.deb"))
    return found[0]


def numbers(name):
    return [int(number) for number in re.findall("[0-9]+", name)]
