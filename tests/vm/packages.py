#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""packages - Debian kernels and guest tools, fetched, verified and unpacked under .cache/

Nothing is installed and the system's own package state is neither read nor written: each suite has
an apt directory of its own. Only the mirror's address and how to reach it (proxies) come from the
system's apt configuration. What was fetched once is kept; remove .cache/ to fetch anew.

usage: tests/vm/packages.py [NAME ...]     fetch these (all), print where they are
"""
import contextlib
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# The cloud kernels to test against, and where Debian has them. sid's version moves.
KERNELS = {
    "5.10": "bullseye-security",
    "6.1": "bookworm-security",
    "6.12": "trixie",
    "sid": "sid",
}
IMAGE = "linux-image-cloud-amd64"
# Debian's generic kernels, with the drivers of real cards.
GENERIC = {
    "6.1-generic": "bookworm-security",
    "6.12-generic": "trixie",
}
GENERIC_IMAGE = "linux-image-amd64"
PROGRESS_S = 5
TOOLS_SUITE = "bookworm"
# What the first kernel's root needs: a shell, and kexec with all the libraries it is linked with.
TOOLS = ("busybox-static kexec-tools libc6 libxenmisc4.17 libxencall1 libxendevicemodel1 "
         "libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxentoolcore1 libxentoollog1").split()
# Other machines' kernels, and the same tools for them. On arm64 kexec looks for _text in
# /proc/kallsyms: Debian's kernels have it there since 6.12 (CONFIG_KALLSYMS_ALL).
FOREIGN = {
    "i386": ("6.1", "bookworm", "linux-image-686-pae", ["busybox-static", "kexec-tools", "libc6"]),
    "arm64": ("6.12", "trixie", "linux-image-cloud-arm64", TOOLS + ["zlib1g"]),
    "s390x": ("6.1", "bookworm", "linux-image-s390x", ["busybox-static"]),
}
# Other readers of a crashed kernel's log: makedumpfile here, vmcore-dmesg among the tools.
PEERS = ("makedumpfile libc6 libdw1 libelf1 libbz2-1.0 liblzma5 liblzo2-2 libsnappy1v5 libstdc++6 "
         "libgcc-s1 libzstd1 zlib1g").split()
OWN_SUITES = re.compile(r"(stable|testing|unstable|sid|bookworm|trixie|forky|duke)(-security)?$")


class Missing(Exception):
    """A package could not be had; the message names it and says why."""


class Kernel:
    """A kernel as unpacked from its packages; root is what lastwords-mkinitrd takes as --root."""

    def __init__(self, name, version, root, vmlinuz, config):
        self.name, self.version = name, version
        self.root, self.vmlinuz, self.config = (pathlib.Path(p) for p in (root, vmlinuz, config))


def note(text):
    print(text, file=sys.stderr, flush=True)


def command(args, what):
    """Runs a command and returns its output; what it said becomes the error."""
    done = subprocess.run(args, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Missing("%s: %s" % (what, "; ".join(said[-3:]) or "exit %d" % done.returncode))
    return done.stdout


def archives():
    """(address, whether it is Debian's security archive) of each that the system's apt knows."""
    targets = command(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"],
                      "apt-get indextargets")
    for target in targets.splitlines():
        uri, _, release = target.rpartition(" ")
        known = OWN_SUITES.match(release)
        if known:
            yield uri.rstrip("/"), bool(known.group(2))


def mirror(suite):
    """The address of the archive that holds the suite, by the system's own apt sources.

    A root that debootstrap made names no security archive: it lies beside the other one.
    """
    wanted = suite.endswith("-security")
    found = list(archives())
    for uri, security in found:
        if security == wanted:
            return uri
    if found and wanted:
        return found[0][0] + "-security"
    raise Missing("%s: no Debian archive in this system's apt sources, as apt-get update saw them"
                  % suite)


class Suite:
    """One Debian suite for one machine, seen through an apt directory of its own."""

    def __init__(self, name, architecture="amd64"):
        self.name, self.architecture = name, architecture
        self.dir = CACHE / "apt" / (name if architecture == "amd64" else name + "-" + architecture)
        self.config = self.dir / "apt.conf"

    def update(self):
        for sub in ("lists/partial", "cache/archives/partial", "empty"):
            (self.dir / sub).mkdir(parents=True, exist_ok=True)
        (self.dir / "sources.list").write_text(
            "deb [arch=%s signed-by=%s] %s %s main\n"
            % (self.architecture, KEYRING, mirror(self.name), self.name))
        settings = {
            "Dir::State": self.dir,
            "Dir::State::Lists": self.dir / "lists",
            "Dir::State::status": "/dev/null",
            "Dir::Cache": self.dir / "cache",
            "Dir::Etc::SourceList": self.dir / "sources.list",
            "Dir::Etc::SourceParts": "-",
            "Dir::Etc::Parts": self.dir / "empty",  # the system's hooks stay out
            "Dir::Etc::Main": "-",
            "APT::Architecture": self.architecture,
            "APT::Architectures": self.architecture,
            "APT::Get::List-Cleanup": "0",
            "APT::Sandbox::User": "root",  # the directory belongs to whoever runs this
            "Acquire::Languages": "none",
            "Acquire::GzipIndexes": "1",
            "Dir::Cache::pkgcache": "",
            "Dir::Cache::srcpkgcache": "",
            "Acquire::Retries": "3",
        }
        lines = ['%s "%s";\n' % pair for pair in settings.items()]
        self.config.write_text("".join(lines) + transport())
        self.run("apt-get", "-q", "update")

    def run(self, *args, cwd=None, waiting=None):
        """Runs apt and returns its output; waiting() is called every few seconds."""
        env = dict(os.environ, APT_CONFIG=str(self.config), LC_ALL="C")
        with subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE, env=env, cwd=cwd or self.dir) as process:
            while True:
                try:
                    output, errors = process.communicate(timeout=PROGRESS_S if waiting else None)
                    break
                except subprocess.TimeoutExpired:
                    waiting()
        if process.returncode:
            said = [s for s in errors.splitlines() if s.startswith("E:")] or ["no message"]
            raise Missing("%s: %s: %s" % (self.name, " ".join(args[:3]), "; ".join(said[-3:])))
        return output

    def unpack(self, packages, root, say):
        """Downloads the packages (apt verifies them) and unpacks them into root."""
        work = self.dir / "download"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()

        def waiting():
            say("%.0f MB so far" % (sum(f.stat().st_size for f in work.glob("*.deb")) / 1e6))

        self.run("apt-get", "-q", "download", *packages, cwd=work, waiting=waiting)
        root.mkdir(parents=True)
        for deb in sorted(work.glob("*.deb")):
            command(["dpkg-deb", "-x", deb, root], deb.name)
        shutil.rmtree(work)

    def megabytes(self, packages):
        records = self.run("apt-cache", "show", "--no-all-versions", *packages)
        return sum(map(int, re.findall(r"^Size: (\d+)$", records, re.M))) / 1e6

    def linux_packages(self, image=IMAGE):
        """What the kernel's meta package leads to: one package, or several since 7.x."""
        lines = self.run("apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests",
                         "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances", image)
        found = re.findall(r"^(linux-(?:image|base|binary|modules)-[0-9]\S*)$", lines, re.M)
        if not found:
            raise Missing("%s: %s leads to no kernel package" % (self.name, image))
        return sorted(set(found))


def transport():
    """How the system's apt reaches its mirrors: proxies, address family, clock checks."""
    dump = command(["apt-config", "dump", "--format", '%F "%v";%n'], "apt-config")
    return "".join(line + "\n" for line in dump.splitlines()
                   if re.match(r"Acquire::(https?|ForceIPv[46]|Check-|M(in|ax)-)\S* ", line))


@contextlib.contextmanager
def locked(name):
    """One process at a time fetches name; the others wait, then find it in the cache."""
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / (name + ".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetch(name, suite_name, choose, say, architecture="amd64"):
    """Returns the directory with the unpacked packages; choose(suite) names them."""
    root = CACHE / name
    if root.is_dir():
        return root
    suite = Suite(suite_name, architecture)
    # Suites and names are locked apart: two kernels may come at once, one suite not twice.
    with locked(name), locked(suite.dir.name):
        if root.is_dir():
            return root
        start = time.monotonic()
        suite.update()
        packages = choose(suite)
        more = " and %d more" % (len(packages) - 1) if len(packages) > 1 else ""
        say("fetching %s%s (%.0f MB)" % (packages[0], more, suite.megabytes(packages)))
        fresh = CACHE / (name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        suite.unpack(packages, fresh, say)
        fresh.rename(root)
        say("fetched %s in %.0f s" % (name, time.monotonic() - start))
    return root


def one(root, *patterns):
    """The one file under root that a pattern names."""
    found = [path for pattern in patterns for path in root.glob(pattern)]
    if len(found) != 1:
        raise Missing("%s: %d files match %s (remove the directory to fetch it anew)"
                      % (root, len(found), " or ".join(patterns)))
    return found[0]


def kernel(name, say=note):
    """One of KERNELS or GENERIC, fetched if it is not in the cache."""
    suite_name, image = ((GENERIC[name], GENERIC_IMAGE) if name in GENERIC
                         else (KERNELS[name], IMAGE))
    return unpacked(name, fetch("kernel-" + name, suite_name,
                                lambda suite: suite.linux_packages(image), say))


def foreign_kernel(architecture, say=note):
    """The kernel of another machine, one of FOREIGN."""
    version, suite_name, image, _ = FOREIGN[architecture]
    name = version + "-" + architecture
    return unpacked(name, fetch("kernel-" + name, suite_name,
                                lambda suite: suite.linux_packages(image), say, architecture))


def unpacked(name, root):
    """The kernel in a tree of its packages."""
    vmlinuz = one(root, "boot/vmlinuz-*", "usr/lib/modules/*/vmlinuz")
    config = one(root, "boot/config-*", "usr/lib/modules/*/config")
    version = one(root, "lib/modules/*", "usr/lib/modules/*").name
    return Kernel(name, version, root, vmlinuz, config)


def tools(say=note):
    """The root directory of the guest's tools."""
    return fetch("tools", TOOLS_SUITE, lambda suite: TOOLS, say)


def foreign_tools(architecture, say=note):
    """The same for another machine, one of FOREIGN."""
    return fetch("tools-" + architecture, TOOLS_SUITE, lambda suite: FOREIGN[architecture][3], say,
                 architecture)


def peers(say=note):
    """The root directory of the other readers."""
    return fetch("peers", TOOLS_SUITE, lambda suite: PEERS, say)


def main():
    for name in sys.argv[1:] or list(KERNELS) + ["tools"]:
        if name == "tools":
            print(json.dumps({"name": name, "root": str(tools())}))
        elif name in KERNELS or name in GENERIC:
            print(json.dumps({key: str(value) for key, value in vars(kernel(name)).items()}))
        else:
            sys.exit("packages: %s: one of %s, tools" % (name, ", ".join([*KERNELS, *GENERIC])))


if __name__ == "__main__":
    try:
        main()
    except Missing as missing:
        sys.exit("packages: %s" % missing)
