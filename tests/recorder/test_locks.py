"""A lock is one process's, and nobody's once that is dead."""

import multiprocessing
import os
import signal
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from recorder import locks
from recorder.errors import AircheckError, StorageError

BUSY = AircheckError("Another process is at it.")


def _hold(path: Path, held: Event) -> None:
    with locks.alone(path, doing="testing", busy=BUSY):
        held.set()
        signal.pause()


def test_one_process_has_it_until_it_dies(tmp_path: Path) -> None:
    path = tmp_path / "new" / ".lock"
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    child = context.Process(target=_hold, args=(path, held))
    child.start()
    assert held.wait(240)
    with pytest.raises(AircheckError, match="at it"), locks.alone(path, doing="x", busy=BUSY):
        pass
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    with locks.alone(path, doing="testing", busy=BUSY, wait_s=60):
        pass
    child.join(20)


def test_a_place_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(StorageError, match="testing"),
        locks.alone(tmp_path / "file" / ".lock", doing="testing", busy=BUSY),
    ):
        pass
