# SPDX-License-Identifier: GPL-2.0-only
"""browser - headless Chromium, told what to do over two pipes (its DevTools protocol)"""
import base64
import json
import os
import select
import signal
import subprocess
import time

PROGRAM = "chromium-headless-shell"
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync",
           "--remote-debugging-pipe"]
LIMIT_S = 60


class Browser:
    """Commands go in by descriptor 3 and come out by 4, each ended by a NUL."""

    def __init__(self, profile):
        to_child, self.to = os.pipe()
        self.come, from_child = os.pipe()
        fds = (os.dup(to_child), os.dup(from_child))  # so that neither is 3 or 4 itself
        os.close(to_child)
        os.close(from_child)

        def place():
            low = [os.dup2(fd, 60 + i) for i, fd in enumerate(fds)]
            os.dup2(low[0], 3)
            os.dup2(low[1], 4)

        self.child = subprocess.Popen(
            [PROGRAM, *OPTIONS, "--user-data-dir=%s" % profile, "about:blank"], preexec_fn=place,
            pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        for fd in fds:
            os.close(fd)
        self.number = 0
        self.buffer = b""
        self.events = []
        self.session = None
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.tell("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.tell(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        os.close(self.to)
        os.close(self.come)

    def read(self, end):
        """The next message."""
        while b"\0" not in self.buffer:
            left = end - time.monotonic()
            assert left > 0 and select.select([self.come], [], [], left)[0], "Chromium is silent"
            data = os.read(self.come, 1 << 16)
            assert data, "Chromium has ended"
            self.buffer += data
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def tell(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + LIMIT_S
        while (got := self.read(end)).get("id") != self.number:
            self.events.append(got)
        assert "error" not in got, (method, got["error"])
        return got["result"]

    def until_event(self, method):
        end = time.monotonic() + LIMIT_S
        while not any(event["method"] == method for event in self.events):
            self.events.append(self.read(end))

    def go(self, url):
        """Loads the page, and waits until all of it is there."""
        self.events = [e for e in self.events if e["method"] != "Page.loadEventFired"]
        answer = self.tell("Page.navigate", url=url)
        assert "errorText" not in answer, answer
        if "loaderId" in answer:  # else it is another place of the same page
            self.until_event("Page.loadEventFired")

    def run(self, script):
        """What the script comes to; by the browser, which no policy of the page's binds."""
        got = self.tell("Runtime.evaluate", expression=script, returnByValue=True,
                        awaitPromise=True)
        assert "exceptionDetails" not in got, got["exceptionDetails"]
        return got["result"].get("value")

    def until(self, script, limit_s=LIMIT_S):
        end = time.monotonic() + limit_s
        while not (got := self.run(script)):
            assert time.monotonic() < end, "not in %d s: %s" % (limit_s, script)
            time.sleep(0.05)
        return got

    def happened(self, method):
        return [event["params"] for event in self.events if event["method"] == method]

    def screen(self, width, height, path, dark=False):
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)
        self.tell("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        path.write_bytes(base64.b64decode(self.tell("Page.captureScreenshot")["data"]))
