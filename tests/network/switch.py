# SPDX-License-Identifier: GPL-2.0-only
"""switch - a Linux bridge between the machine and who listens, and one in the machine"""
import pathlib
import time

import cores
import ear
from verdict import check_whole

CORE = cores.core("tail")


def bridge_netfilter(value):
    """With 1 a bridge validates IPv4 headers, their checksum too. Returns whether it can be set."""
    try:
        pathlib.Path("/proc/sys/net/bridge/bridge-nf-call-iptables").write_text(value, "ascii")
    except OSError:  # a kernel without br_netfilter
        return False
    return True


def switch(net, *options):
    """The cable a leads into a switch; who listens is at the end of another: c1."""
    net.in_world("link add br0 type bridge " + " ".join(options),
                 "link add c0 type veth peer name c1", "link set a1 master br0",
                 "link set c0 master br0", "link set c0 up", "link set c1 up", "link set br0 up")


def spanning_tree(results, net):
    """A switch forwards nothing for 30 s after the link is up."""
    net.cable("a")
    switch(net, "stp_state 1", "forward_delay 1500")
    bridge_netfilter("0")
    net.listen("c1")
    start = time.time()
    status, said = net.send(CORE, "--if=a0")
    frames = net.heard()["c1"]
    check_whole(results, "spanning tree, 15 s forward delay", frames, said)
    first = frames[0][0] - start if frames else 0
    results.note("spanning tree: %d of %s frames came through, the first after %.1f s"
                 % (len(frames), said.split(" frames sent")[0].split()[-1], first))
    results.check(status == 0 and first > 25, "spanning tree: it held back what came before",
                  "first frame after %.1f s; %s" % (first, said))


def netfilter(results, net):
    """A bridge with br_netfilter drops frames without a checksum; its own ports hear them."""
    net.cable("a")
    switch(net)
    if not bridge_netfilter("1"):
        results.check(True, "a bridge with br_netfilter # SKIP this kernel has none")
        return
    net.listen("a1", "c1")
    said = net.send(CORE, "--if=a0", "--repeat=0,2", "--vlan=5")[1]
    heard = net.heard()
    plain = [(when, frame) for when, frame in heard["a1"] if ear.tag_of(frame) is None]
    check_whole(results, "a bridge with br_netfilter: at the bridge's own port", plain, said)
    check_whole(results, "a bridge with br_netfilter: tagged, at the far side", heard["c1"], said)
    results.check({ear.tag_of(frame) for _, frame in heard["c1"]} == {5},
                  "a bridge with br_netfilter: nothing untagged at the far side", said)


def bridge_ports(results, net):
    net.cable("a", "b")
    net.in_machine("link add br0 type bridge", "link set a0 master br0", "link set b0 master br0")
    net.listen("a1", "b1")
    status, said = net.send(CORE, "--if=all", "--repeat=0,2")
    heard = net.heard()
    for port in ("a1", "b1"):
        check_whole(results, "a bridge's ports, --if=all: at " + port, heard[port], said)
    counts = {port: len(frames) for port, frames in heard.items()}
    results.check(status == 0 and set(counts.values()) == {2 * cores.parts("tail")},
                  "a bridge's ports, --if=all: once each, not by the bridge too",
                  "%s; %s" % (counts, said))
    net.listen("a1", "b1")
    status, said = net.send(CORE, "--if=a0", "--repeat=0")
    heard = net.heard()
    check_whole(results, "one port of a bridge", heard["a1"], said)
    results.check(status == 0 and not heard["b1"], "one port of a bridge: nothing on the other",
                  said)


def scenes():
    return [(spanning_tree,), (netfilter,), (bridge_ports,)]
