# SPDX-License-Identifier: GPL-2.0-only
"""steps - what a test does with a system, one thing after the other, for the table in docs/"""
import time

HEAD = ("release", "kernel", "step", "seconds", "as it should")


class Steps:
    """The steps on one release; rows are those of the table."""

    def __init__(self, results, suite):
        self.results, self.suite, self.kernel, self.rows = results, suite, "", []

    def step(self, what, function, *args):
        """Takes a step. It went well if it raised nothing and no result in it failed."""
        before, start = self.results.failed, time.monotonic()
        self.results.attempt("%s: %s" % (self.suite, what), function, *args)
        good = self.results.failed == before
        self.rows.append((self.suite, self.kernel, what, "%.0f" % (time.monotonic() - start),
                          "yes" if good else "no"))
        if good:
            self.results.check(True, "%s: %s" % (self.suite, what))
        return good

    def check(self, good, name, detail=""):
        """A thing within a step: only a failure is a result of its own."""
        if not good:
            self.results.check(False, "%s: %s" % (self.suite, name), detail)
