"""Tracks of one event complete each other: which second is taken from which.

Every track is kept as it came; this only says where to listen. Each second is taken from the first
track, in the order of their letters, that has audio there.
"""

from __future__ import annotations

from dataclasses import dataclass

from recorder.timeline import Timeline
from recorder.types import Seconds

_TOUCHING_S = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A stretch of session time, and the track that it is taken from."""

    track: str
    from_s: Seconds
    to_s: Seconds


def best(timeline: Timeline) -> tuple[Taken, ...]:
    """The stretches that together hold every second that any track has, in order."""
    taken: list[Taken] = []
    for name in sorted(timeline.tracks):
        for run in timeline.tracks[name].runs:
            taken += [
                Taken(track=name, from_s=from_s, to_s=to_s)
                for from_s, to_s in _left(run.start_s, run.end_s, taken)
            ]
    return tuple(sorted(taken, key=lambda stretch: stretch.from_s))


def missing(timeline: Timeline) -> tuple[tuple[Seconds, Seconds], ...]:
    """The stretches, from and to, that no track has."""
    return tuple(_left(Seconds(0.0), timeline.duration_s, list(best(timeline))))


def _left(from_s: Seconds, to_s: Seconds, taken: list[Taken]) -> list[tuple[Seconds, Seconds]]:
    """What of a stretch is not taken yet."""
    left, at_s = [], from_s
    for stretch in sorted(taken, key=lambda each: each.from_s):
        if stretch.to_s <= at_s or stretch.from_s >= to_s:
            continue
        if stretch.from_s - at_s > _TOUCHING_S:
            left.append((at_s, stretch.from_s))
        at_s = stretch.to_s
    if to_s - at_s > _TOUCHING_S:
        left.append((at_s, to_s))
    return left
