"""A device that was heard before anybody pressed Record: its last seconds, then what follows.

`Prerolled` runs a source in a thread of its own and keeps, in memory alone, the last seconds of
what that would have stored. `Prerolled.capture` hands them on and goes on with what comes, without
a seam: it is one stream all the way. What was let go before is gone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from recorder.errors import DeviceLost, SourceError
from recorder.events import Attempt, Noticed, Repeated, Tagged
from recorder.pcm import Level
from recorder.sources.base import (
    Arrived,
    ChunkFacts,
    Missing,
    Sink,
    SinkClosed,
    Source,
    SourceFacts,
    StopSignal,
)
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, SourceSpec

_logger = logging.getLogger(__name__)

_BACKLOG_S = 10.0  # that may wait for a slow disk; then the device's own buffer fills
_DRIFT_S = 0.05  # by which seconds of a device's clock may be shorter, altogether
_LOOK_S = 1.0  # at the latest, for what nobody woke it for
_ENDS_WITHIN_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a source that nobody records yet is doing.

    Attributes:
        held_s: Seconds that would be kept.
        level: How loud it is; None before the first sound.
    """

    held_s: Seconds
    level: Level | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begin:
    """A call of `Sink.begin_run`, in the kept sink's own time."""

    fmt: AudioFormat
    placed_by: PlacedBy
    start_s: Seconds | None
    reason: GapReason | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Write:
    """A call of `Sink.write`."""

    data: bytes
    duration_s: Seconds
    start_s: float  # in the kept sink's own time
    begins_mono_s: float  # when its first sample was taken, within half a second


_Call = _Begin | _Write | ChunkFacts | SourceFacts | Noticed


