# SPDX-License-Identifier: GPL-2.0-only
"""listener - what lastwords-recv and tshark make of a capture"""
import json
import subprocess
import tempfile
import pathlib

from packages import ROOT

RECV = ROOT / "build/lastwords-recv"
FIELDS = ("eth.dst eth.src eth.type ip.version ip.hdr_len ip.proto ip.checksum ip.src ip.dst "
          "ip.ttl ip.flags.df").split()


def receive(pcap, *options):
    """Runs lastwords-recv on the capture and returns its standard output."""
    done = subprocess.run([RECV, "--read", pcap, *options], capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError("lastwords-recv: exit %d: %s" % (done.returncode, done.stderr.decode()))
    return done.stdout


def reports(pcap):
    """The reports in the capture, as --json shows them."""
    return [json.loads(line) for line in receive(pcap, "--json").splitlines()]


def stored(pcap):
    """The bytes of the one file that --dir makes of the capture."""
    with tempfile.TemporaryDirectory() as folder:
        receive(pcap, "--dir", folder)
        files = list(pathlib.Path(folder).rglob("*.log"))
        if len(files) != 1:
            raise RuntimeError("%d files in --dir, not one" % len(files))
        return files[0].read_bytes()


def wire(pcap):
    """Every frame in the capture as tshark reads it: {field: value}."""
    args = ["tshark", "-n", "-r", str(pcap), "-T", "fields", "-E", "separator=|",
            "-E", "occurrence=f"]
    for field in FIELDS:
        args += ["-e", field]
    done = subprocess.run(args, capture_output=True, text=True, check=True)
    return [dict(zip(FIELDS, line.split("|"))) for line in done.stdout.splitlines()]
