"""Recordings that go on: what each does now, asked of its recorder. No Qt; one worker thread."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from app.gui.presenters import words
from app.gui.presenters.following import Follower
from app.gui.presenters.session import NO_TIME, Strip, Wave, load_wave
from app.gui.presenters.words import Look, Message, look_of
from recorder import launch
from recorder.archive import SessionFolder
from recorder.control import Client
from recorder.errors import AircheckError, ArchiveError, RecorderError
from recorder.status import Status
from recorder.types import State

_WITH_METER_S = 0.1
_WITHOUT_METER_S = 0.5
_REDRAWN_S = 2.0
_DRAWING_SHARE = 0.05
_REVIVALS = 3
_REVIVALS_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A live session now.

    Attributes:
        status: The recorder's last answer.
        strip: Its time so far.
        level_dbfs: Peak and mean of the last moment, or None where nothing comes in.
        notice: The newest thing that happened and changes nothing, with its time; or empty.
        has_died: Whether its process is gone and the session isn't sealed.
    """

    folder: SessionFolder
    status: Status
    strip: Strip = NO_TIME
    level_dbfs: tuple[float, float] | None = None
    notice: str = ""
    has_died: bool = False

    @property
    def look(self) -> Look:
        """Its state, as shown."""
        return look_of(self.status.state, is_held=not self.has_died)

    @property
    def key(self) -> Path:
        """Which session it is."""
        return self.folder.path

    def reason(self, now: datetime) -> str:
        """Why it is in its state and what happens next; empty while all is well."""
        if self.has_died:
            return "The recorder's process died; it is started again."
        status = self.status
        if status.state is State.RECORDING:
            return status.warning
        why = status.detail or (status.reason and f"{status.reason.capitalize()}.")
        if status.state is State.SCHEDULED:
            then = words.begins(status.next_try_at, now)
        else:
            then = words.countdown(status.next_try_at, now)
        return " ".join(
            part for part in (status.warning, why, then and f"{_capital(then)}.") if part
        )

    @property
    def is_warned(self) -> bool:
        """Whether something is said that should be seen, whatever the state is."""
        return bool(self.status.warning) or self.has_died

    @property
    def has_failed(self) -> bool:
        """Whether it is over and came to nothing; it is shown until somebody has read why."""
        return self.status.state is State.FAILED

    @property
    def saved_to(self) -> str:
        """How much is stored."""
        end_s = self.status.end_s
        if end_s:
            return f"Saved to {words.clock(end_s)}"
        return "Nothing recorded" if self.has_failed else "Nothing recorded yet"


class LiveSessions:
    """Asks the recorders of the sessions that it watches.

    `watch` and `dismiss` may be called from any thread, `look` from one, and `close` when that has
    ended.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._watched: dict[Path, SessionFolder] = {}
        self._known: dict[Path, Live] = {}
        self._dismissed: set[Path] = set()
        self._followers: dict[Path, Follower] = {}
        self._next_ask: dict[Path, float] = {}
        self._shown: tuple[Live, ...] | None = None

    def watch(self, folders: Iterable[SessionFolder]) -> None:
        """Ask for these sessions from now on, beside those that haven't ended yet."""
        with self._lock:
            self._watched.update({folder.path: folder for folder in folders})

    def dismiss(self, folder: SessionFolder) -> None:
        """Somebody has read why it failed."""
        with self._lock:
            self._dismissed.add(folder.path)

    def look(self) -> tuple[Live, ...] | None:
        """Ask those whose turn it is.

        Returns:
            All that are live, died unsealed, or failed; or None where nothing is new.
        """
        with self._lock:
            watched = dict(self._watched)
            for path in self._dismissed:
                self._known.pop(path, None)
            self._dismissed.clear()
        for path, folder in watched.items():
            if self._monotonic() >= self._next_ask.get(path, 0.0):
                self._ask(folder)
        shown = tuple(self._known.values())
        if shown == self._shown:
            return None
        self._shown = shown
        return shown

    def close(self) -> None:
        """Watch nothing any more."""
        for path in list(self._followers):
            self._forget(path)

    def _ask(self, folder: SessionFolder) -> None:
        path = folder.path
        try:
            status = Client(folder).status()
        except RecorderError:
            self._no_answer(folder)
            return
        follower = self._followers.get(path) or Follower(folder)
        self._followers[path] = follower
        self._known[path] = Live(
            folder=folder,
            status=status,
            strip=follower.strip(),
            level_dbfs=_level_dbfs(status, follower),
            notice=follower.notice(),
        )
        wait_s = _WITHOUT_METER_S if status.peak_dbfs is None else _WITH_METER_S
        self._next_ask[path] = self._monotonic() + wait_s

    def _no_answer(self, folder: SessionFolder) -> None:
        """It ended well, or is about to, or is just beginning, or died."""
        self._next_ask[folder.path] = self._monotonic() + _WITHOUT_METER_S
        if _is_over(folder):
            self._end(folder)
        elif not launch.is_running(folder) and not _is_over(folder):
            before = self._known.get(folder.path)
            if before is None:  # never seen alive by us: it is the library's to show
                self._forget(folder.path)
            else:
                self._known[folder.path] = replace(before, level_dbfs=None, has_died=True)

    def _end(self, folder: SessionFolder) -> None:
        """It is sealed: watch it no longer, and say so if it failed."""
        before = self._known.get(folder.path)
        self._forget(folder.path)
        failure = _failure(folder)
        if failure is not None:
            strip = before.strip if before else NO_TIME
            self._known[folder.path] = Live(folder=folder, status=failure, strip=strip)

    def _forget(self, path: Path) -> None:
        with self._lock:
            self._watched.pop(path, None)
        self._known.pop(path, None)
        self._next_ask.pop(path, None)
        follower = self._followers.pop(path, None)
        if follower is not None:
            follower.close()


