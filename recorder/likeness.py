"""How alike two recordings are along a line: the waveforms beside each other, every 5 ms.

A `Line` says where each moment of ours lies in the other recording. `Likeness` reads both along
it and tells for every 5 ms how alike they are: about 1 where they are the same, below 0 where
they are not, and 0 where nothing can be said: in a gap, or where both are as quiet as what a
codec, a line or a room adds to them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recorder.spool import RATE_HZ, Spool, Wave

HOP_S = 0.005
"""Seconds that one value stands for."""

_HOP = round(RATE_HZ * HOP_S)
_SPAN = 7  # hops that are looked at together
_BLOCK = 8_000  # hops at a time: 40 s
_GAIN_HOPS = 200  # over which the gain is taken: 1 s
_USUAL = 11  # seconds around, over which the usual gain is taken
_FAINT = 1e-9  # of power: 90 dB below full scale
_SAME, _RANGE = 0.55, 0.35  # correlation that counts 0, and what more of it counts 1
_SURE = 0.5  # score from which they are the same
_FIT = 10  # knots from which a line goes on beyond its end

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """Where ours lies in theirs.

    Attributes:
        at_s: Moments of ours, rising.
        delay_s: What is added to each for its place in theirs.
    """

    at_s: Floats
    delay_s: Floats

    def delay(self, times_s: Floats) -> Floats:
        """The delay at any moment; beyond the knots it goes on as it did near them."""
        found = np.interp(times_s, self.at_s, self.delay_s)
        for end, near, beyond in (
            (0, slice(None, _FIT), times_s < self.at_s[0]),
            (-1, slice(-_FIT, None), times_s > self.at_s[-1]),
        ):
            if beyond.any():
                slope = self._slope(near)
                found[beyond] = self.delay_s[end] + slope * (times_s[beyond] - self.at_s[end])
        return np.asarray(found)

    def delay_at(self, at_s: float) -> float:
        """The delay at one moment."""
        return float(self.delay(np.array([at_s]))[0])

    def theirs(self, at_s: float) -> float:
        """A moment of ours in theirs."""
        return at_s + self.delay_at(at_s)

    def ours(self, at_s: float) -> float:
        """A moment of theirs in ours."""
        found = at_s - self.delay_at(at_s)
        for _ in range(3):  # the delay changes by less than a hundredth of the time
            found = at_s - self.delay_at(found)
        return found

    def _slope(self, near: slice) -> float:
        at_s, delay_s = self.at_s[near], self.delay_s[near]
        if len(at_s) < 3 or at_s[-1] - at_s[0] < 2:
            return 0.0
        return float(np.clip(np.polyfit(at_s - at_s[0], delay_s, 1)[0], -0.005, 0.005))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likeness:
    """How alike they are along a stretch.

    Attributes:
        start_s: Our time of the first hop.
        score: One a hop, -1 to 1.
        ours: Mean square of ours, one a hop.
        theirs: Likewise of theirs.
        both: The mean product, likewise.
    """

    start_s: float
    score: Floats
    ours: Floats
    theirs: Floats
    both: Floats


def along(
    ours: Spool,
    theirs: Spool,
    line: Line,
    from_s: float,
    to_s: float,
    *,
    floor: float = 0.0,
    level: float | None = None,
) -> Likeness:
    """Look at both along a line.

    Args:
        ours: Read from `from_s` to `to_s`.
        theirs: Read where the line says.
        line: From ours to theirs.
        from_s: Where to begin, in our time.
        to_s: Where to end.
        floor: Power that one may have and the other not though they are the same, as `noise`
            tells.
        level: By what theirs is louder than ours where they are the same, as `level_of` tells;
            measured around each place unless told, which fails where most of it differs.
    """
    begin, end = round(from_s / HOP_S), round(to_s / HOP_S)
    pieces = list(_pieces(ours, theirs, line, begin, end))
    xx, yy, xy, known = (np.concatenate(each) for each in zip(*pieces, strict=True))
    return Likeness(
        start_s=begin * HOP_S,
        score=_score(xx, yy, xy, floor, level) * known,
        ours=xx,
        theirs=yy,
        both=xy,
    )


def noise(likeness: Likeness) -> float:
    """What is in one and not in the other though they are the same: the power of a codec's noise.

    Measured where it is quiet, along a line that holds.
    """
    xx, yy, xy = (_spread(each) for each in (likeness.ours, likeness.theirs, likeness.both))
    gain = _gain(xx, xy)
    rest = np.maximum(yy - 2 * gain * xy + gain**2 * xx, 0)
    sounding = rest[(likeness.score != 0) & (xx > _FAINT)]
    return float(np.percentile(sounding, 25)) if len(sounding) else 0.0


def level_of(likeness: Likeness) -> float:
    """By what theirs is louder than ours, as an amplitude, along a line that holds."""
    gain = _gain(_spread(likeness.ours), _spread(likeness.both))
    same = gain[likeness.score > _SURE]
    return float(np.median(same)) if len(same) else 0.0


def correlated(x: Wave, y: Wave, reach: int) -> tuple[float, float]:
    """How far `y` lies behind `x`, in samples, and how alike they are then.

    Args:
        x: A stretch.
        y: Where it should be, with `reach` samples more on both sides.
        reach: The farthest that is looked.

    Returns:
        The shift, -reach to reach, finer than a sample; and the correlation, 0 to 1.
    """
    size = _fast_size(len(y))  # what wraps around lies beyond the shifts that are looked at
    product = np.fft.irfft(np.fft.rfft(y, size) * np.conj(np.fft.rfft(x, size)), size)
    product = product[: 2 * reach + 1]
    power = np.concatenate([[0.0], np.cumsum(np.square(y, dtype=np.float64))])
    level = power[len(x) : len(x) + 2 * reach + 1] - power[: 2 * reach + 1]
    own = float(np.sum(np.square(x, dtype=np.float64)))
    if own < _FAINT * len(x):
        return 0.0, 0.0
    alike = product / np.sqrt(own * np.maximum(level, _FAINT * len(x)))
    top = int(np.argmax(alike))
    best = float(alike[top])
    if not 0 < top < 2 * reach:
        return float(top - reach), best
    before, after = float(alike[top - 1]), float(alike[top + 1])
    bend = before - 2 * best + after
    return top - reach + (0.5 * (before - after) / bend if bend else 0.0), best


@functools.cache
def _fast_size(least: int) -> int:
    """A size at least so large whose Fourier transform is fast."""
    return min(odd << max(0, (-(-least // odd) - 1).bit_length()) for odd in (1, 3, 5, 9, 15))


def _pieces(
    ours: Spool, theirs: Spool, line: Line, begin: int, end: int
) -> Iterator[tuple[Floats, Floats, Floats, npt.NDArray[np.bool_]]]:
    none = np.zeros(0)
    yield none, none, none, none.astype(np.bool_)
    for first in range(begin, end, _BLOCK):
        count = min(_BLOCK, end - first)
        x = ours.read(first * _HOP, count * _HOP)
        times_s = np.arange(first * _HOP, (first + count) * _HOP) / RATE_HZ
        places_s = times_s + line.delay(times_s)
        y = theirs.at(places_s)
        known = ours.is_known(times_s[::_HOP]) & theirs.is_known(places_s[::_HOP])
        yield _mean(x * x), _mean(y * y), _mean(x * y), known


def _mean(values: Wave) -> Floats:
    return np.asarray(values.reshape(-1, _HOP).mean(axis=1, dtype=np.float64))


def _score(xx: Floats, yy: Floats, xy: Floats, floor: float, level: float | None = None) -> Floats:
    gain = _gain(_spread(xx), _spread(xy))
    xx, yy, xy = _spread(xx), _spread(yy), _spread(xy)
    alike = xy / np.sqrt(np.maximum(xx * yy, 1e-30))
    usual = _usual(gain) if level is None else level
    loud = np.maximum(np.maximum(gain, usual / 2) ** 2 * xx, yy)
    weight = np.clip(loud / (floor + _FAINT) / 6 - 0.5, 0, 1)
    return np.asarray(weight * np.clip((alike - _SAME) / _RANGE, -1, 1))


def _gain(xx: Floats, xy: Floats) -> Floats:
    """By what theirs is louder than ours, over about a second; where that can't be told, 1."""
    size = min(_GAIN_HOPS, len(xx))
    if not size:
        return np.ones(0)
    box = np.ones(size)
    power, product = (np.convolve(each, box, "same")[: len(xx)] for each in (xx, xy))
    gain = product / np.maximum(power, _FAINT)
    return np.asarray(np.clip(np.where(gain > 0, gain, 1.0), 0.03, 30))


def _usual(gain: Floats) -> Floats:
    """The gain around each hop, whatever happens at the hop itself: one may be mute there."""
    every = gain[_GAIN_HOPS // 2 :: _GAIN_HOPS]
    if len(every) < _USUAL:
        return np.full(len(gain), np.median(gain) if len(gain) else 1.0)
    padded = np.pad(every, _USUAL // 2, mode="reflect")
    usual = np.median(np.lib.stride_tricks.sliding_window_view(padded, _USUAL), axis=1)
    return np.asarray(
        np.repeat(usual, _GAIN_HOPS)[np.minimum(np.arange(len(gain)), len(every) * _GAIN_HOPS - 1)]
    )


def _spread(values: Floats) -> Floats:
    """The mean over `_SPAN` hops around each."""
    if len(values) < _SPAN:
        return values
    sums = np.concatenate([[0.0], np.cumsum(np.pad(values, _SPAN // 2, mode="edge"))])
    return np.asarray((sums[_SPAN:] - sums[:-_SPAN]) / _SPAN)
