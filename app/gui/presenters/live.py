"""Recordings that go on: what each does now, asked of its recorder. No Qt; one worker thread."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from app.gui.presenters import figures, notes, words
from app.gui.presenters.following import NO_NEWS, Follower, News
from app.gui.presenters.history import Histories
from app.gui.presenters.language import translate
from app.gui.presenters.reasons import in_own_words
from app.gui.presenters.session import NO_TIME, Strip, Wave, load_wave
from app.gui.presenters.words import Look, Message, look_of
from recorder import disk, launch
from recorder.archive import SessionFolder, SessionInfo
from recorder.control import Client
from recorder.errors import AircheckError, ArchiveError, RecorderError, StorageError
from recorder.status import Status
from recorder.types import GapReason, State

_WITH_METER_S = 0.1
_WITHOUT_METER_S = 0.5
_DISK_LOOK_S = 5.0
_INFO_LOOK_S = 1.0
_LONGEST_DISK_S = 99 * 3_600.0
_LATE_S = 60.0
_NEW_S = 30.0  # how long what happened is said while all is well again
_REDRAWN_S = 2.0
_DRAWING_SHARE = 0.05
_REVIVALS = 3
_REVIVALS_WITHIN_S = 60.0


class Act(StrEnum):
    """The one thing that a live session's state suggests to do."""

    NOTHING = ""
    MARK = "mark"
    RECORD_SYSTEM = "record system"
    """What cannot be heard by its address may be heard in a browser."""
    SHOW_FOLDER = "show folder"
    CALL_OFF = "call off"
    TRY_AGAIN = "try again"


