"""Captions of a recording → the index, as soon as they are settled.

They are found a moment after they are heard, until the archive pass has a transcript of the track.
Whatever fails here costs no caption: the index can be made again, what was said can't.
"""

from __future__ import annotations

import logging

from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from transcribe import database, heard, index
from transcribe.database import Database
from transcribe.transcript import Segment

_SEGMENTS_A_TIDYING = 20
_log = logging.getLogger(__name__)


class LiveText:
    """A recording's text in its archive's index. For one thread; closed twice without harm.

    Args:
        folder: The session's, in its archive.
    """

    def __init__(self, folder: SessionFolder) -> None:
        self._folder = folder
        self._index: Database | None = None
        self._count = 0

    def add(self, track: str, segment: Segment) -> None:
        """Add what was said next on a track; a failure is logged."""
        if not segment.text:
            return
        stored = heard.stored_as(self._folder, track)
        try:
            opened = self._open()
            index.append(opened, self._folder, stored, [segment])
            self._count += 1
            if self._count % _SEGMENTS_A_TIDYING == 0:
                index.tidy(opened)
        except AircheckError as error:
            _log.warning("A caption can't be found yet: %s", error.message)
            self.close()  # it may be another file by the next one

    def close(self) -> None:
        """Let go of the index."""
        opened, self._index = self._index, None
        if opened:
            opened.close()

    def _open(self) -> Database:
        if self._index is None:
            self._index = database.open(self._folder.path.parent)
        return self._index
