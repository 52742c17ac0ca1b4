"""The waveform at any width: smallest and largest samples, kept as a pyramid in ``derived/``.

Level 0 has a pair for every 256 samples, and each further level one for four of the level below.
Pairs are int8, rounded away from zero so that the faintest sound shows. There is one file for each
stretch without a gap; one that still grows is extended from where it ended. Anything here may be
deleted, and what can't be read is made again.
"""

from __future__ import annotations

import contextlib
import io
import logging
import math
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recorder.archive import SessionFolder, write_whole
from recorder.decode import Stretch, decode_timeline, stretches
from recorder.errors import DecodeError, StorageError
from recorder.timeline import Timeline
from recorder.types import Seconds

_BUCKET = 256  # samples
_STEP = 4
_TOP = 256  # a level of fewer pairs gets none above it
_SCALE = 127

_logger = logging.getLogger(__name__)

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pyramid:
    """The peaks of a stretch, from its begin on.

    Attributes:
        bucket_s: Seconds that a pair of level 0 stands for.
        end_s: Session time up to which it goes.
    """

    bucket_s: float
    end_s: float
    levels: tuple[_Pairs, ...]


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
                pyramid = _pyramid(folder, timeline, stretch, number)
                if pyramid:
                    _draw(values, pyramid, stretch.start_s - from_s, width_s)
    return Overview(from_s=Seconds(from_s), to_s=Seconds(max(from_s, end_s)), values=values)


def _draw(
    values: npt.NDArray[np.float32], pyramid: _Pyramid, start_s: float, width_s: float
) -> None:
    """Put a stretch into a waveform; `start_s` is counted from the waveform's begin."""
    level = int(math.log(max(1.0, width_s / pyramid.bucket_s), _STEP))
    level = min(level, len(pyramid.levels) - 1)
    pairs, pair_s = pyramid.levels[level], pyramid.bucket_s * _STEP**level
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
        found = reduce(padded, ranges)[::2].astype(np.float32) / _SCALE
        drawn[:, side] = merge(drawn[:, side], found)


def _pyramid(
    folder: SessionFolder, timeline: Timeline, stretch: Stretch, number: int
) -> _Pyramid | None:
    """The peaks of a stretch, as far as it goes by now; None where they can't be had."""
    path = folder.derived / f"peaks-{stretch.part.track}-{number + 1:06}.npz"
    kept = _load(path, stretch)
    if kept and stretch.end_s - kept.end_s < kept.bucket_s * 1.01:
        return kept
    try:
        made = _measured(folder.path, timeline, stretch, kept)
    except DecodeError as error:
        _logger.warning("no waveform of %s: %s", stretch.part.file, error)
        return kept
    if made:
        with contextlib.suppress(StorageError, OSError):  # it can be made again
            folder.derived.mkdir(exist_ok=True)
            _save(path, stretch, made)
    return made


def _measured(
    root: Path, timeline: Timeline, stretch: Stretch, before: _Pyramid | None
) -> _Pyramid | None:
    """Measure a stretch from where its peaks end; its last pair may be of fewer samples."""
    bottoms = [before.levels[0]] if before else []
    bucket_s = before.bucket_s if before else 0.0
    end_s = before.end_s if before else stretch.start_s
    blocks = decode_timeline(
        root, timeline, track=stretch.part.track, from_s=end_s, to_s=stretch.end_s
    )
    rest: npt.NDArray[np.float32] | None = None
    for block in blocks:
        bucket_s = bucket_s or _BUCKET / block.rate_hz
        samples = block.samples if rest is None else np.concatenate([rest, block.samples])
        whole = len(samples) // _BUCKET * _BUCKET
        bottoms.append(_pairs(samples[:whole], _BUCKET))
        rest = samples[whole:]
        end_s += whole / block.rate_hz
    if stretch.part.sealed:
        if rest is not None and len(rest):
            bottoms.append(_pairs(rest, len(rest)))
        end_s = stretch.end_s
    bottom = np.concatenate(bottoms) if bottoms else np.empty((0, 2), np.int8)
    if not len(bottom):
        return None
    return _Pyramid(bucket_s=bucket_s, end_s=min(end_s, stretch.end_s), levels=_levels(bottom))


def _pairs(samples: npt.NDArray[np.float32], size: int) -> _Pairs:
    shaped = samples.reshape(-1, size * samples.shape[1])
    low = np.floor(shaped.min(axis=1) * _SCALE).clip(-_SCALE, _SCALE)
    high = np.ceil(shaped.max(axis=1) * _SCALE).clip(-_SCALE, _SCALE)
    return np.column_stack((low, high)).astype(np.int8)


def _levels(bottom: _Pairs) -> tuple[_Pairs, ...]:
    levels = [bottom]
    while len(levels[-1]) > _TOP:
        below = levels[-1]
        starts = np.arange(0, len(below), _STEP)
        levels.append(
            np.column_stack(
                (
                    np.minimum.reduceat(below[:, 0], starts),
                    np.maximum.reduceat(below[:, 1], starts),
                )
            )
        )
    return tuple(levels)


def _load(path: Path, stretch: Stretch) -> _Pyramid | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            start_s, bucket_s, end_s = (float(value) for value in arrays["arr_0"])
            levels = tuple(arrays[f"arr_{number}"] for number in range(1, len(arrays.files)))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    is_sound = bool(levels) and all(
        level.dtype == np.int8 and level.ndim == 2 and len(level) and level.shape[1] == 2
        for level in levels
    )
    if not is_sound or start_s != stretch.start_s or not 0 < bucket_s < 1 or end_s > stretch.end_s:
        return None
    return _Pyramid(bucket_s=bucket_s, end_s=end_s, levels=levels)


def _save(path: Path, stretch: Stretch, pyramid: _Pyramid) -> None:
    target = io.BytesIO()
    times = np.array([stretch.start_s, pyramid.bucket_s, pyramid.end_s])
    np.savez(target, times, *pyramid.levels)  # as arr_0, arr_1, …
    write_whole(path, target.getvalue())
