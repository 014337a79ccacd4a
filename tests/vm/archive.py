# SPDX-License-Identifier: GPL-2.0-only
"""archive - an initramfs archive (cpio, "newc"), written without being root

Each entry: 110 characters of header ("070701" and 13 fields of 8 hex digits), the name with a NUL,
the data; header with name, and data, padded to 4 bytes. The entry TRAILER!!! ends it.
"""
import pathlib
import stat


class Archive:
    def __init__(self):
        self.parts = []
        self.names = set()

    def entry(self, name, mode, data=b"", device=(0, 0)):
        encoded = name.encode() + b"\0"
        fields = (len(self.parts) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(encoded), 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + encoded
        self.parts.append(head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4))

    def folder(self, name):
        """Adds a directory, and those above it, once."""
        for path in (*reversed(pathlib.PurePath(name).parents), pathlib.PurePath(name)):
            if str(path) != "." and str(path) not in self.names:
                self.names.add(str(path))
                self.entry(str(path), stat.S_IFDIR | 0o755)

    def text(self, name, data, mode=0o644):
        self.folder(str(pathlib.PurePath(name).parent))
        self.entry(name, stat.S_IFREG | mode, data if isinstance(data, bytes) else data.encode())

    def file(self, name, source, mode=0o644):
        self.text(name, pathlib.Path(source).read_bytes(), mode)

    def link(self, name, target):
        """Adds a symbolic link."""
        self.folder(str(pathlib.PurePath(name).parent))
        self.entry(name, stat.S_IFLNK | 0o777, target.encode())

    def node(self, name, major, minor):
        """Adds a character device."""
        self.folder(str(pathlib.PurePath(name).parent))
        self.entry(name, stat.S_IFCHR | 0o600, device=(major, minor))

    def write(self, path):
        self.entry("TRAILER!!!", 0)
        pathlib.Path(path).write_bytes(b"".join(self.parts))
