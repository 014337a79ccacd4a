# SPDX-License-Identifier: GPL-2.0-only
"""namespace - a network of this process's own, with a tap device in it; root or not"""
import ctypes
import fcntl
import os
import pathlib
import socket
import struct

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
TUNSETIFF, TUNSETPERSIST = 0x400454CA, 0x400454CB
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
IFF_UP = 0x1


def unshare(flags):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags):
        error = ctypes.get_errno()
        raise OSError(error, "a network namespace: " + os.strerror(error))


def enter():
    """Leaves the host's network; OSError if the system refuses. Call it before any thread runs."""
    uid, gid = os.getuid(), os.getgid()
    try:
        unshare(CLONE_NEWNET)  # root stays root, and may still write where it could before
    except PermissionError:
        unshare(CLONE_NEWUSER | CLONE_NEWNET)
        pathlib.Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        pathlib.Path("/proc/self/uid_map").write_text("0 %d 1" % uid, encoding="ascii")
        pathlib.Path("/proc/self/gid_map").write_text("0 %d 1" % gid, encoding="ascii")


def make_tap(name):
    """Makes a tap device and raises it; it stays until the namespace goes."""
    with open("/dev/net/tun", "r+b", buffering=0) as tun:
        fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
        fcntl.ioctl(tun, TUNSETPERSIST, 1)
    quiet = pathlib.Path("/proc/sys/net/ipv6/conf", name, "disable_ipv6")
    if quiet.exists():
        quiet.write_text("1", encoding="ascii")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH22x", name.encode(), 0)
        (flags,) = struct.unpack_from("H", fcntl.ioctl(control, SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH22x", name.encode(), flags | IFF_UP))
