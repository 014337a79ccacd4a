# SPDX-License-Identifier: GPL-2.0-only
"""cards - the network cards that QEMU has, and a panic on a machine with one of them"""
import dataclasses

import evidence
import machine
import packages
import panic

# Debian's generic kernel wants more than the cloud kernel does.
GENERIC_CRASHKERNEL, GENERIC_MB = "160M", 768


@dataclasses.dataclass(frozen=True)
class Card:
    """device is QEMU's, driver the kernel module, host what QEMU's device is plugged into."""
    device: str
    driver: str
    host: tuple = ()

    def known(self):
        """Does this QEMU have it?"""
        listed = packages.command([machine.QEMU, "-device", "help"], machine.QEMU)
        return 'name "%s"' % self.device.split(",")[0] in listed


Q35 = ("-machine", "q35")  # with PCI Express
CARDS = {
    "virtio-net": Card(machine.VIRTIO, "virtio_net"),
    "e1000": Card("e1000,romfile=", "e1000"),
    "e1000e": Card("e1000e,romfile=", "e1000e"),
    "e1000e on PCI Express": Card("e1000e,romfile=", "e1000e", Q35),
    "igb": Card("igb,romfile=", "igb", Q35),
    "vmxnet3": Card("vmxnet3,romfile=", "vmxnet3"),
    "rtl8139": Card("rtl8139,romfile=", "8139cp"),
    "pcnet": Card("pcnet,romfile=", "pcnet32"),
    "i82559c": Card("i82559c,romfile=", "e100"),
    "tulip": Card("tulip,romfile=", "tulip"),
    "usb-net": Card("usb-net", "cdc_ether", ("-device", "qemu-xhci")),
}


def scene(name, kernel, *cards, **options):
    """A scene on the kernel with these cards, each a name of CARDS."""
    chosen = [CARDS[card] for card in cards]
    hosts = [word for card in chosen for word in card.host]
    return panic.Scene(name, kernel, **{
        "tail": "all", "repeat": "0,3",
        "crashkernel": GENERIC_CRASHKERNEL, "memory_mb": GENERIC_MB,
        "driver": ",".join(dict.fromkeys(card.driver for card in chosen)),
        "cards": [card.device for card in chosen],
        "more": hosts, **options})


def examine(results, kernel_name, card):
    """A panic on a machine with one card, checked; returns the scene and its evidence."""
    kernel = packages.kernel(kernel_name, results.note)
    made = scene("card-%s-%s" % (kernel_name, card.replace(" ", "-")), kernel, card)
    made.build(packages.tools(results.note))
    proof = evidence.Evidence(results, "%s, %s" % (card, kernel.version), made,
                              made.run(results.note))
    check_whole(proof)
    proof.check_wire()
    proof.check_end()
    return made, proof


def check_whole(proof):
    proof.check_header()
    proof.check_whole_log()
    proof.check_panic()


def unplug_second(vm):
    """The cable was never in: the first kernel has no carrier there either."""
    vm.monitor.tell("set_link", name="port1", up=False)


def examine_pair(results, kernel_name, good, unplugged):
    """A panic on a machine with two cards, the second without a cable."""
    kernel = packages.kernel(kernel_name, results.note)
    made = scene("pair-" + kernel_name, kernel, good, unplugged, started=unplug_second)
    made.build(packages.tools(results.note))
    title = "%s, and %s unplugged, %s" % (good, unplugged, kernel.version)
    proof = evidence.Evidence(results, title, made, made.run(results.note))
    check_whole(proof)
    text = "\n".join(line for _, line in proof.vm.console)
    proof.check("no carrier" in text, "the console says which has no carrier", text[-2000:])
    proof.check_end()
    return made, proof


def examine_none(results, kernel_name):
    """A panic on a machine without a card, though its initrd has the driver of one."""
    kernel = packages.kernel(kernel_name, results.note)
    made = scene("none-" + kernel_name, kernel, "e1000e", cards=())
    made.build(packages.tools(results.note))
    vm = made.run(results.note)
    name, text = "no card, " + kernel.version, "\n".join(line for _, line in vm.console)
    results.check("no such Ethernet port" in text, name + ": the console says so", text[-2000:])
    results.check(vm.seconds is not None and "reboot: " in text, name + ": the machine ended",
                  text[-2000:])
    return made, vm