class LiveWaves:
    """Draws the waveforms of live sessions again and again, as far as they are stored.

    `watch` may be called from any thread, `look` from one.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._watched: tuple[SessionFolder, ...] = ()
        self._next_s: dict[Path, float] = {}

    def watch(self, folders: Iterable[SessionFolder]) -> None:
        """Draw these from now on, and no others."""
        with self._lock:
            self._watched = tuple(folders)

    def look(self) -> tuple[Wave, ...] | None:
        """Draw those whose turn it is; None where there is none.

        Takes a twentieth of the time at most, however long the sessions are.
        """
        with self._lock:
            watched = self._watched
        self._next_s = {folder.path: self._next_s.get(folder.path, 0.0) for folder in watched}
        waves = []
        for folder in watched:
            begun_s = self._monotonic()
            if begun_s < self._next_s[folder.path]:
                continue
            with contextlib.suppress(AircheckError):  # its page says what is wrong with it
                waves.append(load_wave(folder))
            took_s = self._monotonic() - begun_s
            self._next_s[folder.path] = begun_s + max(_REDRAWN_S, took_s / _DRAWING_SHARE)
        return tuple(waves) or None


class Revivals:
    """Starts recorders again that died while we watched, but not for ever."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._tries: dict[Path, deque[float]] = {}

    def may_try(self, folder: SessionFolder) -> bool:
        """Whether one more try is due; counts it. At most three a minute."""
        now = self._monotonic()
        tries = self._tries.setdefault(folder.path, deque(maxlen=_REVIVALS))
        if len(tries) == _REVIVALS and now - tries[0] < _REVIVALS_WITHIN_S:
            return False
        tries.append(now)
        return True


def gone(folder: SessionFolder) -> Message:
    """What to say of a recorder that keeps dying."""
    return Message(
        happened=f"The recorder of {folder.path.name} died {_REVIVALS} times within a minute.",
        safe="What it had recorded is safe.",
        next="Recover the session to seal it; its log is derived/recorder.log.",
    )


def recover(folder: SessionFolder) -> None:
    """Mend and seal a session whose recorder died. Takes as long as its last part is to read.

    Raises:
        SessionBusy: A recorder is at work on it after all.
        CorruptSession: It can't be mended.
        StorageError: The disk refuses.
    """
    from recorder import recovery  # noqa: PLC0415 (loads av; the first window doesn't)

    recovery.recover(folder)


def _failure(folder: SessionFolder) -> Status | None:
    """What to say of a sealed session that failed; None for one that is done, or gone."""
    try:
        sealed = folder.sealed()
    except ArchiveError:
        return None
    if sealed is None or sealed.state is not State.FAILED:
        return None
    end_s = sealed.duration_s
    return Status(state=sealed.state, end_s=end_s, now_s=end_s, detail=sealed.detail)


def _level_dbfs(status: Status, follower: Follower) -> tuple[float, float] | None:
    """A device's recorder tells its level; a stream's is decoded from what is stored."""
    if status.peak_dbfs is not None and status.rms_dbfs is not None:
        return status.peak_dbfs, status.rms_dbfs
    return follower.level_dbfs() if status.state is State.RECORDING else None


def _is_over(folder: SessionFolder) -> bool:
    try:
        return folder.sealed() is not None
    except ArchiveError:
        return not folder.path.exists()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
