# SPDX-License-Identifier: GPL-2.0-only
"""carrier - links that come late, go, come again, or never come"""
import time

import cores
import network
from verdict import check_whole, rounds_of

CORE = cores.core("tail")


def carrier_at_once(results, net):
    net.cable("a")
    net.listen("a1")
    start = time.time()
    status, said = net.send(CORE, "--if=a0", "--repeat=0,1")
    frames = net.heard()["a1"]
    check_whole(results, "carrier at once", frames, said)
    results.check(status == 0 and len(rounds_of(frames)) == 2 and frames[0][0] - start < 2,
                  "carrier at once: two rounds, without waiting", said)
    results.check("UP" not in net.flags("a0"), "the port is lowered again", net.flags("a0"))


def carrier_late(results, net):
    net.cable("a")
    net.in_world("link set a1 down")
    net.listen("a1")
    child = net.start(CORE, "--if=a0", "--repeat=0,1,3")
    time.sleep(5)
    start = time.time()
    net.in_world("link set a1 up")
    status, said = network.ended(child)
    frames = net.heard()["a1"]
    check_whole(results, "carrier after 5 s", frames, said)
    results.note("carrier after 5 s: the first frame %.3f s after it" % (frames[0][0] - start))
    results.check(status == 0 and len(rounds_of(frames)) == 3 and frames[0][0] - start < 2,
                  "carrier after 5 s: the whole schedule follows it, at once",
                  "%s; %s" % ([len(one) for one in rounds_of(frames)], said))


def carrier_never(results, net):
    """35 s are the limit where no port has it."""
    net.cable("a")
    net.in_world("link set a1 down")
    start = time.monotonic()
    status, said = net.send(CORE, "--if=a0")
    took = time.monotonic() - start
    results.check(34.5 <= took <= 39 and "no carrier" in said,
                  "carrier never: the run ends after 35 s, and says why",
                  "after %.1f s, exit %s: %s" % (took, status, said))


def carrier_after_40_s(results, net):
    """While the first port's rounds go on a second one is waited for."""
    net.cable("a", "b")
    net.in_world("link set b1 down")
    net.listen("a1", "b1")
    child = net.start(CORE, "--if=a0,b0", "--repeat=0,48")
    time.sleep(40)
    net.in_world("link set b1 up")
    wanted = cores.parts("tail")
    net.wait_for(lambda: len(net.ears.frames["b1"]) >= wanted, 10)
    child.terminate()
    said = network.ended(child)[1]
    heard = net.heard()
    check_whole(results, "carrier after 40 s, beside a port that has it", heard["b1"], said)
    check_whole(results, "the port that had it at once", heard["a1"], said)


def carrier_lost(results, net):
    net.cable("a")
    net.listen("a1")
    child = net.start(CORE, "--if=a0", "--repeat=0,2,4")
    net.wait_for(lambda: len(net.ears.frames["a1"]) >= 20, 5)
    net.in_world("link set a1 down")
    time.sleep(1.5)
    net.in_world("link set a1 up")
    again = time.time()
    status, said = network.ended(child)
    frames = [(when, frame) for when, frame in net.heard()["a1"] if when > again - 0.1]
    lengths = [len(one) for one in rounds_of(frames)]
    check_whole(results, "carrier lost and found", frames, said)
    results.check(status == 0 and lengths == [cores.parts("tail")] * 3,
                  "carrier lost and found: the whole schedule anew", "%s; %s" % (lengths, said))


def carrier_blinks(results, net):
    """A link that is negotiating: it comes and goes, at last within the second that the kernel
    takes to tell of it."""
    net.cable("a")
    net.listen("a1")
    child = net.start(CORE, "--if=a0", "--repeat=0,3,6")
    net.wait_for(lambda: len(net.ears.frames["a1"]) >= 20, 5)
    for pause_s in (0.5, 0.3, 0.1, 0.02):
        net.in_world("link set a1 down")
        time.sleep(pause_s)
        net.in_world("link set a1 up")
        again = time.time()
        time.sleep(0.2)
    status, said = network.ended(child)
    lengths = [len(one) for one in rounds_of([(when, frame) for when, frame in net.heard()["a1"]
                                              if when > again])]
    results.check(status == 0 and len(lengths) >= 3 and lengths[-2:] == [cores.parts("tail")] * 2,
                  "carrier that blinks: the whole schedule after the last time",
                  "%s; %s" % (lengths, said))


def one_dead(results, net):
    net.cable("a", "b")
    net.in_world("link set b1 down")
    net.listen("a1")
    start = time.monotonic()
    status, said = net.send(CORE, "--if=a0,b0", "--repeat=0,1")
    took = time.monotonic() - start
    check_whole(results, "two ports, one dead", net.heard()["a1"], said)
    results.check(status == 0 and 9.5 <= took <= 14 and "b0" in said,
                  "two ports, one dead: it holds the run for 10 s",
                  "%.1f s, exit %s: %s" % (took, status, said))


def scenes():
    return [(carrier_after_40_s,), (carrier_never,), (carrier_at_once,), (carrier_late,),
            (carrier_lost,), (carrier_blinks,), (one_dead,)]
