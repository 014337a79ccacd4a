# SPDX-License-Identifier: GPL-2.0-only
"""others - another user, as which a test runs a program of this tree"""
import pathlib

AS_OTHER = ("setpriv", "--reuid=65534", "--clear-groups")  # put in front of a command


def refused():
    """Why no other user can run one: a directory above this tree is closed, as /root is."""
    for folder in pathlib.Path(__file__).resolve().parents:
        if not folder.stat().st_mode & 1:
            return "others cannot look below %s" % folder
    return None
