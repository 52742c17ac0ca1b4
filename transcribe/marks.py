"""What people marked in a session: its markers and notes, each at its moment, to be searched too.

A note is a line that begins with its session time, as the window writes it: ``12:34  They vote``.
A line without one goes on with the note before; what stands before the first one is about the
session as a whole, and is found at its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from recorder import glance
from recorder.archive import SessionFolder
from recorder.events import Marked
from recorder.markers import with_added
from recorder.timeline import Timeline
from recorder.types import Seconds
from transcribe import terms
from transcribe.transcript import Segment, Stored


class Kind(StrEnum):
    """What a text is, and so what is found in it."""

    SPEECH = "speech"
    MARKER = "marker"
    NOTE = "note"


_TIME: Final = re.compile(r"\s*(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)(?:\s+|\Z)", re.ASCII)


def stored_as(folder: SessionFolder, kind: Kind) -> Stored:
    """As what a session's markers or notes are known; most stand in that file."""
    path = folder.path / "session.json"
    return Stored(track="", language="", model=kind, version=1, path=path)


def texts(folder: SessionFolder, duration_s: Seconds) -> dict[Kind, tuple[Segment, ...]]:
    """A session's markers and notes that have words, in order of session time.

    Args:
        folder: The session's.
        duration_s: Of the session; what stands before a note's line and lies beyond is no time.

    Raises:
        CorruptSession: ``session.json`` or the journal can't be read.
        StorageError: The disk refuses.
    """
    info = folder.info()
    recorded = Timeline(tracks={}, markers=recorded_in(folder), started_at=None)
    marked = with_added(recorded, info).markers
    found = {
        Kind.MARKER: _with_words((mark.at_s, mark.text) for mark in marked),
        Kind.NOTE: _with_words(_notes(info.notes, duration_s)),
    }
    return {kind: segments for kind, segments in found.items() if segments}


def recorded_in(folder: SessionFolder) -> tuple[Marked, ...]:
    """The markers that were set while a session was recorded; they stand in its journal.

    Raises:
        CorruptSession: The journal can't be read.
        StorageError: The disk refuses.
    """
    return glance.marks(folder.journal_path) if folder.journal_path.exists() else ()


def _notes(text: str, duration_s: Seconds) -> Iterator[tuple[Seconds, str]]:
    """The moment and the words of each note, as they stand there."""
    at_s, lines = Seconds(0), list[str]()
    for line in text.splitlines():
        found = _TIME.match(line)
        told_s = _seconds(found) if found else None
        if found is None or told_s is None or told_s > duration_s:
            lines.append(line.strip())
            continue
        yield at_s, " ".join(filter(None, lines))
        at_s, lines = told_s, [line[found.end() :].strip()]
    yield at_s, " ".join(filter(None, lines))


def _seconds(time: re.Match[str]) -> Seconds:
    hours, minutes, seconds = (int(part or 0) for part in time.groups())
    return Seconds(hours * 3600 + minutes * 60 + seconds)


def _with_words(found: Iterable[tuple[Seconds, str]]) -> tuple[Segment, ...]:
    said = ((at_s, text) for at_s, text in found if terms.terms(text))
    return tuple(
        Segment(start_s=at_s, end_s=at_s, text=text)
        for at_s, text in sorted(said, key=lambda each: each[0])
    )
