# SPDX-License-Identifier: GPL-2.0-only
"""web - a lastwords-web that serves a test's store, and a plain client"""
import html.parser
import http.client
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/receive"))
sys.path.insert(0, str(ROOT / "tests/tools"))
from hook import until  # pylint: disable=wrong-import-position
from store import LOG, Store  # pylint: disable=wrong-import-position,unused-import

WEB = os.environ.get("LASTWORDS_WEB") or str(ROOT / "build/lastwords-web")
LIMIT_S = 30
EVIL = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "</title><svg onload=alert(1)>", "&lt;b&gt;&amp;", "javascript:alert(1)", "../../etc/passwd",
        "\u202egpj.exe", "a\u200bb\u2066c", "\x1b[2J\x07\x9b", "%s%n%d%t", "<!--", "]]>", "\ufeff",
        "\U0001f4a9", "{{7*7}}", "x" * 60, "\ud7ff\ue000"]


class Web:
    def __init__(self, folder, *options, address="127.0.0.1", **keys):
        self.child = subprocess.Popen(
            [WEB, "--dir", str(folder), "--http", address + ":0", *options],
            stderr=subprocess.PIPE, **keys)
        line = self.child.stderr.readline().decode()
        found = re.search(r"on (http://%s:(\d+))/" % re.escape(address), line)
        assert found, line + self.child.stderr.read().decode()
        self.url, self.port = found[1], int(found[2])
        self.host = address.strip("[]")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        alive = self.child.poll() is None
        if alive:
            self.child.send_signal(signal.SIGTERM)
        status = self.child.wait(LIMIT_S)
        self.child.stderr.close()
        # Whatever was asked for: it served until it was told to end.
        assert kind or (alive and status == 0), "lastwords-web ended by itself: %s" % status

    def ask(self, target, method="GET", **headers):
        """Returns (status, headers, body)."""
        client = http.client.HTTPConnection(self.host, self.port, timeout=LIMIT_S)
        try:
            client.putrequest(method, target, skip_host="Host" in headers,
                              skip_accept_encoding=True)
            for name, value in headers.items():
                if value is not None:
                    client.putheader(name.replace("_", "-"), value)
            client.endheaders()
            answer = client.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            client.close()

    def get(self, target):
        """The body of a page that is there."""
        status, _, body = self.ask(target)
        assert status == 200, (target, status)
        return body.decode()

    def page(self, target):
        return Page(self.get(target))

    def until_reports(self, n):
        """Waits until it has read the index."""
        until(lambda: self.metric("lastwords_web_reports") == n, "%d reports" % n)

    def counts(self):
        """What it says of itself when it is asked by a signal."""
        self.child.send_signal(signal.SIGUSR1)
        return self.child.stderr.readline().decode()

    def metric(self, name):
        return float(re.search(r"^%s (\S+)$" % name, self.get("/metrics"), re.M)[1])


class Page(html.parser.HTMLParser):
    """The elements of a page, as (tag, attributes), and its text by class."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.open = []
        self.texts = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "input"):
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1][0] == tag, (tag, self.open)
        self.open.pop()

    def handle_data(self, data):
        self.texts.append(([element for element in self.open], data))

    def of_class(self, name):
        """The texts of the elements of this class, each as one."""
        found = {}
        for path, data in self.texts:
            for element in path:
                if name in element[1].get("class", "").split():
                    found.setdefault(id(element[1]), []).append(data)
        return ["".join(parts) for parts in found.values()]

    def of_tag(self, name):
        found = {}
        for path, data in self.texts:
            for element in path:
                if element[0] == name:
                    found.setdefault(id(element[1]), []).append(data)
        return ["".join(parts) for parts in found.values()]

    def links(self, start=""):
        return [attrs["href"] for tag, attrs in self.elements
                if tag == "a" and attrs["href"].startswith(start)]


def add_evil(store):
    """A report for each of them, as whatever a host can choose."""
    for i, evil in enumerate(EVIL):
        store.add(host=evil, title=evil, kernel=evil, signature=evil, why=evil, kind=evil, mac=evil,
                  interface=evil, id=evil, stored_at=now() - i, file="e%d/1-original.log" % i,
                  log=b"<0>[    1.000000] Kernel panic - not syncing: "
                      + evil.encode("utf-8", "surrogatepass") + b"\n")


def now():
    return time.time()
