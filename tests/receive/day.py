# SPDX-License-Identifier: GPL-2.0-only
"""day - the traffic of a simulated day, and a receiver and a hook that live through it

The receiver reads a FIFO whose time stamps run a thousand times faster than the clock on the wall.
What it goes by the wall's clock for, the age of files, is moved: as an hour passes, all files
become an hour older.
"""
import json
import os
import pathlib
import random
import re
import sys
import time
from types import SimpleNamespace

from capture import ID, START, ethernet, header, part, pcap_head, record, report
from namespace import counters
from receiver import Receiver
from tap import same

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tools"))
from hook import Hook  # pylint: disable=wrong-import-position

ROUNDS = (0, 1, 3, 7, 15, 35)
LOSS = 0.1
BODY_MAX = 900
FLEET = 40
RSS_LIMIT_KB = 32 << 10  # of the receiver, beyond what it had at the start
SLACK_KB = 1 << 10
INDEX_LIMIT_KB = 2 << 10  # beyond what each report is counted with


def bodies(log):
    found = [b""]
    for line in log.splitlines(keepends=True):
        if len(found[-1]) + len(line) > BODY_MAX:
            found.append(b"")
        found[-1] += line
    return found


class Traffic:
    """The frames of one slice of the day, as (seconds, frame) pairs; whole has the logs that must
    come out of it whole, by id."""

    def __init__(self, rng, start, length, logs):
        self.rng, self.start, self.length, self.logs = rng, start, length, logs
        self.frames, self.whole = [], {}

    def moment(self, needed=60):
        return self.start + self.rng.uniform(0, self.length - needed)

    def new_id(self):
        return "%016x" % self.rng.getrandbits(64)

    def crash(self, at, host, log, rounds=ROUNDS, loss=LOSS, **keys):
        """A report in rounds, newest part first. Returns its id and frames."""
        texts, id_ = bodies(log), self.new_id()
        mac = b"\2\0\0\0" + (host % 65536).to_bytes(2, "big")
        said = [part(i + 1, len(texts), text, mac, id=id_, host="web-%03d" % host,
                     at=int(at), kernel="6.1.0-56-amd64", seq=i, last=i, **keys)
                for i, text in enumerate(texts)]
        for second in rounds:
            for i, frame in enumerate(reversed(said)):
                if self.rng.random() >= loss:
                    self.frames.append((at + second + i * 0.001, frame))
        return id_, said, mac

    def crashes(self, n):
        for _ in range(n):
            log = self.rng.choice(self.logs)
            self.whole[self.crash(self.moment(), self.rng.randrange(FLEET), log)[0]] = log

    def long_crash(self):
        log = "".join(report(64, lines=16, first=self.rng.randrange(10**6))[1]).encode()
        self.whole[self.crash(self.moment(), self.rng.randrange(FLEET), log)[0]] = log

    def storm(self, hosts):
        at, log = self.moment(), self.rng.choice(self.logs)
        for host in range(hosts):
            self.whole[self.crash(at + host / hosts, 100 + host, log)[0]] = log

    def drills(self, n):
        for _ in range(n):
            log = b"<5>[    1.000000] a drill\n" * 40
            id_ = self.crash(self.moment(), self.rng.randrange(FLEET), log, drill=1)[0]
            self.whole[id_] = log

    def lossy(self, n):
        """So much is lost that most stay partial."""
        for _ in range(n):
            self.crash(self.moment(), self.rng.randrange(FLEET), self.rng.choice(self.logs),
                       rounds=(0, 20), loss=0.6)

    def contradicted(self, n):
        """Somebody forges a part, after the true one came."""
        for _ in range(n):
            at, log = self.moment(), self.rng.choice(self.logs)
            id_, said, mac = self.crash(at, self.rng.randrange(FLEET), log, loss=0)
            self.whole[id_] = log
            self.frames.append((at + 2, part(1, len(said), "forged\n", mac, id=id_)))

    def originals(self, n):
        at = self.moment()
        for i in range(n):
            text = b"<4>[    2.%06d] bare text\n" % i
            self.frames.append((at + i * 0.01, ethernet(text, pad=b"\0" * (i % 20))))

    def flood(self, senders, seconds=30):
        """Each sends one part of three: who forges thousands sends little of each."""
        at = self.moment()
        for i in range(senders):
            mac = b"\2\1" + self.rng.randbytes(4)
            self.frames.append((at + seconds * i / senders,
                                part(2, 3, "forged %d\n" % i, mac, id=self.new_id())))

    def growing(self, senders, parts):
        """Forged reports that grow and have no end."""
        at = self.moment()
        for number in range(1, parts):
            for i in range(senders):
                self.frames.append((at + number * 0.1, part(
                    number, 999999, "f" * 1000, b"\2\2\0\0\0" + bytes([i]), id="%016x" % (i + 1))))

    def garbage(self, n):
        rng = self.rng
        for _ in range(n):
            noise = rng.randbytes(rng.randrange(200))
            frame = rng.choice((
                lambda: noise,
                lambda: ethernet(noise, protocol=rng.randrange(256)),
                lambda: ethernet(b"LASTWORDS/1 " + noise),
                lambda: ethernet(header(1, 1, id=ID[:-1]) + noise),
                lambda: ethernet(header(9, 3) + noise, total=rng.randrange(65536)),
                lambda: part(1, 1, "x\n", id="%016x" % rng.randrange(1 << 64))[:rng.randrange(80)],
                lambda: b"\xff" * 12 + b"\x08\x06" + b"\0" * 46))()
            self.frames.append((self.moment(), frame))

    def bytes(self, last):
        """As the records of a capture file; the frame last comes at the end."""
        self.frames.sort(key=lambda pair: pair[0])
        self.frames.append((self.start + self.length - 1, last))
        return b"".join(record(frame, START + second) for second, frame in self.frames)


