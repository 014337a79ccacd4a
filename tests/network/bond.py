# SPDX-License-Identifier: GPL-2.0-only
"""bond - bonds, their slaves, and ports that are no Ethernet"""
import cores
import network
from verdict import check_whole

import machine

LIMIT_S, BESIDE = 120, 10
CORE = cores.core("tail")


def bond(net, mode):
    """bond0 of a0 and b0, up, without a partner at the other end."""
    net.cable("a", "b")
    net.in_machine("link add bond0 type bond mode %s miimon 100" % mode, "link set a0 master bond0",
                   "link set b0 master bond0", "link set bond0 up")


def all_ports(results, net, mode):
    """The slaves send each for itself, and stay up as they were."""
    bond(net, mode)
    net.listen("a1", "b1")
    status, said = net.send(CORE, "--if=all", "--repeat=0,2")
    heard = net.heard()
    name = "bond, %s, --if=all: " % mode
    for port in ("a1", "b1"):
        check_whole(results, name + "at " + port, heard[port], said)
    up = [port for port in ("a0", "b0", "bond0") if "UP" in net.flags(port)]
    results.check(status == 0 and len(up) == 3, name + "exit 0, all stay up", "%s; %s" % (up, said))
    counts = {port: len(frames) for port, frames in heard.items()}
    results.check(set(counts.values()) == {2 * cores.parts("tail")},
                  name + "once each, not by the bond too", "%s; %s" % (counts, said))


def down(results, net, mode):
    """As with a bond that nobody has raised."""
    bond(net, mode)
    net.in_machine("link set bond0 down", "link set a0 down", "link set b0 down")
    net.listen("a1", "b1")
    status, said = net.send(CORE, "--if=all", "--repeat=0,2")
    heard = net.heard()
    name = "bond that is down, %s, --if=all: " % mode
    for port in ("a1", "b1"):
        check_whole(results, name + "at " + port, heard[port], said)
    up = [port for port in ("a0", "b0", "bond0") if "UP" in net.flags(port)]
    results.check(status == 0 and not up, name + "exit 0, all are down again",
                  "%s; %s" % (up, said))


def one_slave(results, net, mode):
    bond(net, mode)
    net.listen("a1", "b1")
    status, said = net.send(CORE, "--if=b0", "--repeat=0")
    heard = net.heard()
    name = "bond's slave, %s: " % mode
    check_whole(results, name + "named alone", heard["b1"], said)
    results.check(status == 0 and not heard["a1"], name + "nothing on the other", said)


def itself(results, net, mode):
    bond(net, mode)
    net.listen("a1", "b1")
    status, said = net.send(CORE, "--if=bond0", "--repeat=0,2")
    heard = net.heard()
    name = "bond itself, %s: " % mode
    check_whole(results, name + "both slaves together", heard["a1"] + heard["b1"], said)
    results.check(status == 0, name + "exit 0", said)


def real_card(results, net):
    """The guest's own card as a slave, which has the bond's address then. What it sends is seen on
    the host (real_card_heard): the frames pass no packet socket here."""
    net.cable("a")
    port = net.adopt(machine.GUEST_MAC)
    net.in_machine("link add bond0 type bond mode active-backup miimon 100",
                   "link set a0 master bond0", "link set %s master bond0" % port,
                   "link set bond0 up")
    with net.inside():
        macs = {one["ifname"]: one.get("address") for one in network.links()}
    shared = macs["a0"] == macs[port] == macs["bond0"]
    status, said = net.send(CORE, "--if=" + port, "--repeat=0")
    results.check(status == 0 and shared, "a card that is a bond's slave, with the bond's address",
                  "%s; %s" % (macs, said))


def real_card_heard(results, frames):
    """On the host: the frames have the card's own address as their source."""
    own = bytes.fromhex(machine.GUEST_MAC.replace(":", ""))
    check_whole(results, "a card that is a bond's slave sends by its own address",
                [(when, frame) for when, frame in frames if frame[6:12] == own])


def partner(results, net):
    """At the other end is a bond of 802.3ad too; who listens there hears at the bond."""
    bond(net, "802.3ad")
    net.in_world("link set a1 down", "link set b1 down",
                 "link add bond1 type bond mode 802.3ad miimon 100", "link set a1 master bond1",
                 "link set b1 master bond1", "link set bond1 up")
    net.listen("bond1")
    status, said = net.send(CORE, "--if=all", "--repeat=0,3,8")
    check_whole(results, "bond with a partner: at the partner's bond", net.heard()["bond1"], said)
    results.check(status == 0, "bond with a partner: exit 0", said)


def tunnels(results, net):
    """Ports that are no Ethernet are left alone; a dummy port takes everything."""
    net.cable("a")
    net.in_machine("link add t6 type ip6tnl local ::1 remote ::2 mode any",
                   "tuntap add dev t0 mode tun", "link add d0 type dummy")
    net.listen("a1")
    status, said = net.send(CORE, "--if=all", "--repeat=0")
    check_whole(results, "beside ip6tnl, tun and dummy ports", net.heard()["a1"], said)
    up = [port for port in ("t6", "t0", "ip6tnl0") if "UP" in (net.flags(port) or [])]
    results.check(status == 0 and not up and "t6" not in said and "t0" not in said,
                  "ip6tnl and tun ports are left alone", "%s; %s" % (up, said))
    for port in ("t6", "t0"):
        status, said = net.send(CORE, "--if=a0," + port, "--repeat=0")
        results.check(status == 1 and "--if=%s: no such Ethernet port" % port in said,
                      port + ", which is no Ethernet, is refused if named",
                      "exit %s: %s" % (status, said))


def scenes():
    found = [(scene, mode) for mode in ("active-backup", "802.3ad")
             for scene in (all_ports, down, one_slave, itself)]
    return [*found, (partner,), (tunnels,), (real_card,)]