class Prerolled:
    """A `Source` around one that runs already. Made, then `listen`, then captured or closed."""

    def __init__(
        self,
        source: Source,
        *,
        keep_s: Seconds,
        reopen: Callable[[], Source],
        on_first: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Prepare to listen.

        Args:
            source: Of a device; it calls no more of its sink than devices do.
            keep_s: Seconds to keep.
            reopen: Makes the source that goes on when this one broke.
            on_first: Told, before the first sample is handed on, when it was taken (monotonic).
        """
        self._source, self._keep_s, self._reopen = source, keep_s, reopen
        self._on_first = on_first
        self._kept = _Kept(keep_s)
        self._stop = threading.Event()
        self._has_ended = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="pre-roll", daemon=True)
        self._error: SourceError | None = None
        self._next: Source | None = None
        self._was_captured = False

    @property
    def spec(self) -> SourceSpec:
        """As it was asked for."""
        return self._source.spec

    @property
    def held(self) -> Held:
        """What it would keep now."""
        return self._kept.held

    @property
    def error(self) -> SourceError | None:
        """Why it hears nothing any more, if so."""
        return self._error

    def listen(self) -> None:
        """Begin to hear and to keep."""
        self._thread.start()

    def close(self) -> None:
        """Hear no more, and let go of all."""
        self._stop.set()
        self._kept.close()
        self._source.cancel()
        self._thread.join(_ENDS_WITHIN_S)

    def cancel(self) -> None:
        """Wake `capture`; see `Source.cancel`."""
        (self._next or self._source).cancel()
        self._kept.wake()

    def capture(self, sink: Sink, stop: StopSignal) -> None:
        """Hand on what was kept, then what comes, until stopped.

        Raises:
            SourceError: The source broke; the next call goes on with another one.
        """
        if self._was_captured:
            self._next = self._next or self._reopen()
            self._next.capture(sink, stop)
            return
        self._was_captured = True
        self._kept.open()
        try:
            self._hand_on(sink, stop)
        finally:
            self.close()
        if self._error:
            raise self._error

    def _hand_on(self, sink: Sink, stop: StopSignal) -> None:
        handing = _Handing(sink, self._on_first)
        sink.metered(self._kept.level)
        while True:
            if stop.is_set() and not self._stop.is_set():
                self._stop.set()  # it stores what it still holds, and ends
                self._source.cancel()
            has_ended = self._has_ended.is_set()
            call = self._kept.take(0.0 if has_ended else _LOOK_S)
            if call is None and has_ended:
                return
            if call is not None:
                handing.do(call)

    def _listen(self) -> None:
        try:
            self._source.capture(self._kept, self._stop)
        except SourceError as error:
            self._error = error
        except SinkClosed:
            _logger.debug("nobody wants it any more")
        except Exception as error:
            _logger.exception("the source failed in a way that it should not")
            self._error = DeviceLost(f"The source failed: {type(error).__name__}.")
        finally:
            self._has_ended.set()
            self._kept.wake()


class _Handing:
    """Kept calls, made anew on the sink that stores; its time begins with the first one's."""

    def __init__(self, sink: Sink, on_first: Callable[[float], None]) -> None:
        self._sink, self._on_first = sink, on_first
        self._offset_s: float | None = None  # of the kept sink's time
        self._begin: _Begin | None = None  # waits for its first sample

    def do(self, call: _Call) -> None:
        """Make a call."""
        match call:
            case SourceFacts():
                self._sink.connected(call)
            case Noticed():
                self._sink.tell(call)
            case ChunkFacts():
                self._sink.end_chunk(call)
            case _Begin():
                self._begin = call
            case _Write():
                self._write(call)

    def _write(self, call: _Write) -> None:
        if self._offset_s is None:
            self._offset_s = call.start_s
            self._on_first(call.begins_mono_s)
        begin, self._begin = self._begin, None
        if begin:
            is_first = not self._sink.has_audio
            self._sink.begin_run(
                begin.fmt,
                placed_by=PlacedBy.FIRST if is_first else begin.placed_by,
                start_s=None if is_first else Seconds(call.start_s - self._offset_s),
                reason=begin.reason,
                detail=begin.detail,
            )
        self._sink.write(call.data, call.duration_s)


class _Kept:
    """A `Sink` in memory that forgets what is too old, until it is opened.

    The source's thread fills it; another one takes from it.
    """

    def __init__(self, keep_s: Seconds) -> None:
        self._keep_s = keep_s
        self._changed = threading.Condition()
        self._calls: deque[_Call] = deque()
        self._held_s = 0.0
        self._end_s = 0.0
        self._has_audio = False
        self._is_open = False
        self._is_closed = False
        self._is_woken = False
        self._facts: SourceFacts | None = None
        self._begun: _Begin | None = None  # the run of the oldest sample that is kept
        self._read_level: Callable[[], Level | None] = lambda: None

    # --- whoever takes -------------------------------------------------------------------------

    @property
    def held(self) -> Held:
        """What is kept."""
        with self._changed:
            held_s = self._held_s
        return Held(held_s=Seconds(held_s), level=self.level())

    def level(self) -> Level | None:
        """How loud it is now; None before the first sound."""
        return self._read_level()

    def open(self) -> None:
        """From now on nothing is forgotten."""
        with self._changed:
            self._is_open = True
            if self._begun:
                self._calls.appendleft(self._begun)
            if self._facts:
                self._calls.appendleft(self._facts)

    def take(self, wait_s: float) -> _Call | None:
        """The oldest call, or None where none comes in time, or somebody woke whoever takes."""
        with self._changed:
            self._changed.wait_for(lambda: self._calls or self._is_woken, wait_s)
            self._is_woken = False
            if not self._calls:
                return None
            call = self._calls.popleft()
            if isinstance(call, _Write):
                self._held_s -= call.duration_s
            self._changed.notify_all()
            return call

    def wake(self) -> None:
        """End a `take` that waits, or the next one. May be called from any thread."""
        with self._changed:
            self._is_woken = True
            self._changed.notify_all()

    def close(self) -> None:
        """Take no more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    # --- the source: see `Sink` ----------------------------------------------------------------

    @property
    def end_s(self) -> Seconds:
        """Of all that was heard, in its own time."""
        return Seconds(self._end_s)

    @property
    def has_audio(self) -> bool:
        """Whether anything was heard yet."""
        return self._has_audio

    def connected(self, facts: SourceFacts) -> None:
        """Keep who gives the samples."""
        with self._changed:
            if self._is_open:
                self._put(facts)
            else:
                self._facts = facts

    def begin_run(
        self,
        fmt: AudioFormat,
        *,
        placed_by: PlacedBy,
        start_s: Seconds | None = None,
        reason: GapReason | None = None,
        detail: str = "",
        header: bytes = b"",
        misfit_s: Seconds | None = None,
        media_sequence: int | None = None,
        missing: Missing | None = None,
    ) -> None:
        """Keep where a run begins."""
        if header or misfit_s is not None or media_sequence is not None or missing:
            raise ValueError("no device's run")
        with self._changed:
            self._end_s = self._end_s if start_s is None else max(start_s, self._end_s)
            begin = _Begin(
                fmt=fmt, placed_by=placed_by, start_s=start_s, reason=reason, detail=detail
            )
            self._put(begin)

    def write(self, data: bytes, duration_s: Seconds) -> None:
        """Keep samples; waits where a disk can't follow.

        Raises:
            SinkClosed: Nobody wants them.
        """
        with self._changed:
            while self._is_open and not self._is_closed and self._held_s > self._most_s:
                self._changed.wait()
            if self._is_closed:
                raise SinkClosed
            began = time.monotonic() - duration_s
            self._put(
                _Write(data=data, duration_s=duration_s, start_s=self._end_s, begins_mono_s=began)
            )
            self._end_s += duration_s
            self._held_s += duration_s
            self._has_audio = True

    def end_chunk(self, facts: ChunkFacts | None = None) -> None:
        """Keep where a chunk ends, and forget the oldest ones."""
        with self._changed:
            self._put(facts or ChunkFacts())
            enough_s = self._keep_s - _DRIFT_S
            while not self._is_open and self._held_s - self._oldest_s() >= enough_s:
                self._forget()

    def tell(self, event: Attempt | Repeated | Tagged | Noticed) -> None:
        """Keep a notice; it is forgotten with the samples around it."""
        if not isinstance(event, Noticed):
            raise TypeError(f"no device tells {event}")
        with self._changed:
            self._put(event)

    def metered(self, read: Callable[[], Level | None]) -> None:
        """Know where the level is to be read."""
        self._read_level = read

    def begin_part(
        self, fmt: AudioFormat, *, header: bytes = b"", media_sequence: int | None = None
    ) -> None:
        """No device does so."""
        raise NotImplementedError

    def gap(
        self,
        to_s: Seconds,
        reason: GapReason,
        detail: str = "",
        *,
        missing: Missing | None = None,
    ) -> None:
        """No device does so."""
        raise NotImplementedError

    def forget(self, segment: Arrived) -> None:
        """Devices keep nothing."""

    def stage(self, segment: Arrived) -> None:
        """No device does so."""
        raise NotImplementedError

    def fill(self, segment: Arrived) -> None:
        """No device does so."""
        raise NotImplementedError

    @property
    def _most_s(self) -> float:
        return self._keep_s + _BACKLOG_S

    def _put(self, call: _Call) -> None:
        self._calls.append(call)
        self._changed.notify_all()

    def _oldest_s(self) -> float:
        """Seconds of the oldest chunk, which must have ended."""
        total_s = 0.0
        for call in self._calls:
            if isinstance(call, _Write):
                total_s += call.duration_s
            elif isinstance(call, ChunkFacts):
                break
        return total_s

    def _forget(self) -> None:
        """Let go of the oldest chunk, and of what was told before its end."""
        while True:
            call = self._calls.popleft()
            if isinstance(call, ChunkFacts):
                return
            if isinstance(call, _Write):
                self._held_s -= call.duration_s
            elif isinstance(call, _Begin):
                self._begun = replace(call, reason=None, detail="")
