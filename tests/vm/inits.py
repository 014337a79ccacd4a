# SPDX-License-Identifier: GPL-2.0-only
"""inits - programs for process 1 made of parts of the real one, and of what goes wrong"""
import subprocess

import panic

INIT = [*(set(panic.ROOT.glob("crashkernel-initrd/*.c"))
          - {panic.ROOT / "crashkernel-initrd/beside.c"}),
        *(set(panic.ROOT.glob("sender/*.c")) - {panic.ROOT / "sender/lastwords-send.c"})]


def compiled(path, *sources):
    subprocess.run(["musl-gcc", "-std=gnu11", "-D_GNU_SOURCE", '-DLASTWORDS_VERSION="test"',
                    "-I", panic.ROOT, "-static", "-Os", "-idirafter", "/usr/include",
                    "-idirafter", "/usr/include/x86_64-linux-gnu", "-o", path, *sources], check=True)
    return path


def wrapped(path, source, *names):
    """The real init; its calls of these functions go to those of the source, with __wrap_."""
    return compiled(path, panic.HERE / source, *INIT, *("-Wl,--wrap=" + name for name in names))
