# SPDX-License-Identifier: GPL-2.0-only
"""ear - our frames as they come in at a port, with the kernel's time stamps, and what they say"""
import json
import pathlib
import selectors
import socket
import struct
import subprocess
import tempfile
import threading

from repository import RECV

ETH_P_ALL, SOL_PACKET, PACKET_AUXDATA, PACKET_OUTGOING = 3, 263, 8, 4
SO_TIMESTAMPNS, SO_RCVBUFFORCE = 35, 33
TP_STATUS_VLAN_VALID = 1 << 4
BUFFER_BYTES = 8 << 20
PCAP_HEAD = struct.pack("<IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 1)  # nanoseconds, Ethernet


def open_socket(port):
    """A socket that gets all that passes this port of this namespace."""
    ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    try:
        ear.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    except PermissionError:  # root in a user namespace alone
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    ear.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    ear.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    ear.bind((port, ETH_P_ALL))
    ear.setblocking(False)
    return ear


def take(ear):
    """The next frame at a socket as (seconds, frame), tags that the kernel took off put back; None
    if it is none that came in from one of our senders. BlockingIOError when there is no more."""
    frame, extra, _, address = ear.recvmsg(2048, 256)
    if address[2] == PACKET_OUTGOING or b"LASTWORDS/" not in frame[:60]:
        return None
    when, tag = 0.0, b""
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, ns = struct.unpack("qq", data)
            when = seconds + ns / 1e9
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, tci = struct.unpack_from("I12xH", data)
            tag = struct.pack(">HH", 0x8100, tci) if status & TP_STATUS_VLAN_VALID else b""
    return when, frame[:12] + tag + frame[12:]


class Ears:
    """Collects our frames at some ports of this namespace: frames is {port: [(seconds, frame)]}."""

    def __init__(self, ports):
        self.frames = {port: [] for port in ports}
        self.stop = False
        self.selector = selectors.DefaultSelector()
        for port in ports:
            self.selector.register(open_socket(port), selectors.EVENT_READ, port)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        """Once told to stop, goes on until nothing more is there."""
        while (ready := self.selector.select(0.1)) or not self.stop:
            for key, _ in ready:
                self.drain(key.fileobj, self.frames[key.data])

    @staticmethod
    def drain(ear, frames):
        try:
            while True:
                heard = take(ear)
                if heard:
                    frames.append(heard)
        except OSError:  # no more, or the port went down, which is told once
            pass

    def close(self):
        """Ends; returns the frames."""
        self.stop = True
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()
        return self.frames


def tag_of(frame):
    """The VLAN of a frame, or None."""
    return struct.unpack_from(">H", frame, 14)[0] & 0xfff if frame[12:14] == b"\x81\x00" else None


def untagged(frame):
    return frame[:12] + frame[16:] if frame[12:14] == b"\x81\x00" else frame


def capture(frames):
    """A capture file of the frames."""
    records = (struct.pack("<IIII", int(when), int(when % 1 * 1e9), len(frame), len(frame)) + frame
               for when, frame in frames)
    return PCAP_HEAD + b"".join(records)


def reports(frames):
    """What lastwords-recv makes of the frames: each showing, and the bytes of each whole report."""
    with tempfile.TemporaryDirectory(prefix="lastwords-ear.") as folder:
        done = subprocess.run([RECV, "--read", "-", "--json", "--dir", folder], check=True,
                              input=capture(frames), capture_output=True)
        stored = [path.read_bytes() for path in sorted(pathlib.Path(folder).rglob("*.log"))
                  if ".partial" not in path.suffixes]
    return [json.loads(line) for line in done.stdout.splitlines()], stored


def is_whole(frames, log):
    """Whether the frames make one whole report, which holds exactly the log."""
    if not frames:
        return False
    shown, stored = reports(frames)
    return shown[-1]["complete"] and stored == [log]
