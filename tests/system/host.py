# SPDX-License-Identifier: GPL-2.0-only
"""host - a whole Debian system in a virtual machine, with a hand in it

    disk ── overlay of rootfs.disk(), GRUB on it ── what is written stays over a restart
    virtio port ── test-shell in the guest ── run(): commands, their output and status
    card ── machine.Machine's hub ── lan.pcap, frames with the host's time, other hosts

A guest that restarts ends its QEMU, and the next one starts from the same disk: after a restart
within QEMU all that was translated before has to go, which takes it minutes.

    with host.Host("case", "bookworm") as box:
        box.boot()
        print(box.run("uname -r"))
"""
import base64
import io
import pathlib
import shlex
import shutil
import socket
import subprocess
import tarfile
import threading
import time

import rootfs

# pylint: disable=wrong-import-order # found by way of rootfs
import machine
import packages

WORK = packages.ROOT / "build/system"
MEMORY_MB = 1024
# For a machine whose processors many share: a good run takes a tenth of that.
BOOT_LIMIT_S, COMMAND_LIMIT_S, SYSTEM_LIMIT_S = 600, 240, 600
CARDS_EACH = 8  # numbers between the first cards of two hosts
SHELL = ["-device", "virtio-serial-pci", "-chardev", "socket,id=shell,fd=FD",
         "-device", "virtserialport,chardev=shell,name=shell"]


class Failed(Exception):
    """A command in the guest failed, or the guest did not answer; the message has what it said."""


class Shell:
    """The host's end of test-shell: numbered commands out, answers in, both in base64."""

    def __init__(self):
        self.ours, self.theirs = socket.socketpair()
        self.fd = self.theirs.fileno()
        self.changed = threading.Condition()
        self.boot, self.answers, self.count, self.ended = None, {}, 0, False
        self.thread = threading.Thread(target=self.read)

    def started(self):
        self.theirs.close()
        self.thread.start()

    def read(self):
        try:
            with self.ours.makefile("rb") as lines:
                for line in lines:
                    self.take(line.decode(errors="replace").split())
        except ConnectionResetError:  # QEMU ended with something unread
            pass
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def take(self, words):
        with self.changed:
            if len(words) == 2 and words[0] == "hello":
                self.boot = words[1]
            elif len(words) == 3 and words[0].isdigit():
                self.answers[int(words[0])] = words[1:]
            self.changed.notify_all()

    def send(self, script):
        """Hands a script over; returns its number."""
        self.count += 1
        text = base64.b64encode(script.encode()).decode()
        self.ours.sendall(("%d %s\n" % (self.count, text)).encode())
        return self.count

    def answer(self, number, limit_s):
        """(status, output) of a script, or None if it did not come in time."""
        with self.changed:
            self.changed.wait_for(lambda: number in self.answers or self.ended, limit_s)
            if number not in self.answers:
                return None
            status, output = self.answers.pop(number)
        return int(status), b"" if output == "-" else base64.b64decode(output)

    def wait_boot(self, limit_s):
        """Waits until the guest says hello; its boot id, or None."""
        with self.changed:
            self.changed.wait_for(lambda: self.boot or self.ended, limit_s)
            return self.boot

    def close(self):
        self.ours.close()
        self.theirs.close()


class Lan:
    """A cable between two hosts: give it to both, and a first card's number to each follows."""

    def __init__(self):
        self.ends, self.count = list(socket.socketpair()), 0

    def join(self, more, fds):
        """Adds what QEMU needs to more and fds; returns the number of the machine's first card."""
        end = self.ends[self.count].fileno()
        more += ["-netdev", "socket,id=lan,fd=%d" % end,
                 "-netdev", "hubport,id=lanport,hubid=0,netdev=lan"]
        fds.append(end)
        self.count += 1
        return CARDS_EACH * (self.count - 1)


