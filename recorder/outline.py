"""What a list tells of a session that goes on: its state, its length, how many gaps it has.

The same as its `Timeline` says, but kept up line by line: eight hours are some thirty thousand
lines, and who looks every few seconds wants to read only the newest of them.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from recorder import journal
from recorder.errors import CorruptSession, storage_error
from recorder.events import (
    Chunk,
    Event,
    GapFilled,
    GapFound,
    PartOpened,
    RunStarted,
    StateChanged,
    Withdrawn,
)
from recorder.timeline import FIRST_ARRIVALS_S, gaps_left, start_of
from recorder.types import Seconds, State


class Outline:
    """Takes a journal's events in their order. One thread at a time."""

    def __init__(self) -> None:
        self.state = State.CONNECTING
        self._tracks: dict[str, str] = {}  # of each part that was opened
        self._runs: set[tuple[str, int]] = set()
        self._ends: dict[tuple[str, int], Seconds] = {}  # by part and run
        self._first: dict[str, list[Chunk]] = {}  # by part: those that tell of the wall clock
        self._begins: dict[str, Seconds] = {}  # where each track begins
        self._gaps: list[GapFound] = []
        self._filled: list[GapFilled] = []
        self._left: tuple[GapFound, ...] | None = ()

    @property
    def started_at(self) -> datetime | None:
        """Wall clock of session time 0; None while nothing is recorded."""
        return start_of([chunk for chunks in self._first.values() for chunk in chunks])

    @property
    def duration_s(self) -> Seconds:
        """Session time from the first sample to the end of the last run or gap."""
        ends = [gap.to_s for gap in self._open_gaps()]
        ends += [end_s for (part, run), end_s in self._ends.items() if self._is_placed(part, run)]
        return Seconds(max(ends, default=0.0))

    @property
    def gap_count(self) -> int:
        """Gaps of all tracks, without what came late."""
        return len(self._open_gaps())

    def take(self, event: Event) -> None:
        """Take the next one."""
        match event:
            case StateChanged():
                self.state = event.state
            case PartOpened():
                self._tracks[event.part] = event.track
            case RunStarted():
                self._runs.add((event.track, event.run))
            case Chunk():
                self._take_chunk(event)
            case GapFound():
                self._gaps.append(event)
                self._left = None
            case GapFilled():
                self._filled.append(event)
                self._left = None
            case Withdrawn():
                self._withdraw(event.track)
            case _:
                pass

    def _take_chunk(self, chunk: Chunk) -> None:
        place, end_s = (chunk.part, chunk.run), Seconds(chunk.start_s + chunk.duration_s)
        self._ends[place] = max(self._ends.get(place, Seconds(0)), end_s)
        begins_s = self._begins.get(chunk.track, chunk.start_s)
        if chunk.start_s <= begins_s + FIRST_ARRIVALS_S:
            self._begins[chunk.track] = min(begins_s, chunk.start_s)
            self._first.setdefault(chunk.part, []).append(chunk)

    def _withdraw(self, track: str) -> None:
        """Forget a track, and with it what lies in no part, as a `Timeline` does."""
        self._tracks = {part: each for part, each in self._tracks.items() if each != track}
        self._runs = {run for run in self._runs if run[0] != track}
        self._ends = {place: end for place, end in self._ends.items() if place[0] in self._tracks}
        self._first = {part: each for part, each in self._first.items() if part in self._tracks}
        self._begins = {}
        for chunk in (chunk for chunks in self._first.values() for chunk in chunks):
            begins_s = self._begins.get(chunk.track, chunk.start_s)
            self._begins[chunk.track] = min(begins_s, chunk.start_s)

    def _is_placed(self, part: str, run: int) -> bool:
        return part in self._tracks and (self._tracks[part], run) in self._runs

    def _open_gaps(self) -> tuple[GapFound, ...]:
        if self._left is None:
            self._left = tuple(gaps_left(self._gaps, self._filled))
        return self._left


class Reader:
    """Reads a journal's outline, each time from where it stopped. One thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._outline, self._offset, self._inode = Outline(), 0, -1

    def read(self) -> Outline:
        """What is journaled by now; it is the same object that goes on at the next call.

        Raises:
            CorruptSession: A line before the last can't be read, or there is no journal.
            StorageError: The disk refuses.
        """
        try:
            self._read_on()
        except CorruptSession:
            self._begin_anew()
            self._read_whole()  # which says what is wrong, and where
        return self._outline

    def _read_on(self) -> None:
        try:
            found = self._path.stat()
        except FileNotFoundError as error:
            raise CorruptSession("There is no journal.") from error
        except OSError as error:
            raise storage_error(error, doing="reading the journal") from error
        if found.st_ino != self._inode or found.st_size < self._offset:
            self._begin_anew()
        self._inode = found.st_ino
        entries, self._offset = journal.read_on(self._path, self._offset)
        for entry in entries:
            self._outline.take(entry.event)

    def _read_whole(self) -> None:
        for entry in journal.read(self._path):
            self._outline.take(entry.event)

    def _begin_anew(self) -> None:
        self._outline, self._offset, self._inode = Outline(), 0, -1
