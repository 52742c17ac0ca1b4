"""One track's sources, captured one at a time, until one of them ends.

A track has a source and, if somebody named them, mirrors. Where the one that plays breaks or
refuses, the next one whose time has come takes over; after a mere break it is tried once more
first. Those named before the one that plays are probed meanwhile, and come first again when it
breaks. Each keeps its own count of failures, and a Retry-After of one holds up no other.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from recorder import disk, retry
from recorder.archive import SessionFolder
from recorder.clock import SessionClock
from recorder.errors import (
    AircheckError,
    ConnectionLost,
    DiskFull,
    MalformedAddress,
    NotAudio,
    NotAvailable,
    Refused,
    SourceError,
    Stalled,
    StorageError,
    UnknownDevice,
)
from recorder.events import Attempt, Noticed, StateChanged
from recorder.frames import parser_for
from recorder.joining import Anchor, Answers, ChunkMemory, JoiningSink, ProbeSink
from recorder.matching import Known
from recorder.sources.base import Sink, SinkClosed, Source
from recorder.sources.overlap import REMEMBERED_S, FrameMemory
from recorder.sources.past import Past
from recorder.timeline import Timeline
from recorder.types import AudioFormat, GapReason, Seconds, SourceSpec, State, iso, utc_now
from recorder.writer import TrackWriter

_logger = logging.getLogger(__name__)

_PROBE_DISK_S = 1.0
_ROOM_BYTES = 4_000_000  # free before a paused recording goes on
_LAST_WORDS_S = 0.5  # for a stopped source to hand over what it holds
_SOUND_S = 3.0  # a source that played so long is sound; its next break is a mere break
_LATE_S = 60.0  # before that nobody calls it late
_FATAL = (NotAudio, MalformedAddress, UnknownDevice)


class Opener(Protocol):
    """Makes the source of a spec; ``past`` is given where something of the track is stored."""

    def __call__(self, spec: SourceSpec, *, past: Past | None = ...) -> Source:
        """Nothing is opened or fetched yet."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the tracks of a session have in common.

    Attributes:
        memory: Of their chunks; None where one source is all there is, and needs none.
        announced_at: When the event was to begin, aware, if anybody said.
        give_up_s: Seconds without a byte after which a track that had begun is over.
        is_together: There are several tracks, side by side.
        sync: Brings what all tracks hold to the journal, so that it can be read there.
    """

    folder: SessionFolder
    open_source: Opener
    clock: SessionClock
    memory: ChunkMemory | None
    announced_at: datetime | None
    give_up_s: float
    is_together: bool
    sync: Callable[[], None]


@dataclass(slots=True)
class _Candidate:
    """One of a track's sources, and how it has fared. Belongs to one thread at a time."""

    spec: SourceSpec
    source: Source | None = None
    failures: int = 0
    since_s: float = 0.0  # monotonic, of the first failure in a row
    next_try_s: float = 0.0  # monotonic
    trouble: str = ""
    is_refused: bool = False
    is_back: bool = False
    never: SourceError | None = None  # why it can't be recorded at all

    def failed(self, error: SourceError, *, has_audio: bool, announced_at: datetime | None) -> bool:
        """Note a failed try.

        Returns:
            Whether it failed in another way than before.
        """
        now_s = time.monotonic()
        if not self.failures:
            self.since_s = now_s
        self.failures += 1
        waited_s = now_s - self.since_s
        if announced_at:
            waited_s = min(waited_s, (utc_now() - announced_at).total_seconds())
        self.next_try_s = now_s + retry.wait_s(
            error, failures=self.failures, waited_s=waited_s, has_audio=has_audio
        )
        is_news, self.trouble = self.trouble != error.message, error.message
        self.is_refused = isinstance(error, Refused)
        self.is_back = False
        return is_news

    def recovered(self) -> None:
        """It has audio."""
        self.failures, self.next_try_s, self.trouble, self.is_refused = 0, 0.0, "", False

    def played(self, for_s: float) -> None:
        """It had audio for so long. One that breaks again and again counts as failing."""
        if for_s >= _SOUND_S:
            self.recovered()
        else:
            self.failures = min(self.failures, 1)


