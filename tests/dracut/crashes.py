# SPDX-License-Identifier: GPL-2.0-only
"""crashes - real panics whose capture kernel starts an initrd of dracut, and when things came"""
import re

import image
import listener
import panic

# Without rd.shell=0 dracut would wait at a prompt.
CMDLINE = "rd.shell=0 rd.emergency=reboot rd.timeout=60 "
DUMP, SAVED = "standin: the dump begins", "standin: the dump is saved"
NEXT = "standin: the next init runs"
STARTED, FIRST = "lastwords: started beside init", "lastwords: [^ ]+: first frame sent"
BOOT_LIMIT_S, LIMIT_S = 300, 300


class Crash(panic.Scene):
    """One panic. words are for the capture kernel's command line, the rest for image.build()."""
    first_line = "Linux version"

    def __init__(self, name, release, words="", memory_mb=1024, crashkernel="256M", more=(),
                 **build):
        super().__init__("dracut-" + name, release.kernel, crashkernel=crashkernel,
                         memory_mb=memory_mb, more=more)
        self.release, self.words, self.how = release, words, build
        self.drivers = self.work / "drivers.img"

    def build_crash(self, init):
        panic.crash_initrd(self.kernel, self.drivers, init, self.driver)
        return image.build(self.release, self.work, self.crash, **self.how)

    def capture_cmdline(self):
        return " ".join([super().capture_cmdline(), CMDLINE, self.words])

    def run_once(self):
        with self.machine() as vm:
            panic.expect(vm, panic.ARMED, BOOT_LIMIT_S)
            vm.died = panic.expect(vm, self.death.panic, BOOT_LIMIT_S)
            vm.seconds = vm.wait_end(LIMIT_S)
        return vm


class Course:
    """What happened when, in seconds from the panic's line; None where it did not."""

    def __init__(self, scene, vm):
        self.vm, self.scene = vm, scene
        self.console = "\n".join(line for _, line in vm.console)
        self.capture = self.console.rpartition("Linux version")[2]
        shown = listener.reports(vm.pcap)
        self.reports, self.report = shown, shown[-1] if shown else {}
        ours = [when for when, frame in vm.frames if frame[23:24] == b"\xff"]
        self.frames = len(ours)
        self.sent = ours[0] - vm.died if ours else None
        self.dump = self.since(DUMP)
        self.saved = self.since(SAVED)

    def since(self, text):
        when = self.vm.line_time(text)
        return when - self.vm.died if when else None

    def uptime(self):
        """When the dump began by the capture kernel's own clock."""
        found = re.search(r"the dump begins after ([0-9.]+) s", self.console)
        return float(found.group(1)) if found else None

    def stamp(self, pattern):
        """When a line came by the capture kernel's own clock."""
        found = re.search(r"\[ *([0-9.]+)\] " + pattern, self.capture)
        return float(found.group(1)) if found else None

    def line(self, text):
        return self.vm.find_line(text) or ""

    def check_received(self, results, what=""):
        report = self.report
        lines = report.get("lines", [])
        results.check(report.get("complete") and report["host"] == panic.HOSTNAME
                      and report["kernel"] == self.scene.kernel.version
                      and any(self.scene.death.panic in line for line in lines),
                      what + "the last words are received", self.told())

    def check_first(self, results, what=""):
        """A whole round was out when the dump began."""
        ours = [when for when, frame in self.vm.frames if frame[23:24] == b"\xff"]
        count = self.report.get("parts", 0)
        results.check(self.dump is not None and count and len(ours) >= count
                      and ours[count - 1] - self.vm.died < self.dump,
                      what + "they were out before the dump began", self.told())

    def told(self):
        return "sent %s, dump %s (uptime %s), saved %s, %d frames; console: %s" % (
            self.sent, self.dump, self.uptime(), self.saved, self.frames, self.vm.log)
