"""A waveform as it is stored: pyramids of smallest and largest samples, read without numpy.

``derived/peaks-a-000001.peaks`` holds one stretch without a gap: a head, then its levels, the
finest first. A level is a row of pairs of int8, smallest and largest; level 0 has a pair for every
256 samples, and each further one a pair for four of the level below. So any width of any stretch
is drawn from a few bytes a column, however long it is; `recorder.peaks` makes the files.
"""

from __future__ import annotations

import contextlib
import math
import mmap
import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recorder.archive import SessionFolder, write_whole

STEP = 4
SCALE = 127

_SUFFIX = ".peaks"
_MAGIC = b"ACPEAKS1"
_HEAD = struct.Struct("<8sdddQ")  # magic, start, seconds a pair, end, how many levels
_COUNT = struct.Struct("<Q")  # pairs in a level; one for each level follows the head
_MOST_LEVELS = 32
_MAPPED_FROM = 1 << 20
"""Bytes from which a file is mapped and not read: a mapped one keeps a descriptor, and a session
may have hundreds of small ones. On Windows a mapped file could not be replaced by a longer one."""

Column = tuple[int, int] | None
"""Smallest and largest sample in a column, -127 to 127; None where nothing was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pyramid:
    """The peaks of a stretch, from its begin on.

    Attributes:
        start_s: Session time of its first sample.
        pair_s: Seconds that a pair of level 0 stands for.
        end_s: Session time up to which it goes.
        levels: Each a row of int8: smallest, largest, smallest, …
    """

    start_s: float
    pair_s: float
    end_s: float
    levels: tuple[memoryview, ...]

    def level_for(self, width_s: float) -> int:
        """The coarsest level whose pairs are no longer than a column."""
        level = int(math.log(max(1.0, width_s / self.pair_s), STEP))
        return min(level, len(self.levels) - 1)


class Waveform:
    """A track's waveform as far as it is stored. Reading it changes nothing; any thread may."""

    def __init__(self, pyramids: Iterable[Pyramid] = ()) -> None:
        self._pyramids = sorted(pyramids, key=lambda each: each.start_s)
        self.end_s = max((each.end_s for each in self._pyramids), default=0.0)

    def columns(self, from_s: float, to_s: float, count: int) -> list[Column]:
        """What lies in each of ``count`` equally wide stretches of session time.

        Takes a few microseconds a column, whatever the length.
        """
        drawn: list[Column] = [None] * count
        width_s = (to_s - from_s) / count if count else 0.0
        if width_s <= 0:
            return drawn
        for each in self._pyramids:
            if each.start_s < to_s and each.end_s > from_s:
                _draw(drawn, each, each.start_s - from_s, width_s)
        return drawn


def _draw(drawn: list[Column], pyramid: Pyramid, start_s: float, width_s: float) -> None:
    """Put a stretch into columns; ``start_s`` is counted from the first column's begin."""
    level = pyramid.level_for(width_s)
    row, pair_s = pyramid.levels[level], pyramid.pair_s * STEP**level
    last_pair = len(row) // 2
    end_s = start_s + pyramid.end_s - pyramid.start_s
    first = max(0, math.floor(start_s / width_s))
    last = min(len(drawn), math.ceil(end_s / width_s))
    for place in range(first, last):
        low = min(max(int((place * width_s - start_s) / pair_s), 0), last_pair - 1)
        high = min(max(math.ceil(((place + 1) * width_s - start_s) / pair_s), low + 1), last_pair)
        least, most = min(row[2 * low : 2 * high : 2]), max(row[2 * low + 1 : 2 * high : 2])
        there = drawn[place]
        drawn[place] = (min(least, there[0]), max(most, there[1])) if there else (least, most)


def path_of(folder: SessionFolder, track: str, number: int) -> Path:
    """Where the peaks of a track's stretch are kept; the first is number 1."""
    return folder.derived / f"peaks-{track}-{number:06}{_SUFFIX}"


def stored(folder: SessionFolder, track: str) -> list[Path]:
    """The files of a track's peaks, in order; none is opened."""
    try:
        return sorted(folder.derived.glob(f"peaks-{track}-[0-9]*{_SUFFIX}"))
    except OSError:
        return []


def forget(folder: SessionFolder, track: str, kept: int) -> None:
    """Remove what is left of a time when the track had more stretches, or another form."""
    stale = stored(folder, track)[kept:]
    with contextlib.suppress(OSError):
        stale += folder.derived.glob(f"peaks-{track}-*.npz")
    for path in stale:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def waveform(folder: SessionFolder, track: str = "a") -> Waveform:
    """What is stored of a track's waveform by now; what can't be read is left out."""
    found = [load(path) for path in stored(folder, track)]
    return Waveform(each for each in found if each)


def load(path: Path) -> Pyramid | None:
    """The peaks in a file; None where they can't be read."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if os.name == "posix" and size >= _MAPPED_FROM:
                data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            else:
                data = memoryview(file.read())
        return _parsed(data)
    except (OSError, ValueError, struct.error):
        return None


def save(path: Path, pyramid: Pyramid) -> None:
    """Write peaks in one step.

    Raises:
        StorageError: The disk refuses.
    """
    head = _HEAD.pack(
        _MAGIC, pyramid.start_s, pyramid.pair_s, pyramid.end_s, len(pyramid.levels)
    ) + b"".join(_COUNT.pack(len(level) // 2) for level in pyramid.levels)
    write_whole(path, head + b"".join(pyramid.levels))


def _parsed(data: memoryview) -> Pyramid | None:
    magic, start_s, pair_s, end_s, count = _HEAD.unpack_from(data)
    is_known = magic == _MAGIC and 1 <= count <= _MOST_LEVELS
    if not is_known or not (0 < pair_s < 1 and math.isfinite(start_s) and start_s <= end_s):
        return None
    at = _HEAD.size + count * _COUNT.size
    sizes = [2 * pairs for (pairs,) in _COUNT.iter_unpack(data[_HEAD.size : at])]
    levels = _cut(data[at:].cast("b"), sizes)
    if levels is None:
        return None
    return Pyramid(start_s=start_s, pair_s=pair_s, end_s=end_s, levels=levels)


def _cut(rows: memoryview, sizes: Sequence[int]) -> tuple[memoryview, ...] | None:
    """The levels; None where the file is shorter or longer than its head says, or one is empty."""
    if sum(sizes) != len(rows) or not all(sizes):
        return None
    levels, at = [], 0
    for size in sizes:
        levels.append(rows[at : at + size])
        at += size
    return tuple(levels)
