"""What the desktop says of sessions: live, broken, back, refused, over, ready. No Qt."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from recorder.archive import SessionFolder
from recorder.types import State

_QUIET_S = 30.0
"""A connection that comes and goes is told of once in so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A sentence for the desktop, about a session."""

    folder: SessionFolder
    title: str
    text: str


class Announcer:
    """Tells changes from what was there already. For one thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._states: dict[Path, Live] | None = None  # None: nothing was seen yet
        self._rows: dict[Path, Row] = {}
        self._began: set[Path] = set()  # those that have sounded, or did when first seen
        self._seen: set[Path] = set()  # those that were live while we watched
        self._told: dict[tuple[Path, str], float] = {}

    def show_rows(self, rows: Sequence[Row]) -> list[Announcement]:
        """Learn what the archive says; what there is to tell of it."""
        before, self._rows = self._rows, {row.summary.folder: row for row in rows}
        found = []
        for path in self._seen & self._rows.keys() & before.keys():
            old, new = before[path], self._rows[path]
            if old.is_open and not new.is_open and new.summary.state is State.DONE:
                found.append(self._said(path, _over(new)))
            if new.is_transcribed and not old.is_transcribed:
                found.append(self._said(path, translate("Desktop", "Its words can be found.")))
        return found

    def show_live(self, sessions: Sequence[Live]) -> list[Announcement]:
        """Learn what the recorders say; what there is to tell of it."""
        before, now = self._states, {live.key: live for live in sessions}
        self._states = now
        self._seen |= now.keys()
        if before is None:
            self._began |= {path for path, live in now.items() if live.status.end_s}
            return []
        return [
            self._said(path, text)
            for path, live in now.items()
            if (text := self._change(before.get(path), live)) and self._is_due(path, live)
        ]

    def _change(self, before: Live | None, live: Live) -> str:
        """What is new of a session, in a sentence; empty where nothing is."""
        state = live.status.state
        if before is not None and before.status.state is state:
            return ""
        reason = live.reason(datetime.now(UTC))
        match state:
            case State.RECORDING if live.key in self._began:
                return translate("Desktop", "It is back.")
            case State.RECORDING:
                self._began.add(live.key)
                return translate("Desktop", "It is live, and recorded.")
            case State.RECONNECTING:
                said = translate("Desktop", "It broke off at {clock}; what came is safe. {reason}")
                return said.format(clock=words.clock(live.status.end_s), reason=reason).strip()
            case State.REFUSED | State.PAUSED | State.FAILED:
                return f"{live.look.word}. {live.saved_to}. {reason}".strip()
            case _:
                return ""

    def _is_due(self, path: Path, live: Live) -> bool:
        """Whether the same was not just told."""
        key, now_s = (path, str(live.status.state)), self._monotonic()
        if now_s - self._told.get(key, -_QUIET_S) < _QUIET_S:
            return False
        self._told[key] = now_s
        return True

    def _said(self, path: Path, text: str) -> Announcement:
        row = self._rows.get(path)
        title = row.summary.title if row else path.name
        return Announcement(folder=SessionFolder(path), title=words.one_line(title), text=text)


def _over(row: Row) -> str:
    """What a session came to."""
    summary = row.summary
    if not summary.duration_s:
        return translate("Desktop", "It is over. Nothing was recorded.")
    return translate("Desktop", "It is over: {length}, {gaps}.").format(
        length=words.length(summary.duration_s), gaps=words.gaps(summary.gap_count)
    )


def summed_up(sessions: Sequence[Live]) -> str:
    """How many sessions are in which state: ``2 recording, 1 waiting``; empty for none."""
    recording = sum(live.status.state is State.RECORDING for live in sessions)
    awaited = sum(live.status.state is State.SCHEDULED for live in sessions)
    others = sum(not live.has_failed for live in sessions) - recording - awaited
    parts = (
        translate("Desktop", "%n recording", n=recording) if recording else "",
        translate("Desktop", "%n waiting", n=others) if others else "",
        translate("Desktop", "%n scheduled", n=awaited) if awaited else "",
    )
    return ", ".join(part for part in parts if part)
