"""Where the chunks of one source belong among those of another.

A source that takes over from another, or runs beside it, doesn't know its place in session time.
Its first chunks are held, on disk too, until all that its playlist lists has come; then they are
laid against what is stored (`recorder.matching`). What is stored already, byte for byte, is not
stored again, and the journal says so. Where nothing proves the place, the program's date tells it,
else the clock, and all is stored: what may be there twice is said, and nothing is lost for doubt.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Protocol

from recorder import matching, pcm
from recorder.clock import SessionClock
from recorder.events import Attempt, MissingSegment, Noticed, Repeated, Tagged
from recorder.matching import NEAR_S, Known, Newcomer, Shift, Stored
from recorder.sources.base import (
    Arrived,
    ChunkFacts,
    Missing,
    Sink,
    SinkClosed,
    SourceFacts,
    StopSignal,
)
from recorder.sources.overlap import LiveEdge
from recorder.timeline import Track
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, parse_iso, utc_now

_KEPT = 4_000  # chunks: more than an hour of one-second ones
_CLOCK_AGREES_S = 15.0  # with equal frames; a loop of the programme is longer
_SURELY_STORED_S = 120.0  # so long before the end other bytes are the same event's past
_FIRST_WITHIN_S = 1.0
_SLICE_S = 0.04
_MOST_HELD_BYTES = 16_000_000
_MOST_HELD_S = 0.4  # of a continuous stream: what a kill may cost


class ChunkMemory:
    """What is known of the chunks stored last, of all tracks. May be used from any thread.

    Attributes:
        count: How many it was told of.
    """

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._chunks: deque[Known] = deque(maxlen=_KEPT)
        self._edge = LiveEdge()
        self.count = 0

    def remember(self, known: Known, *, live_mono_s: float | None = None) -> None:
        """Keep a stored chunk, and forget the oldest.

        Args:
            known: The chunk.
            live_mono_s: When its end was live, on the monotonic clock; None is 'now'.
        """
        with self._lock:
            self._chunks.append(known)
            self._edge.seen(known.end_s, time.monotonic() if live_mono_s is None else live_mono_s)
            self.count += 1
            self._lock.notify_all()

    def recall(self, tracks: Iterable[Track]) -> None:
        """Keep what an earlier recorder stored."""
        now_mono_s, now = time.monotonic(), utc_now()
        for track in tracks:
            chunks = [chunk for chunk in track.chunks[-_KEPT:] if chunk.duration_s > 0]
            for chunk, known in zip(chunks, Known.all_of(chunks), strict=True):
                ago_s = (now - parse_iso(chunk.arrived_at)).total_seconds()
                self.remember(known, live_mono_s=now_mono_s - ago_s)

    def wait(self, seconds: float) -> None:
        """Wait until another chunk is known, so long at most."""
        with self._lock:
            self._lock.wait(seconds)

    def all(self) -> list[Known]:
        """What is known now."""
        with self._lock:
            return list(self._chunks)

    def lead_s(self) -> float | None:
        """The live edge in session time less the monotonic clock; None while nothing came."""
        with self._lock:
            return self._edge.lead_s


class Anchor(Protocol):
    """Finds sound of a continuous stream in what other tracks hold."""

    def __call__(self, fmt: AudioFormat, data: bytes) -> Seconds | None:
        """Session time of the first frame, if equal frames are stored."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Break:
    """What lies before a chunk in its source's own time: a gap, or nothing but a new part."""

    lasts_s: float = 0.0
    placed_by: PlacedBy = PlacedBy.SEQUENCE
    reason: GapReason | None = None
    detail: str = ""
    missing: Missing | None = None
    misfit_s: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    """A whole chunk that waits for its place.

    Attributes:
        newcomer: What is known of it, with its place in its source's own time.
        before: What comes before it, if anything does.
    """

    arrived: Arrived
    newcomer: Newcomer
    before: _Break | None

    @property
    def duration_s(self) -> float:
        """What it lasts."""
        return self.newcomer.duration_s

    @property
    def kind(self) -> tuple[AudioFormat, bytes]:
        """What a part must be of to hold it."""
        return self.arrived.format, self.arrived.header


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """The true place of what was missing while the source's own place was not known.

    Attributes:
        is_told: It is journaled as a gap of its own.
    """

    place: MissingSegment
    is_told: bool


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """A source whose place isn't known, or lies where its track has been.

    Attributes:
        fmt: Of what comes next.
        header: Likewise.
        before: What comes before that.
        is_segments: It is a playlist's.
        begun_s: Where the track ended when it came.
        end_s: The end of what came, in the source's own time, which begins at ``begun_s``.
        has_chunks: Any came.
        loose_s: Where the source itself would begin, by the clock, if equal frames tell no better;
            such a one waits for a chunk alone.
        is_loose: It is such a one.
        pending: Its chunks that are neither stored nor passed over.
        shift: Its place, when that is proven.
        is_told: People were told that what follows may repeat, or that something is passed over.
    """

    fmt: AudioFormat
    header: bytes
    before: _Break | None
    is_segments: bool
    begun_s: float
    end_s: float
    has_chunks: bool = False
    is_loose: bool = False
    loose_s: Seconds | None = None
    pending: list[_Pending] = field(default_factory=list)
    shift: Shift | None = None
    is_told: bool = False

    @property
    def held_bytes(self) -> int:
        """Bytes that wait."""
        return sum(len(each.arrived.data) for each in self.pending)


