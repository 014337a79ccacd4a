# SPDX-License-Identifier: GPL-2.0-only
"""vlan - 802.1Q tags, with and without offload, on a port of its own and on a bond's slave"""
import subprocess

import cores
import ear
import network
from verdict import check_whole

import machine

LIMIT_S, BESIDE = 120, 9
CARDS = ("e1000e", "vmxnet3")  # QEMU's cards that know about tags
CORE = cores.core("tail")


def offload(net, state):
    """Whether the ports' drivers take tags off and put them on, or the kernel does."""
    with net.inside():
        subprocess.run(["ethtool", "-K", "a0", "txvlan", state, "rxvlan", state], check=True)
    subprocess.run(["ethtool", "-K", "a1", "txvlan", state, "rxvlan", state], check=True)


def tagged(results, net, state, setting, bonded=False):
    """a1.5 is the world's VLAN port: it hears what carries the tag 5, without the tag."""
    net.cable("a")
    offload(net, state)
    if bonded:
        net.in_machine("link add bond0 type bond mode active-backup miimon 100",
                       "link set a0 master bond0", "link set bond0 up")
    net.in_world("link add link a1 name a1.5 type vlan id 5", "link set a1.5 up",
                 "link add link a1 name a1.6 type vlan id 6", "link set a1.6 up")
    net.listen("a1", "a1.5", "a1.6")
    live = {port: net.receive(port) for port in ("a1", "a1.5")}
    status, said = net.send(CORE, "--if=a0", "--repeat=0", "--vlan=" + setting)
    heard = net.heard()
    shown = {port: network.received(child) for port, child in live.items()}
    name = "vlan=%s, offload %s%s: " % (setting, state, ", on a bond's slave" if bonded else "")
    check_whole(results, name + "on the VLAN's port", heard["a1.5"], said)
    lines = cores.log("tail").decode().splitlines()
    results.check(all([one["complete"] and one["lines"] == lines for one in reports] == [True]
                      for reports in shown.values()), name + "lastwords-recv hears it at both",
                  {port: len(reports) for port, reports in shown.items()})
    tags = {ear.tag_of(frame) for _, frame in heard["a1"]}
    results.check(status == 0 and not heard["a1.6"]
                  and all(ear.tag_of(frame) is None for _, frame in heard["a1.5"]),
                  name + "on no other VLAN, one tag", said)
    plain = [(when, frame) for when, frame in heard["a1"] if ear.tag_of(frame) is None]
    if setting.startswith("only:"):
        results.check(tags == {5}, name + "nothing untagged", tags)
    else:
        check_whole(results, name + "untagged", plain, said)
        results.check(tags == {5, None}, name + "both ways", tags)


def machines_port(results, net):
    """A VLAN port of the machine: "all" does not mean it; it can be named, and needs its lower."""
    net.cable("a", "b")
    net.in_machine("link add link a0 name a0.5 type vlan id 5")
    net.listen("a1", "b1")
    status, said = net.send(CORE, "--if=all", "--repeat=0")
    heard = net.heard()
    results.check(status == 0 and {ear.tag_of(frame) for _, frame in heard["a1"]} == {None},
                  "a VLAN port in the machine, --if=all: left alone", said)
    net.listen("a1", "b1")
    status, said = net.send(CORE, "--if=a0.5,b0", "--repeat=0")
    heard = net.heard()
    check_whole(results, "beside a VLAN port whose lower port is down", heard["b1"], said)
    results.check(status == 0 and "a0.5: cannot be raised: Network is down" in said
                  and not heard["a1"], "a VLAN port whose lower port is down: said why", said)
    net.in_machine("link set a0 up")
    net.listen("a1")
    status, said = net.send(CORE, "--if=a0.5", "--repeat=0")
    heard = net.heard()
    check_whole(results, "a VLAN port in the machine that is named", heard["a1"], said)
    results.check(status == 0 and {ear.tag_of(frame) for _, frame in heard["a1"]} == {5},
                  "a VLAN port in the machine that is named: tagged by the kernel", said)


def tags(number, state):
    """Two VLANs for a card, one that is sent untagged too: each scene has its own."""
    first = {"on": 100, "off": 200}[state] + 10 * number
    return first, first + 1


def card(results, net, number):
    """A card that could put the tag on itself; what it sends is seen on the host (cards_heard)."""
    port = net.adopt(machine.guest_mac(number))
    for state in ("on", "off"):
        with net.inside():
            subprocess.run(["ethtool", "-K", port, "txvlan", state, "rxvlan", state], check=True)
        for setting in ("%d", "only:%d"):
            vlan = setting % tags(number, state)[setting != "%d"]
            status, said = net.send(CORE, "--if=" + port, "--repeat=0,1", "--vlan=" + vlan)
            results.check(status == 0, "vlan=%s, %s, offload %s: exit 0"
                          % (vlan, CARDS[number - 1], state), "exit %s: %s" % (status, said))


def cards_heard(results, frames):
    """On the host: what left the cards has the right tags, and only one."""
    for number, name in enumerate(CARDS, 1):
        own = bytes.fromhex(machine.guest_mac(number).replace(":", ""))
        by_tag = {}
        for when, frame in frames:
            if frame[6:12] == own:
                by_tag.setdefault(ear.tag_of(frame), []).append((when, frame))
        wanted = {None}.union(*(tags(number, state) for state in ("on", "off")))
        results.check(set(by_tag) == wanted, name + ": no other tags", set(by_tag))
        for tag in wanted - {None}:
            check_whole(results, "%s: on VLAN %d" % (name, tag), by_tag.get(tag, []))
        plain = {state: len(by_tag.get(tags(number, state)[0], [])) for state in ("on", "off")}
        results.check(len(by_tag.get(None, [])) == sum(plain.values()),
                      name + ": untagged as often as tagged, where both are wanted",
                      "%d, %s" % (len(by_tag.get(None, [])), plain))


def scenes():
    found = [(card, number) for number in range(1, len(CARDS) + 1)]
    found += [(tagged, state, setting) for state in ("on", "off") for setting in ("5", "only:5")]
    return [*found, (tagged, "on", "5", True), (tagged, "off", "only:5", True), (machines_port,)]
