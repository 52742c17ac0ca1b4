"""Segments → passages and seams: what is searched, cut so that no phrase falls between.

A passage is about a minute of segments, and has at least `SEAM_TERMS` terms, however slowly they
came. Passages share no text. Between two passages of a transcript lies a seam: the last terms of
the left one and the first of the right one, `SEAM_TERMS` of each. A phrase of up to
`SEAM_TERMS` + 1 words that crosses the border stands in the seam whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from recorder.types import Seconds

SEAM_TERMS: Final = 11
"""Terms that a seam takes from each side: what `query.NEAR_BY_DEFAULT` reaches across a border."""

_PASSAGE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A segment, as far as cutting needs it."""

    start_s: Seconds
    end_s: Seconds
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Segments from ``first`` to ``last``, by their places in the transcript, and their terms."""

    first: int
    last: int
    terms: tuple[str, ...]


def passages(segments: Sequence[Spoken]) -> list[Stretch]:
    """Cut a transcript, in order of session time, into passages; each segment is in one."""
    found: list[Stretch] = []
    first, count = 0, 0
    for place, segment in enumerate(segments):
        if count >= SEAM_TERMS and segment.end_s - segments[first].start_s > _PASSAGE_S:
            found.append(_stretch(segments, first, place - 1))
            first, count = place, 0
        count += len(segment.terms)
    if found and count < SEAM_TERMS:  # too short to stand alone
        first = found.pop().first
    if segments:
        found.append(_stretch(segments, first, len(segments) - 1))
    return found


def alone(segments: Sequence[Spoken]) -> list[Stretch]:
    """Each segment as a passage of its own: what has nothing to do with what stands beside it."""
    return [_stretch(segments, place, place) for place in range(len(segments))]


def seams(cut: Sequence[Stretch]) -> list[tuple[str, ...]]:
    """The terms of the seams between passages: one fewer than there are, in their order."""
    return [
        left.terms[-SEAM_TERMS:] + right.terms[:SEAM_TERMS]
        for left, right in itertools.pairwise(cut)
    ]


def _stretch(segments: Sequence[Spoken], first: int, last: int) -> Stretch:
    said = (item.terms for item in segments[first : last + 1])
    return Stretch(first=first, last=last, terms=tuple(itertools.chain.from_iterable(said)))
