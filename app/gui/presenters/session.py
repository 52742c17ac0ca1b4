"""A session's page: its time, its gaps, its transcript. No Qt; reading may take long."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.gui import tokens
from app.gui.presenters import words
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.timeline import Timeline
from recorder.types import Seconds
from transcribe import transcript
from transcribe.transcript import Stored

_TOY = (
    "It knows 446 words of synthetic English; for people's voices get another by "
    "'aircheck models get'."
)
_NOTHING_S = Seconds(0)


class LineKind(StrEnum):
    """What a line of the transcript is."""

    SPEECH = "speech"
    GAP = "gap"
    MARK = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the transcript, in session time."""

    kind: LineKind
    start_s: Seconds
    end_s: Seconds
    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of session time with what there is to say of it."""

    from_s: Seconds
    to_s: Seconds
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What a session's strip shows: its whole length, where audio is, and where none is."""

    duration_s: Seconds = _NOTHING_S
    runs: tuple[Span, ...] = ()
    gaps: tuple[Span, ...] = ()
    markers: tuple[Span, ...] = ()


NO_TIME = Strip()
"""The strip of a session of which nothing is known yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A session's waveform.

    Attributes:
        duration_s: Session time that it covers, from 0 on.
        pairs: The lowest and highest sample (-1 to 1) of equally long stretches; None where nothing
            was recorded.
    """

    folder: SessionFolder
    duration_s: Seconds
    pairs: tuple[tuple[float, float] | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a session's page shows.

    Attributes:
        lines: The transcript with the gaps and markers in their places.
        made_by: Which model made the transcript, in words; empty where there is none.
        evidence: Pairs of a word and what it says: parts, bytes, gaps.
        problem: Why something of it can't be shown, or None.
        text_key: Changes when the lines do.
    """

    folder: SessionFolder
    strip: Strip
    lines: tuple[Line, ...]
    made_by: str
    evidence: tuple[tuple[str, str], ...]
    problem: words.Message | None
    text_key: tuple[object, ...]

    def line_at(self, at_s: float) -> int:
        """The index of the last line that has begun at a moment, or -1."""
        return bisect.bisect_right([line.start_s for line in self.lines], at_s) - 1


def load(folder: SessionFolder) -> Page:
    """Read a session's page. What can't be read is said on the page, and the rest is shown."""
    problem: words.Message | None = None
    timeline = Timeline(tracks={}, markers=(), started_at=None)
    chosen: Stored | None = None
    spoken: tuple[Line, ...] = ()
    made_by = ""
    try:
        timeline = folder.timeline()
        chosen = _chosen(transcript.active(folder))
        if chosen:
            spoken, made_by = _spoken(chosen.path)
    except AircheckError as error:
        problem = words.Message.of(error)
    lines = tuple(sorted((*spoken, *_silent(timeline)), key=lambda line: line.start_s))
    return Page(
        folder=folder,
        strip=strip_of(timeline),
        lines=lines,
        made_by=made_by,
        evidence=_evidence(timeline),
        problem=problem,
        text_key=(folder.path, chosen and chosen.path, len(lines)),
    )


def load_wave(folder: SessionFolder) -> Wave:
    """The waveform of a session's first track, from its beginning to what is stored by now.

    Decodes what it has not seen yet, which takes some seconds an hour, and keeps it.

    Raises:
        CorruptSession: The journal can't be read.
    """
    from recorder import peaks  # noqa: PLC0415 (loads av and numpy: not to show the first window)

    found = peaks.overview(folder, buckets=tokens.WAVE_BUCKETS)
    return Wave(
        folder=folder,
        duration_s=found.to_s,
        pairs=tuple(
            (low, high) if low == low else None  # noqa: PLR0124 (NaN: nothing was recorded)
            for low, high in found.values.tolist()
        ),
    )


def strip_of(timeline: Timeline) -> Strip:
    """The strip of a session's time."""
    return Strip(
        duration_s=timeline.duration_s,
        runs=tuple(
            Span(from_s=run.start_s, to_s=run.end_s)
            for track in timeline.tracks.values()
            for run in track.runs
        ),
        gaps=tuple(
            Span(from_s=gap.from_s, to_s=gap.to_s, text=str(gap.reason)) for gap in timeline.gaps
        ),
        markers=tuple(
            Span(from_s=mark.at_s, to_s=mark.at_s, text=mark.text) for mark in timeline.markers
        ),
    )


def _chosen(found: list[Stored]) -> Stored | None:
    """The transcript that is shown: the first track's, in its first language by name."""
    return min(found, key=lambda item: (item.track, item.language), default=None)


def _spoken(path: Path) -> tuple[tuple[Line, ...], str]:
    text = transcript.load(path)
    lines = tuple(
        Line(
            kind=LineKind.SPEECH,
            start_s=segment.start_s,
            end_s=segment.end_s,
            text=segment.text,
            speaker=segment.speaker,
        )
        for segment in text.segments
    )
    if text.model == transcript.IMPORTED:
        return lines, "Imported."
    made_by = f"By Whisper {text.model}, {text.language}."
    return lines, f"{made_by} {_TOY}" if text.model == "demo" else made_by


def _silent(timeline: Timeline) -> list[Line]:
    """Gaps and markers, as lines between the spoken ones."""
    gaps = [
        Line(
            kind=LineKind.GAP,
            start_s=gap.from_s,
            end_s=gap.to_s,
            text=f"gap of {words.length(gap.to_s - gap.from_s)}: {gap.reason}",
        )
        for gap in timeline.gaps
    ]
    marks = [
        Line(kind=LineKind.MARK, start_s=mark.at_s, end_s=mark.at_s, text=mark.text or "marker")
        for mark in timeline.markers
    ]
    return gaps + marks


def _evidence(timeline: Timeline) -> tuple[tuple[str, str], ...]:
    parts = timeline.parts
    stored = sum(chunk.bytes for part in parts for chunk in part.chunks)
    missing = Seconds(sum(gap.to_s - gap.from_s for gap in timeline.gaps))
    chunk_count = sum(len(part.chunks) for part in parts)
    return (
        ("Audio", words.length(sum(part.duration_s for part in parts))),
        (
            "Stored",
            f"{words.size(stored)} in {len(parts)} {'part' if len(parts) == 1 else 'parts'}",
        ),
        ("Hashed", f"{chunk_count} {'chunk' if chunk_count == 1 else 'chunks'}, SHA-256"),
        ("Gaps", words.gaps(len(timeline.gaps), missing)),
    )
