# SPDX-License-Identifier: GPL-2.0-only
"""repository - where things lie, on the host and, at the same places, in the guest"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SEND = ROOT / "build/lastwords-send"
RECV = ROOT / "build/lastwords-recv"
CORES = ROOT / "build/network"  # built once, by cores.py

sys.path.insert(0, str(ROOT / "tests/vm"))
