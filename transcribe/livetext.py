"""Captions of a recording → the index, as soon as they are settled.

They are found a moment after they are heard, until the archive pass has a transcript of the track.
Whoever hears never waits for the index, whose disk may be slow and which others may be writing.
Whatever fails here costs no caption: the index can be made again, what was said can't.
"""

from __future__ import annotations

import logging
import queue
import threading
from typing import Final

from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from transcribe import database, heard, index
from transcribe.database import Database
from transcribe.errors import IndexBusy
from transcribe.transcript import Segment

_SEGMENTS_A_TIDYING: Final = 20
_ROOM: Final = 10_000  # segments that may wait: most of a day
_TRIES: Final = 12  # of 5 s each, while another process writes
_END_S: Final = 10.0
_log = logging.getLogger(__name__)


class LiveText:
    """A recording's text in its archive's index. Closed twice without harm.

    Args:
        folder: The session's, in its archive.
    """

    def __init__(self, folder: SessionFolder) -> None:
        self._folder = folder
        self._waiting: queue.Queue[tuple[str, Segment] | None] = queue.Queue(_ROOM)
        self._is_closed = threading.Event()
        self._index: Database | None = None  # of the thread
        self._count = 0
        self._thread = threading.Thread(target=self._serve, name="live-index", daemon=True)
        self._thread.start()

    def add(self, track: str, segment: Segment) -> None:
        """Add what was said next on a track; returns at once. A failure is logged."""
        if not segment.text or self._is_closed.is_set():
            return
        try:
            self._waiting.put_nowait((track, segment))
        except queue.Full:
            _log.warning("A caption can't be found yet: %s others wait for the index.", _ROOM)

    def settle(self) -> None:
        """Wait until all that was added is in the index, or has failed."""
        self._waiting.join()

    def close(self) -> None:
        """Put what still waits into the index, for some seconds, and let go of it."""
        if not self._is_closed.is_set():
            self._is_closed.set()
            self._waiting.put(None)
        self._thread.join(_END_S)

    def _serve(self) -> None:
        try:
            while item := self._waiting.get():
                self._put(*item)
                self._waiting.task_done()
                if self._waiting.empty():
                    self._tidy()
        finally:
            self._let_go()

    def _put(self, track: str, segment: Segment) -> None:
        stored = heard.stored_as(self._folder, track)
        for is_last in (*[False] * (_TRIES - 1), True):
            try:
                index.append(self._open(), self._folder, stored, [segment])
            except IndexBusy as error:
                if is_last or self._is_closed.is_set():
                    self._missed(error)
                    return
            except AircheckError as error:
                self._missed(error)
                return
            else:
                self._count += 1
                return

    def _tidy(self) -> None:
        """Do what is left over from many small writes, while nothing waits."""
        if self._index is None or self._count < _SEGMENTS_A_TIDYING:
            return
        self._count = 0
        try:
            index.tidy(self._index)
        except AircheckError as error:
            _log.info("The index is tidied another time: %s", error.message)
            self._let_go()

    def _missed(self, error: AircheckError) -> None:
        _log.warning("A caption can't be found yet: %s", error.message)
        self._let_go()  # it may be another file by the next one

    def _open(self) -> Database:
        if self._index is None:
            self._index = database.open(self._folder.path.parent)
            self._index.leave_log()
        return self._index

    def _let_go(self) -> None:
        opened, self._index = self._index, None
        if opened:
            opened.close()