class Host(machine.Machine):
    """A machine of a suite; `with` starts it. Its files are in build/system/NAME/.

    variant   one of rootfs.VARIANTS
    cmdline   None: GRUB boots what the disk says. A string: QEMU boots the disk's kernel with that
              and what every machine here needs; so does each restart
    disk      an image of one's own instead of the suite's
    lan       a Lan that joins this machine to others
    heard     after a restart: the capture of what the machine sent before, its panic included
    carry     {name: file}: put into the guest's /var/tmp by unload(); put() is for what is small
    """

    def __init__(self, name, suite, variant="base", cmdline=None, disk=None, lan=None, more=(),
                 carry=None, say=packages.note, **options):
        work = WORK / name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        self.suite, self.shell, self.heard = suite, None, None
        self.disk = overlay(disk or rootfs.disk(suite, variant, say), work / "disk.qcow2")
        tree, kernel, initrd = rootfs.tree(suite, variant, say), None, None
        if cmdline is not None:
            kernel, initrd = (tree / (tree / name).readlink() for name in ("vmlinuz", "initrd.img"))
            cmdline = "root=LABEL=root ro %s %s" % (rootfs.CONSOLE, cmdline)
        fds = []
        more = [*more, "-device", "virtio-rng-pci", "-drive",
                "file=%s,if=virtio,format=qcow2,cache=unsafe,discard=unmap" % self.disk]
        if carry:
            more += ["-drive", "file=%s,if=virtio,format=raw,readonly=on" % packed(work, carry)]
        first = lan.join(more, fds) if lan else 0
        options = {"memory_mb": MEMORY_MB, "first": first, **options}
        super().__init__(work, kernel, initrd, cmdline, more=more, fds=fds, **options)
        self.lasting = list(self.args), list(self.fds)

    def __enter__(self):
        self.shell = Shell()
        self.args = self.lasting[0] + [word.replace("FD", str(self.shell.fd)) for word in SHELL]
        self.fds = [*self.lasting[1], self.shell.fd]
        super().__enter__()
        self.shell.started()
        return self

    def __exit__(self, *args):
        super().__exit__(*args)
        self.shell.thread.join()
        self.shell.close()

    def boot(self, limit_s=BOOT_LIMIT_S):
        """Waits until the machine has come up and systemd has started all there is; returns
        systemd's word for it (running, degraded)."""
        if not self.shell.wait_boot(limit_s):
            raise Failed("%s did not come up %s: %s" % (self.work.name, self.state(limit_s),
                                                         self.last_line()))
        return self.ask("systemctl is-system-running --wait", SYSTEM_LIMIT_S)[1].strip()

    def back(self, limit_s=BOOT_LIMIT_S):
        """Waits until the machine, which is about to restart, has gone down and come up again, as
        boot() does."""
        if self.wait_end(limit_s) is None:
            raise Failed("%s did not restart %s: %s" % (self.work.name, self.state(limit_s),
                                                         self.last_line()))
        self.__exit__()
        self.heard = self.pcap.rename(self.pcap.with_stem("lan-" + self.shell.boot))
        self.__enter__()
        return self.boot(limit_s)

    def last_line(self):
        return "the last line is '%s' (console: %s)" % (
            self.console[-1][1] if self.console else "", self.log)

    def ask(self, script, limit_s=COMMAND_LIMIT_S):
        """Runs a script for sh in the guest; returns its status and what it printed."""
        answer = self.shell.answer(self.shell.send(script), limit_s)
        if answer is None:
            raise Failed("%s: no answer to '%s' within %d s: %s" % (self.work.name, script[:60],
                                                                    limit_s, self.last_line()))
        return answer[0], answer[1].decode(errors="replace")

    def run(self, script, limit_s=COMMAND_LIMIT_S):
        """The same, and returns what it printed; Failed if its status is not 0."""
        status, said = self.ask(script, limit_s)
        if status:
            raise Failed("%s: '%s': exit %d: %s" % (self.work.name, script[:60], status,
                                                    said.strip()[-600:]))
        return said

    def order(self, script):
        """Hands a script over whose answer may never come: it panics, say."""
        self.shell.send(script)

    def wait_run(self, script, limit_s):
        """Runs a script until its status is 0; what it printed then, or None."""
        end = time.monotonic() + limit_s
        while True:
            status, said = self.ask(script)
            if status == 0:
                return said
            if time.monotonic() > end:
                return None
            time.sleep(0.5)

    def put(self, files, limit_s=COMMAND_LIMIT_S):
        """Copies files into the guest: {path there: a path here, or bytes}; modes are kept."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for there, source in files.items():
                info = tarfile.TarInfo(there.lstrip("/"))
                data = source if isinstance(source, bytes) else pathlib.Path(source).read_bytes()
                info.size, info.mtime = len(data), int(time.time())
                info.mode = 0o644 if isinstance(source, bytes) \
                    else pathlib.Path(source).stat().st_mode & 0o777
                archive.addfile(info, io.BytesIO(data))
        text = base64.b64encode(packed.getvalue()).decode()
        return self.run("base64 -d <<'END' | tar -xz -C /\n%s\nEND\n" % text, limit_s)

    def unload(self):
        """Puts what the machine was given to carry into its /var/tmp."""
        self.run("tar -xf /dev/vdb -C /var/tmp", SYSTEM_LIMIT_S)

    def get(self, path, limit_s=COMMAND_LIMIT_S):
        """The bytes of a file in the guest."""
        number = self.shell.send("cat -- %s" % shlex.quote(path))
        answer = self.shell.answer(number, limit_s)
        if answer is None or answer[0]:
            raise Failed("%s: %s: %s" % (self.work.name, path, answer and answer[1]))
        return answer[1]

    def restart(self, limit_s=BOOT_LIMIT_S):
        """Restarts the machine in good order and waits until it is there again, as boot() does."""
        self.order("systemctl --no-block reboot")
        return self.back(limit_s)


def packed(work, carry):
    """A disk that is an archive of these files."""
    with tarfile.open(work / "carry.tar", "w") as archive:
        for name, path in carry.items():
            archive.add(path, name)
    return work / "carry.tar"


def overlay(base, path):
    """A disk that begins as base and keeps what is written apart."""
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(base),
                    str(path)], check=True)
    return path
