# SPDX-License-Identifier: GPL-2.0-only
"""ports - ports that go, come, refuse, are many, or small"""
import time

import cores
import ear
import network
from verdict import check_whole, rounds_of

CORE = cores.core("tail")
LINE_BYTES = 110  # of the log; frames hold whole lines
HEADERS = 34  # Ethernet and IPv4


def deleted(results, net):
    net.cable("a", "b")
    net.listen("a1", "b1")
    child = net.start(CORE, "--if=a0,b0", "--repeat=0,2", "--rate=100")
    net.wait_for(lambda: len(net.ears.frames["a1"]) >= 20, 5)
    net.in_world("link del a1")
    status, said = network.ended(child, 30)
    frames = net.heard()["b1"]
    check_whole(results, "a port deleted in mid-send: on the other", frames, said)
    results.check(status == 0 and len(frames) == 2 * cores.parts("tail"),
                  "a port deleted in mid-send: all rounds on the other, exit 0",
                  "%d frames, exit %s: %s" % (len(frames), status, said))


def deleted_alone(results, net):
    """The last port is waited for, for 10 s."""
    net.cable("a")
    net.listen("a1")
    child = net.start(CORE, "--if=a0", "--repeat=0,2", "--rate=100")
    net.wait_for(lambda: len(net.ears.frames["a1"]) >= 20, 5)
    net.in_world("link del a1")
    start = time.monotonic()
    status, said = network.ended(child, 45)
    took = time.monotonic() - start
    results.check(status is not None and 9.5 <= took <= 14 and "a0: gone" in said,
                  "the only port deleted in mid-send: the run ends 10 s later, and says why",
                  "after %.1f s, exit %s: %s" % (took, status, said))


def comes_late(results, net):
    """A port that is not there when the sender starts."""
    net.cable("a")
    net.listen("a1")
    child = net.start(CORE, "--if=all", "--repeat=0,4")
    net.wait_for(lambda: len(net.ears.frames["a1"]) >= 20, 5)
    net.heard()
    net.cable("b")
    net.listen("b1")
    status, said = network.ended(child)
    frames = net.heard()["b1"]
    check_whole(results, "a port that comes later", frames, said)
    results.check(status == 0 and len(rounds_of(frames)) == 2,
                  "a port that comes later: its whole schedule", said)


def returns(results, net):
    """As when a driver is reset: the port goes, and another of the same name comes."""
    net.cable("a")
    net.listen("a1")
    child = net.start(CORE, "--if=a0", "--repeat=0,5", "--rate=100")
    net.wait_for(lambda: len(net.ears.frames["a1"]) >= 20, 5)
    net.in_world("link del a1")
    net.heard()
    time.sleep(5)
    net.cable("a")
    net.listen("a1")
    status, said = network.ended(child)
    frames = net.heard()["a1"]
    check_whole(results, "a port that goes and comes again", frames, said)
    results.check(status == 0 and len(rounds_of(frames)) == 2,
                  "a port that goes and comes again: its whole schedule", said)


def lowered(results, net):
    """Somebody lowers the port, and does not raise it again."""
    net.cable("a")
    net.listen("a1")
    child = net.start(CORE, "--if=a0", "--repeat=0,2")
    net.wait_for(lambda: len(net.ears.frames["a1"]) >= 20, 5)
    net.in_machine("link set a0 down")
    again = time.time()
    status, said = network.ended(child)
    frames = [(when, frame) for when, frame in net.heard()["a1"] if when > again + 1]
    check_whole(results, "a port that somebody lowers", frames, said)
    pause_s = frames[0][0] - again if frames else 0
    results.check(status == 0 and len(rounds_of(frames)) == 2 and 9.5 <= pause_s <= 13,
                  "a port that somebody lowers: raised after 10 s, its schedule anew",
                  "after %.1f s: %s" % (pause_s, said))


def renamed(results, net):
    """As udev does: somebody lowers the port, gives it another name, and raises it."""
    net.cable("a")
    net.listen("a1")
    child = net.start(CORE, "--if=all", "--repeat=0,2")
    net.wait_for(lambda: len(net.ears.frames["a1"]) >= 20, 5)
    net.in_machine("link set a0 down", "link set a0 name wan0")
    again = time.time()
    time.sleep(1)
    net.in_machine("link set wan0 up")
    status, said = network.ended(child)
    frames = [(when, frame) for when, frame in net.heard()["a1"] if when > again]
    check_whole(results, "a port that is renamed", frames, said)
    lengths = [len(one) for one in rounds_of(frames)]
    results.check(status == 0 and lengths == [cores.parts("tail")] * 2,
                  "a port that is renamed: its schedule anew", "%s; %s" % (lengths, said))
    results.check("UP" in net.flags("wan0"), "a port that somebody else raised stays up",
                  net.flags("wan0"))


