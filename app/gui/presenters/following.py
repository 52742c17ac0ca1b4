"""A live session's journal, read as it grows: its strip, its news, the sound of a stream. No Qt."""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.minute import Minute
from app.gui.presenters.reasons import in_own_words
from app.gui.presenters.session import Span, Strip, Wave
from recorder import journal
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.events import (
    Attempt,
    Chunk,
    Event,
    GapFilled,
    GapFound,
    Marked,
    Noticed,
    PartOpened,
    Recovered,
    RunStarted,
    StateChanged,
)
from recorder.journal import Entry
from recorder.timeline import gaps_left
from recorder.types import Seconds, State, parse_iso

if TYPE_CHECKING:
    from recorder.meter import Meter

_log = logging.getLogger(__name__)
_POLL_S = 0.2
_JOIN_S = 1.0
_METERED = (PartOpened, RunStarted, Chunk)
_NOTICES = 200
_RATE_CHUNKS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that happened, when, and in a sentence."""

    at: datetime
    text: str

    def __str__(self) -> str:
        return f"{self.at.astimezone():%H:%M}  {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What the journal tells beside the strip.

    Attributes:
        notices: What happened, the newest last.
        begun_at: When the first sound came; None while there is none.
        attempts: How often the source was asked since it last gave anything.
        bytes_a_second: What is stored of each second; 0 while nothing is.
    """

    notices: tuple[Notice, ...] = ()
    begun_at: datetime | None = None
    attempts: int = 0
    bytes_a_second: float = 0.0


NO_NEWS = News()


class Follower:
    """Follows one session in a thread of its own; closed twice unharmed.

    `strip`, `news` and `listen` may be called from one other thread.
    """

    def __init__(self, folder: SessionFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._runs: dict[tuple[str, int], Span] = {}
        self._gaps: list[GapFound] = []  # what is left of them
        self._marks: list[Marked] = []
        self._end_s = Seconds(0)
        self._strip: Strip | None = None  # as it was made last, until something changes
        self._notices: deque[Notice] = deque(maxlen=_NOTICES)
        self._begun_at: datetime | None = None
        self._attempts = 0
        self._has_recorder = False  # one has begun its work
        self._newest: deque[Chunk] = deque(maxlen=_RATE_CHUNKS)
        self._for_meter: list[Event] = []
        self._meter: Meter | None = None
        self._minute = Minute(folder)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="gui-follow", daemon=True)
        self._thread.start()

    def strip(self) -> Strip:
        """Its time so far."""
        with self._lock:
            if self._strip is None:
                self._strip = self._as_strip()
            return self._strip

    def news(self) -> News:
        """What else happened so far."""
        with self._lock:
            duration_s = sum(chunk.duration_s for chunk in self._newest)
            stored = sum(chunk.bytes for chunk in self._newest)
            return News(
                notices=tuple(self._notices),
                begun_at=self._begun_at,
                attempts=self._attempts,
                bytes_a_second=stored / duration_s if duration_s else 0.0,
            )

    def listen(self) -> tuple[float, float] | None:
        """Peak and mean of the newest second that is stored, in dBFS; None where there is none.

        Decodes, so it may take a tenth of a second.
        """
        from recorder.meter import Meter  # noqa: PLC0415 (loads av: not before a stream is live)

        if self._meter is None:
            self._meter = Meter(self._folder, on_block=self._minute.take)
        with self._lock:
            fresh, self._for_meter = self._for_meter, []
        for event in fresh:
            self._meter.take(event)
        level = self._meter.level()
        return (level.peak_dbfs, level.rms_dbfs) if level else None

    def trouble(self) -> str:
        """What is wrong with what `listen` heard, in a sentence; or empty."""
        if self._meter is None:
            return ""
        from recorder.meter import Trouble  # noqa: PLC0415 (loaded, where there is a meter)

        match self._meter.trouble:
            case Trouble.SILENT:
                return translate(
                    "Live", "Only digital silence for 15 s. It is recorded all the same."
                )
            case Trouble.UNDECODABLE:
                return translate("Live", "What arrives can't be decoded. It is kept as it comes.")
            case _:
                return ""

    def minute(self) -> Wave:
        """The newest minute, as far as `listen` has heard it."""
        return self._minute.wave(self.strip().duration_s)

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

    def _as_strip(self) -> Strip:
        return Strip(
            duration_s=self._end_s,
            runs=tuple(self._runs.values()),
            gaps=tuple(
                Span(from_s=gap.from_s, to_s=gap.to_s, text=words.reason(gap.reason))
                for gap in self._gaps
            ),
            markers=tuple(
                Span(from_s=mark.at_s, to_s=mark.at_s, text=mark.text)
                for mark in sorted(self._marks, key=lambda mark: mark.at_s)
            ),
        )

    def _note(self, entry: Entry) -> None:
        event = entry.event
        match event:
            case Noticed() | Recovered():
                said = in_own_words(event.detail)
            case GapFound():
                said = translate("Live", "A gap of {length} is marked: {reason}.").format(
                    length=words.length(event.to_s - event.from_s),
                    reason=words.reason(event.reason),
                )
            case GapFilled():
                said = translate("Live", "{length} of a gap came late and are there.").format(
                    length=words.length(event.to_s - event.from_s)
                )
            case StateChanged() if event.state is State.CONNECTING and not event.track:
                self._note_recorder(entry.at)
                return
            case StateChanged() if event.state is not State.RECORDING and event.detail:
                said = in_own_words(event.detail)
            case _:
                return
        if not self._notices or self._notices[-1].text != said:
            self._notices.append(Notice(at=entry.at, text=said))

    def _note_recorder(self, at: datetime) -> None:
        """A recorder connects once in its life: a second one took over from one that died."""
        if self._has_recorder:
            said = translate("Live", "The recorder had died; another one goes on from here.")
            self._notices.append(Notice(at=at, text=said))
        self._has_recorder = True

    def _take(self, event: Event) -> None:
        self._strip = None
        match event:
            case RunStarted():
                self._runs[event.track, event.run] = Span(from_s=event.start_s, to_s=event.start_s)
            case Chunk():
                self._take_chunk(event)
            case GapFound():
                self._end_s = max(self._end_s, event.to_s)
                self._gaps.append(event)
            case GapFilled():
                self._gaps = list(gaps_left(self._gaps, [event]))
            case Marked():
                self._marks.append(event)
            case Attempt():
                self._attempts += 1
            case _:
                pass
        if isinstance(event, _METERED):
            self._for_meter.append(event)

    def _take_chunk(self, chunk: Chunk) -> None:
        end_s = Seconds(chunk.start_s + chunk.duration_s)
        self._end_s = max(self._end_s, end_s)
        run = (chunk.track, chunk.run)
        if run in self._runs:
            begun_s = self._runs[run].from_s
            self._runs[run] = Span(from_s=begun_s, to_s=end_s)
        self._begun_at = self._begun_at or parse_iso(chunk.arrived_at)
        self._attempts = 0
        self._newest.append(chunk)
