# SPDX-License-Identifier: GPL-2.0-only
"""loss - a network that loses, doubles and reorders frames, and how many rounds a report takes

    p00 ── p01 [bridge] q00 ══ q01     netem plays the network on q00, on the frames' way out: at
                                       p00 itself they pass the queue (PACKET_QDISC_BYPASS)

A part that a round sends is lost if netem loses it and does not double it: it draws for each, and
of two copies it loses one. So of n parts, each sent in k rounds, all have come with probability
(1 - (p (1 - d))^k)^n, with p lost and d doubled.
"""
import itertools
import math
import subprocess

import cores
import ear

LIMIT_S, BESIDE = 240, 1
DOUBLED = 0.05
ROUNDS = 6
REPEAT = ",".join(str(2 * n) for n in range(ROUNDS))
UNLIKELY, SIGMAS = 1e-6, 5


def netem(percent):
    """Lost; doubled; three in four late by 5 ms, so that the fourth overtakes about five."""
    return ("loss %d%% duplicate %g%% delay 5ms reorder 25%%" % (percent, DOUBLED * 100))


def lay(net, names, percent):
    """A lossy way for each name: from the machine's NAME0 to the world's qNAME1."""
    net.cable(*names)
    for name in names:
        net.in_world("link add br%s type bridge" % name,
                     "link add q%s0 type veth peer name q%s1" % (name, name),
                     "link set %s1 master br%s" % (name, name),
                     "link set q%s0 master br%s" % (name, name),
                     "link set q%s0 up" % name, "link set q%s1 up" % name,
                     "link set br%s up" % name)
    subprocess.run(["tc", "-batch", "-"], check=True, text=True, capture_output=True, input="".join(
        "qdisc add dev q%s0 root netem limit 10000 %s\n" % (name, netem(percent))
        for name in names))


def number_of(frame):
    """The number of a frame's part."""
    return int(frame.split(b" part=", 1)[1].split(b"/", 1)[0])


def rounds_heard(frames, parts):
    """The frames of each round, in the order in which they came. A round begins with the highest
    numbers, so that they leap up; what overtakes other frames does not get as far."""
    rounds, last = [], 0
    for when, frame in frames:
        number = number_of(frame)
        if number - last > parts // 2:
            rounds.append([])
        rounds[-1].append((when, frame))
        last = number
    if len(rounds) != ROUNDS:
        raise RuntimeError("%d rounds, not %d: %s" % (len(rounds), ROUNDS,
                                                      [len(one) for one in rounds]))
    return rounds


def whole_after(rounds, log):
    """After which round the report was whole, counted from 1; None if never."""
    heard = []
    for number, one in enumerate(rounds, 1):
        heard += one
        if ear.is_whole(heard, log):
            return number
    return None


def weather(rounds):
    """What the network did: how many frames came, parts did, and frames after a later one."""
    counts = {"frames": 0, "different": 0, "overtaken": 0}
    for one in rounds:
        numbers = [number_of(frame) for _, frame in one]
        counts["frames"] += len(numbers)
        counts["different"] += len(set(numbers))
        # The newest part, with the highest number, is sent first.
        counts["overtaken"] += sum(number > lowest for number, lowest in
                                   zip(numbers[1:], itertools.accumulate(numbers, min)))
    return counts


def lossy(results, net, percent, count):
    """One run for each of so many ways, all beside each other: each draws for itself."""
    names = ["p%02d" % n for n in range(count)]
    lay(net, names, percent)
    net.listen(*("q%s1" % name for name in names))
    status, said = net.send(cores.core("tail"), "--if=all", "--repeat=" + REPEAT)
    heard, log = net.heard(), cores.log("tail")
    if status:
        raise RuntimeError("exit %s: %s" % (status, said))
    parts = cores.parts("tail")
    rounds = [rounds_heard(frames, parts) for frames in heard.values()]
    results.table(percent=percent, parts=parts,
                  whole=[whole_after(one, log) for one in rounds],
                  weather=[weather(one) for one in rounds])


def scenes(percent, runs, together="25"):
    """So many runs in all, at most so many together."""
    left, found = int(runs), []
    while left > 0:
        found.append((lossy, int(percent), min(left, int(together))))
        left -= int(together)
    return found


# ---- what arithmetic says


def predicted(percent, parts, rounds):
    """The probability that a report is whole after so many rounds."""
    lost = percent / 100 * (1 - DOUBLED)
    return (1 - lost ** rounds) ** parts


def likely(runs, chance):
    """Between which numbers of runs, of so many with that chance, all but one in a million lie."""
    chances = [math.comb(runs, n) * chance ** n * (1 - chance) ** (runs - n)
               for n in range(runs + 1)]
    low = next(n for n in range(runs + 1) if sum(chances[:n + 1]) > UNLIKELY)
    high = next(n for n in range(runs, -1, -1) if sum(chances[n:]) > UNLIKELY)
    return low, high


def table(rows):
    """[(round, runs that were whole after it, predicted share, low, high)], and the runs."""
    whole = [number for row in rows for number in row["whole"]]
    found = []
    for number in range(1, ROUNDS + 1):
        chance = predicted(rows[0]["percent"], rows[0]["parts"], number)
        done = sum(one is not None and one <= number for one in whole)
        found.append((number, done, chance, *likely(len(whole), chance)))
    return found, len(whole)


def weather_of(rows):
    """What the network did in all, as shares: (parts lost, frames doubled, frames overtaken)."""
    total = {key: sum(one[key] for row in rows for one in row["weather"])
             for key in ("frames", "different", "overtaken")}
    sent = sum(len(row["whole"]) for row in rows) * ROUNDS * rows[0]["parts"]
    return (1 - total["different"] / sent, 1 - total["different"] / total["frames"],
            total["overtaken"] / total["frames"], sent)


def check(results, rows):
    """The network was as it should be, and the runs are as many as arithmetic lets expect; returns
    the table."""
    found, runs = table(rows)
    percent = rows[0]["percent"]
    lost, doubled, overtaken, sent = weather_of(rows)
    chance = percent / 100 * (1 - DOUBLED)
    said = ("%.1f %% of %d parts lost, %.1f %% of the frames came twice, %.1f %% late"
            % (100 * lost, sent, 100 * doubled, 100 * overtaken))
    results.note("%d %%: %s" % (percent, said))
    results.check(abs(lost - chance) < SIGMAS * math.sqrt(chance * (1 - chance) / sent)
                  and doubled > DOUBLED / 2 and overtaken > 0.1,
                  "%d %% lost: so it was, and doubled and reordered" % percent, said)
    for number, done, chance, low, high in found:
        results.check(low <= done <= high, "%d %% lost: whole after round %d: %d of %d"
                      % (percent, number, done, runs),
                      "expected %.1f, between %d and %d" % (chance * runs, low, high))
    return found, runs
