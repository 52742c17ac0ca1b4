"""Notes of a session, each at its moment, kept as lines that people may edit. No Qt."""

from __future__ import annotations

import re

from app.gui.presenters import words
from recorder.archive import SessionFolder

_TIME = re.compile(r"\s*\[?(?:(\d+):)?(\d{1,2}):(\d{2})\b")


def time_in(line: str) -> float | None:
    """The time that a line of notes begins with, in seconds; None where there is none."""
    found = _TIME.match(line)
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def count(notes: str) -> int:
    """How many notes have their moment."""
    return sum(time_in(line) is not None for line in notes.splitlines())


def add(folder: SessionFolder, at_s: float, text: str) -> None:
    """Keep a note: a line with its session time, behind the others.

    Raises:
        CorruptSession: ``session.json`` can't be read.
        StorageError: The disk refuses; the notes are as they were.
    """
    from app import editing, findable  # noqa: PLC0415 (loads mutagen: not for the first window)

    line = f"{words.clock(at_s)}  {words.one_line(text).strip()}"
    before = folder.info().notes.rstrip("\n")
    editing.edit(folder, editing.Changes(notes=f"{before}\n{line}".lstrip("\n")))
    findable.refresh(folder)
