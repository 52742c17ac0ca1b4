"""``python -P -m transcribe ARCHIVE --models FOLDER``: work the archive's queue until it is empty.

Ends with 0 when no job is left (a job's own failure stands in the queue), with 1 when the queue
or the disk can't be used, and as any process does when it is interrupted.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from pathlib import Path

from recorder.archive import Archive
from recorder.errors import AircheckError
from transcribe import worker
from transcribe.priority import give_way
from transcribe.weights import Weights

_INTERRUPTED = 130

_log = logging.getLogger("transcribe")


def main() -> int:
    """Run a worker; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m transcribe", description=__doc__)
    parser.add_argument("archive", type=Path, help="the archive's folder")
    parser.add_argument("--models", type=Path, required=True, help="the models' folder")
    asked = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level="INFO")
    signal.signal(signal.SIGTERM, _end)
    give_way()
    try:
        worker.work(Archive(asked.archive), Weights(asked.models))
    except AircheckError as error:
        _log.error("%s", error)
        return 1
    except KeyboardInterrupt:
        logging.shutdown()
        os._exit(
            _INTERRUPTED
        )  # without waiting for the chunks that are computed: nobody wants them
    return 0


def _end(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
