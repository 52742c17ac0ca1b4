"""The state machine of one recording.

    connecting → recording ⇄ reconnecting | refused | paused → finishing → done
        ⇅ waiting | refused
        └→ failed: what never was a session

One thread captures (the source's), one syncs and watches the clock (`Recording.run`'s own), and
one stores closed WAV parts as FLAC. Whatever the source does, the session decides: it waits,
tries again, and ends only when the source has ended, somebody stops it, its time is up, or
nothing came for an hour.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from recorder import retry
from recorder.archive import SessionFolder
from recorder.errors import (
    AircheckError,
    ConnectionLost,
    DiskFull,
    MalformedAddress,
    NotAudio,
    NotAvailable,
    Refused,
    SourceError,
    StorageError,
    UnknownDevice,
)
from recorder.events import Attempt, Event, Marked, StateChanged
from recorder.journal import JournalWriter
from recorder.packer import Packer
from recorder.seal import seal
from recorder.sources.base import SinkClosed, Source
from recorder.status import Status
from recorder.timeline import Timeline
from recorder.types import GapReason, Seconds, SourceSpec, State, iso, utc_now
from recorder.writer import TrackWriter

_logger = logging.getLogger(__name__)

SYNC_S = 1.0
"""Between two syncs of audio and journal."""

GIVE_UP_S = 3_600.0
"""Seconds without a byte after which a session that had begun is over."""

_TRACK = "a"
_LAST_WORDS_S = 0.5  # for a stopped source to hand over what it holds
_PROBE_DISK_S = 1.0
_ROOM_BYTES = 4_000_000  # free before a paused recording goes on
_FATAL = (NotAudio, MalformedAddress, UnknownDevice)


class Recording:
    """Records one session to its end. `run` blocks; `stop`, `mark`, `status` fit any thread."""

    def __init__(
        self,
        folder: SessionFolder,
        *,
        open_source: Callable[[SourceSpec], Source],
        before: Timeline | None = None,
        give_up_s: float = GIVE_UP_S,
    ) -> None:
        """Prepare to record.

        Args:
            folder: The session's, held by this process (`SessionFolder.hold`).
            open_source: Makes the source of a spec.
            before: What an earlier recorder stored, when this one goes on after a crash.
            give_up_s: Seconds without a byte after which a begun session ends.

        Raises:
            CorruptSession: The folder can't be read.
            StorageError: The disk refuses.
            SourceError: The source can't be had at all.
        """
        ((_, spec),) = folder.sources()
        self._folder = folder
        self._for_s = folder.info().for_s
        self._recovered = before is not None
        self._give_up_s = give_up_s
        self._spec = spec
        self._open_source = open_source
        self._source: Source | None = None
        self._log = JournalWriter(folder.journal_path)
        self._asked_to_stop = threading.Event()
        self._over = threading.Event()
        self._state = StateChanged(state=State.CONNECTING)
        self._state_lock = threading.Lock()
        self._backlog: list[Event] = []
        self._failure: AircheckError | None = None
        self._ending = ""
        self._packer = Packer(folder, self._log)
        self._writer = TrackWriter(
            folder,
            _TRACK,
            self._log,
            source=str(spec),
            before=before,
            on_audio=self._on_audio,
            on_part_closed=self._packer.put,
        )
        if self._writer.has_audio:
            self._writer.trouble = (GapReason.KILLED, "The recorder had died.")

    # --- from any thread -----------------------------------------------------------------------

    def stop(self) -> None:
        """End the recording well; returns at once."""
        self._asked_to_stop.set()
        self._over.set()
        self._cancel_source()

    def mark(self, text: str) -> Seconds:
        """Name this moment, and return it in session time.

        Raises:
            StorageError: The disk refuses.
            ValueError: The recording has ended.
        """
        at_s = self._writer.now_s
        self._log.append(Marked(at_s=at_s, text=text))
        return at_s

    def status(self) -> Status:
        """What it is doing now."""
        state, writer = self._state, self._writer
        return Status(
            state=state.state,
            reason=state.reason,
            detail=state.detail,
            next_try_at=state.next_try_at,
            end_s=writer.end_s,
            now_s=writer.now_s,
            peak_dbfs=writer.peak_dbfs,
            rms_dbfs=writer.rms_dbfs,
        )

    # --- the session's own thread --------------------------------------------------------------

    def run(self) -> State:
        """Record to the end and seal the session.

        Returns:
            `State.DONE` or `State.FAILED`.

        Raises:
            StorageError: The disk refuses to the last; what was synced is safe, and
                `recorder.recovery` seals it later.
        """
        self._become(State.CONNECTING)
        capture = threading.Thread(target=self._capture, name="capture-a", daemon=True)
        capture.start()
        while not self._over.wait(self._until_next_sync_s()):
            self._sync()
            if self._for_s is not None and self._writer.now_s >= self._for_s:
                self._ending = "The time asked for is over."
                self._over.set()
        silent = self._state.state is not State.RECORDING
        self._become(State.FINISHING)
        self._asked_to_stop.set()
        self._cancel_source()
        capture.join(_LAST_WORDS_S)
        return self._finish(silent=silent)

    def _until_next_sync_s(self) -> float:
        if self._for_s is None:
            return SYNC_S
        return min(SYNC_S, max(0.01, self._for_s - self._writer.now_s))

    def _sync(self) -> None:
        try:
            self._writer.sync()
            self._tell_backlog()
        except DiskFull:
            _logger.warning("the disk is full; journal lines wait")
        except StorageError as error:
            self._fail(error)

    def _finish(self, *, silent: bool) -> State:
        """Close everything and seal."""
        writer = self._writer
        stopped_in_silence = silent and writer.has_audio and not self._ending
        writer.close(gap_to_s=writer.now_s if stopped_in_silence else None)
        self._packer.close()
        final = State.FAILED if self._failure else State.DONE
        detail = str(self._failure) if self._failure else self._ending
        reason = type(self._failure).__name__ if self._failure else ""
        self._become(final, reason=reason, detail=detail)
        self._tell_backlog()
        seal(self._folder, self._log, final, recovered=self._recovered, detail=detail)
        return final

    # --- the capture thread --------------------------------------------------------------------

    def _capture(self) -> None:
        try:
            self._source = self._open_source(self._spec)
            self._capture_until_over(self._source)
        except SinkClosed:
            _logger.info("the source spoke on after the end")
        except AircheckError as error:
            self._fail(error)
        except Exception as error:
            _logger.exception("the capture thread failed")
            self._fail(AircheckError(f"The recorder failed: {error!r}.", hint="See its log."))
        finally:
            self._over.set()

    def _capture_until_over(self, source: Source) -> None:
        failures, since, heard_s = 0, time.monotonic(), self._writer.end_s
        while not self._asked_to_stop.is_set():
            trouble = self._capture_once(source)
            if trouble is None or self._has_given_up():
                return
            if self._writer.end_s > heard_s:
                failures, since, heard_s = 0, time.monotonic(), self._writer.end_s
            failures += 1
            if isinstance(trouble, DiskFull):
                self._pause(trouble)
            else:
                self._wait_after(trouble, failures=failures, since=since)

    def _capture_once(self, source: Source) -> SourceError | DiskFull | None:
        """Capture until the source ends (None) or something is in the way that may pass.

        Raises:
            SourceError: It never was a session.
            StorageError: The disk refuses for good.
            SinkClosed: The session is over.
        """
        try:
            source.capture(self._writer, self._asked_to_stop)
        except DiskFull as error:
            return error
        except SourceError as error:
            if isinstance(error, _FATAL) and not self._writer.has_audio:
                raise
            return error
        except (SinkClosed, StorageError):
            raise
        except Exception as error:
            _logger.exception("the source failed in a way that it should not")
            return ConnectionLost(f"The source failed: {error!r}.")
        if not self._asked_to_stop.is_set():
            self._ending = "The source ended."
        return None

    def _wait_after(self, error: SourceError, *, failures: int, since: float) -> None:
        has_audio = self._writer.has_audio
        wait_s = retry.wait_s(
            error, failures=failures, waited_s=time.monotonic() - since, has_audio=has_audio
        )
        reason = _reason(error, has_audio=has_audio)
        if self._writer.trouble is None:
            self._writer.trouble = (reason, error.message)
        self._writer.tell(
            Attempt(
                track=_TRACK,
                address=self._spec.public_address,
                detail=error.message,
                reason=reason,
                status=getattr(error, "status", None),
            )
        )
        state = State.RECONNECTING if has_audio else State.WAITING
        self._become(
            State.REFUSED if isinstance(error, Refused) else state,
            reason=reason,
            detail=error.message,
            next_try_at=iso(utc_now() + timedelta(seconds=wait_s)),
        )
        self._asked_to_stop.wait(wait_s)

    def _has_given_up(self) -> bool:
        silent_s = time.monotonic() - self._writer.last_write_mono_s
        if not self._writer.has_audio or silent_s < self._give_up_s:
            return False
        self._ending = f"Nothing came for {silent_s / 60:.0f} min: taken as the session's end."
        return True

    def _pause(self, error: DiskFull) -> None:
        """Wait until the disk has room again, or until the session is stopped."""
        self._writer.trouble = self._writer.trouble or (GapReason.DISK_FULL, error.message)
        self._become(State.PAUSED, reason=GapReason.DISK_FULL, detail=str(error))
        while not self._asked_to_stop.wait(_PROBE_DISK_S):
            if shutil.disk_usage(self._folder.path).free >= _ROOM_BYTES:
                return

    def _on_audio(self) -> None:
        if self._state.state is not State.RECORDING and not self._over.is_set():
            self._become(State.RECORDING)

    # --- inside --------------------------------------------------------------------------------

    def _fail(self, error: AircheckError) -> None:
        self._failure = self._failure or error
        self._over.set()

    def _cancel_source(self) -> None:
        if self._source:
            self._source.cancel()

    def _become(
        self, state: State, *, reason: str = "", detail: str = "", next_try_at: str = ""
    ) -> None:
        """Change the state, and journal it when more than the time of the next try is new."""
        with self._state_lock:
            old = self._state
            if old.state in (State.FINISHING, State.DONE, State.FAILED) and not (
                state.is_final or state is State.FINISHING
            ):
                return
            self._state = StateChanged(
                state=state, reason=reason, detail=detail, next_try_at=next_try_at
            )
            is_first = state is State.CONNECTING
            if is_first or (old.state, old.reason, old.detail) != (state, reason, detail):
                self._backlog.append(self._state)
        try:
            self._tell_backlog()
        except StorageError:
            _logger.warning("the journal takes no line now; it waits")

    def _tell_backlog(self) -> None:
        """Journal the states that wait.

        Raises:
            StorageError: The disk refuses; they wait on.
        """
        with self._state_lock:
            if self._backlog:
                self._log.append(*self._backlog)
                self._backlog.clear()


def _reason(error: SourceError, *, has_audio: bool) -> GapReason:
    """The reason for people: what can't be reached in mid-session is a lost connection."""
    unreachable = isinstance(error, NotAvailable) and error.status is None
    return GapReason.CONNECTION_LOST if has_audio and unreachable else error.reason
