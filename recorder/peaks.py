"""The waveform at any width: smallest and largest samples, kept as a pyramid in ``derived/``.

Pairs are rounded away from zero so that the faintest sound shows. There is one file for each
stretch without a gap (`recorder.pyramid`); one that still grows is extended from where it ended.
Anything here may be deleted, and what can't be read is made again.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recorder import pyramid
from recorder.archive import SessionFolder
from recorder.decode import Block, Stretch, decode_file, decode_timeline, stretches
from recorder.errors import DecodeError, StorageError
from recorder.pyramid import SCALE, STEP, Pyramid
from recorder.timeline import Timeline
from recorder.types import Seconds

_BUCKET = 256  # samples
_TOP = 256  # a level of fewer pairs gets none above it

_logger = logging.getLogger(__name__)
_saving = threading.Lock()  # a file is written under a name of this process until it is whole

_Pairs = npt.NDArray[np.int8]  # [n, 2]: smallest, largest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overview:
    """A waveform.

    Attributes:
        from_s: Session time of the first bucket's begin.
        to_s: Session time of the last bucket's end.
        values: Float32, shape [buckets, 2]: the smallest and largest sample in each, in -1…1; NaN
            where nothing was recorded.
    """

    from_s: Seconds
    to_s: Seconds
    values: npt.NDArray[np.float32]


def overview(
    folder: SessionFolder,
    timeline: Timeline | None = None,
    *,
    track: str = "a",
    from_s: float = 0.0,
    to_s: float | None = None,
    buckets: int = 2_000,
) -> Overview:
    """A track's waveform over a range of session time.

    Decodes what it has no peaks of yet, which takes some seconds an hour, and keeps them; so call
    it off the window's thread. A part that can't be decoded looks like a gap.

    Args:
        folder: The session's.
        timeline: As read already; else the journal is read.
        track: Its letter.
        from_s: Where to begin.
        to_s: Where to end; the end of what is recorded unless told.
        buckets: How many pairs.

    Raises:
        CorruptSession: The journal can't be read.
        ValueError: There are no buckets.
    """
    if buckets < 1:
        raise ValueError("a waveform needs buckets")
    timeline = timeline or folder.timeline()
    end_s = timeline.duration_s if to_s is None else to_s
    values = np.full((buckets, 2), np.nan, np.float32)
    width_s = max(0.0, end_s - from_s) / buckets
    if width_s:
        for number, stretch in enumerate(stretches(timeline, track)):
            if stretch.start_s < end_s and stretch.end_s > from_s:
                found = _pyramid(folder, timeline, stretch, number)
                if found:
                    _draw(values, found, stretch.start_s - from_s, width_s)
    return Overview(from_s=Seconds(from_s), to_s=Seconds(max(from_s, end_s)), values=values)


def build(folder: SessionFolder, timeline: Timeline, *, track: str = "a") -> Iterator[Seconds]:
    """Bring a track's stored peaks up to what is recorded.

    Decodes what it has no peaks of yet, which takes some seconds an hour. A part that can't be
    decoded is left out.

    Args:
        folder: The session's.
        timeline: As read already.
        track: Its letter.

    Yields:
        Session time up to which the peaks are up to date, after each stretch.
    """
    number = 0
    for number, stretch in enumerate(stretches(timeline, track), 1):
        _pyramid(folder, timeline, stretch, number - 1)
        yield stretch.end_s
    pyramid.forget(folder, track, number)


def _draw(values: npt.NDArray[np.float32], held: Pyramid, start_s: float, width_s: float) -> None:
    """Put a stretch into a waveform; `start_s` is counted from the waveform's begin."""
    level = held.level_for(width_s)
    pairs, pair_s = _array(held.levels[level]), held.pair_s * STEP**level
    first = max(0, math.floor(start_s / width_s))
    last = min(len(values), math.ceil((start_s + len(pairs) * pair_s) / width_s))
    edges_s = np.arange(first, last + 1) * width_s - start_s
    low = np.clip(np.floor(edges_s[:-1] / pair_s), 0, len(pairs) - 1).astype(np.int64)
    high = np.clip(np.ceil(edges_s[1:] / pair_s), low + 1, len(pairs)).astype(np.int64)
    if not len(low):
        return
    ranges = np.column_stack((low, high)).ravel()
    drawn = values[first:last]
    for side, reduce, merge in (
        (0, np.minimum.reduceat, np.fmin), (1, np.maximum.reduceat, np.fmax),
    ):  # fmt: skip
        padded = np.append(pairs[:, side], np.int8(0))  # `reduceat` wants each end inside
        found = reduce(padded, ranges)[::2].astype(np.float32) / SCALE
        drawn[:, side] = merge(drawn[:, side], found)


