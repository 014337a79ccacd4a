# SPDX-License-Identifier: GPL-2.0-only
"""verdict - what decides a scene: one whole report, with the very bytes of --print --tail=64K"""
import re

import cores
import ear

PART = re.compile(rb" part=(\d+)/(\d+)")


def check_whole(results, name, frames, detail=""):
    results.check(ear.is_whole(frames, cores.log("tail")), name + ": the report is whole",
                  "%d frames; %s" % (len(frames), detail))


def part_of(frame):
    """The number of a frame's part, and how many parts there are."""
    number, total = PART.search(frame).groups()
    return int(number), int(total)


def rounds_of(frames):
    """The frames cut into rounds, in the order in which they came. A round begins with the highest
    numbers, so that they leap up; what overtakes other frames does not get as far."""
    rounds, last = [], 0
    for when, frame in frames:
        number, total = part_of(frame)
        if not rounds or number - last > total // 2:
            rounds.append([])
        rounds[-1].append((when, frame))
        last = number
    return rounds
