# SPDX-License-Identifier: GPL-2.0-only
"""mounts - whether a test may mount what it alone sees"""
import os
import subprocess

OWN = ("unshare", "-m" if os.getuid() == 0 else "-rm")  # put in front of a command


def refused():
    """Why not; None if it may. In a plain chroot it may not: there / is no mount point."""
    done = subprocess.run([*OWN, "true"], capture_output=True, text=True, check=False)
    if not done.returncode:
        return None
    return done.stderr.strip() + "; if this is a chroot: mount --bind DIR DIR before chroot DIR"