def _pyramid(
    folder: SessionFolder, timeline: Timeline, stretch: Stretch, number: int
) -> Pyramid | None:
    """The peaks of a stretch, as far as it goes by now; None where they can't be had."""
    path = pyramid.path_of(folder, stretch.part.track, number + 1)
    kept = pyramid.load(path)
    if kept and (kept.start_s != stretch.start_s or kept.end_s > stretch.end_s):
        kept = None
    if kept and stretch.end_s - kept.end_s < kept.pair_s * 1.01:
        return kept
    try:
        made = _measured(folder.path, timeline, stretch, kept)
    except DecodeError as error:
        _logger.warning("no waveform of %s: %s", stretch.part.file, error)
        return kept
    if made:
        with contextlib.suppress(StorageError, OSError), _saving:  # it can be made again
            folder.derived.mkdir(exist_ok=True)
            pyramid.save(path, made)
    return made


def _measured(
    root: Path, timeline: Timeline, stretch: Stretch, before: Pyramid | None
) -> Pyramid | None:
    """Measure a stretch from where its peaks end; its last pair may be of fewer samples."""
    from_s = before.end_s if before else stretch.start_s
    blocks = decode_timeline(
        root, timeline, track=stretch.part.track, from_s=from_s, to_s=stretch.end_s
    )
    made = _of_blocks(blocks, stretch.start_s, before, is_whole=stretch.part.sealed is not None)
    if made is None:
        return None
    end_s = stretch.end_s if stretch.part.sealed else min(made.end_s, stretch.end_s)
    return replace(made, end_s=end_s)


def of_file(path: Path) -> Pyramid | None:
    """The peaks of any audio file, from its first sample on; None where nothing sounds.

    Decodes all of it, some seconds an hour.

    Raises:
        DecodeError: It can't be decoded.
    """
    return _of_blocks(decode_file(path), 0.0, None, is_whole=True)


def _of_blocks(
    blocks: Iterable[Block], start_s: float, before: Pyramid | None, *, is_whole: bool
) -> Pyramid | None:
    """The peaks of blocks that follow each other, behind those from before.

    Args:
        blocks: Sound.
        start_s: Where the first of all begins.
        before: What is measured already.
        is_whole: Whether nothing follows them; else samples that fill no pair are left out.
    """
    bottoms = [_array(before.levels[0])] if before else []
    pair_s = before.pair_s if before else 0.0
    end_s = before.end_s if before else start_s
    rest: npt.NDArray[np.float32] | None = None
    for block in blocks:
        pair_s = pair_s or _BUCKET / block.rate_hz
        samples = block.samples if rest is None else np.concatenate([rest, block.samples])
        whole = len(samples) // _BUCKET * _BUCKET
        bottoms.append(_pairs(samples[:whole], _BUCKET))
        rest = samples[whole:]
        end_s += whole / block.rate_hz
    if is_whole and rest is not None and len(rest):
        bottoms.append(_pairs(rest, len(rest)))
        end_s += pair_s * len(rest) / _BUCKET
    bottom = np.concatenate(bottoms) if bottoms else np.empty((0, 2), np.int8)
    if not len(bottom):
        return None
    return Pyramid(
        start_s=start_s,
        pair_s=pair_s,
        end_s=end_s,
        levels=tuple(memoryview(level.tobytes()).cast("b") for level in _levels(bottom)),
    )


def _pairs(samples: npt.NDArray[np.float32], size: int) -> _Pairs:
    shaped = samples.reshape(-1, size * samples.shape[1])
    low = np.floor(shaped.min(axis=1) * SCALE).clip(-SCALE, SCALE)
    high = np.ceil(shaped.max(axis=1) * SCALE).clip(-SCALE, SCALE)
    return np.column_stack((low, high)).astype(np.int8)


def _levels(bottom: _Pairs) -> tuple[_Pairs, ...]:
    levels = [bottom]
    while len(levels[-1]) > _TOP:
        below = levels[-1]
        starts = np.arange(0, len(below), STEP)
        levels.append(
            np.column_stack(
                (
                    np.minimum.reduceat(below[:, 0], starts),
                    np.maximum.reduceat(below[:, 1], starts),
                )
            )
        )
    return tuple(levels)


def _array(level: memoryview) -> _Pairs:
    return np.frombuffer(level, np.int8).reshape(-1, 2)
