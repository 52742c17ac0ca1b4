"""The state machine of one recording.

    scheduled → connecting → recording ⇄ reconnecting | refused | paused → finishing → done
                    ⇅ waiting | refused
                    └→ failed: what never was a session

`Recording.run`'s own thread waits for the announced time, then syncs and watches the clocks and
the disk; each track captures in a thread of its own (`recorder.capture`), and one stores closed
WAV parts as FLAC. Whatever the sources do, the session decides: it ends only when they have ended,
somebody stops it, its time is up, or nothing came for an hour.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from recorder import disk
from recorder.archive import SessionFolder
from recorder.awake import KeepAwake
from recorder.capture import Opener, Shared, TrackCapture
from recorder.clock import ClockWatch, Limit, SessionClock
from recorder.errors import AircheckError, DiskFull, StorageError
from recorder.events import Event, Marked, Noticed, StateChanged
from recorder.joining import ChunkMemory
from recorder.journal import JournalWriter
from recorder.packer import Packer
from recorder.schedule import CALLED_OFF
from recorder.seal import seal
from recorder.status import Status, TrackStatus
from recorder.timeline import Timeline
from recorder.types import GapReason, Seconds, SourceSpec, State, iso, utc_now
from recorder.writer import TrackWriter

_logger = logging.getLogger(__name__)

SYNC_S = 1.0
"""Between two syncs of audio and journal."""

GIVE_UP_S = 3_600.0
"""Seconds without a byte after which a session that had begun is over."""

_ON_ITS_WAY_S = 0.5  # what was heard until the time is over, and arrives just behind it
_LOOK_AT_DISK_S = 5.0
_LONGEST_NAP_S = 5.0  # while scheduled: a computer that slept, or a set clock, is noticed in it
_MOST_TELLING = (
    State.RECORDING,
    State.PAUSED,
    State.RECONNECTING,
    State.REFUSED,
    State.CONNECTING,
    State.WAITING,
)
"""Of several tracks' states the first one of these is the session's."""


class Recording:
    """Records one session to its end. `run` blocks; `stop`, `mark`, `status` fit any thread."""

    def __init__(
        self,
        folder: SessionFolder,
        *,
        open_source: Opener,
        before: Timeline | None = None,
        on_begin: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare to record.

        Args:
            folder: The session's, held by this process (`SessionFolder.hold`).
            open_source: Makes the source of a spec.
            before: What an earlier recorder stored, when this one goes on after a crash.
            on_begin: Called in `run`'s thread when its time has come; it must not block.

        Raises:
            CorruptSession: The folder can't be read.
            StorageError: The disk refuses.
        """
        info = folder.info()
        self._folder = folder
        self._on_begin = on_begin
        self._schedule = info.schedule
        announced_at = info.schedule.at if info.schedule else None
        self._limit = Limit(info.for_s, announced_at=announced_at)
        self._recovered = before is not None and bool(before.tracks)
        self._log = JournalWriter(folder.journal_path)
        self._clock = SessionClock()
        self._clock_watch = ClockWatch()
        self._disk_watch = disk.DiskWatch(partial(disk.free_bytes, folder.path))
        self._next_disk_look_s = 0.0
        self._warning = ""
        self._over = threading.Event()
        is_early = info.schedule is not None and utc_now() < info.schedule.probe_at
        self._state = StateChanged(state=State.SCHEDULED if is_early else State.CONNECTING)
        self._state_lock = threading.Lock()
        self._was_told_state = False
        self._backlog: list[Event] = []
        self._failure: AircheckError | None = None
        self._ending = ""
        self._packer = Packer(folder, self._log)
        sources = folder.sources()
        shared = Shared(
            folder=folder,
            open_source=open_source,
            clock=self._clock,
            memory=ChunkMemory() if len(sources) > 1 else None,
            announced_at=announced_at,
            give_up_s=GIVE_UP_S if info.give_up_s is None else info.give_up_s,
            is_together=len({track for track, _ in sources}) > 1,
            sync=self._sync,
        )
        if shared.memory and before:
            shared.memory.recall(before.tracks.values())
        self._tracks = [
            self._track(name, [spec for track, spec in sources if track == name], shared, before)
            for name in dict.fromkeys(track for track, _ in sources)
        ]
        self._look_at_limit()

    def _track(
        self, name: str, specs: list[SourceSpec], shared: Shared, before: Timeline | None
    ) -> TrackCapture:
        writer = TrackWriter(
            self._folder,
            name,
            self._log,
            source=str(specs[0]),
            before=before,
            clock=self._clock,
            limit=self._limit,
            on_audio=lambda: track.on_audio(),  # noqa: PLW0108 (made below)
            on_part_closed=self._packer.put,
        )
        if writer.has_audio:
            writer.trouble = (GapReason.KILLED, "The recorder had died.")
        track = TrackCapture(
            name, specs, writer, shared, before=before, on_change=self._sum_up, tell=self._notice
        )
        return track

    # --- from any thread -----------------------------------------------------------------------

    def heard_since(self, mono_s: float) -> None:
        """Its first sample was taken at this moment of the monotonic clock, before it began."""
        self._clock.heard_since(mono_s)
        ago_s = time.monotonic() - mono_s
        detail = f"The first {ago_s:.0f} s were heard before the recording was asked for."
        self._notice(Noticed(what="pre-roll", detail=detail))

    def stop(self) -> None:
        """End the recording well; returns at once."""
        self._over.set()
        for track in self._tracks:
            track.stop()

    def mark(self, text: str) -> Seconds:
        """Name this moment, and return it in session time.

        Raises:
            StorageError: The disk refuses.
            ValueError: The recording has ended.
        """
        at_s = Seconds(max(track.writer.heard_s for track in self._tracks))
        self._log.append(Marked(at_s=at_s, text=text))
        return at_s

    def status(self) -> Status:
        """What it is doing now."""
        state = self._state
        telling = self._telling_track()
        level = telling.writer.level
        return Status(
            state=state.state,
            reason=state.reason,
            detail=state.detail,
            next_try_at=state.next_try_at,
            end_s=Seconds(max(track.writer.end_s for track in self._tracks)),
            now_s=self._now_s,
            peak_dbfs=level.peak_dbfs if level else None,
            rms_dbfs=level.rms_dbfs if level else None,
            clipped=level.clipped if level else None,
            source=telling.source,
            staged=sum(track.writer.staged for track in self._tracks),
            tracks=tuple(_status_of(track) for track in self._tracks)
            if len(self._tracks) > 1
            else (),
            warning=self._warning,
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
        self._await_its_time()
        with KeepAwake():
            if not self._over.is_set():
                self._become(State.CONNECTING)
                self._on_begin()
                for track in self._tracks:
                    track.start()
            while not self._over.wait(self._until_next_sync_s()):
                self._watch_clocks()
                self._look_at_limit()
                self._sync()
                self._watch_disk()
                self._end_in_time()
            self._become(State.FINISHING)
            for track in self._tracks:
                track.stop()
            for track in self._tracks:
                track.join()
            return self._finish()

    def _await_its_time(self) -> None:
        """Wait, on the wall clock, until probing begins."""
        if self._schedule is None or self._has_audio:
            return
        left_s = (self._schedule.probe_at - utc_now()).total_seconds()
        if left_s > 0:
            at = f"{self._schedule.local:%A, %d %B %Y, %H:%M %Z}"
            self._become(
                State.SCHEDULED,
                detail=f"Announced for {at}.",
                next_try_at=iso(self._schedule.probe_at),
            )
        while left_s > 0 and not self._over.wait(min(left_s, _LONGEST_NAP_S)):
            left_s = (self._schedule.probe_at - utc_now()).total_seconds()
        if left_s > 0:
            self._ending = CALLED_OFF

    def _until_next_sync_s(self) -> float:
        limit_s = self._limit.end_s
        if limit_s is None:
            return SYNC_S
        return min(SYNC_S, max(0.01, limit_s - self._now_s))

    def _look_at_limit(self) -> None:
        """See where the announced moment was, once it has come: the time asked for counts on."""
        heard_s = max(max(track.writer.now_s, track.writer.heard_s) for track in self._tracks)
        self._limit.look(heard_s=heard_s, now=utc_now())

    def _end_in_time(self) -> None:
        """See whether the time asked for is over, or a repeat's next time has come."""
        if self._is_time_over:
            self._ending = "The time asked for is over."
            self._over.set()
        following = self._schedule.following(self._schedule.at) if self._schedule else None
        if following and not self._has_audio and utc_now() >= following.probe_at:
            self._ending = "Nothing came until its next time."
            self._over.set()

    @property
    def _is_time_over(self) -> bool:
        """Whether the time asked for is over, and what was heard in it is there, or late."""
        limit_s = self._limit.end_s
        if limit_s is None:
            return False
        playing = [each for each in self._tracks if each.state.state is State.RECORDING]
        is_coming = any(each.writer.end_s < limit_s for each in playing if not each.is_over)
        return self._now_s - limit_s >= (_ON_ITS_WAY_S if is_coming else 0.0)

    def _watch_clocks(self) -> None:
        jump = self._clock_watch.look()
        if jump is None:
            return
        if jump.slept_s:
            self._clock.slept(jump.slept_s)
            detail = f"The computer was asleep for {jump.slept_s:.0f} s."
            self._notice(Noticed(what="asleep", detail=detail))
            for track in self._tracks:
                track.woke(jump.slept_s)
        if jump.set_by_s:
            way = "forward" if jump.set_by_s > 0 else "back"
            detail = (
                f"The computer's clock was set {way} by {abs(jump.set_by_s):.0f} s; "
                "session time is not affected."
            )
            self._notice(Noticed(what="clock", detail=detail))

    def _sync(self) -> None:
        try:
            for track in self._tracks:
                track.writer.sync()
            self._tell_backlog()
        except DiskFull:
            _logger.warning("the disk is full; journal lines wait")
        except StorageError as error:
            self._fail(error)

    def _watch_disk(self) -> None:
        now_s = self._clock_watch.monotonic_s
        if now_s < self._next_disk_look_s:
            return
        self._next_disk_look_s = now_s + _LOOK_AT_DISK_S
        try:
            warning = self._disk_watch.look()
        except StorageError as error:
            _logger.warning("%s", error)
            return
        if warning:
            self._notice(Noticed(what="disk", detail=warning))
        if warning or self._disk_watch.left_s is None:
            self._warning = warning

    def _finish(self) -> State:
        """Close everything and seal."""
        self._end_in_time()
        ends = [track for track in self._tracks if track.ending]
        self._ending = self._ending or (ends[0].ending if ends else "")
        failures = [track.failure for track in self._tracks if track.failure]
        if len(failures) == len(self._tracks):
            self._failure = self._failure or failures[0]
        for track in self._tracks:
            is_lost = track.was_silent and track.writer.has_audio and not track.ending
            track.writer.close(gap_to_s=self._lost_to_s(track) if is_lost else None)
        self._packer.close()
        final = State.FAILED if self._failure else State.DONE
        detail = str(self._failure) if self._failure else self._ending
        reason = type(self._failure).__name__ if self._failure else ""
        self._become(final, reason=reason, detail=detail)
        self._tell_backlog()
        seal(self._folder, self._log, final, recovered=self._recovered, detail=detail)
        return final

    def _lost_to_s(self, track: TrackCapture) -> Seconds:
        """Where the last gap of a track ends that had not come back: the event goes on or is over.

        It is over with the tracks whose source has ended, and for us when our time is. Where it
        goes on, it is as far as the track would be, or another is: session time may be ahead of
        the clock by all that a source handed over at first.
        """
        farthest_s = max(each.writer.end_s for each in self._tracks)
        if any(each.ending for each in self._tracks):
            return Seconds(farthest_s)
        now_s = Seconds(max(farthest_s, track.writer.now_s, track.writer.heard_s))
        limit_s = self._limit.end_s
        return now_s if limit_s is None else Seconds(min(now_s, limit_s))

    # --- inside --------------------------------------------------------------------------------

    @property
    def _now_s(self) -> Seconds:
        return Seconds(max(track.writer.now_s for track in self._tracks))

    @property
    def _has_audio(self) -> bool:
        return any(track.writer.has_audio for track in self._tracks)

    def _telling_track(self) -> TrackCapture:
        """The track whose state is the session's."""
        living = [track for track in self._tracks if not track.is_over]
        return min(living or self._tracks, key=lambda track: _MOST_TELLING.index(track.state.state))

    def _sum_up(self) -> None:
        """A track's state has changed: the session's follows. Called from the tracks' threads.

        When one has ended well, those that only wait for their source are over too; when the disk
        refuses one, it refuses all.
        """
        for track in self._tracks:
            if isinstance(track.failure, StorageError):
                self._fail(track.failure)
        living = [track for track in self._tracks if not track.is_over]
        if any(track.is_over and not track.failure for track in self._tracks):
            living = [track for track in living if track.state.state is State.RECORDING]
        if not living:
            self._over.set()
        if self._over.is_set():
            return
        track = self._telling_track()
        state = track.state
        if state.state is State.RECORDING and len(self._tracks) > 1:
            self._become(State.RECORDING, detail=self._troubles())
        elif state.state is not State.CONNECTING or len(self._tracks) == 1:
            self._become(
                state.state,
                reason=state.reason,
                detail=state.detail,
                next_try_at=state.next_try_at,
            )

    def _troubles(self) -> str:
        """What keeps the tracks that are not recording."""
        silent = (State.CONNECTING, State.RECORDING)
        return " ".join(
            f"Track {track.track}: {track.failure or track.state.detail or track.state.state}"
            for track in self._tracks
            if track.failure or not (track.ending or track.state.state in silent)
        )

    def _fail(self, error: AircheckError) -> None:
        self._failure = self._failure or error
        self._over.set()

    def _notice(self, notice: Noticed) -> None:
        """Journal what people should know, now or as soon as the disk takes it."""
        with self._state_lock:
            self._backlog.append(notice)
        self._try_backlog()

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
            is_news = (old.state, old.reason, old.detail) != (state, reason, detail)
            if is_news or not self._was_told_state:
                self._was_told_state = True
                self._backlog.append(self._state)
        self._try_backlog()

    def _try_backlog(self) -> None:
        try:
            self._tell_backlog()
        except StorageError:
            _logger.warning("the journal takes no line now; it waits")

    def _tell_backlog(self) -> None:
        """Journal the states and notices that wait.

        Raises:
            StorageError: The disk refuses; they wait on.
        """
        with self._state_lock:
            if self._backlog:
                self._log.append(*self._backlog)
                self._backlog.clear()


def _status_of(track: TrackCapture) -> TrackStatus:
    """What a track is doing now, or why it does nothing any more."""
    state = track.state
    if track.is_over:
        is_lost = track.failure is not None
        return TrackStatus(
            track=track.track,
            state=State.FAILED if is_lost else State.DONE,
            detail=str(track.failure) if is_lost else track.ending,
            source=track.source,
            end_s=track.writer.end_s,
        )
    return TrackStatus(
        track=track.track,
        state=state.state,
        detail=state.detail,
        source=track.source,
        end_s=track.writer.end_s,
        next_try_at=state.next_try_at,
    )
