"""A session's waveform, as small as a row of the library. No Qt; for a worker thread.

It is drawn from the peaks that are stored, which takes a millisecond. Where none are stored they
are made, once, which takes some seconds an hour of audio; that is for a thread that may be slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recorder import pyramid
from recorder.archive import SessionFolder, Summary

COLUMNS = 80
_SHAPE_SCALE = float(pyramid.SCALE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumb:
    """A small waveform.

    Attributes:
        heights: How far each column reaches from the middle, 0 to 1; None where nothing was
            recorded.
        is_whole: Whether it goes to the session's end.
    """

    heights: tuple[float | None, ...]
    is_whole: bool


NO_THUMB = Thumb(heights=(), is_whole=True)
"""Of a session that has no waveform."""


def stored(summary: Summary) -> Thumb | None:
    """The waveform as far as it is stored; None where nothing is."""
    if not summary.duration_s:
        return NO_THUMB
    found = pyramid.waveform(SessionFolder(summary.folder))
    if not found.end_s:
        return None
    columns = found.columns(0.0, summary.duration_s, COLUMNS)
    return Thumb(
        heights=tuple(max(-each[0], each[1]) / _SHAPE_SCALE if each else None for each in columns),
        is_whole=found.end_s > summary.duration_s * (1 - 1 / COLUMNS),
    )


def made(summary: Summary) -> Thumb:
    """The waveform, measured where it isn't stored yet. May take long.

    Raises:
        CorruptSession: The journal can't be read.
    """
    from recorder import peaks  # noqa: PLC0415 (loads av and numpy: not to show the first window)

    peaks.overview(SessionFolder(summary.folder), buckets=COLUMNS)
    return stored(summary) or NO_THUMB


def key_of(summary: Summary) -> tuple[Path, float]:
    """What a waveform is kept under: another length is another one."""
    return summary.folder, float(summary.duration_s)
