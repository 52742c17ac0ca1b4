"""Where to cut: pure plans over the level envelope, a session's markers and its labels.

A plan is moments of session time, and the pieces between them adjoin from begin to end. A cut in a
silence keeps a margin: half a second before sound begins again, in a short one the middle.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recorder.labels import Kind, Label
from recorder.levels import Envelope
from recorder.types import Seconds

LEAST_SILENCE_S = 1.0
SILENCE_DBFS = -45.0

_MARGIN_S = 0.5
_TOUCHING_S = 1e-3
_LEAST_PIECE_S = 0.01
_NEAR_S = 1.0  # how far a cut may move to lie in a pause
LEAST_PAUSE_S = 0.1
"""Between words; where something has to be cut, it is cut there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A stretch of session time that is quieter than a threshold."""

    from_s: Seconds
    to_s: Seconds

    @property
    def cut_s(self) -> Seconds:
        """Where it is cut: half a second before sound begins again, or in its middle."""
        return Seconds(max((self.from_s + self.to_s) / 2, self.to_s - _MARGIN_S))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of session time that becomes a file, if anything sounds in it."""

    from_s: Seconds
    to_s: Seconds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Growth:
    """How many bytes a file has that holds a session up to a moment.

    Attributes:
        at_s: Moments of session time, in order.
        bytes: So many by then; never fewer than before.
    """

    at_s: npt.NDArray[np.float64]
    bytes: npt.NDArray[np.float64]

    def upto(self, at_s: float) -> float:
        """Bytes by a moment."""
        return float(np.interp(at_s, self.at_s, self.bytes))

    def until_s(self, size: float) -> float:
        """The last moment by which it has at most so many."""
        after = int(np.searchsorted(self.bytes, size, side="right"))
        if after >= len(self.bytes):
            return float(self.at_s[-1])
        before = max(0, after - 1)
        low, high = self.bytes[before], self.bytes[after]
        share = (size - low) / (high - low) if high > low else 0.0
        return float(self.at_s[before] + share * (self.at_s[after] - self.at_s[before]))


def silences(
    levels: Iterable[Envelope],
    *,
    least_s: float = LEAST_SILENCE_S,
    below_dbfs: float = SILENCE_DBFS,
) -> list[Silence]:
    """Where it is quiet for long enough, to the hop.

    Args:
        levels: In order of session time.
        least_s: Shorter ones don't count.
        below_dbfs: What is quiet.
    """
    joined: list[Silence] = []
    for silence in (found for level in levels for found in _quiet(level, below_dbfs)):
        if joined and silence.from_s - joined[-1].to_s < _TOUCHING_S:  # it goes on in a next part
            silence = Silence(from_s=joined.pop().from_s, to_s=silence.to_s)  # noqa: PLW2901
        joined.append(silence)
    return [each for each in joined if each.to_s - each.from_s >= least_s - _TOUCHING_S]


def plan_by_silence(
    levels: Sequence[Envelope],
    *,
    least_s: float = LEAST_SILENCE_S,
    below_dbfs: float = SILENCE_DBFS,
) -> list[Seconds]:
    """Cuts inside silences: half a second before sound begins again, in short ones the middle.

    A silence at the very begin or end is not cut off. There is no least length of a piece.

    Args:
        levels: In order of session time.
        least_s: The shortest silence that is cut.
        below_dbfs: What is silence.
    """
    if not levels:
        return []
    first_s, last_s = levels[0].start_s, levels[-1].end_s
    return [
        silence.cut_s
        for silence in silences(levels, least_s=least_s, below_dbfs=below_dbfs)
        if silence.from_s - first_s > _TOUCHING_S and last_s - silence.to_s > _TOUCHING_S
    ]


def plan_by_length(duration_s: float, length_s: float) -> list[Seconds]:
    """Cuts every so many seconds of session time.

    Raises:
        ValueError: The length is not positive.
    """
    if not length_s > 0:
        raise ValueError("a piece needs a length")
    count = math.ceil(duration_s / length_s - _TOUCHING_S)
    return [Seconds(number * length_s) for number in range(1, count)]


