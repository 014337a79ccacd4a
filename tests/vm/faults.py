# SPDX-License-Identifier: GPL-2.0-only
"""faults - a capture kernel on a machine that is not as it should be, and what it must still do

Nothing panics first: the core of a real crash lies in the capture kernel's memory. In every case
the machine ends by itself, in time, and its console says what was wrong.
"""
import dataclasses
import lzma
import random
import re
import shutil
import subprocess
import typing

import capture
import cards
import evidence
import packages
import panic

CORE = packages.ROOT / "tests/crashes/x86-64-6.1.core.xz"
SEND = packages.ROOT / "build/lastwords-send"
NEVER = ["-drive", "if=none,id=never,driver=null-co,size=1048576",
         "-device", "virtio-blk-pci,drive=never"]
ELF_HEADERS_BYTES = 4096  # the headers and the note of the core end before
BLOCK_BYTES = 64
LOG, WHY, NOTHING, READABLE = "the log", "a frame that says why", "nothing", "what can be read"


def unplug(number):
    """Pulls the cable out of a card, before the kernel can look."""
    def pull(vm):
        vm.monitor.tell("set_link", name="port" + (str(number) if number else ""), up=False)
    return pull


def choke(vm):
    """From now on the drive answers one byte a second: its driver waits, and nothing wakes it."""
    panic.expect(vm, "Linux version", panic.BOOT_LIMIT_S)
    still = {key: 0 for key in ("bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr")}
    vm.monitor.tell("block_set_io_throttle", device="never", bps=1, **still)


def without(name):
    return lambda lines: [line for line in lines if not line.endswith("/" + name)]


def renamed(name, other):
    return lambda lines: [line.replace("/" + name, "/" + other) for line in lines]


def spinning(lines):
    """tcrypt measures for ten minutes, inside its module's init, without ever scheduling."""
    return [line + " mode=303 sec=600" * line.endswith("/tcrypt.ko") for line in lines]


def scattered(blocks):
    """Random bytes over so many random places of the crashed kernel's memory."""
    def damage(core, choice):
        for _ in range(blocks):
            at = choice.randrange(ELF_HEADERS_BYTES, len(core) - BLOCK_BYTES)
            core[at:at + BLOCK_BYTES] = choice.randbytes(BLOCK_BYTES)
    return damage


def blank_note(core, _):
    """VMCOREINFO names nothing any more."""
    at = core.index(b"SYMBOL(prb)")
    core[at:ELF_HEADERS_BYTES] = b"\0" * (ELF_HEADERS_BYTES - at)


@dataclasses.dataclass(frozen=True)
class Fault:
    """What is wrong, and what is expected.

    cards, driver   QEMU's cards; the initrd's drivers if not those of the cards
    change          of the initrd's list of modules
    damage          of the core; core=False: there is none
    started         called with the machine that starts
    says            a pattern that the console must show
    sends           LOG: the log, as lastwords-send reads it here from the same core; WHY: a frame
                    that says why there is none; READABLE: either, as the damage has it; NOTHING
    late_s          after the deadline it may still take so long
    """
    says: str
    sends: str
    cards: tuple = ("virtio-net",)
    driver: str = ""
    change: typing.Callable = list
    damage: typing.Callable = None
    core: bool = True
    started: typing.Callable = None
    more: tuple = ()
    settings: str = ""
    deadline_s: int = 60
    late_s: int = 1
    kernel: str = "6.1-generic"


