# SPDX-License-Identifier: GPL-2.0-only
"""deaths - ways for a kernel to die, and how each is examined"""
import re
import time

import evidence
import packages
import panic

WAITING = "death: waiting"
CRASH_ON = "taskset %x sh -c 'echo c >/proc/sysrq-trigger'"
# Numbered records, as fast as a shell can, by the first processor until the second one panics.
FLOOD = """
taskset 1 sh -c 'i=0; while :; do i=$((i + 1)); echo "flood: $i of many" >/dev/kmsg; done' &
until dmesg | grep -q 'flood: 500 of'; do usleep 1000; done
""" + CRASH_ON % 2
TRACE_END = re.compile(r"</TASK>$|R15: [0-9a-f]+$")  # the former since Linux 5.16
FLOODED = re.compile(r"flood: (\d+) of many$")


def press_nmi(vm):
    panic.expect(vm, WAITING, panic.BOOT_LIMIT_S)
    vm.monitor.tell("inject-nmi")
    return time.monotonic()


# Name: the death, and how many processors the machine has.
DEATHS = {
    "sysrq-c": (panic.Death(), 1),
    "init killed": (panic.Death("exit 3", "Attempted to kill init!",
                                "Kernel panic - not syncing: Attempted to kill init! "
                                "exitcode=0x00000300"), 1),
    "out of memory": (panic.Death("tail /dev/zero", "invoked oom-killer",
                                  "Kernel panic - not syncing: Out of memory: system-wide "
                                  "panic_on_oom is enabled", "sysctl.vm.panic_on_oom=1"), 1),
    # tcrypt measures for a minute, inside its module's init, without ever scheduling.
    "soft lockup": (panic.Death("insmod /death.d/tcrypt.ko mode=303 sec=60",
                                "testing speed of async sha1",
                                "Kernel panic - not syncing: softlockup: hung tasks",
                                "sysctl.kernel.softlockup_panic=1 sysctl.kernel.watchdog_thresh=1",
                                module="tcrypt"), 1),
    "NMI": (panic.Death("echo %s >/dev/ttyS0; sleep 60" % WAITING,
                        "NMI received for unknown reason",
                        "Kernel panic - not syncing: NMI: Not continuing", "unknown_nmi_panic",
                        trigger=press_nmi, silent=True), 1),
    "sysrq-c on the 2nd processor": (panic.Death(CRASH_ON % 2), 2),
    "sysrq-c on the 4th processor": (panic.Death(CRASH_ON % 8), 4),
    "sysrq-c while another processor floods": (panic.Death(FLOOD, silent=True), 2),
}
# Linux 7.x preempts what holds no lock, whatever it does; a soft lockup takes more there.
NOT_ON = {("soft lockup", "sid")}


class Flooded(evidence.Evidence):
    def check_whole_log(self):
        """syslog(2) first; then the flood without a gap, and the panic's lines between."""
        expected = evidence.text_lines(self.syslog)
        found = self.lines[:len(expected)]
        self.check(found == expected, "the log begins as syslog(2) returned it",
                   evidence.difference(expected, found))
        numbers = [int(found.group(1)) for found in map(FLOODED.search, self.lines) if found]
        self.check(numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 500,
                   "no record of the flood is missing", numbers)

    def check_panic(self):
        self.dying = [line for line in self.dying if not FLOODED.search(line)]
        self.lines = [line for line in self.lines if not FLOODED.search(line)]
        super().check_panic()
        self.check(TRACE_END.search(self.dying[-1]), "the call trace is whole", self.dying[-3:])


def examine(results, kernel_name, name):
    """Lets a kernel die in this way, and checks what came out; returns the evidence."""
    kernel, (death, processors) = packages.kernel(kernel_name, results.note), DEATHS[name]
    scene = panic.Scene("death-%s-%s" % (kernel_name, name.replace(" ", "-")), kernel, tail="all",
                        repeat="0,3", death=death, more=["-smp", str(processors)])
    scene.build(packages.tools(results.note))
    kind = Flooded if death.script == FLOOD else evidence.Evidence
    proof = kind(results, "%s, %s" % (name, kernel.version), scene, scene.run(results.note))
    proof.check_header()
    proof.check_whole_log()
    proof.check_panic()
    proof.check_wire()
    proof.check_end()
    return proof
