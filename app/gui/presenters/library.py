"""The archive's sessions, looked at again and again without reading what didn't change. No Qt.

Called from one worker thread. The first look reads every session's summary; later ones read the
archive's listing, the sessions that are open, and a few of the sealed ones in turn, so that an
edited title or a deleted folder shows without ten thousand reads a second.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from app.gui.presenters.words import Look, look_of
from recorder.archive import Archive, SessionFolder, Summary

_SEALED_PER_LOOK = 200
_READING_SHARE = 0.05
"""The share of time that may go into reading one open session's journal again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A session in the list."""

    summary: Summary
    is_transcribed: bool

    @property
    def look(self) -> Look:
        """Its state, as shown."""
        return look_of(
            self.summary.state,
            is_held=self.summary.pid is not None,
            recovered=self.summary.recovered,
            problem=self.summary.problem,
        )

    @property
    def is_silent(self) -> bool:
        """Whether it has audio and no word of it can be found."""
        return bool(self.summary.duration_s) and not self.is_transcribed

    @property
    def is_open(self) -> bool:
        """Whether it is not sealed yet."""
        return not self.summary.state.is_final

    @property
    def is_live(self) -> bool:
        """Whether a recorder is at work on it."""
        return self.is_open and self.summary.pid is not None

    @property
    def is_interrupted(self) -> bool:
        """Whether its recorder died."""
        return self.is_open and self.summary.pid is None and not self.summary.problem


@dataclass(slots=True)
class _Known:
    """What was read of a session, and when it pays to read it again."""

    row: Row
    fingerprint: tuple[int, ...]
    next_reading: float  # monotonic; of an open session, whose journal may be long


class Library:
    """All sessions, newest first."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._known: dict[Path, _Known] = {}
        self._shown: tuple[Row, ...] | None = None
        self._turn = 0

    def look(self) -> tuple[Row, ...] | None:
        """Look again.

        Returns:
            The rows, or None where they are as they were.

        Raises:
            StorageError: The archive can't be listed.
        """
        folders = self._archive.folders()
        due = self._due(folders)
        for folder in folders:
            if folder.path in due:
                self._read(folder)
        rows = tuple(
            self._known[folder.path].row for folder in folders if folder.path in self._known
        )
        if rows == self._shown:
            return None
        self._shown = rows
        return rows

    def _due(self, folders: list[SessionFolder]) -> set[Path]:
        """What to look at now: the new, the open, and some of the sealed in turn."""
        paths = [folder.path for folder in folders]
        for gone in self._known.keys() - set(paths):
            del self._known[gone]
        fresh = [path for path in paths if path not in self._known or self._known[path].row.is_open]
        start = self._turn % len(paths) if paths else 0
        self._turn = start + _SEALED_PER_LOOK
        return {*fresh, *paths[start : start + _SEALED_PER_LOOK]}

    def _read(self, folder: SessionFolder) -> None:
        known = self._known.get(folder.path)
        fingerprint = _fingerprint(folder)
        now = time.monotonic()
        if known and not _is_due(known, fingerprint, now):
            return
        row = Row(summary=folder.summary(), is_transcribed=_has_transcript(folder))
        took_s = time.monotonic() - now
        self._known[folder.path] = _Known(
            row=row, fingerprint=fingerprint, next_reading=now + took_s / _READING_SHARE
        )


def _is_due(known: _Known, fingerprint: tuple[int, ...], now: float) -> bool:
    """Whether files changed, or the recorder of an open session may have died."""
    if not known.row.is_open:
        return fingerprint != known.fingerprint
    may_have_changed = known.row.is_live or fingerprint != known.fingerprint
    return may_have_changed and now >= known.next_reading


def _fingerprint(folder: SessionFolder) -> tuple[int, ...]:
    """Sizes and times of what a row is made from; zeros for what isn't there."""
    values: list[int] = []
    for path in (
        folder.journal_path,
        folder.path / "session.json",
        folder.path / "recorder.json",
        folder.transcripts,
    ):
        try:
            facts = path.stat()
        except OSError:
            values += (0, 0)
        else:
            values += (facts.st_mtime_ns, facts.st_size)
    return tuple(values)


def _has_transcript(folder: SessionFolder) -> bool:
    try:
        return any(path.suffix == ".json" for path in folder.transcripts.iterdir())
    except OSError:
        return False
