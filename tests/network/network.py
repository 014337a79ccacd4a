# SPDX-License-Identifier: GPL-2.0-only
"""network - a machine that sends, wired to a world that listens: two network namespaces

    machine            world
    a0 ──── cable a ──── a1        the sender sees the machine's ports alone, also with --if=all;
    b0 ──── cable b ──── b1        this process lives in the world
"""
import contextlib
import ctypes
import json
import os
import pathlib
import subprocess
import time

import ear
from repository import RECV, SEND

import namespace

SEND_LIMIT_S = 120
IPV6_OFF = ("all", "default")  # the kernel's own neighbour discovery stays off the wires


def setns(fd):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(fd, namespace.CLONE_NEWNET):
        error = ctypes.get_errno()
        raise OSError(error, "setns: " + os.strerror(error))


def ipv6_off():
    for name in IPV6_OFF:
        quiet = pathlib.Path("/proc/sys/net/ipv6/conf", name, "disable_ipv6")
        if quiet.exists():
            quiet.write_text("1", encoding="ascii")


class Network:
    """Call it in a process of its own that has no threads: the process leaves its network for good.
    OSError if the system refuses."""

    def __init__(self):
        self.origin = os.open("/proc/self/ns/net", os.O_RDONLY)
        namespace.enter()
        ipv6_off()
        self.world = os.open("/proc/self/ns/net", os.O_RDONLY)
        namespace.unshare(namespace.CLONE_NEWNET)
        ipv6_off()
        self.machine = os.open("/proc/self/ns/net", os.O_RDONLY)
        setns(self.world)
        self.ears, self.children = None, []

    @contextlib.contextmanager
    def inside(self):
        """What is started here runs in the machine."""
        setns(self.machine)
        try:
            yield
        finally:
            setns(self.world)

    def path(self, namespace_fd):
        """A namespace as `ip` takes it."""
        return "/proc/%d/fd/%d" % (os.getpid(), namespace_fd)

    # ---- ports

    def in_machine(self, *lines):
        """Runs lines of `ip` in the machine; in_world() in the world."""
        with self.inside():
            self.in_world(*lines)

    @staticmethod
    def in_world(*lines):
        done = subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", text=True,
                              capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError("ip: %s: %s" % (lines, done.stderr))

    def cable(self, *names, mtu=1500):
        """Lays a cable for each name: NAME0 in the machine, down, and NAME1 in the world, up."""
        self.in_machine(*("link add %s0 mtu %d type veth peer name %s1 mtu %d netns %s"
                          % (name, mtu, name, mtu, self.path(self.world)) for name in names))
        self.in_world(*("link set %s1 up" % name for name in names))

    def adopt(self, mac):
        """Takes the port with this address into the machine from the network that this process came
        from; returns its name."""
        setns(self.origin)
        try:
            port = next(one["ifname"] for one in links() if one.get("address") == mac)
            self.in_world("link set %s netns %s" % (port, self.path(self.machine)))
        finally:
            setns(self.world)
        return port

    def flags(self, port):
        """The flags of a port of the machine, None if it is not there."""
        with self.inside():
            done = subprocess.run(["ip", "-o", "link", "show", port], capture_output=True,
                                  text=True, check=False)
        return done.stdout.split("<")[1].split(">")[0].split(",") if done.returncode == 0 else None

    def listen(self, *ports):
        """Hears what comes in at these ports of the world from now on."""
        self.ears = ear.Ears(ports)

    def heard(self):
        """Stops listening; returns what each port heard: {port: [(seconds, frame)]}."""
        return self.ears.close()

    def wait_for(self, ready, limit_s):
        """Polls until ready() holds; returns whether it did."""
        end = time.monotonic() + limit_s
        while not ready():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def receive(self, *ports):
        """Starts lastwords-recv on ports of the world; returns it when it listens."""
        child = subprocess.Popen([RECV, "--json", *("--interface=" + port for port in ports)],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.children.append(child)
        for _ in ports:
            said = child.stderr.readline()
            if "listening on" not in said:
                raise RuntimeError("lastwords-recv: " + said)
        return child

    # ---- the sender

    def start(self, core, *options):
        """Starts lastwords-send in the machine."""
        with self.inside():
            child = subprocess.Popen([SEND, "--core", core, *options], stderr=subprocess.PIPE,
                                     text=True)
        self.children.append(child)
        return child

    def send(self, core, *options):
        """Runs lastwords-send in the machine; returns its exit status and what it said."""
        return ended(self.start(core, *options))

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.wait()


def links():
    """What `ip` says of each port where this process is."""
    done = subprocess.run(["ip", "-j", "link", "show"], check=True, capture_output=True)
    return json.loads(done.stdout)


def received(child):
    """Ends a lastwords-recv; returns the reports that it showed."""
    child.terminate()
    return [json.loads(line) for line in child.communicate(timeout=10)[0].splitlines()]


def ended(child, limit_s=SEND_LIMIT_S):
    """Waits for a sender to end; returns its exit status and what it said."""
    try:
        said = child.communicate(timeout=limit_s)[1]
    except subprocess.TimeoutExpired:
        child.kill()
        return None, "still running after %d s: %s" % (limit_s, child.communicate()[1])
    return child.returncode, said
