"""The archive's sessions, looked at again and again without reading what didn't change. No Qt.

Called from one worker thread. The first look reads every session's summary, the newest first, and
tells of those that it has several times a second; later ones look at those that are new, open, or
have changed lately, and at some of the others in turn, so that an edited title shows without ten
thousand reads a second.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from app.gui.presenters import words
from app.gui.presenters.live import Live
from app.gui.presenters.words import Look, look_of
from recorder import outline
from recorder.archive import Archive, SessionFolder, Summary
from recorder.types import Seconds

_OTHERS_PER_LOOK = 200
_TOLD_EVERY_S = 0.2
_TOLD_GROWTH = 1.3  # that all are told of together takes longer, the more they are
_RESTLESS_S = 3_600.0
_SETTLES_NS = 2_000_000_000  # a folder's time is coarse: two changes may leave the same one
_READING_SHARE = 0.05
"""The share of time that may go into reading one open session's journal again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A session in the list."""

    summary: Summary
    is_transcribed: bool
    said: Look | None = None
    """Its state as its recorder says it, which is newer than what the archive shows."""
    is_open: bool = field(init=False, repr=False, compare=False)
    """Whether it is not sealed yet; kept, for every list asks it of each of thousands."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_open", not self.summary.state.is_final)

    def with_live(self, live: Live) -> Row:
        """The row as it is now, to whole seconds."""
        summary = replace(
            self.summary,
            state=live.status.state,
            duration_s=Seconds(math.floor(live.status.end_s)),
            gap_count=len(live.strip.gaps),
        )
        return replace(self, summary=summary, said=live.look)

    @property
    def look(self) -> Look:
        """Its state, as shown."""
        return self.said or look_of(
            self.summary.state,
            is_held=self.summary.pid is not None,
            recovered=self.summary.recovered,
            is_empty=not self.summary.duration_s,
            problem=self.summary.problem,
        )

    @property
    def is_silent(self) -> bool:
        """Whether it has audio and no word of it can be found."""
        return bool(self.summary.duration_s) and not self.is_transcribed

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
    """What was read of a session, and when it pays to read it again.

    Attributes:
        next_reading: Of an open session, whose journal may be long. Monotonic, as is the other.
        restless_until: It has changed lately and may again: it is looked at each time until then.
        reader: Of an open session's journal, so that only what is new in it is read again.
    """

    row: Row
    fingerprint: tuple[int, ...]
    next_reading: float
    restless_until: float
    reader: outline.Reader | None


class Library:
    """All sessions, newest first.

    Args:
        archive: Whose sessions.
        some: Is told the rows that are read so far while a look takes long; on its thread.
    """

    def __init__(
        self, archive: Archive, some: Callable[[tuple[Row, ...]], None] | None = None
    ) -> None:
        self._archive = archive
        self._some = some
        self._folders: list[SessionFolder] = []
        self._listed_ns = -1
        self._known: dict[Path, _Known] = {}
        self._has_shown = False
        self._turn = 0

    def look(self) -> tuple[Row, ...] | None:
        """Look again.

        Returns:
            The rows, or None where they are as they were.

        Raises:
            StorageError: The archive can't be listed.
        """
        is_new = self._list()
        told, told_at = 0, time.monotonic()
        for folder in self._due():
            is_new = self._read(folder) or is_new
            has_grown = len(self._known) >= told * _TOLD_GROWTH
            if self._some and is_new and has_grown and time.monotonic() - told_at > _TOLD_EVERY_S:
                self._some(self._rows())
                told, told_at = len(self._known), time.monotonic()
        if self._has_shown and not is_new:
            return None
        self._has_shown = True
        return self._rows()

    def _rows(self) -> tuple[Row, ...]:
        """Those that are read, in order."""
        known = (self._known.get(folder.path) for folder in self._folders)
        return tuple(each.row for each in known if each)

    def _list(self) -> bool:
        """List the archive where its folder has changed, and say whether a session is gone."""
        changed_ns = _changed_ns(self._archive.root)
        is_settled = time.time_ns() - changed_ns > _SETTLES_NS
        if changed_ns == self._listed_ns and is_settled:
            return False
        self._folders = self._archive.folders()
        self._listed_ns = changed_ns
        gone = self._known.keys() - {folder.path for folder in self._folders}
        for path in gone:
            del self._known[path]
        return bool(gone)

    def _due(self) -> list[SessionFolder]:
        """What to look at now: the new, the open, the restless, and some of the others in turn."""
        now = time.monotonic()
        start = self._turn if self._turn < len(self._folders) else 0
        self._turn = start + _OTHERS_PER_LOOK
        in_turn = range(start, self._turn)
        return [
            folder
            for place, folder in enumerate(self._folders)
            if place in in_turn
            or (known := self._known.get(folder.path)) is None
            or known.row.is_open
            or now < known.restless_until
        ]

    def _read(self, folder: SessionFolder) -> bool:
        """Read a session if that is due, and say whether its row is another now."""
        before = self._known.get(folder.path)
        fingerprint = _fingerprint(folder)
        now = time.monotonic()
        if before and not _is_due(before, fingerprint, now):
            return False
        reader = before.reader if before else None
        reader = reader or outline.Reader(folder.journal_path)
        row = Row(summary=folder.summary(reader), is_transcribed=_has_transcript(folder))
        took_s = time.monotonic() - now
        self._known[folder.path] = _Known(
            row=row,
            fingerprint=fingerprint,
            next_reading=now + took_s / _READING_SHARE,
            restless_until=now + _RESTLESS_S if before else now,
            reader=reader if row.is_open else None,
        )
        return before is None or before.row != row


def _is_due(known: _Known, fingerprint: tuple[int, ...], now: float) -> bool:
    """Whether files changed, or the recorder of an open session may have died."""
    if not known.row.is_open:
        return fingerprint != known.fingerprint
    may_have_changed = known.row.is_live or fingerprint != known.fingerprint
    return may_have_changed and now >= known.next_reading


def _changed_ns(root: Path) -> int:
    """When a session came into the archive's folder or left it; 0 where there is none."""
    try:
        return root.stat().st_mtime_ns
    except OSError:
        return 0


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


def subtitles(row: Row, *, is_beside_icon: bool = False) -> tuple[str, ...]:
    """A session's second line, state, day, length, gaps; then what is said where room is less.

    The day gives way first, then the gaps, then the state, which its icon shows; the length stays.

    Args:
        row: The session.
        is_beside_icon: Whether its check mark says already that it is done.
    """
    summary = row.summary
    now, moment = datetime.now(UTC).astimezone(), summary.started_at or summary.created_at
    is_running = is_beside_icon and row.is_live and bool(summary.duration_s)
    length_of = words.clock if is_running else words.length  # as its card says it
    length = length_of(summary.duration_s) if summary.duration_s else ""
    state = "" if is_beside_icon and row.look.icon == "check" else row.look.word
    gaps = words.gaps(summary.gap_count) if summary.gap_count else ""
    day, brief = ("", "") if is_running else (words.day(moment, now), words.brief_day(moment, now))
    lines = (
        (state, day, length, gaps),
        (state, brief, length, gaps),
        (state, length, gaps),
        (state, length),
        (length or state,),
    )
    said = (" · ".join(part for part in line if part) for line in lines)
    return tuple(dict.fromkeys(said))
