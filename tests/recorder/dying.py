"""A recorder that is killed at the n-th thing that it does to the disk, in this process.

From then on nothing that it does reaches the disk, as after kill -9; the write that it died in is
half done.
"""

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from recorder import archive, recovery, session, staging, writer
from recorder.archive import SessionFolder
from recorder.journal import JournalWriter
from recorder.session import Recording
from recorder.sources.base import Source
from recorder.sources.past import Past
from recorder.types import SourceSpec, State

_LONG_S = 60.0


class Killed(BaseException):
    """Not an error: nothing may catch it."""


class Mortality:
    """Counts what is done to the disk, and ends it all at the time that was set.

    Attributes:
        left: Deeds until death; None for ever.
        deeds: All so far.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        self.deeds = 0
        self._is_dead = False
        self._lock = threading.Lock()
        self._journals: list[JournalWriter] = []
        self._descriptors: list[int] = []
        for module, name in [
            (writer, "_sync"),
            (staging, "write_whole"),
            (staging, "sync_folder"),
            (writer, "sync_folder"),
            (staging, "remove"),
            (JournalWriter, "sync"),
        ]:
            patch.setattr(module, name, self._mortal(getattr(module, name)))
        patch.setattr(writer, "_write_all", self._torn(writer._write_all, 1))
        patch.setattr(JournalWriter, "_write", self._torn(JournalWriter._write, 1))
        patch.setattr(writer, "_create", self._create(writer._create))
        begin = JournalWriter.__init__

        def begin_noted(journal: JournalWriter, path: Path) -> None:
            begin(journal, path)
            self._journals.append(journal)

        patch.setattr(JournalWriter, "__init__", begin_noted)
        patch.setattr(archive, "os", os)

    def live(self, deeds: int | None) -> None:
        """Begin a life of so many deeds."""
        self.left, self._is_dead = deeds, False

    def bury(self) -> None:
        """Close what a dead process would have left to the system."""
        for journal in self._journals:
            if journal._file:
                journal._file.close()
                journal._file = None
        for descriptor in self._descriptors:
            try:
                os.close(descriptor)
            except OSError:
                continue
        self._journals, self._descriptors = [], []

    def _tick(self) -> bool:
        """Count a deed; returns whether it is the one that isn't finished.

        Raises:
            Killed: It is over.
        """
        with self._lock:
            if self._is_dead:
                raise Killed
            self.deeds += 1
            if self.left is not None:
                self.left -= 1
                self._is_dead = self.left <= 0
            return self._is_dead

    def _mortal(self, deed: Callable[..., Any]) -> Callable[..., Any]:
        def done(*args: Any, **keys: Any) -> Any:
            if self._tick():
                raise Killed
            return deed(*args, **keys)

        return done

    def _torn(self, deed: Callable[..., Any], at: int) -> Callable[..., Any]:
        """A deed whose argument ``at`` is data, of which half is written at last."""

        def done(*args: Any) -> Any:
            if self._tick():
                values = list(args)
                values[at] = values[at][: len(values[at]) // 2]
                deed(*values)
                raise Killed
            return deed(*args)

        return done

    def _create(self, deed: Callable[[Path], int]) -> Callable[[Path], int]:
        def done(path: Path) -> int:
            if self._tick():
                raise Killed
            descriptor = deed(path)
            self._descriptors.append(descriptor)
            return descriptor

        return done


def record(
    folder: SessionFolder,
    make: Callable[..., Source],
    mortality: Mortality,
    lives: list[int],
) -> State:
    """Record to the end, by as many recorders as it takes.

    Args:
        folder: The session's.
        make: Makes the source of a spec, given the past.
        mortality: Of the recorders.
        lives: Deeds that each of the first ones lives for; recovery may die too.
    """
    for deeds in [*lives, None]:
        mortality.live(deeds)
        try:
            if recovery.is_half_sealed(folder):
                recovery.recover(folder)
            with folder.hold():
                if folder.sealed():
                    return State.DONE
                before = recovery.mend(folder)
                past = Past.of(folder.path, before, "a")
                recording = Recording(folder, open_source=_opener(make, past), before=before)
                return _run(recording)
        except Killed:
            (folder.path / "recorder.json").write_text('{"pid": 1, "started_at": 0}')
        finally:
            _join_captures()
            mortality.bury()
    raise AssertionError("the last one lives for ever")


def _opener(make: Callable[..., Source], past: Past | None) -> Callable[..., Source]:
    def opened(spec: SourceSpec, **_: object) -> Source:
        return make(spec, past=past)

    return opened


def _run(recording: Recording) -> State:
    watchdog = threading.Timer(_LONG_S, recording.stop)
    watchdog.start()
    hook = threading.excepthook
    threading.excepthook = partial(_ignore_death, hook)
    try:
        state = recording.run()
        assert watchdog.is_alive(), "it did not end by itself"
        return state
    finally:
        _join_captures()
        threading.excepthook = hook
        watchdog.cancel()
        watchdog.join()


def _ignore_death(hook: Callable[[Any], object], args: threading.ExceptHookArgs) -> None:
    if args.exc_type is not Killed:
        hook(args)


def _join_captures() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("capture-"):
            thread.join(10)
            assert not thread.is_alive()


__all__ = ["Killed", "Mortality", "record", "session"]
