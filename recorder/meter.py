"""The level of a recording, for whoever watches it.

A device's recorder tells its level itself. A stream's recorder decodes nothing, so that no broken
packet can harm it: the watcher decodes the newest second of what is on the disk, in its own
process and at its own risk.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from recorder.archive import SessionFolder
from recorder.decode import decode_timeline
from recorder.errors import AircheckError
from recorder.events import Chunk, Event, PartOpened, RunStarted
from recorder.pcm import Level, level_of
from recorder.timeline import Timeline

_KEPT_CHUNKS = 12  # enough for what a decoder wants before the newest second
_WINDOW_S = 1.0


class Meter:
    """The level of the newest second of a session's track; fed with its journal's events.

    Belongs to one thread.
    """

    def __init__(self, folder: SessionFolder, *, track: str = "a") -> None:
        self._folder, self._track = folder, track
        self._part: PartOpened | None = None
        self._run: RunStarted | None = None
        self._chunks: deque[Chunk] = deque(maxlen=_KEPT_CHUNKS)
        self._measured: tuple[Chunk, Level | None] | None = None

    def take(self, event: Event) -> None:
        """Learn an event of the session's journal, in order."""
        match event:
            case PartOpened() if event.track == self._track:
                self._part = event
                self._chunks.clear()
            case RunStarted() if event.track == self._track:
                self._run = event
            case Chunk() if self._part and event.part == self._part.part:
                self._chunks.append(event)
            case _:
                pass

    def level(self) -> Level | None:
        """The level of the newest second; None where nothing is there or nothing decodes."""
        newest = self._chunks[-1] if self._chunks else None
        if newest is None or self._part is None or self._run is None:
            return None
        if self._measured is None or self._measured[0] is not newest:
            self._measured = (newest, self._measure(self._part, self._run, newest))
        return self._measured[1]

    def _measure(self, part: PartOpened, run: RunStarted, newest: Chunk) -> Level | None:
        timeline = Timeline.of((part, run, *self._chunks))
        end_s = newest.start_s + newest.duration_s
        try:
            blocks = [
                block.samples
                for block in decode_timeline(
                    self._folder.path,
                    timeline,
                    track=self._track,
                    from_s=end_s - _WINDOW_S,
                    to_s=end_s,
                )
            ]
        except AircheckError:
            return None
        return level_of(np.concatenate(blocks)) if blocks else None