def mixed(rng, start, length, logs, scale):
    """All of it; scale is the size of the floods."""
    traffic = Traffic(rng, start, length, logs)
    traffic.crashes(12)
    traffic.long_crash()
    traffic.storm(100)
    traffic.drills(3)
    traffic.lossy(6)
    traffic.contradicted(3)
    traffic.originals(50)
    traffic.flood(int(10000 * scale))
    traffic.growing(int(50 * scale) + 1, 120)
    traffic.garbage(int(4000 * scale))
    return traffic


def titles():
    return [path.read_bytes() for path in sorted((ROOT / "tests/titles").glob("*.log"))]


def status_kb(pid, key):
    text = pathlib.Path("/proc/%d/status" % pid).read_text()
    return int(re.search(r"^%s:\s+(\d+)" % key, text, re.M)[1])


def descriptors(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def disk_kb(folder):
    """What the store takes, the index with it."""
    return sum(p.lstat().st_blocks for p in folder.rglob("*")) // 2


class Day:
    """Use it as a context; each slice adds a row to samples."""

    def __init__(self, scratch, *options, seed=None):
        self.seed = seed or int(os.environ.get("SEED", time.time()))
        print("# SEED=%d" % self.seed)
        self.rng = random.Random(self.seed)
        self.store = scratch / "d"
        self.store.mkdir(mode=0o700)
        self.logs, self.whole, self.samples, self.frames = titles(), {}, [], 0
        self.now, self.scratch = 0.0, scratch
        self.recv = Receiver(scratch, "--dir", str(self.store), *options,
                             out=open("/dev/null", "wb"))
        self.hook = None

    def __enter__(self):
        self.recv.write(pcap_head())
        self.rss_kb = status_kb(self.recv.child.pid, "RssAnon")
        self.hook = Hook(SimpleNamespace(folder=self.store), "--exec", "cat > /dev/null",
                         "--quiet", "1", "--settle", "0", "--rate", "6000").__enter__()
        return self

    def __exit__(self, *args):
        self.hook.__exit__(*args)
        self.recv.__exit__(*args)

    def write(self, data):
        at, view = 0, memoryview(data)
        while at < len(view):
            at += os.write(self.recv.fifo, view[at:at + (1 << 20)])

    def slice(self, length, scale):
        """So many seconds of the day go by."""
        traffic = mixed(self.rng, self.now, length, self.logs, scale)
        mark = traffic.new_id()
        self.write(traffic.bytes(part(1, 1, "the end\n", id=mark, host="mark")))
        self.until_stored(mark)
        self.whole.update(traffic.whole)
        self.now += length
        self.frames += len(traffic.frames)
        self.sample()

    def until_stored(self, id_, limit_s=300):
        end = time.monotonic() + limit_s
        while ('"id":"%s"' % id_).encode() not in (self.store / "index.jsonl").read_bytes():
            assert self.recv.child.poll() is None, "the receiver ended"
            assert time.monotonic() < end, "the end of the slice never came"
            time.sleep(0.1)

    def counted(self, limit_s=60):
        """The counters once all that is shown is stored: reports on the way there hold files open."""
        end = time.monotonic() + limit_s
        while True:
            counted = counters(self.recv)
            if counted["stored"] == counted["shown"] or time.monotonic() > end:
                return counted
            time.sleep(0.1)

    def sample(self):
        counted = self.counted()
        self.samples.append({
            "hour": self.now / 3600, "sent": self.frames,
            "rss_kb": status_kb(self.recv.child.pid, "RssAnon") - self.rss_kb,
            "fds": descriptors(self.recv.child.pid),
            "hook_kb": status_kb(self.hook.child.pid, "RssAnon"),
            "hook_fds": descriptors(self.hook.child.pid),
            "disk_kb": disk_kb(self.store), "spill_kb": counted["spill_bytes"] >> 10,
            "index_lines": (self.store / "index.jsonl").read_bytes().count(b"\n"), **counted})
        print("# " + " ".join("%s=%s" % (key, self.samples[-1][key]) for key in (
            "hour", "sent", "frames", "shown", "stored", "evicted", "removed_for_space", "rss_kb",
            "fds", "hook_kb", "hook_fds", "disk_kb", "spill_kb", "index_lines")), flush=True)

    def age(self, seconds):
        """All files become so much older."""
        for path in self.store.glob("*/*.log"):
            status = path.stat()
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - seconds * 10**9))

    def check_whole(self):
        """Every report that came in whole is in the store, whole, with its own bytes."""
        found = {}
        for row in map(json.loads, open(self.store / "index.jsonl", "rb")):
            if row["complete"] and (self.store / row["file"]).exists():
                found.setdefault(row["id"], []).append(row["file"])
        missing = set(self.whole) - set(found)
        assert not missing, "%d of %d are missing: %s" % (len(missing), len(self.whole), missing)
        for id_, log in self.whole.items():
            # A forged one may lie beside it.
            assert log in [(self.store / name).read_bytes() for name in found[id_]], id_

    def check_bounds(self, dir_kb):
        """What each sample must keep to, however long it goes on."""
        for row in self.samples:
            assert row["rss_kb"] <= RSS_LIMIT_KB, row
            same((row["unsaved"], row["lost"], row["refused"]), (0, 0, 0))
            same(row["fds"], self.samples[0]["fds"])
            assert row["store_bytes"] <= dir_kb << 10, row
            # Lines without a file: as many as with one, or a thousand.
            assert row["index_lines"] <= 2 * row["store_bytes"] // 8192 + 1100, row
            assert row["disk_kb"] <= dir_kb + INDEX_LIMIT_KB, row

    def check_flat(self, warm):
        """Nothing grows once it is warm: the second half of the samples has no more than the first."""
        rows = self.samples[warm:]
        early, late = rows[:len(rows) // 2], rows[len(rows) // 2:]
        for key in ("rss_kb", "hook_kb", "disk_kb", "spill_kb", "fds", "hook_fds"):
            most = max(row[key] for row in early)
            slack = 0 if key.endswith("fds") else SLACK_KB + most // 20
            assert max(row[key] for row in late) <= most + slack, \
                (key, [row[key] for row in self.samples])

    def end(self):
        """Ends it as the end of the input does. Returns its status."""
        os.close(self.recv.fifo)
        return self.recv.end()[2]
