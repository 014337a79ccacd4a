# SPDX-License-Identifier: GPL-2.0-only
"""tap - test results on standard output, as tests/run reads them"""
import signal
import sys
import traceback


class Tap:
    """Counts results; finish() prints the plan and exits."""

    def __init__(self):
        # What is told to end leaves no machine behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self.count, self.failed = 0, 0

    def check(self, good, name, detail=""):
        """One result; detail is shown only with a failure."""
        self.count += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.count, name), flush=True)
        if not good:
            self.note(detail)

    @staticmethod
    def note(text):
        """Something worth knowing, not a result."""
        for line in str(text).splitlines():
            print("# " + line, flush=True)

    def attempt(self, name, function, *args):
        """Calls function; what it raises is a failure of that name, and the test goes on."""
        try:
            function(*args)
        except Exception as error:  # pylint: disable=broad-except
            self.check(False, "%s: %s" % (name, error), traceback.format_exc())

    def finish(self):
        print("1..%d" % self.count, flush=True)
        sys.exit(1 if self.failed else 0)
