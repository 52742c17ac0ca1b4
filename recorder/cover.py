"""Tracks of one event complete each other: which second is taken from which.

Every track is kept as it came; this only says where to listen. Each second is taken from the first
track, in the order of their letters, that has audio there. Where only the clock told the place of
what came from another encoder, seconds may differ: that is said here too.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from recorder.timeline import Run, Timeline, Track
from recorder.types import PlacedBy, Seconds

_TOUCHING_S = 1e-6
_TELLING_S = 1.0  # clocks that are off by less repeat nothing that anybody would notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A stretch of session time, and the track that it is taken from."""

    track: str
    from_s: Seconds
    to_s: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """A stretch that a track may hold twice: the clock saw no room for what follows it.

    Attributes:
        from_s: Where it begins for the first time, by the clock.
        to_s: Where what may repeat it begins.
        is_other: Whether that came from another source.
    """

    track: str
    from_s: Seconds
    to_s: Seconds
    is_other: bool

    def __str__(self) -> str:
        minutes, seconds = divmod(int(self.to_s), 60)
        why = "another encoder's mirror, placed by the clock" if self.is_other else "by the clock"
        return (
            f"≈{self.to_s - self.from_s:.0f} s before {minutes:02}:{seconds:02} of track "
            f"{self.track} may be there twice ({why})"
        )


def twice(timeline: Timeline) -> tuple[Twice, ...]:
    """What may be there twice, in order of session time."""
    found = [
        Twice(
            track=track.name,
            from_s=Seconds(max(0.0, run.start_s + (run.misfit_s or 0.0))),
            to_s=run.start_s,
            is_other=_source_of(track, run) != _source_of(track, before),
        )
        for track in timeline.own.values()
        for before, run in itertools.pairwise(track.runs)
        if run.placed_by is PlacedBy.WALL_CLOCK and (run.misfit_s or 0.0) < -_TELLING_S
    ]
    return tuple(sorted(found, key=lambda each: each.to_s))


def by_clock(timeline: Timeline) -> tuple[str, ...]:
    """The tracks of streams whose place beside the others was told by the clock alone.

    Not those of devices: what they hear has no way to go.
    """
    return tuple(
        name
        for name, track in sorted(timeline.own.items())
        if any(part.format.container != "wav" for part in track.parts)
        and all(run.placed_by is PlacedBy.WALL_CLOCK for run in track.runs)
    )


def _source_of(track: Track, run: Run) -> str:
    """The source of the part that a run begins with."""
    starts = (part for part in track.parts if any(c.run == run.number for c in part.chunks))
    return next((part.source for part in starts), "")


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
