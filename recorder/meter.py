"""The level of a recording, for whoever watches it.

A device's recorder tells its level itself. A stream's recorder decodes nothing, so that no broken
packet can harm it: the watcher decodes the newest second of what is on the disk, in its own
process and at its own risk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum

import numpy as np

from recorder.archive import SessionFolder
from recorder.decode import Block, decode_timeline
from recorder.errors import AircheckError
from recorder.events import Chunk, Event, PartOpened, RunStarted
from recorder.pcm import Level, level_of
from recorder.timeline import Timeline

_KEPT_CHUNKS = 12  # enough for what a decoder wants before the newest second
_WINDOW_S = 1.0
_LONGEST_S = 15.0  # that is listened to at once
_TROUBLING_S = 15.0
_SILENT_DBFS = -90.0  # a lossy codec leaves a breath of noise in digital silence


class Trouble(StrEnum):
    """What is wrong with what is heard, in words for people."""

    NONE = "There is sound again."
    SILENT = "Nothing but digital silence for 15 s. It is recorded all the same."
    UNDECODABLE = "What arrives can't be decoded to sound. It is kept as it comes."


class Meter:
    """The level of the newest second of a session's track; fed with its journal's events.

    Belongs to one thread.
    """

    def __init__(
        self,
        folder: SessionFolder,
        *,
        track: str = "a",
        on_block: Callable[[Block], None] = lambda _: None,
    ) -> None:
        """Measure a session's track; `on_block` is given what is decoded, some of it twice."""
        self._folder, self._track = folder, track
        self._on_block = on_block
        self._part: PartOpened | None = None
        self._run: RunStarted | None = None
        self._chunks: deque[Chunk] = deque(maxlen=_KEPT_CHUNKS)
        self._measured: tuple[Chunk, Level | None] | None = None
        self._heard_s: float | None = None  # session time of the last sample that sounded
        self._decoded_s: float | None = None  # of the last one at all

    def take(self, event: Event) -> None:
        """Learn an event of the session's journal, in order."""
        match event:
            case PartOpened() if event.track == self._track:
                self._part = event
                self._chunks.clear()
            case RunStarted() if event.track == self._track:
                self._run = event
                self._heard_s = self._decoded_s = event.start_s
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

    @property
    def trouble(self) -> Trouble:
        """What is wrong with the newest 15 s, as far as `level` was asked for."""
        if self._measured is None or self._heard_s is None or self._decoded_s is None:
            return Trouble.NONE
        end_s = _end(self._measured[0])
        if end_s - self._decoded_s >= _TROUBLING_S:
            return Trouble.UNDECODABLE
        return Trouble.SILENT if end_s - self._heard_s >= _TROUBLING_S else Trouble.NONE

    def _measure(self, part: PartOpened, run: RunStarted, newest: Chunk) -> Level | None:
        """Listen to what came since the last time, and to the newest second in any case."""
        timeline = Timeline.of((part, run, *self._chunks))
        end_s = _end(newest)
        since_s = end_s - _WINDOW_S if self._decoded_s is None else self._decoded_s
        from_s = min(end_s - _WINDOW_S, max(since_s, end_s - _LONGEST_S))
        try:
            blocks = list(
                decode_timeline(
                    self._folder.path,
                    timeline,
                    track=self._track,
                    from_s=from_s,
                    to_s=end_s,
                    block_s=_WINDOW_S,
                )
            )
        except AircheckError:
            return None
        for block in blocks:
            self._on_block(block)
            self._decoded_s = block.end_s
            if level_of(block.samples).peak_dbfs > _SILENT_DBFS:
                self._heard_s = block.end_s
        if not blocks:
            return None
        heard = np.concatenate([block.samples for block in blocks[-2:]])  # the last may be short
        return level_of(heard[-round(_WINDOW_S * blocks[-1].rate_hz) :])


def _end(chunk: Chunk) -> float:
    return chunk.start_s + chunk.duration_s