def pieces(cuts: Iterable[float], duration_s: float) -> list[Piece]:
    """What lies between cuts, from the session's begin to its end."""
    inside = sorted(cut for cut in cuts if 0 < cut < duration_s)
    edges = [Seconds(edge) for edge in (0.0, *inside, duration_s)]
    return [
        Piece(from_s=from_s, to_s=to_s)
        for from_s, to_s in itertools.pairwise(edges)
        if from_s < to_s
    ]


def plan_by_labels(
    labels: Sequence[Label], pauses: Sequence[Silence], duration_s: float
) -> list[Seconds]:
    """Cuts where one label ends and another begins, or none does.

    Beside silence a cut moves half a second into it; elsewhere into a pause that is near.

    Args:
        labels: In order of session time.
        pauses: Where it is quiet, however shortly; in order of session time.
        duration_s: Of the session; nothing is cut off within a second of its begin or end.
    """
    between = itertools.pairwise([None, *labels, None])
    return [
        _into_silence(edge_s, before, after) or _into_pause(edge_s, pauses)
        for before, after in between
        for edge_s in _edges(before, after)
        if _NEAR_S < edge_s < duration_s - _NEAR_S
    ]


def _edges(before: Label | None, after: Label | None) -> list[Seconds]:
    """Where one ends and the next begins; one moment if they adjoin."""
    ends = [before.to_s] if before else []
    begins = [after.from_s] if after else []
    return sorted({*ends, *begins})


def plan_by_size(
    duration_s: float, growth: Growth, most_bytes: float, quiet: Sequence[Silence]
) -> list[Seconds]:
    """Cuts so that no piece has more than so many bytes, in silences if there are any.

    Of the silences in the second half of what a piece may hold the last one is cut.

    Args:
        duration_s: Of the session.
        growth: How many bytes there are by when.
        most_bytes: Of a piece.
        quiet: Silences, in order of session time.

    Raises:
        ValueError: The size is so small that nothing would fit.
    """
    cuts: list[Seconds] = []
    moments = [silence.cut_s for silence in quiet]
    at_s = 0.0
    while growth.upto(duration_s) - growth.upto(at_s) > most_bytes:
        limit_s = growth.until_s(growth.upto(at_s) + most_bytes)
        if not limit_s - at_s > _LEAST_PIECE_S:
            raise ValueError("a piece of that size would hold nothing")
        last = bisect.bisect_right(moments, limit_s) - 1
        is_fit = last >= 0 and moments[last] > (at_s + limit_s) / 2
        at_s = moments[last] if is_fit else limit_s
        cuts.append(Seconds(at_s))
    return cuts


def _into_silence(edge_s: float, before: Label | None, after: Label | None) -> Seconds | None:
    if before and before.kind is Kind.SILENCE and before.to_s == edge_s:
        return Seconds(max(edge_s - _MARGIN_S, (before.from_s + edge_s) / 2))
    if after and after.kind is Kind.SILENCE and after.from_s == edge_s:
        return Seconds(min(edge_s + _MARGIN_S, (edge_s + after.to_s) / 2))
    return None


def _into_pause(edge_s: float, pauses: Sequence[Silence]) -> Seconds:
    """The middle of the nearest pause, if one is near."""
    middles = [(pause.from_s + pause.to_s) / 2 for pause in pauses]
    place = bisect.bisect(middles, edge_s)
    near = min(
        middles[max(0, place - 1) : place + 1], key=lambda at: abs(at - edge_s), default=None
    )
    return Seconds(near if near is not None and abs(near - edge_s) <= _NEAR_S else edge_s)


def _quiet(level: Envelope, below_dbfs: float) -> Iterator[Silence]:
    is_quiet = np.concatenate(([False], level.rms_dbfs < below_dbfs, [False]))
    edges = np.flatnonzero(np.diff(is_quiet.astype(np.int8)))
    for begin, end in edges.reshape(-1, 2):
        yield Silence(
            from_s=Seconds(level.start_s + float(begin) * level.hop_s),
            to_s=Seconds(min(level.end_s, level.start_s + float(end) * level.hop_s)),
        )