class TrackCapture:
    """Captures one track in a thread of its own, named ``capture-a`` for track a.

    Attributes:
        state: What it does now.
        ending: Why it ended, in words, when it has.
        failure: Why it failed, if it did.
    """

    def __init__(
        self,
        track: str,
        specs: list[SourceSpec],
        writer: TrackWriter,
        shared: Shared,
        *,
        before: Timeline | None = None,
        on_change: Callable[[], None],
        tell: Callable[[Noticed], None],
    ) -> None:
        """Prepare to capture.

        Args:
            track: Its letter.
            specs: The source and its mirrors, the preferred one first.
            writer: Of the track.
            shared: What the session's tracks have in common.
            before: What an earlier recorder stored of the session.
            on_change: Called from any of its threads when `state` has changed.
            tell: Journals what people should know.
        """
        self.track = track
        self.writer = writer
        self.state = StateChanged(state=State.CONNECTING, track=track)
        self.ending = ""
        self.failure: AircheckError | None = None
        self._shared = shared
        self._on_change, self._tell = on_change, tell
        self._candidates = [_Candidate(spec=spec) for spec in specs]
        self._current = self._candidates[0]
        self._failed: _Candidate | None = None  # the last one that did
        self._holder = self._holder_of(before)  # whose audio was stored last
        self._is_first_audio = not writer.has_audio
        self._halt = threading.Event()  # of the capture that runs
        self._wake = threading.Event()  # ends a wait between two
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._over = threading.Event()
        self._state_lock = threading.Lock()
        self._was_silent = False
        name = f"capture-{track}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def _holder_of(self, before: Timeline | None) -> _Candidate | None:
        if not self.writer.has_audio or before is None:
            return None
        name = before.tracks[self.track].parts[-1].source
        named = [item for item in self._candidates if str(item.spec) == name]
        return named[0] if named else self._candidates[0]

    # --- from any thread -----------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether it captures no more."""
        return self._over.is_set()

    @property
    def source(self) -> str:
        """The public name of the source that plays, or is tried."""
        return str(self._current.spec)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def was_silent(self) -> bool:
        """Whether nothing came when it was stopped, nor in its source's last words."""
        return self._was_silent

    def stop(self) -> None:
        """End it well; returns at once."""
        with self._state_lock:
            if not self._stopping.is_set():
                self._was_silent = self.state.state is not State.RECORDING
                self._stopping.set()
        self._interrupt()

    def join(self) -> None:
        """Wait for the source's last words, half a second at most; without harm if not begun."""
        if self._thread.ident is not None:
            self._thread.join(_LAST_WORDS_S)

    def woke(self, slept_s: float) -> None:
        """The computer slept: connections are dead, even if they don't know it yet."""
        if self.writer.has_audio and self.writer.trouble is None:
            detail = f"The computer was asleep for {slept_s:.0f} s."
            self.writer.trouble = (GapReason.ASLEEP, detail)
        self._woken.set()
        self._interrupt()

    def on_audio(self) -> None:
        """Something was stored. Called by the writer, in the source's thread."""
        if self.state.state is State.RECORDING:
            return
        if not self._stopping.is_set():
            self._become(State.RECORDING, detail=self._how_it_began())
        self._was_silent = False  # though it was when somebody stopped it a moment ago

    def _how_it_began(self) -> str:
        """What is to be said of audio that came, if it isn't as it was planned."""
        detail = ""
        first = self._candidates[0]
        if self._current is not first:
            detail = f"From the mirror {self._current.spec}: {first.trouble}"
        elif self._shared.announced_at and self._is_first_audio:
            late_s = (utc_now() - self._shared.announced_at).total_seconds()
            detail = f"It began {late_s / 60:.0f} min late." if late_s >= _LATE_S else ""
        self._is_first_audio = False
        return detail

    # --- its own thread ------------------------------------------------------------------------

    def _interrupt(self) -> None:
        self._wake.set()
        self._halt.set()
        source = self._current.source
        if source:
            source.cancel()

    def _run(self) -> None:
        try:
            self._capture_until_over()
        except SinkClosed:
            _logger.info("the source of track %s spoke on after the end", self.track)
        except AircheckError as error:
            self.failure = error
        except Exception as error:
            _logger.exception("the capture thread failed")
            self.failure = AircheckError(
                f"The recorder failed: {type(error).__name__}.", hint="See derived/recorder.log."
            )
        finally:
            self._over.set()
            self._on_change()

    def _capture_until_over(self) -> None:
        while candidate := self._next():
            heard_s, began_s = self.writer.end_s, time.monotonic()
            trouble = self._capture_once(candidate)
            if self._woken.is_set():
                self._forget_connections()
                continue
            if trouble is None or self._has_given_up():
                return
            if self.writer.end_s > heard_s:
                candidate.played(time.monotonic() - began_s)
            if isinstance(trouble, DiskFull):
                self._pause(trouble)
            else:
                self._note(candidate, trouble)

    def _next(self) -> _Candidate | None:
        """Wait for the next source whose time has come; None when it is time to stop.

        Raises:
            SourceError: None of them can be recorded at all.
        """
        while not self._stopping.is_set():
            self._wake.clear()
            able = [item for item in self._candidates if item.never is None]
            if not able:
                assert self._candidates[0].never
                raise self._candidates[0].never
            if self._is_merely_broken(self._current):
                able = [self._current]
            now_s = time.monotonic()
            due = [item for item in able if item.next_try_s <= now_s]
            if due:  # the others first, or one that may be asked at once would hold them off
                return next((item for item in due if item is not self._failed), due[0])
            self._wake.wait(min(item.next_try_s for item in able) - now_s)
        return None

    def _is_merely_broken(self, candidate: _Candidate) -> bool:
        """Whether it broke just now, and may go on as if nothing was."""
        return candidate is self._holder and candidate.failures == 1 and not candidate.is_back

    def _forget_connections(self) -> None:
        self._woken.clear()
        for candidate in self._candidates:
            candidate.source = None
            candidate.next_try_s = 0.0

    def _capture_once(self, candidate: _Candidate) -> SourceError | DiskFull | None:
        """Capture until the source ends (None) or something is in the way that may pass.

        Raises:
            StorageError: The disk refuses for good.
            SinkClosed: The session is over.
        """
        self._current = candidate
        self._halt = halt = threading.Event()
        if self._stopping.is_set():
            return None
        try:
            source, sink = self._prepare(candidate)
            with self._probing(candidate):
                trouble = _captured(source, sink, halt)
        except DiskFull as error:
            return error
        except SourceError as error:
            return error
        except (SinkClosed, StorageError):
            raise
        except Exception as error:
            _logger.exception("the source failed in a way that it should not")
            return ConnectionLost(f"The source failed: {type(error).__name__}.")
        if trouble is None and not halt.is_set():
            self.ending = "The source ended."
        return trouble

    def _prepare(self, candidate: _Candidate) -> tuple[Source, Sink]:
        """Its source, opened anew where it has to join what is stored, and where that goes."""
        writer, shared = self.writer, self._shared
        is_other = writer.has_audio and self._holder is not candidate
        past = None
        if is_other or candidate.source is None:
            past = self._past(is_other=is_other)
            candidate.source = shared.open_source(candidate.spec, past=past)
        if shared.memory is None:
            self._holder = candidate
            return candidate.source, writer
        sink = JoiningSink(
            writer,
            track=self.track,
            memory=shared.memory,
            clock=shared.clock,
            stop=self._halt,
            is_other=is_other,
            source=str(candidate.spec),
            past=Known.all_of(past.track.chunks) if past and is_other else (),
            anchor=self._anchor(),
            on_begin=lambda: self._takes_over(candidate),
        )
        return candidate.source, sink

    def _past(self, *, is_other: bool) -> Past | None:
        """What is stored of the track, to be joined."""
        if not self.writer.has_audio:
            return None
        self.writer.sync()
        folder = self._shared.folder
        return Past.of(folder.path, folder.timeline(), self.track, is_other=is_other)

    def _takes_over(self, candidate: _Candidate) -> None:
        """What is stored from now on comes from this source."""
        self._holder = candidate
        self.writer.source = str(candidate.spec)

    def _anchor(self) -> Anchor | None:
        """Finds frames that another track holds, for a track beside others."""
        if not self._shared.is_together:
            return None
        return partial(_find_frames, self._shared, self.track)

    def _note(self, candidate: _Candidate, error: SourceError) -> None:
        """A try failed: journal it, and say what happens next."""
        self._failed = candidate
        writer, has_audio = self.writer, self.writer.has_audio
        if isinstance(error, _FATAL) and not has_audio:
            candidate.never = error
            if all(item.never for item in self._candidates):
                return
        candidate.failed(error, has_audio=has_audio, announced_at=self._shared.announced_at)
        if not isinstance(error, ConnectionLost | Stalled):
            candidate.failures = max(candidate.failures, 2)  # no break that mends at once
        reason = _reason(error, has_audio=has_audio)
        if writer.trouble is None:
            writer.trouble = (reason, error.message)
        self._journal_attempt(candidate, error, reason)
        state = State.RECONNECTING if has_audio else State.WAITING
        failing = [item for item in self._candidates if item.trouble and item.never is None]
        is_refused = any(item.is_refused for item in failing)
        # All of them, so that it is news once, and not at each try of one after the other.
        troubles = dict.fromkeys(item.trouble for item in failing) or {error.message: None}
        wait_s = max(0.0, candidate.next_try_s - time.monotonic())
        self._become(
            State.REFUSED if is_refused else state,
            reason=GapReason.REFUSED if is_refused else reason,
            detail=" ".join(troubles),
            next_try_at=iso(utc_now() + timedelta(seconds=wait_s)),
        )

    def _journal_attempt(
        self, candidate: _Candidate, error: SourceError, reason: GapReason
    ) -> None:
        self.writer.tell(
            Attempt(
                track=self.track,
                address=candidate.spec.public_address,
                detail=error.message,
                reason=reason,
                status=getattr(error, "status", None),
            )
        )

    def _has_given_up(self) -> bool:
        silent_s = time.monotonic() - self.writer.last_write_mono_s
        if not self.writer.has_audio or silent_s < self._shared.give_up_s:
            return False
        waited = f"{silent_s / 60:.0f} min" if silent_s >= 90 else f"{silent_s:.0f} s"
        self.ending = f"Nothing came for {waited}: taken as the session's end."
        return True

    def _pause(self, error: DiskFull) -> None:
        """Wait until the disk has room again, or until the session is stopped."""
        self.writer.trouble = self.writer.trouble or (GapReason.DISK_FULL, error.message)
        self._become(State.PAUSED, reason=GapReason.DISK_FULL, detail=str(error))
        while not self._stopping.wait(_PROBE_DISK_S):
            if disk.free_bytes(self._shared.folder.path) >= _ROOM_BYTES:
                return

    # --- probing -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _probing(self, candidate: _Candidate) -> Iterator[None]:
        """Probe the sources that come before one, while that one plays."""
        first = self._candidates[: self._candidates.index(candidate)]
        absent = [item for item in first if item.never is None and not item.is_back]
        if not absent:
            yield
            return
        over = threading.Event()
        name = f"probe-{self.track}"
        thread = threading.Thread(target=self._probe, args=(absent, over), name=name, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _probe(self, absent: list[_Candidate], over: threading.Event) -> None:
        while absent and not over.is_set():
            soonest = min(absent, key=lambda item: item.next_try_s)
            if over.wait(max(0.0, soonest.next_try_s - time.monotonic())):
                return
            try:
                self._shared.open_source(soonest.spec).capture(ProbeSink(), over)
                error: SourceError = NotAvailable("It ended without audio.")
            except Answers:
                soonest.recovered()
                soonest.is_back = True
                absent.remove(soonest)
                detail = f"{soonest.spec} answers again, and is next when the mirror breaks."
                self._tell(Noticed(what="mirror", detail=detail, track=self.track))
                continue
            except SourceError as caught:
                error = caught
            except Exception as caught:
                _logger.exception("a probe failed in a way that it should not")
                error = NotAvailable(f"The source failed: {type(caught).__name__}.")
            if over.is_set():
                return
            if soonest.failed(
                error,
                has_audio=self.writer.has_audio,
                announced_at=self._shared.announced_at,
            ):
                with contextlib.suppress(SinkClosed):
                    self._journal_attempt(soonest, error, _reason(error, has_audio=True))

    # --- its state -----------------------------------------------------------------------------

    def _become(
        self, state: State, *, reason: str = "", detail: str = "", next_try_at: str = ""
    ) -> None:
        with self._state_lock:
            self.state = StateChanged(
                state=state, reason=reason, detail=detail, next_try_at=next_try_at, track=self.track
            )
        self._on_change()


def _captured(source: Source, sink: Sink, halt: threading.Event) -> SourceError | None:
    """Capture until the source ends or breaks; what waits for its place has it then.

    Raises:
        StorageError: The disk refuses.
        SinkClosed: The session is over.
    """
    trouble = None
    try:
        source.capture(sink, halt)
    except SourceError as error:
        trouble = error
    if isinstance(sink, JoiningSink):
        sink.finish()
    return trouble


def _reason(error: SourceError, *, has_audio: bool) -> GapReason:
    """The reason for people: what can't be reached in mid-session is a lost connection."""
    unreachable = isinstance(error, NotAvailable) and error.status is None
    return GapReason.CONNECTION_LOST if has_audio and unreachable else error.reason


def _find_frames(shared: Shared, track: str, fmt: AudioFormat, data: bytes) -> Seconds | None:
    """Session time of frames that came for one track, by equal ones that another track holds."""
    shared.sync()
    folder = shared.folder
    parser = parser_for(fmt)
    arrived = [frame for frame in parser.feed(data) if frame.samples] if parser else []
    timeline = folder.timeline()
    others = (name for name in timeline.tracks if name != track)
    for past in (Past.of(folder.path, timeline, name) for name in others):
        if past is None or not arrived:
            continue
        memory, starts_s = FrameMemory(), []
        for frame, start_s in past.frames(REMEMBERED_S):
            memory.remember(frame, start_s)
            starts_s.append(start_s)
        index = memory.find(arrived, None, past.track.end_s)
        if index is not None:
            return starts_s[index - len(memory)]
    return None
