"""``python -P -m recorder FOLDER``: record one session to its end, in this process.

Exit status: 0 done, 1 failed, 2 wrong use.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from functools import partial
from pathlib import Path

from recorder import launch, recovery, redaction
from recorder.archive import SessionFolder
from recorder.control import Server
from recorder.errors import AircheckError
from recorder.session import Recording
from recorder.sources.open import open_source
from recorder.types import State, utc_now

_logger = logging.getLogger("recorder")


def main(arguments: list[str]) -> int:
    """Run a recorder; returns its exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -P -m recorder FOLDER\n")
        return 2
    redaction.log_to_stderr()
    try:
        return _record(SessionFolder(Path(arguments[0])))
    except AircheckError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _record(folder: SessionFolder) -> int:
    if recovery.is_half_sealed(folder):
        recovery.recover(folder)
    with folder.hold():
        if folder.sealed():
            return 0
        before = recovery.mend(folder)
        recording = Recording(
            folder, open_source=open_source, before=before, on_begin=partial(_arm_next, folder)
        )
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