class JoiningSink:
    """A `Sink` before another: finds the place of a run that doesn't know its own.

    Such is the first run of a mirror that takes over (``is_other``), and of every track of a
    session but the one that was first; and after a gap one that only the clock has placed, where
    other tracks may hold the same frames. All else passes through. Belongs to the source's thread.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        track: str,
        memory: ChunkMemory,
        clock: SessionClock,
        stop: StopSignal,
        is_other: bool,
        source: str = "",
        past: Iterable[Known] = (),
        anchor: Anchor | None = None,
        on_begin: Callable[[], None] = lambda: None,
    ) -> None:
        """Stand before a sink.

        Args:
            sink: Of the track.
            track: Its letter.
            memory: Of all tracks.
            clock: The session's.
            stop: Ends its one wait.
            is_other: Whether what is stored came from another source.
            source: The public name of the one that comes.
            past: All that is stored of the track, where it is another's.
            anchor: For continuous streams.
            on_begin: Called right before a run begins in the sink.
        """
        self._sink = sink
        self._track = track
        self._memory = memory
        self._clock = clock
        self._stop = stop
        self._is_other = is_other
        self._source = source
        self._past = frozenset(past)
        self._anchor = anchor
        self._on_begin = on_begin
        self._waiting: _Waiting | None = None
        self._moved: dict[tuple[int, float], _Moved] = {}  # by number and place in its own time
        self._seen: tuple[int, Stored] | None = None
        self._data: list[bytes] = []
        self._duration_s = 0.0
        self._start_s = 0.0

    @property
    def end_s(self) -> Seconds:
        """See `Sink`; in the source's own time while its place is not known."""
        waiting = self._waiting
        return Seconds(waiting.end_s + self._duration_s) if waiting else self._sink.end_s

    @property
    def has_audio(self) -> bool:
        """See `Sink`."""
        waiting = self._waiting
        return self._sink.has_audio or (waiting is not None and waiting.has_chunks)

    def connected(self, facts: SourceFacts) -> None:
        """See `Sink`."""
        self._sink.connected(facts)

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
        """Pass it on where its place is known; else hold it until that is found."""
        self._drop_chunk()
        end_s = self.end_s
        before = _Break(
            lasts_s=0.0 if start_s is None else max(0.0, start_s - end_s),
            placed_by=placed_by,
            reason=reason,
            detail=detail,
            missing=missing,
            misfit_s=misfit_s,
        )
        knows = start_s is not None or placed_by not in (PlacedBy.FIRST, PlacedBy.WALL_CLOCK)
        waiting = self._waiting
        if waiting and waiting.has_chunks and knows:
            self._go_on(waiting, fmt, header, before)
            return
        self.finish()
        self._waiting = None
        is_first = not self._sink.has_audio and not self._clock.claim(self._track)
        is_segments = media_sequence is not None
        is_unplaced = (self._is_other or is_first) and (is_segments or not knows)
        is_loose = placed_by is PlacedBy.WALL_CLOCK and self._anchor is not None and not is_unplaced
        if is_unplaced or is_loose:
            end_s = self._sink.end_s
            self._waiting = waiting = _Waiting(
                fmt=fmt,
                header=header,
                before=before,
                is_segments=is_segments,
                begun_s=end_s,
                end_s=end_s if is_loose else end_s + before.lasts_s,
                is_loose=is_loose,
                loose_s=start_s,
            )
            return
        self._on_begin()
        self._sink.begin_run(
            fmt,
            placed_by=placed_by,
            start_s=start_s,
            reason=reason,
            detail=detail,
            header=header,
            misfit_s=misfit_s,
            media_sequence=media_sequence,
            missing=missing,
        )

    def begin_part(
        self, fmt: AudioFormat, *, header: bytes = b"", media_sequence: int | None = None
    ) -> None:
        """See `Sink`."""
        waiting = self._waiting
        if waiting is None:
            self._sink.begin_part(fmt, header=header, media_sequence=media_sequence)
            return
        waiting.fmt, waiting.header = fmt, header
        waiting.before = waiting.before or _Break()

    def write(self, data: bytes, duration_s: Seconds) -> None:
        """See `Sink`; what has no place yet waits until its chunk ends."""
        if not self._data:
            self._start_s = self._sink.end_s
        if not self._waiting:
            self._sink.write(data, duration_s)
        self._data.append(data)
        self._duration_s += duration_s
        waiting = self._waiting
        is_pcm = waiting is not None and waiting.fmt.container == "wav"
        if waiting and not (waiting.is_segments or is_pcm) and self._duration_s >= _MOST_HELD_S:
            self._place_stream(waiting, ChunkFacts())

    def end_chunk(self, facts: ChunkFacts | None = None) -> None:
        """See `Sink`."""
        facts = facts or ChunkFacts()
        waiting = self._waiting
        if waiting is None:
            self._sink.end_chunk(facts)
            if self._data:
                self._remember(facts, self._start_s)
        elif self._data:
            if waiting.is_segments and not waiting.is_loose:
                self._take(waiting, facts)
            elif self._place_stream(waiting, facts):
                self._sink.end_chunk(facts)
                self._remember(facts, self._start_s)
        self._drop_chunk()

    def gap(
        self,
        to_s: Seconds,
        reason: GapReason,
        detail: str = "",
        *,
        missing: Missing | None = None,
    ) -> None:
        """See `Sink`."""
        from_s = self.end_s
        self.finish()
        waiting = self._waiting
        end_s = self._sink.end_s
        shift_s = waiting.shift.shift_s if waiting and waiting.shift else end_s - from_s
        is_behind = from_s + shift_s >= end_s - NEAR_S
        if missing:
            self._move(missing, from_s, shift_s, is_told=is_behind)
        if waiting:
            waiting.end_s = to_s
        if to_s + shift_s > end_s + NEAR_S:
            left = missing if is_behind else None
            self._sink.gap(Seconds(to_s + shift_s), reason, detail, missing=left)

    def stage(self, segment: Arrived) -> None:
        """See `Sink`; what has no place yet is kept with the source's name and the clock's."""
        waiting = self._waiting
        if waiting is None:
            self._sink.stage(segment)
        elif not self._is_stored(_newcomer(segment, at_s=0.0)):
            by_clock_s = self._by_clock_s(segment.facts, segment.duration_s)
            self._sink.stage(
                replace(
                    segment,
                    source=self._source,
                    by_clock_s=Seconds(max(0.0, by_clock_s or self._sink.end_s)),
                )
            )

    def fill(self, segment: Arrived) -> None:
        """See `Sink`."""
        if self._waiting:
            self.finish()
        place = segment.place
        moved = self._moved.pop((place.sequence, round(place.from_s, 6)), None) if place else None
        if moved is None:
            self._sink.fill(segment)
        elif moved.is_told:
            self._sink.fill(replace(segment, place=moved.place))
        else:
            late = replace(segment, place=moved.place)
            newcomer = _newcomer(late, at_s=moved.place.from_s)
            known = matching.in_place(newcomer, self._stored(), 0.0, self._track)
            if known:
                self._tell_stored(late, is_equal=known.digest == newcomer.digest)
            else:
                self._fill_before(late)

    def forget(self, segment: Arrived) -> None:
        """See `Sink`."""
        self._sink.forget(segment)

    def tell(self, event: Attempt | Repeated | Tagged | Noticed) -> None:
        """See `Sink`."""
        self._sink.tell(event)

    def metered(self, read: Callable[[], pcm.Level | None]) -> None:
        """See `Sink`."""
        self._sink.metered(read)

    def finish(self) -> None:
        """Nothing more comes for now: what waits is stored in the place that is known best."""
        waiting = self._waiting
        if waiting and waiting.pending:
            self._settle(waiting)

    # --- segments ------------------------------------------------------------------------------

    def _take(self, waiting: _Waiting, facts: ChunkFacts) -> None:
        """Hold a chunk, safe from a crash, until there is enough to tell its place."""
        pending = self._pending(waiting, facts)
        waiting.before, waiting.has_chunks = None, True
        waiting.end_s += pending.duration_s
        if not (self._sink.has_audio or self._memory.count):
            self._await(lambda: bool(self._memory.count))
        if self._is_surely_stored(waiting, pending):
            waiting.before = pending.before and _Break()
            return
        if not self._is_stored(pending.newcomer):
            self.stage(pending.arrived)
        waiting.pending.append(pending)
        is_through = waiting.shift or not facts.more_follows
        if is_through or waiting.held_bytes > _MOST_HELD_BYTES or not self._is_other:
            self._settle(waiting, may_wait=not is_through)

    def _pending(self, waiting: _Waiting, facts: ChunkFacts) -> _Pending:
        arrived = Arrived(
            format=waiting.fmt,
            header=waiting.header,
            data=b"".join(self._data),
            duration_s=Seconds(self._duration_s),
            facts=facts,
        )
        newcomer = _newcomer(arrived, at_s=waiting.end_s)
        return _Pending(arrived=arrived, newcomer=newcomer, before=waiting.before)

    def _go_on(self, waiting: _Waiting, fmt: AudioFormat, header: bytes, before: _Break) -> None:
        """A run that goes on in the source's own time, behind a gap or without one."""
        is_new = (fmt, header) != (waiting.fmt, waiting.header)
        waiting.fmt, waiting.header = fmt, header
        if is_new or before.lasts_s or before.missing:
            waiting.before = before
            waiting.end_s += before.lasts_s

    def _settle(self, waiting: _Waiting, *, may_wait: bool = False) -> None:
        """Find the place of what waits, and put all of it there.

        Args:
            waiting: With something pending.
            may_wait: More comes at once, which may tell more.
        """
        waiting.shift = waiting.shift or self._find(waiting)
        if waiting.shift is None and may_wait and waiting.held_bytes <= _MOST_HELD_BYTES:
            return
        if waiting.shift is None and not self._is_other:
            self._await(lambda: self._find(waiting) is not None)
            waiting.shift = self._find(waiting)
        if waiting.shift is None:
            self._store_by_estimate(waiting)
            return
        while waiting.pending:
            first = waiting.pending[0]
            if first.newcomer.at_s + first.duration_s + waiting.shift.shift_s > (
                waiting.begun_s + NEAR_S
            ):
                at_s = first.newcomer.at_s + waiting.shift.shift_s
                self._store(waiting, waiting.shift.placed_by, at_s)
                return
            waiting.pending.pop(0)
            self._put_before(waiting, first)

    def _find(self, waiting: _Waiting) -> Shift | None:
        return matching.find([each.newcomer for each in waiting.pending], self._stored())

    def _put_before(self, waiting: _Waiting, pending: _Pending) -> None:
        """A chunk that lies where the track has been: it is there, fills a gap, or is another."""
        assert waiting.shift
        newcomer, shift_s = pending.newcomer, waiting.shift.shift_s
        if pending.before and pending.before.missing:
            from_s = newcomer.at_s - pending.before.lasts_s
            self._move(pending.before.missing, from_s, shift_s, is_told=False)
        known = matching.in_place(newcomer, self._stored(), shift_s, self._track)
        at_s = newcomer.at_s + shift_s
        if known:
            waiting.shift = replace(waiting.shift, shift_s=known.start_s - newcomer.at_s)
            self._tell_stored(pending.arrived, is_equal=known.digest == newcomer.digest)
        elif at_s + pending.duration_s <= NEAR_S:
            self._leave_out(pending, waiting.shift.placed_by)
        else:
            place = MissingSegment(
                sequence=newcomer.sequence or 0,
                from_s=Seconds(at_s),
                to_s=Seconds(at_s + pending.duration_s),
            )
            self._fill_before(replace(pending.arrived, place=place))

    def _fill_before(self, segment: Arrived) -> None:
        """Store a segment in the gap that it belongs to, else behind all, where none is."""
        place = segment.place
        assert place
        free = self._stored().free(place.from_s, place.to_s, self._track)
        if free:
            from_s, to_s = Seconds(free[0]), Seconds(free[1])
            self._sink.fill(replace(segment, place=replace(place, from_s=from_s, to_s=to_s)))
            self._know(segment, from_s, to_s)
            return
        end_s = self._sink.end_s
        self._notice(
            f"Segment {place.sequence} of {self._source} is another than what is stored in its "
            "place; it is stored behind it."
        )
        self._on_begin()
        self._sink.begin_run(
            segment.format,
            placed_by=PlacedBy.WALL_CLOCK,
            start_s=end_s,
            header=segment.header,
            misfit_s=Seconds(round(place.from_s - end_s, 6)),
            media_sequence=segment.facts.media_sequence,
        )
        self._append(replace(segment, place=None))

    def _store_by_estimate(self, waiting: _Waiting) -> None:
        """Nothing proves the place: the program's date tells it, else the clock."""
        while waiting.pending:
            first = waiting.pending[0]
            at_s, placed_by = self._estimated(first)
            is_before = at_s is not None and at_s + first.duration_s <= NEAR_S
            if not is_before or self._sink.has_audio or placed_by is PlacedBy.WALL_CLOCK:
                break
            waiting.pending.pop(0)
            self._leave_out(first, placed_by)
        else:
            return
        if self._is_other and (at_s is None or at_s < self._sink.end_s - NEAR_S):
            self._notice(
                f"Nothing tells which segments of {self._source} are stored already, so all are "
                "stored: some seconds may be there twice."
            )
        self._store(waiting, placed_by, at_s)

    def _store(self, waiting: _Waiting, placed_by: PlacedBy, at_s: float | None) -> None:
        """Begin a run with what waits, and store all of it; from now on all passes through.

        Args:
            waiting: With something pending.
            placed_by: What tells the place.
            at_s: Session time of the first chunk; None is 'by the clock of the sink'.
        """
        pending, self._waiting = waiting.pending, None
        first, end_s = pending[0], self._sink.end_s
        before = first.before or _Break()
        start_s, misfit_s = self._start_of(at_s)
        gap_s = 0.0 if start_s is None else start_s - end_s
        is_its_own = before.missing is not None and abs(gap_s - before.lasts_s) <= NEAR_S
        self._on_begin()
        self._sink.begin_run(
            first.arrived.format,
            placed_by=placed_by,
            start_s=start_s,
            reason=before.reason if is_its_own else None,
            detail=before.detail if is_its_own else "",
            header=first.arrived.header,
            misfit_s=misfit_s,
            media_sequence=first.newcomer.sequence,
            missing=before.missing if is_its_own else None,
        )
        begin_s = self._sink.end_s
        if before.missing:
            shift_s = begin_s - first.newcomer.at_s
            from_s = first.newcomer.at_s - before.lasts_s
            self._move(before.missing, from_s, shift_s, is_told=is_its_own)
        self._is_other = False
        self._append(first.arrived)
        for last, each in itertools.pairwise(pending):
            self._go_on_with(each, last)
        pending.clear()

    def _go_on_with(self, pending: _Pending, last: _Pending) -> None:
        """Store the next of the chunks that waited, behind what lies between it and the last."""
        before, end_s = pending.before, self._sink.end_s
        if before and before.lasts_s:
            self._sink.begin_run(
                pending.arrived.format,
                placed_by=before.placed_by,
                start_s=Seconds(end_s + before.lasts_s),
                reason=before.reason,
                detail=before.detail,
                header=pending.arrived.header,
                misfit_s=before.misfit_s,
                media_sequence=pending.newcomer.sequence,
                missing=before.missing,
            )
            if before.missing:
                from_s = pending.newcomer.at_s - before.lasts_s
                self._move(before.missing, from_s, end_s - from_s, is_told=True)
        elif before or pending.kind != last.kind:
            (fmt, header), number = pending.kind, pending.newcomer.sequence
            self._sink.begin_part(fmt, header=header, media_sequence=number)
        self._append(pending.arrived)

    def _append(self, segment: Arrived) -> None:
        begin_s = self._sink.end_s
        self._sink.write(segment.data, segment.duration_s)
        self._sink.end_chunk(segment.facts)
        self._know(segment, begin_s, begin_s + segment.duration_s)

    # --- continuous streams and devices --------------------------------------------------------

    def _place_stream(self, waiting: _Waiting, facts: ChunkFacts) -> bool:
        """Begin with what is there of a chunk, in its place.

        Returns:
            False where it lies before session time 0, and the next one is waited for.
        """
        if not (self._sink.has_audio or self._memory.count):
            self._await(lambda: bool(self._memory.count))
        data = b"".join(self._data)
        by_date = waiting.fmt.container == "wav"  # digital silence is equal to itself
        at_s = self._dated(facts) if by_date else self._anchored(waiting, data)
        placed_by = PlacedBy.DATE_TIME if by_date else PlacedBy.EQUAL_BYTES
        is_first = not self._sink.has_audio
        if is_first and at_s is not None and at_s + self._duration_s <= NEAR_S:
            self._tell_left_out(facts, placed_by)
            self._drop_chunk()
            return False
        if is_first and by_date and at_s is not None and at_s < 0:
            at_s = self._cut_to_zero(waiting.fmt, at_s)
        before = waiting.before or _Break()
        self._waiting, self._is_other = None, False
        self._on_begin()
        if at_s is None:
            placed_by, start_s, misfit_s = PlacedBy.WALL_CLOCK, waiting.loose_s, before.misfit_s
        else:
            start_s, misfit_s = self._start_of(at_s)
        self._sink.begin_run(
            waiting.fmt,
            placed_by=placed_by,
            start_s=start_s,
            reason=before.reason,
            detail=before.detail if placed_by is PlacedBy.WALL_CLOCK else "",
            header=waiting.header,
            misfit_s=misfit_s,
        )
        self._start_s = self._sink.end_s
        self._sink.write(b"".join(self._data), Seconds(self._duration_s))
        return True

    def _anchored(self, waiting: _Waiting, data: bytes) -> float | None:
        """Where equal frames of another track are; of a loose run, where the clock agrees."""
        at_s = self._anchor(waiting.fmt, data) if self._anchor else None
        if at_s is None or not waiting.is_loose:
            return at_s
        clock_s = self._clock.now_s if waiting.loose_s is None else waiting.loose_s
        agrees = abs(at_s - clock_s) <= _CLOCK_AGREES_S and at_s >= self._sink.end_s - NEAR_S
        return at_s if agrees else None

    def _cut_to_zero(self, fmt: AudioFormat, at_s: float) -> float:
        """Leave out a device's samples from before session time 0, which nobody asked for."""
        frame = pcm.frame_bytes(fmt)
        data = b"".join(self._data)
        cut = min(len(data) // frame - 1, round(-at_s * fmt.rate_hz))
        self._data = [data[cut * frame :]]
        self._duration_s -= cut / fmt.rate_hz
        return 0.0

    # --- what is known -------------------------------------------------------------------------

    def _stored(self) -> Stored:
        """All that is stored, as far as it is remembered."""
        count = self._memory.count
        if self._seen is None or self._seen[0] != count:
            self._seen = count, Stored(self._past.union(self._memory.all()))
        return self._seen[1]

    def _is_stored(self, newcomer: Newcomer) -> bool:
        """Whether its very bytes are in the track, or its number with its date."""
        stored = self._stored()
        found = (*stored.equal(newcomer.digest), *stored.same(newcomer))
        return any(chunk.track == self._track for chunk in found)

    def _is_surely_stored(self, waiting: _Waiting, pending: _Pending) -> bool:
        """Whether it is of a time long before the end, and nothing tells more: then say so."""
        if not self._is_other or waiting.shift or self._is_stored(pending.newcomer):
            return False
        if any(self._is_stored(each.newcomer) for each in waiting.pending):
            return False
        at_s, _ = self._estimated(pending)
        if at_s is None or at_s + pending.duration_s > waiting.begun_s - _SURELY_STORED_S:
            return False
        if not waiting.is_told:
            waiting.is_told = True
            self._notice(
                f"{self._source} lists the event from its past on. What lies more than "
                f"{_SURELY_STORED_S:.0f} s before the end of what is stored is not stored again."
            )
        return True

    def _estimated(self, pending: _Pending) -> tuple[float | None, PlacedBy]:
        facts = pending.arrived.facts
        at_s = self._dated(facts)
        if at_s is not None:
            return at_s, PlacedBy.DATE_TIME
        at_s = self._by_clock_s(facts, pending.duration_s)
        return at_s, PlacedBy.WALL_CLOCK

    def _dated(self, facts: ChunkFacts) -> float | None:
        date = facts.program_date_time
        return self._stored().by_date(parse_iso(date)) if date else None

    def _by_clock_s(self, facts: ChunkFacts, duration_s: float) -> float | None:
        """Session time of a segment by when it was live; None where its source doesn't tell."""
        lead_s, live_s = self._memory.lead_s(), facts.live_mono_s
        return None if lead_s is None or live_s is None else lead_s + live_s - duration_s

    def _start_of(self, at_s: float | None) -> tuple[Seconds | None, Seconds | None]:
        """Where a run may begin that belongs to a moment, and by how much that is off."""
        if at_s is None:
            return None, None
        end_s = self._sink.end_s
        if at_s > end_s + NEAR_S or (at_s > end_s and not self._sink.has_audio):
            return Seconds(at_s), None
        return end_s, Seconds(round(at_s - end_s, 6)) or None

    def _await(self, is_there: Callable[[], bool]) -> None:
        """Wait for another track, for a second at most."""
        until_s = time.monotonic() + _FIRST_WITHIN_S
        while not (is_there() or self._stop.is_set() or time.monotonic() >= until_s):
            self._memory.wait(_SLICE_S)

    def _know(self, segment: Arrived, start_s: float, end_s: float) -> None:
        digest = sha256(segment.data).hexdigest()
        known = Known.of(self._track, digest, segment.facts, start_s, end_s)
        self._memory.remember(known, live_mono_s=segment.facts.live_mono_s)

    def _remember(self, facts: ChunkFacts, start_s: float) -> None:
        digest = sha256(b"".join(self._data)).hexdigest()
        known = Known.of(self._track, digest, facts, start_s, start_s + self._duration_s)
        self._memory.remember(known, live_mono_s=facts.live_mono_s)

    def _drop_chunk(self) -> None:
        self._data, self._duration_s = [], 0.0

    def _move(self, missing: Missing, from_s: float, shift_s: float, *, is_told: bool) -> None:
        """Note where segments truly belong that may come late, by their place in own time."""
        at_s, number = from_s, missing.media_sequence
        for count, lasts_s in missing.lengths:
            for _ in range(count):
                place = MissingSegment(
                    sequence=number,
                    from_s=Seconds(at_s + shift_s),
                    to_s=Seconds(at_s + lasts_s + shift_s),
                )
                self._moved[number, round(at_s, 6)] = _Moved(place=place, is_told=is_told)
                at_s, number = at_s + lasts_s, number + 1

    # --- what is said --------------------------------------------------------------------------

    def _tell_stored(self, segment: Arrived, *, is_equal: bool) -> None:
        """It is stored already: by its bytes, or by its number and date."""
        self._sink.forget(segment)
        if is_equal:
            digest = sha256(segment.data).hexdigest()
            size = len(segment.data)
            self._sink.tell(Repeated(track=self._track, what="mirror", bytes=size, sha256=digest))
            return
        number = segment.facts.media_sequence
        detail = f"Segment {number} is stored already, by its number and date; its bytes differ."
        self._attempt(segment.facts, detail)

    def _leave_out(self, pending: _Pending, placed_by: PlacedBy) -> None:
        self._sink.forget(pending.arrived)
        self._tell_left_out(pending.arrived.facts, placed_by)

    def _tell_left_out(self, facts: ChunkFacts, placed_by: PlacedBy) -> None:
        number = "" if facts.media_sequence is None else f" {facts.media_sequence}"
        detail = f"Segment{number} lies before session time 0, by its {placed_by}; "
        self._attempt(facts, detail + "it is not stored.")

    def _attempt(self, facts: ChunkFacts, detail: str) -> None:
        self._sink.tell(
            Attempt(
                track=self._track,
                address=facts.address,
                detail=detail,
                media_sequence=facts.media_sequence,
            )
        )

    def _notice(self, detail: str) -> None:
        self._sink.tell(Noticed(what="mirror", detail=detail, track=self._track))


def _newcomer(segment: Arrived, *, at_s: float) -> Newcomer:
    date = segment.facts.program_date_time
    return Newcomer(
        digest=sha256(segment.data).hexdigest(),
        at_s=at_s,
        duration_s=segment.duration_s,
        sequence=segment.facts.media_sequence,
        date=parse_iso(date) if date else None,
    )


class ProbeSink:
    """A `Sink` that only wants to know whether a source has audio: then it raises `Answers`."""

    end_s = Seconds(0.0)
    has_audio = False

    def connected(self, *_: object, **__: object) -> None:
        """Nothing is journaled of a probe."""

    def begin_run(self, *_: object, **__: object) -> None:
        """The source has audio."""
        raise Answers

    gap = tell = metered = forget = connected
    begin_part = write = end_chunk = stage = fill = begin_run


class Answers(SinkClosed):
    """A probed source has audio."""