_ACTS = {
    State.SCHEDULED: Act.CALL_OFF,
    State.WAITING: Act.RECORD_SYSTEM,
    State.RECORDING: Act.MARK,
    State.RECONNECTING: Act.RECORD_SYSTEM,
    State.REFUSED: Act.RECORD_SYSTEM,
    State.PAUSED: Act.SHOW_FOLDER,
    State.FAILED: Act.TRY_AGAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A live session now.

    Attributes:
        status: The recorder's last answer.
        strip: Its time so far.
        level_dbfs: Peak and mean of the last moment, or None where nothing comes in.
        news: What its journal tells beside the strip.
        minute: How the newest minute sounded; None while nothing did.
        trouble: What is wrong with what is heard, in a sentence; or empty.
        announced_for: When it was to begin; None where nobody said.
        note_count: How many notes were written so far, each at its moment.
        disk_left_s: How long the disk lasts at the rate of all that is recorded; None while
            nothing is.
        has_died: Whether its process is gone and the session isn't sealed.
    """

    folder: SessionFolder
    status: Status
    strip: Strip = NO_TIME
    level_dbfs: tuple[float, float] | None = None
    news: News = NO_NEWS
    minute: Wave | None = None
    trouble: str = ""
    announced_for: datetime | None = None
    note_count: int = 0
    disk_left_s: float | None = None
    has_died: bool = False

    @property
    def look(self) -> Look:
        """Its state, as shown."""
        return look_of(self.status.state, is_held=not self.has_died)

    @property
    def key(self) -> Path:
        """Which session it is."""
        return self.folder.path

    @property
    def act(self) -> Act:
        """The one thing that its state suggests to do."""
        if self.has_died:
            return Act.NOTHING
        if self.status.state is State.RECORDING and self.status.warning:
            return Act.SHOW_FOLDER
        act = _ACTS.get(self.status.state, Act.NOTHING)
        is_from_address = "://" in self.status.source or not self.status.source
        return Act.NOTHING if act is Act.RECORD_SYSTEM and not is_from_address else act

    def reason(self, now: datetime) -> str:
        """Why it is in its state and what happens next; empty while all is well."""
        if self.has_died:
            return translate("Live", "The recorder's process died; it is started again.")
        status = self.status
        if status.state is State.RECORDING:
            return _sentences(status.warning, self.trouble, _late(status), *_broken(status))
        why = self._announced(now) or in_own_words(status.detail) or _because(status)
        if status.state is State.SCHEDULED:
            then = words.begins(status.next_try_at, now)
        else:
            then = words.countdown(status.next_try_at, now)
        return _sentences(status.warning, why, then and f"{_capital(then)}.")

    def latest(self, now: datetime) -> str:
        """What happened a moment ago; where nothing did, what is recorded."""
        if self.status.state is not State.RECORDING:
            return ""
        notices = self.news.notices
        if notices and (now - notices[-1].at).total_seconds() < _NEW_S:
            return str(notices[-1])
        return self.status.source

    def _announced(self, now: datetime) -> str:
        """When it is to begin, on the clock of ``now``; empty where it doesn't wait for that."""
        if self.status.state is not State.SCHEDULED or self.announced_for is None:
            return ""
        local = self.announced_for.astimezone(now.tzinfo)
        day = f"{figures.weekday(local)}, {figures.date(local)}"
        return translate("Live", "Announced for {when}.").format(
            when=f"{day}, {figures.time(local)} {local.tzname()}"
        )

    def lateness(self, now: datetime) -> str:
        """How late it is, or began, by the minute; empty where it isn't, or nobody said when."""
        is_ahead = self.status.state is State.SCHEDULED
        if self.announced_for is None or is_ahead or self.has_failed:
            return ""
        begun_at = self.news.begun_at
        late_s = ((begun_at or now) - self.announced_for).total_seconds()
        if late_s < _LATE_S:
            return ""
        said = (
            translate("Live", "Began {length} late")
            if begun_at
            else translate("Live", "Late by {length}")
        )
        return said.format(length=words.length(late_s))

    @property
    def attempts(self) -> str:
        """How often it was tried since it last sounded; empty where that says nothing."""
        if self.status.state not in (State.WAITING, State.RECONNECTING, State.REFUSED):
            return ""
        count = self.news.attempts
        return translate("Live", "%n attempt(s)", n=count) if count else ""

    @property
    def written(self) -> str:
        """How many moments were marked, and notes written; empty while there are none."""
        mark_count = len(self.strip.markers)
        parts = (
            translate("Live", "%n mark(s)", n=mark_count) if mark_count else "",
            translate("Live", "%n note(s)", n=self.note_count) if self.note_count else "",
        )
        return ", ".join(part for part in parts if part)

    @property
    def disk_left(self) -> str:
        """How long the disk lasts; empty while nobody knows."""
        if self.disk_left_s is None:
            return ""
        return translate("Live", "Disk lasts {length}").format(
            length=words.length(min(self.disk_left_s, _LONGEST_DISK_S))
        )

    @property
    def is_warned(self) -> bool:
        """Whether something is said that should be seen, whatever the state is."""
        is_broken = any(_broken(self.status))
        return bool(self.status.warning) or bool(self.trouble) or self.has_died or is_broken

    @property
    def has_failed(self) -> bool:
        """Whether it is over and came to nothing; it is shown until somebody has read why."""
        return self.status.state is State.FAILED

    @property
    def saved_to(self) -> str:
        """How much is stored."""
        end_s = self.status.end_s
        if end_s:
            return translate("Live", "Saved to {clock}").format(clock=words.clock(end_s))
        if self.has_failed:
            return translate("Live", "Nothing recorded")
        return translate("Live", "Nothing recorded yet")


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
        self._infos: dict[Path, tuple[float, SessionInfo | None]] = {}  # and when to read it again
        self._disk_left_s: float | None = None
        self._next_disk_look = 0.0
        self._shown: tuple[Live, ...] | None = None

    def watch(self, folders: Iterable[SessionFolder]) -> None:
        """Ask for these sessions from now on, beside those that haven't ended yet."""
        with self._lock:
            for folder in folders:
                self._watched.setdefault(folder.path, folder)

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
        self._look_at_disk()
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
        level_dbfs = _level_dbfs(status, follower)
        strip = follower.strip()
        info = self._info(folder)
        self._known[path] = Live(
            folder=folder,
            status=status,
            strip=strip,
            level_dbfs=level_dbfs,
            news=follower.news(),
            minute=follower.minute() if strip.duration_s else None,
            trouble=follower.trouble() if status.state is State.RECORDING else "",
            announced_for=info.schedule.at if info and info.schedule else None,
            note_count=notes.count(info.notes) if info else 0,
            disk_left_s=self._disk_left_s,
        )
        wait_s = _WITHOUT_METER_S if status.peak_dbfs is None else _WITH_METER_S
        self._next_ask[path] = self._monotonic() + wait_s

    def _info(self, folder: SessionFolder) -> SessionInfo | None:
        """What people say of it, read now and then; None where that can't be read."""
        now = self._monotonic()
        due, info = self._infos.get(folder.path, (now, None))
        if now >= due:
            try:
                info = folder.info()
            except ArchiveError:
                info = None
            self._infos[folder.path] = (now + _INFO_LOOK_S, info)
        return info

    def _look_at_disk(self) -> None:
        """How long the disk lasts, now and then."""
        if self._monotonic() < self._next_disk_look:
            return
        self._next_disk_look = self._monotonic() + _DISK_LOOK_S
        recording = [live for live in self._known.values() if live.status.state is State.RECORDING]
        rate = sum(live.news.bytes_a_second for live in recording)
        try:
            self._disk_left_s = disk.free_bytes(recording[0].key) / rate if rate else None
        except StorageError:
            self._disk_left_s = None

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
        self._infos.pop(path, None)
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
        self._histories = Histories()  # a journal of hours is not read again each time

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
                waves.append(load_wave(folder, self._histories))
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
        happened=translate(
            "Live", "The recorder of {name} died %n time(s) within a minute.", n=_REVIVALS
        ).format(name=folder.path.name),
        safe=translate("Live", "What it had recorded is safe."),
        next=translate("Live", "Recover the session to seal it; its log is derived/recorder.log."),
    )


