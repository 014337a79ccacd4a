# SPDX-License-Identifier: GPL-2.0-only
"""verdict - what decides a scene: one whole report, with the very bytes of --print --tail=64K"""
import cores
import ear


def check_whole(results, name, frames, detail=""):
    results.check(ear.is_whole(frames, cores.log("tail")), name + ": the report is whole",
                  "%d frames; %s" % (len(frames), detail))


def rounds_of(frames, pause_s=0.5):
    """The frames cut into rounds, which a pause parts."""
    rounds = []
    for when, frame in frames:
        if not rounds or when - rounds[-1][-1][0] > pause_s:
            rounds.append([])
        rounds[-1].append((when, frame))
    return rounds
