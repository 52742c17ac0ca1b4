"""A session's waveform, from what is stored at once, and then as it is measured. No Qt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from app.gui.presenters.history import Histories
from recorder.archive import SessionFolder
from recorder.pyramid import Waveform, waveform

_TOLD_EVERY_S = 0.5


class Drawing:
    """Draws one session. `stop` may be called from any thread.

    Args:
        folder: The session's.
        histories: Where its journal may be known already.
        tell: Told each waveform, on the thread that runs it.
    """

    def __init__(
        self, folder: SessionFolder, histories: Histories, tell: Callable[[Waveform], None]
    ) -> None:
        self._folder = folder
        self._histories = histories
        self._tell = tell
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Measure no further; what is measured is kept."""
        self._stopped.set()

    def run(self, *, measure: bool) -> None:
        """Tell what is stored, then measure what isn't: some seconds an hour.

        Args:
            measure: Whether to; a session that is recorded is measured elsewhere.

        Raises:
            CorruptSession: The journal can't be read.
            StorageError: The disk refuses.
        """
        stored = waveform(self._folder)
        self._tell(stored)
        timeline = self._histories.read(self._folder).timeline
        track = timeline.tracks.get("a")
        runs = track.runs if track else ()
        if not measure or not runs or stored.end_s >= runs[-1].end_s - _TOUCHING_S:
            return
        from recorder import peaks  # noqa: PLC0415 (loads av and numpy)

        next_s = time.monotonic() + _TOLD_EVERY_S
        for _ in peaks.build(self._folder, timeline):
            if self._stopped.is_set():
                return
            if time.monotonic() >= next_s:
                self._tell(waveform(self._folder))
                next_s = time.monotonic() + _TOLD_EVERY_S
        self._tell(waveform(self._folder))


_TOUCHING_S = 0.01
"""A stretch's last pair may end a rounding before the journal's sum."""