def stop(folder: SessionFolder) -> None:
    """Ask a recorder to end well; one that has ended, or is about to, isn't asked twice.

    Raises:
        RecorderError: No recorder answers, and the session isn't sealed.
    """
    try:
        Client(folder).stop()
    except RecorderError:
        if not (_is_over(folder) or launch.is_running(folder) or _is_over(folder)):
            raise


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


def _late(status: Status) -> str:
    """Why nothing more is saved for some seconds, where a segment keeps others waiting."""
    if not status.staged:
        return ""
    return translate("Live", "%n segment(s) kept; an earlier one is late.", n=status.staged)


def _broken(status: Status) -> list[str]:
    """What keeps the tracks that are not recorded, while others are; nothing of ended ones."""
    if status.state is not State.RECORDING:
        return []
    fine = (State.RECORDING, State.CONNECTING, State.FINISHING, State.DONE)
    said = translate("Live", "Track {track}: {state}. {why}")
    return [
        said.format(
            track=each.track,
            state=look_of(each.state, is_held=True).word,
            why=in_own_words(each.detail) or each.source,
        )
        for each in status.tracks
        if each.state not in fine
    ]


def _level_dbfs(status: Status, follower: Follower) -> tuple[float, float] | None:
    """A device's recorder tells its level; a stream's is decoded from what is stored."""
    heard = follower.listen() if status.state is State.RECORDING else None
    if status.peak_dbfs is not None and status.rms_dbfs is not None:
        return status.peak_dbfs, status.rms_dbfs
    return heard


def _is_over(folder: SessionFolder) -> bool:
    try:
        return folder.sealed() is not None
    except ArchiveError:
        return not folder.path.exists()


def _because(status: Status) -> str:
    """Why there is no audio now, in the window's words; what nobody knows here, as it was said."""
    if not status.reason:
        return ""
    known = {str(reason): reason for reason in GapReason}
    reason = known.get(status.reason)
    return f"{_capital(words.reason(reason) if reason else status.reason)}."


def _sentences(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