FAULTS = {
    "two cards, the first unplugged": Fault(
        r"eth0: .*no carrier", LOG, cards=("virtio-net", "e1000e"), started=unplug(0)),
    "two cards, the second unplugged": Fault(
        r"eth1: .*no carrier", LOG, cards=("e1000e", "virtio-net"), started=unplug(1)),
    "one card, unplugged": Fault(
        r"eth0: .*no carrier", NOTHING, started=unplug(0), cards=("e1000e",)),
    "no card": Fault(
        r"no such Ethernet port", NOTHING, cards=(), driver="virtio_net"),
    "the driver's file is missing": Fault(
        r"/absent\.ko: No such file", NOTHING, change=renamed("virtio_net.ko", "absent.ko"),
        deadline_s=12),
    "a module the driver depends on is missing": Fault(
        r"/virtio_net\.ko: it needs a module", NOTHING, change=without("net_failover.ko"), deadline_s=12),
    "the bus driver is missing": Fault(
        r"no such Ethernet port", NOTHING, change=without("virtio_pci.ko"), deadline_s=12),
    "another card's driver is missing": Fault(
        r"/absent\.ko: No such file", LOG, cards=("virtio-net", "e1000e"),
        change=renamed("e1000e.ko", "absent.ko")),
    "a driver that hangs, before the card's": Fault(
        r"lastwords: .*virtio_blk", LOG, driver="virtio_blk,virtio_net", started=choke, more=NEVER,
        settings="gpt", deadline_s=20, late_s=6),
    "a driver that hangs, after the card's": Fault(
        r"lastwords: .*virtio_blk", LOG, driver="virtio_net,virtio_blk", started=choke, more=NEVER,
        settings="gpt", deadline_s=20, late_s=6),
    "a driver that spins": Fault(
        r"softlockup: hung tasks", NOTHING, driver="tcrypt,virtio_net", change=spinning),
    "no /proc/vmcore": Fault(
        r"/proc/vmcore: ", WHY, core=False),
    "a log damaged in 300 places": Fault(
        r"/proc/vmcore: ", READABLE, damage=scattered(300)),
    "a log damaged all over": Fault(
        r"/proc/vmcore", WHY, damage=scattered(100000)),
    "a core that names no log": Fault(
        r"/proc/vmcore", WHY, damage=blank_note),
}


def damaged_core(fault, seed):
    core = bytearray(lzma.decompress(CORE.read_bytes()))
    if fault.damage:
        fault.damage(core, random.Random(seed))
    return bytes(core)


def printed(core, work):
    """The log that lastwords-send reads from the core here, as a report's lines."""
    path = work / "expected.core"
    path.write_bytes(core)
    done = subprocess.run([SEND, "--core", path, "--print", "--tail=all"], capture_output=True,
                          check=False)
    return evidence.text_lines(done.stdout) if done.stdout else []


def boot(name, fault, kernel, core):
    """Builds the initrd and boots it once."""
    work = panic.WORK / ("capture-" + name)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    chosen = [cards.CARDS[card] for card in fault.cards]
    driver = fault.driver or ",".join(card.driver for card in chosen)
    capture.changed_initrd(kernel, work / "crash.img", driver, fault.change)
    settings = ("lastwords.tail=all lastwords.repeat=0,3 lastwords.deadline=%d %s"
                % (fault.deadline_s, fault.settings))
    return capture.Capture(name, kernel, work / "crash.img", settings, core=core,
                           started=fault.started, cards=[card.device for card in chosen],
                           more=fault.more, limit_s=fault.deadline_s + 30)


def check_sent(check, fault, seen, core):
    expected = printed(core, seen.vm.work) if fault.sends in (LOG, READABLE) else []
    wanted = fault.sends if fault.sends != READABLE else LOG if expected else WHY
    report = seen.reports[-1] if seen.reports else {}
    sent = WHY if report.get("why") else LOG if report else NOTHING
    check(sent == wanted and len(seen.reports) <= 1, "sends " + wanted, sent)
    if wanted == LOG and sent == LOG:
        found = [evidence.one_replacement(line) for line in report["lines"]]
        check(report["complete"] and found[:len(expected)] == expected and expected,
              "the report is complete, with all that can be read",
              evidence.difference(expected, found))


def examine(results, name, seed=0):
    """Boots the machine with this fault and checks what must be; returns what was seen."""
    fault = FAULTS[name]
    kernel = packages.kernel(fault.kernel, results.note)
    core = damaged_core(fault, seed) if fault.core else None
    label = re.sub(r"\W+", "-", name)
    seen = panic.once_more(lambda: boot(label, fault, kernel, core), results.note)

    def check(good, what, detail=""):
        results.check(good, "%s: %s" % (name, what), "%s\n%s\nconsole: %s" % (
            detail, seen.console[-2500:], seen.vm.log))

    check(seen.seconds is not None and seen.seconds <= fault.deadline_s + fault.late_s,
          "the machine ends in time", "%s s, deadline %d s" % (seen.seconds, fault.deadline_s))
    check(re.search(fault.says, seen.console), "the console says why: " + fault.says)
    check_sent(check, fault, seen, core)
    return seen
