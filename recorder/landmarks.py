"""Where two recordings may be the same: landmarks of their spectra, counted by time difference.

A landmark is a pair of spectral peaks near each other: two frequencies and the time between. The
same sound has many of the same landmarks whatever its codec, level or noise (A. Wang, 'An
Industrial-Strength Audio Search Algorithm', ISMIR 2003). Where many landmarks of a stretch occur
in the other recording with one and the same difference in time, the stretch may be there; that is
a `Lead`, to be proven by its waveform.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recorder.spool import RATE_HZ, Spool

HOP = 128
"""Samples between two looks at the spectrum: 32 ms."""

_SIZE = 512
_LOWEST, _HIGHEST = 12, 250  # bins of 7.8 Hz: 94 to 1953 Hz
_REACH_HZ, _REACH = 9, 5  # a peak is the highest of so many bins and looks to each side
_DENSITY = 10  # peaks that are kept, of about a second
_SECOND = round(RATE_HZ / HOP)
_FAN = 6  # landmarks that begin at a peak
_FARTHEST, _WIDEST = 48, 62  # looks and bins between the two peaks of a landmark
_BLOCK = 4_096  # looks at a time
_COMMON = 60  # what occurs more often tells nothing
_WINDOW_S = 2.0
_FEWEST = 5  # landmarks that make a lead
_MOST_LEADS = 4  # of a window

_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landmarks:
    """A recording's landmarks.

    Attributes:
        keys: What each is, sorted.
        looks: When each begins, in hops.
    """

    keys: _Ints
    looks: _Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A stretch that may be the same in both.

    Attributes:
        at_s: The middle of the stretch in the one.
        delay_s: What is to be added for its time in the other, give or take 50 ms.
        votes: Landmarks that say so.
    """

    at_s: float
    delay_s: float
    votes: int


def landmarks(spool: Spool) -> Landmarks:
    """Find a recording's landmarks; three hours take some seconds."""
    looks, bins = (np.concatenate(each) for each in zip(*_peaks(spool), strict=True))
    keys, starts = [], []
    for step in range(1, _FAN * 2 + 1):
        first, second = slice(None, -step), slice(step, None)
        after, higher = looks[second] - looks[first], bins[second] - bins[first]
        good = (after > 0) & (after <= _FARTHEST) & (abs(higher) <= _WIDEST)
        key = (bins[first] * 128 + higher + _WIDEST + 1) * 64 + after
        keys.append(key[good])
        starts.append(looks[first][good])
    every, when = np.concatenate(keys), np.concatenate(starts)
    order = np.argsort(every, kind="stable")
    return Landmarks(keys=every[order], looks=when[order])


def leads(ours: Landmarks, theirs: Landmarks) -> list[Lead]:
    """Where stretches of ours may be in theirs, in order of our time, the likeliest first."""
    mine, other = _equal(ours, theirs)
    window = round(_WINDOW_S * _SECOND)
    found: list[_Ints] = []
    for shift in (0, window // 2):  # windows that overlap, so that none is cut in two
        number = (mine + shift) // window
        found.append(_counted(number, other - mine, number * window - shift + window // 2))
    rows = np.concatenate(found)
    rows = rows[np.lexsort((-rows[:, 2], rows[:, 0]))]
    hop_s = HOP / RATE_HZ
    return [
        Lead(at_s=at * hop_s, delay_s=delay * hop_s, votes=int(votes)) for at, delay, votes in rows
    ]


def _peaks(spool: Spool) -> Iterator[tuple[_Ints, _Ints]]:
    """Looks and bins of a recording's spectral peaks, in order of time, then of frequency."""
    total = max(0, (spool.size - _SIZE) // HOP + 1)
    window = np.hanning(_SIZE).astype(np.float32)
    yield np.zeros(0, np.int64), np.zeros(0, np.int64)
    for begin in range(0, total, _BLOCK):
        first, last = max(0, begin - _REACH), min(total, begin + _BLOCK + _REACH)
        wave = spool.read(first * HOP, (last - first - 1) * HOP + _SIZE)
        frames = np.lib.stride_tricks.sliding_window_view(wave, _SIZE)[::HOP]
        power = abs(np.fft.rfft(frames * window)[:, _LOWEST:_HIGHEST]).astype(np.float32)
        looks, bins = _highest(power)
        looks += first
        inside = (looks >= begin) & (looks < begin + _BLOCK)
        yield looks[inside], bins[inside]


def _highest(power: npt.NDArray[np.float32]) -> tuple[_Ints, _Ints]:
    """The strongest local maxima, so many a second."""
    top = _maximum(_maximum(power, _REACH_HZ, axis=1), _REACH, axis=0)
    looks, bins = np.nonzero((power == top) & (power > 1e-4))
    strength = power[looks, bins]
    order = np.lexsort((-strength, looks // _SECOND))
    seconds = looks[order] // _SECOND
    rank = np.arange(len(order)) - np.searchsorted(seconds, seconds)
    kept = np.sort(order[rank < _DENSITY])
    return looks[kept], bins[kept] + _LOWEST


def _maximum(values: npt.NDArray[np.float32], reach: int, *, axis: int) -> npt.NDArray[np.float32]:
    """The running maximum over `reach` to each side."""
    pad = [(0, 0), (0, 0)]
    pad[axis] = (reach, reach)
    padded = np.pad(values, pad)
    size = values.shape[axis]
    width, done = 2 * reach + 1, 1
    while done < width:  # doubling: each step covers as much again
        step = min(done, width - done)
        a = np.take(padded, range(padded.shape[axis] - step), axis=axis)
        b = np.take(padded, range(step, padded.shape[axis]), axis=axis)
        padded = np.maximum(a, b)
        done += step
    return np.take(padded, range(size), axis=axis)


def _equal(ours: Landmarks, theirs: Landmarks) -> tuple[_Ints, _Ints]:
    """Looks of all pairs of equal landmarks, but for those that are everywhere."""
    begin = np.searchsorted(theirs.keys, ours.keys, side="left")
    count = np.searchsorted(theirs.keys, ours.keys, side="right") - begin
    good = (count > 0) & (count <= _COMMON)
    begin, count = begin[good], count[good]
    mine = np.repeat(ours.looks[good], count)
    inner = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return mine, theirs.looks[np.repeat(begin, count) + inner]


def _counted(number: _Ints, delay: _Ints, middle: _Ints) -> _Ints:
    """Rows of middle, delay and votes of the windows' best delays."""
    if not len(number):
        return np.zeros((0, 3), np.int64)
    low = int(delay.min()) - 1
    span = int(delay.max()) - low + 3
    keys, index, counts = np.unique(
        number * span + (delay - low), return_index=True, return_counts=True
    )
    votes = counts.copy()  # with both neighbours': a delay may lie between two hops
    near = np.flatnonzero(np.diff(keys) == 1)
    votes[near] += counts[near + 1]
    votes[near + 1] += counts[near]
    is_top = np.ones(len(keys), np.bool_)
    is_top[near] &= votes[near] >= votes[near + 1]
    is_top[near + 1] &= votes[near + 1] > votes[near]
    good = np.flatnonzero(is_top & (votes >= _FEWEST))
    order = good[np.lexsort((-votes[good], keys[good] // span))]
    windows = keys[order] // span
    rank = np.arange(len(order)) - np.searchsorted(windows, windows)
    kept = order[rank < _MOST_LEADS]
    return np.stack([middle[index[kept]], delay[index[kept]], votes[kept]], axis=1)
