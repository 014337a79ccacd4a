# SPDX-License-Identifier: GPL-2.0-only
"""chaos - ports come and go, links fail, somebody else plays with them: then all is well, and the
report gets through

The order of events is random, by a seed that is told.
"""
import random
import time

import cores
import ear
import network
from verdict import check_whole, rounds_of

LIMIT_S = 300
NAMES, QUIET = ("a", "b", "c"), "d"  # nothing happens to the last, whose rounds hold the run
EVENTS, PAUSE_MAX_S = 40, 0.4
CORE = cores.core("tail")


class Cable:
    """A cable of the network, and what has become of it."""

    def __init__(self, net, name):
        self.net, self.name = net, name
        self.there, self.link, self.machine_name = True, True, name + "0"

    def carrier(self, choice):
        self.link = choice.random() < 0.5
        self.net.in_world("link set %s1 %s" % (self.name, "up" if self.link else "down"))

    def unplug(self, _choice):
        self.net.in_world("link del %s1" % self.name)
        self.there = False

    def plug(self, _choice=None):
        self.net.cable(self.name)
        self.there, self.link, self.machine_name = True, True, self.name + "0"

    def switch(self, choice):
        self.net.in_machine("link set %s %s" % (self.machine_name, choice.choice(("up", "down"))))

    def rename(self, choice):
        fresh = "%s%d" % (self.name, choice.randrange(10, 99))
        self.net.in_machine("link set %s down" % self.machine_name,
                            "link set %s name %s" % (self.machine_name, fresh),
                            "link set %s up" % fresh)
        self.machine_name = fresh

    def mtu(self, choice):
        self.net.in_machine("link set %s mtu %d"
                            % (self.machine_name, choice.choice((270, 576, 1500))))

    def enslave(self, choice):
        self.net.in_machine("link set %s %s" % (self.machine_name,
                                                choice.choice(("master br0", "nomaster"))))

    def event(self, choice):
        if not self.there:
            return self.plug
        return choice.choice((self.carrier, self.carrier, self.unplug, self.switch, self.rename,
                              self.mtu, self.enslave))

    def settle(self):
        """Makes it a good cable again."""
        if not self.there:
            self.plug()
        self.net.in_machine("link set %s mtu 1500" % self.machine_name,
                            "link set %s up" % self.machine_name)
        self.net.in_world("link set %s1 down" % self.name)
        time.sleep(1.5)
        self.net.in_world("link set %s1 up" % self.name)


def play(net, seed):
    """Lets things happen; returns them, in words."""
    choice = random.Random(seed)
    cables, story = [Cable(net, name) for name in NAMES], []
    for _ in range(EVENTS):
        cable = choice.choice(cables)
        event = cable.event(choice)
        story.append("%s %s" % (cable.name, event.__name__))
        event(choice)
        time.sleep(choice.random() * PAUSE_MAX_S)
    for cable in cables:
        cable.settle()
    return ", ".join(story)


def chaos(results, net, seed):
    net.cable(*NAMES, QUIET)
    net.in_machine("link add br0 type bridge")
    beside = ear.Ears([QUIET + "1"])
    child = net.start(CORE, "--if=all", "--repeat=0,5,60")
    story = play(net, seed)
    ports = [name + "1" for name in NAMES]
    net.listen(*ports)
    wanted = cores.parts("tail")
    running = child.poll() is None
    net.wait_for(lambda: min(len(net.ears.frames[port]) for port in ports) >= wanted, 20)
    child.terminate()
    status, said = network.ended(child, 10)
    heard, undisturbed = net.heard(), beside.close()[QUIET + "1"]
    told = "SEED=%d: %s\n%s" % (seed, story, said)
    for port in ports:
        check_whole(results, "chaos: in the end, at " + port, heard[port], told)
    lengths = [len(one) for one in rounds_of(undisturbed)]
    results.check(lengths[:2] == [wanted] * 2, "chaos: the port beside it keeps its schedule",
                  "%s; %s" % (lengths, told))
    results.check(running and status == 0, "chaos: the sender goes on, and ends when told",
                  "exit %s; %s" % (status, told))


def scenes(seed, runs):
    return [(chaos, seed + n) for n in range(runs)]
