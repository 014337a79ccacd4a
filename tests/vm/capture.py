# SPDX-License-Identifier: GPL-2.0-only
"""capture - a capture kernel without a crash before it, and a core in its memory if one is given

    0 ────────── memory of the capture kernel (mem=) ──────────┬── the core ──┐
                                                    CORE_BYTE, elfcorehdr=

The kernel reads the core's ELF headers at elfcorehdr= and takes each p_offset for a physical
address, so the core file is put there as it is, with its own address added to every p_offset.
"""
import shutil
import struct

import archive
import listener
import machine
import panic

CORE_BYTE = 512 << 20
CORE_MB = 64  # room for it
LIMIT_S = 90
ELF_PHOFF, ELF_PHNUM, PHDR_BYTES, PHDR_OFFSET = 32, 56, 56, 8


def placed(core, address):
    """The core file's bytes as they must be in memory at the address. 64-bit little-endian only."""
    core = bytearray(core)
    (start,) = struct.unpack_from("<Q", core, ELF_PHOFF)
    (count,) = struct.unpack_from("<H", core, ELF_PHNUM)
    for at in range(start + PHDR_OFFSET, start + count * PHDR_BYTES, PHDR_BYTES):
        (offset,) = struct.unpack_from("<Q", core, at)
        struct.pack_into("<Q", core, at, offset + address)
    return bytes(core)


def changed_initrd(kernel, path, driver, change, init=panic.INIT):
    """A crash initrd whose list of modules is what change() makes of its lines.

    The kernel unpacks one archive after the other: a second one writes over the list.
    """
    panic.crash_initrd(kernel, path, init=init, driver=driver, compress="none")
    lines = ["/lastwords/modules.d/" + name for name, _ in panic.modules(kernel, driver)]
    second = archive.Archive()
    second.text("lastwords/modules", "".join(line + "\n" for line in change(lines)))
    second.write(path.with_suffix(".second"))
    with open(path, "ab") as both:
        both.write(path.with_suffix(".second").read_bytes())


class Capture:
    """One boot of a crash initrd, to its own end; what it takes longer than limit_s is cut off.

    seconds   from init's first line to the end, on the host's clock; None if it did not end
    """

    def __init__(self, name, kernel, initrd, settings="", core=None, started=None,
                 limit_s=LIMIT_S, **options):
        work = panic.WORK / ("capture-" + name)
        work.mkdir(parents=True, exist_ok=True)
        cmdline, more = panic.CAPTURE_CMDLINE + " " + settings, list(options.pop("more", ()))
        if core is not None:
            (work / "core").write_bytes(placed(core, CORE_BYTE))
            cmdline += " mem=%dM elfcorehdr=%#x" % (CORE_BYTE >> 20, CORE_BYTE)
            more += ["-device", "loader,file=%s,addr=%#x,force-raw=on" % (work / "core", CORE_BYTE)]
        with machine.Machine(work, kernel.vmlinuz, initrd, cmdline,
                             memory_mb=(CORE_BYTE >> 20) + CORE_MB, more=more, **options) as vm:
            if started:
                started(vm)
            panic.expect(vm, panic.SENDER_STARTED, panic.BOOT_LIMIT_S)
            ended = vm.wait_end(limit_s)
        self.vm, self.seconds = vm, None
        if ended:
            self.seconds = vm.started + ended - vm.line_time(panic.SENDER_STARTED)
        self.console = "\n".join(text for _, text in vm.console)
        # Each card's dump has what the other cards sent, too, unless its cable is out.
        self.reports = next(filter(None, map(listener.reports, vm.pcaps)), [])
