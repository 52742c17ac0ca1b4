"""A live session's journal, read as it grows: its strip, and the level of a stream. No Qt."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from app.gui.presenters import words
from app.gui.presenters.session import Span, Strip
from recorder import journal
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.events import (
    Chunk,
    Event,
    GapFilled,
    GapFound,
    Marked,
    Noticed,
    PartOpened,
    RunStarted,
)
from recorder.journal import Entry
from recorder.timeline import gaps_left
from recorder.types import Seconds

if TYPE_CHECKING:
    from recorder.meter import Meter

_log = logging.getLogger(__name__)
_POLL_S = 0.2
_JOIN_S = 1.0
_METERED = (PartOpened, RunStarted, Chunk)


class Follower:
    """Follows one session in a thread of its own; closed twice unharmed.

    `strip` and `level_dbfs` may be called from one other thread.
    """

    def __init__(self, folder: SessionFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._runs: dict[int, Span] = {}
        self._gaps: list[GapFound] = []  # what is left of them
        self._markers: list[Span] = []
        self._end_s = Seconds(0)
        self._notice = ""
        self._for_meter: list[Event] = []
        self._meter: Meter | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="gui-follow", daemon=True)
        self._thread.start()

    def strip(self) -> Strip:
        """Its time so far."""
        with self._lock:
            return Strip(
                duration_s=self._end_s,
                runs=tuple(self._runs.values()),
                gaps=tuple(
                    Span(from_s=gap.from_s, to_s=gap.to_s, text=str(gap.reason))
                    for gap in self._gaps
                ),
                markers=tuple(self._markers),
            )

    def notice(self) -> str:
        """The newest thing that happened and changes nothing, with its time; or empty."""
        with self._lock:
            return self._notice

    def level_dbfs(self) -> tuple[float, float] | None:
        """Peak and mean of the newest second that is stored; None where there is none.

        Decodes, so it may take a tenth of a second.
        """
        from recorder.meter import Meter  # noqa: PLC0415 (loads av: not before a stream is live)

        if self._meter is None:
            self._meter = Meter(self._folder)
        with self._lock:
            fresh, self._for_meter = self._for_meter, []
        for event in fresh:
            self._meter.take(event)
        level = self._meter.level()
        return (level.peak_dbfs, level.rms_dbfs) if level else None

    def close(self) -> None:
        """Follow no longer."""
        self._stop.set()
        self._thread.join(_JOIN_S)

    def _follow(self) -> None:
        try:
            for entry in journal.follow(self._folder.journal_path, self._stop, poll_s=_POLL_S):
                with self._lock:
                    self._take(entry.event)
                    self._note(entry)
        except AircheckError as error:
            _log.info("no longer following %s: %s", self._folder.path.name, error)

    def _note(self, entry: Entry) -> None:
        event = entry.event
        match event:
            case Noticed():
                said = event.detail
            case GapFilled():
                said = (
                    f"{words.length(event.to_s - event.from_s)} of a gap came late and are there."
                )
            case _:
                return
        self._notice = f"{entry.at.astimezone():%H:%M}  {said}"

    def _take(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._runs[event.run] = Span(from_s=event.start_s, to_s=event.start_s)
            case Chunk():
                end_s = Seconds(event.start_s + event.duration_s)
                self._end_s = max(self._end_s, end_s)
                if event.run in self._runs:
                    begun_s = self._runs[event.run].from_s
                    self._runs[event.run] = Span(from_s=begun_s, to_s=end_s)
            case GapFound():
                self._end_s = max(self._end_s, event.to_s)
                self._gaps.append(event)
            case GapFilled():
                self._gaps = list(gaps_left(self._gaps, [event]))
            case Marked():
                self._markers.append(Span(from_s=event.at_s, to_s=event.at_s, text=event.text))
            case _:
                pass
        if isinstance(event, _METERED):
            self._for_meter.append(event)