def refuses(results, net):
    """A macvlan port with its lower port's own address cannot be raised: EADDRINUSE."""
    net.cable("a", "b")
    net.in_machine("link set a0 address 02:00:00:00:00:0a", "link set a0 up",
                   "link add link a0 name m0 address 02:00:00:00:00:0a type macvlan mode bridge")
    net.listen("a1", "b1")
    child = net.start(CORE, "--if=m0,b0", "--repeat=0,1,6")
    net.wait_for(lambda: len(net.ears.frames["b1"]) >= 20, 5)
    quiet = not net.ears.frames["a1"]
    net.in_machine("link set m0 address 02:00:00:00:00:0b")
    status, said = network.ended(child)
    heard = net.heard()
    check_whole(results, "beside a port that refuses to come up", heard["b1"], said)
    results.check(status == 0 and quiet and "m0: cannot be raised: Address" in said,
                  "a port that refuses to come up: said why", "exit %s: %s" % (status, said))
    check_whole(results, "a port that refuses at first: it is tried again", heard["a1"], said)


# ---- small ones, many of them


def small_mtu(results, net):
    """Each port has the report cut for it; one for each of these MTUs, beside each other."""
    longest = {1500: 1024, 576: 556, 300: 256, 276: 256}
    for mtu in longest:
        net.cable("p%d" % mtu, mtu=mtu)
    net.listen(*("p%d1" % mtu for mtu in longest))
    status, said = net.send(CORE, "--if=all", "--repeat=0")
    heard = net.heard()
    for mtu, payload in longest.items():
        frames = heard["p%d1" % mtu]
        check_whole(results, "MTU %d" % mtu, frames, said)
        length = max([len(frame) for _, frame in frames], default=0)
        results.check(status == 0 and payload - LINE_BYTES < length - HEADERS <= payload,
                      "MTU %d: payloads of up to %d bytes" % (mtu, payload),
                      "longest frame %d; %s" % (length, said))


def too_small(results, net):
    """No room for a header line and some text."""
    net.cable("a", mtu=275)
    net.listen("a1")
    status, said = net.send(CORE, "--if=a0", "--repeat=0")
    results.check(status == 1 and "a0: its MTU, 275, is too small" in said
                  and not net.heard()["a1"],
                  "MTU 275: not used, and said why", "exit %s: %s" % (status, said))


def too_many(results, net, count, used):
    names = ["p%d" % n for n in range(count)]
    net.cable(*names)
    net.listen(*(name + "1" for name in names))
    status, said = net.send(CORE, "--if=all", "--repeat=0", "--tail=2K")
    heard = [port for port, frames in net.heard().items() if frames]
    results.check(status == 0 and len(heard) == used and "256" in said,
                  "%d ports: %d are used, and that is said" % (count, used),
                  "%d heard, exit %s: %s" % (len(heard), status, said[-3000:]))


def many_ports(results, net, count):
    names = ["p%d" % n for n in range(count)]
    net.cable(*names)
    net.listen(*(name + "1" for name in names))
    status, said = net.send(CORE, "--if=all", "--repeat=0,2")
    heard, log = net.heard(), cores.log("tail")
    whole = [port for port, frames in heard.items() if ear.is_whole(frames, log)]
    results.check(status == 0 and len(whole) == count, "%d ports: a whole report from each" % count,
                  "%d whole, exit %s: %s" % (len(whole), status, said[-3000:]))
    starts = sorted(frames[0][0] for frames in heard.values() if frames)
    results.note("%d ports: the first frame at the last port %.2f s after that at the first"
                 % (count, starts[-1] - starts[0]))
    up = [name for name in names if "UP" in net.flags(name + "0")]
    results.check(not up, "%d ports: all are lowered again" % count, up)


def scenes():
    return [(deleted,), (deleted_alone,), (comes_late,), (returns,), (renamed,), (refuses,),
            (small_mtu,), (too_small,), (lowered,)]
