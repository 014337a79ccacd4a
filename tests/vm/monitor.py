# SPDX-License-Identifier: GPL-2.0-only
"""monitor - QEMU's control protocol (QMP): cables pulled and buttons pressed while a machine runs

A line of JSON each way, with events between; over a socket pair, so that nothing has a path.
"""
import json
import socket

ANSWER_LIMIT_S = 10


class Monitor:
    """Give options() to QEMU and let it inherit fd; then tell() it things."""

    def __init__(self):
        self.ours, self.theirs = socket.socketpair()
        self.fd = self.theirs.fileno()
        self.stream = None

    def options(self):
        return ["-chardev", "socket,id=control,fd=%d" % self.fd,
                "-mon", "chardev=control,mode=control"]

    def started(self):
        """QEMU runs and holds its end."""
        self.theirs.close()
        self.stream = self.ours.makefile("rw")
        self.tell("qmp_capabilities")

    def tell(self, command, limit_s=ANSWER_LIMIT_S, **arguments):
        """Runs a command and returns its result; RuntimeError if QEMU refuses or has ended."""
        self.ours.settimeout(limit_s)
        self.stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.stream.flush()
        for line in self.stream:
            answer = json.loads(line)
            if "error" in answer:
                raise RuntimeError("QEMU: %s: %s" % (command, answer["error"]["desc"]))
            if "return" in answer:
                return answer["return"]
        raise RuntimeError("QEMU ended within %s" % command)

    def close(self):
        if self.stream:
            self.stream.close()
        self.ours.close()
        self.theirs.close()
