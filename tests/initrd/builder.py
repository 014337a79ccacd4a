# SPDX-License-Identifier: GPL-2.0-only
"""builder - runs lastwords-mkinitrd for its tests, on the module trees of real kernels

A test imports this, marks its cases with @case and ends with main(), which prints TAP.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/vm"))
import packages  # noqa: E402
from tap import Tap  # noqa: E402

MKINITRD = ROOT / "crashkernel-initrd/lastwords-mkinitrd"
INIT = ROOT / "build/init"
SIGNED = b"~Module signature appended~\n"
COMPRESSORS = ("xz", "zstd", "gzip", "lz4")
SIZE_LIMIT = 256 * 1024

CASES = []
KERNELS = {}
_folder = tempfile.TemporaryDirectory(prefix="lastwords-test.")
WORK = pathlib.Path(_folder.name).resolve()


class Skip(Exception):
    """The case cannot be tried here; the message says why."""


def case(title):
    def add(function):
        CASES.append((title, function))
        return function
    return add


def kernel(name):
    """A kernel of tests/vm."""
    if name not in KERNELS:
        KERNELS[name] = packages.kernel(name)
    return KERNELS[name]


def modules_dir(k):
    return packages.one(k.root, "lib/modules/*", "usr/lib/modules/*").resolve()


def run(*args, env=None, **how):
    """Runs lastwords-mkinitrd; TMPDIR is the test's, so that what stays behind is seen."""
    full = {**os.environ, "TMPDIR": str(WORK / "tmp"), **(env or {})}
    return subprocess.run([MKINITRD, *map(str, args)], capture_output=True, text=True, env=full,
                          check=False, **how)


def built(*args, **how):
    done = run(*args, **how)
    assert done.returncode == 0, "exit %d: %s" % (done.returncode, done.stderr)
    return done


def refused(status, words, *args, **how):
    """The program ends with this status and a sentence that holds the words, and leaves nothing."""
    output = WORK / "refused"
    output.write_text("as it was")
    done = run("--output", output, *args, **how)
    assert done.returncode == status, "exit %d: %s%s" % (done.returncode, done.stdout, done.stderr)
    assert "lastwords-mkinitrd: " in done.stderr, done.stderr
    for word in words:
        assert str(word) in done.stderr, "%r is not in: %s" % (word, done.stderr)
    assert output.read_text() == "as it was", "the old output was touched"
    left = [p.name for p in WORK.glob("refused.*")] + os.listdir(WORK / "tmp")
    assert not left, "left behind: %s" % left


def listed(*args, **how):
    """The modules in order, by name, and the lines they come from."""
    lines = built("--list", *args, **how).stdout.splitlines()
    return [module_name(line.split(" ")[0]) for line in lines], lines


def module_name(path):
    return re.sub(r"\.ko(\.\w+)?$", "", os.path.basename(path)).replace("-", "_")


def output_of(*args, **how):
    return subprocess.run(list(map(str, args)), check=True, capture_output=True, **how).stdout


def before(names, *order):
    places = [names.index(name) for name in order]
    assert places == sorted(places), "%s: not in the order %s" % (names, order)


def loadable(lines):
    """Each module's own statement of what it depends on is met by those before it."""
    seen, tree = set(), pathlib.Path(lines[0].split("/kernel/")[0])
    builtin = {module_name(path) for path in (tree / "modules.builtin").read_text().split()}
    for path in (line.split(" ")[0] for line in lines):
        asked = output_of("modinfo", "-F", "depends", path).decode().strip()
        missing = {n.replace("-", "_") for n in asked.split(",") if n} - seen
        assert not missing - builtin, "%s comes before %s" % (path, missing - builtin)
        seen.add(module_name(path))


def unpacked(image, compressor="xz"):
    """The archive as cpio reads it: {name: mode and size}, and a directory with the files."""
    raw = image.read_bytes()
    if compressor != "none":
        raw = output_of(compressor, "-dc", image)
    into = pathlib.Path(tempfile.mkdtemp(dir=WORK))
    listing = output_of("cpio", "-itvn", "--quiet", input=raw).decode()
    output_of("cpio", "-id", "--quiet", "-f", "dev/console", input=raw, cwd=into)
    entries = {}
    for line in listing.splitlines():
        words = line.split()
        assert words[2:4] == ["0", "0"], "not owned by root: " + line
        entries[words[-3 if "->" in words else -1]] = words
    return entries, into


def overlay(name, k):
    """A root of the test's own around a kernel's modules."""
    root = WORK / name
    (root / "lib/modules").mkdir(parents=True)
    (root / "lib/modules" / k.version).symlink_to(modules_dir(k))
    (root / "boot").mkdir()
    (root / "boot" / ("config-" + k.version)).symlink_to(
        packages.one(k.root, "boot/config-*", "usr/lib/modules/*/config"))
    return root


def attempt(function):
    """Runs one case; returns what failed, and why it was skipped, each "" if not."""
    try:
        function()
        left = os.listdir(WORK / "tmp")
        assert not left, "left behind in TMPDIR: %s" % left
    except Skip as skip:
        return "", " # SKIP %s" % skip
    except subprocess.CalledProcessError as error:
        return "%s: %s" % (error, error.stderr.decode(errors="replace")), ""
    except Exception:  # pylint: disable=broad-except
        return traceback.format_exc(), ""
    return "", ""


def main():
    tap = Tap()
    WORK.chmod(0o755)  # a plain user is tried too
    (WORK / "tmp").mkdir()
    for title, function in CASES:
        error, skipped = attempt(function)
        tap.check(not error, title + skipped, error)
    tap.finish()
