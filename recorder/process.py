"""Record one session to its end in this process, which is then its recorder."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from functools import partial

from recorder import launch, recovery
from recorder.archive import SessionFolder
from recorder.capture import Opener
from recorder.control import Server
from recorder.errors import AircheckError
from recorder.session import Recording
from recorder.sources.open import open_source
from recorder.types import State, utc_now

_logger = logging.getLogger(__name__)


def record(
    folder: SessionFolder,
    *,
    opener: Opener = open_source,
    on_made: Callable[[Recording], None] = lambda _: None,
) -> int:
    """Record, seal, and return the process's exit status. Main thread only: it takes the signals.

    Args:
        folder: The session's.
        opener: Makes the sources.
        on_made: Told the recording before it runs.

    Raises:
        CorruptSession: The folder can't be read.
        StorageError: The disk refuses to the last.
        SessionBusy: Another recorder is at work on it.
    """
    if recovery.is_half_sealed(folder):
        recovery.recover(folder)
    with folder.hold():
        if folder.sealed():
            return 0
        before = recovery.mend(folder)
        recording = Recording(
            folder, open_source=opener, before=before, on_begin=partial(_arm_next, folder)
        )
        on_made(recording)
        server = Server(folder, recording)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: recording.stop())
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a closed terminal ends nothing
        try:
            return 0 if recording.run() is State.DONE else 1
        finally:
            server.close()


def _arm_next(folder: SessionFolder) -> None:
    """Arm the next session of a series, beside this one and not at its cost."""
    schedule = folder.info().schedule
    following = schedule.following(utc_now()) if schedule else None
    if following is None:
        return

    def arm() -> None:
        try:
            launch.repeat(folder, following)
        except AircheckError as error:
            _logger.error("the next session of the series is not armed: %s", error)

    threading.Thread(target=arm, name="repeat", daemon=True).start()
