# SPDX-License-Identifier: GPL-2.0-only
"""debs - our own Debian packages, built once by a test and installed in a guest"""
import fcntl
import subprocess

import host
from rootfs import Refused

import packages

LIMIT_S = 600


def build():
    """Builds the packages; returns {package: the file's bytes}."""
    host.WORK.mkdir(parents=True, exist_ok=True)
    with open(host.WORK / "deb.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # each build removes the last one's
        made = subprocess.run(["make", "-s", "deb"], cwd=packages.ROOT, capture_output=True,
                              text=True, timeout=LIMIT_S, check=False)
        if made.returncode:
            raise Refused("make deb: %s" % (made.stdout + made.stderr).strip()[-800:])
        return {path.name.split("_")[0]: path.read_bytes()
                for path in (packages.ROOT / "build/deb").glob("*.deb")}


def install(box, built, *names):
    """Installs packages in a guest, as an administrator without a network would."""
    box.put({"/tmp/%s.deb" % name: built[name] for name in names})
    return box.run("dpkg -i %s" % " ".join("/tmp/%s.deb" % name for name in names),
                   host.SYSTEM_LIMIT_S)
