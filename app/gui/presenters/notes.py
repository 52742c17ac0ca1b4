"""Notes of a session, each at its moment, kept as lines that people may edit. No Qt."""

from __future__ import annotations

from app.gui.presenters import words
from recorder.archive import SessionFolder


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
