# SPDX-License-Identifier: GPL-2.0-only
"""stage - plays scenes, each in a process and a network of its own, many beside each other

A scene is a function that takes (results, network) and gives its verdicts to results.check(). Most
scenes wait for time to pass, not for the processor.
"""
import json
import os
import select
import signal
import time
import traceback

import network


class Script:
    """What one scene says: kept here until it has ended."""

    def __init__(self):
        self.lines = []

    def check(self, good, name, detail=""):
        self.lines.append({"good": bool(good), "name": name, "detail": str(detail)})

    def note(self, text):
        self.lines.append({"note": str(text)})

    def table(self, **row):
        """Figures, for who reads the results further."""
        self.lines.append({"row": row})


def act(scene, args, pipe):
    """The child: plays the scene and writes down its lines."""
    script = Script()
    try:
        net = network.Network()
    except OSError as refused:
        script.lines.append({"refused": str(refused)})
    else:
        try:
            scene(script, net, *args)
        except Exception as error:  # pylint: disable=broad-except
            script.check(False, "%s: %s" % (scene.__name__, error), traceback.format_exc())
        finally:
            net.close()
    with os.fdopen(pipe, "w", encoding="utf-8") as out:
        json.dump(script.lines, out)


class Actor:
    """A scene that is being played."""

    def __init__(self, scene, *args):
        self.scene, self.text = scene, b""
        self.pipe, theirs = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            status = 1
            try:
                os.close(self.pipe)
                act(scene, args, theirs)
                status = 0
            finally:
                os._exit(status)
        os.close(theirs)

    def read(self):
        """Takes what the scene wrote; returns whether it goes on."""
        data = os.read(self.pipe, 1 << 16)
        self.text += data
        return bool(data)

    def lines(self):
        """What the scene said; call it when the scene has ended."""
        os.close(self.pipe)
        os.waitpid(self.pid, 0)
        try:
            return json.loads(self.text)
        except ValueError:
            return [{"good": False, "name": self.scene.__name__ + ": ended without a word",
                     "detail": ""}]


def play(scenes, limit_s, beside=16):
    """Plays the scenes, each a tuple (function, argument ...), so many beside each other. Yields
    the lines of each as it ends; a scene that is late is killed, and says so."""
    waiting, playing = list(scenes), []
    end = time.monotonic() + limit_s
    while waiting or playing:
        while waiting and len(playing) < beside:
            playing.append(Actor(*waiting.pop(0)))
        ready = select.select([one.pipe for one in playing], [], [], 1)[0]
        late = time.monotonic() > end
        for one in [one for one in playing if one.pipe in ready or late]:
            if one.pipe in ready and one.read():
                continue
            if one.pipe not in ready:
                os.kill(one.pid, signal.SIGKILL)
            playing.remove(one)
            yield one.lines()


def relay(results, lines):
    """Passes what a scene said on to the test's results (tap.Tap); returns its rows."""
    rows = []
    for line in lines:
        if "row" in line:
            rows.append(line["row"])
        elif "note" in line:
            results.note(line["note"])
        elif "refused" in line:
            results.check(True, "a network of its own # SKIP " + line["refused"])
        else:
            results.check(line["good"], line["name"], line["detail"])
    return rows


def run(results, scenes, limit_s=200, beside=16):
    """Plays the scenes and passes on what they say; returns their rows."""
    rows = []
    for lines in play(scenes, limit_s, beside):
        rows += relay(results, lines)
    return rows
