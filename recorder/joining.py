"""Where the chunks of one source belong among those of another.

Mirrors of one event count, cut and date alike, or not at all alike. What is known of the chunks
that are stored says where a new source's chunks go, by the best evidence there is: equal bytes,
then the same numbering, then the program's date; where there is none, the clock decides. What is
stored already is not stored again, and the journal says so.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Protocol
from urllib.parse import urlsplit

from recorder import pcm
from recorder.clock import SessionClock
from recorder.events import Attempt, Chunk, MissingSegment, Noticed, Repeated, Tagged
from recorder.sources.base import (
    Arrived,
    ChunkFacts,
    Missing,
    Sink,
    SinkClosed,
    SourceFacts,
    StopSignal,
)
from recorder.timeline import Track
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, parse_iso

_KEPT = 4_000  # chunks: more than an hour of one-second ones
_NEAR_S = 0.05
_CLOCK_AGREES_S = 15.0  # with equal frames; a loop of the programme is longer
_NUMBERING_AGREES_S = 120.0  # with the clock, or two servers only happen to count alike
_FIRST_WITHIN_S = 1.0
_SLICE_S = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A chunk that is stored."""

    track: str
    digest: str
    start_s: float
    end_s: float
    sequence: int | None = None
    name: str = ""
    date: datetime | None = None

    @classmethod
    def of(
        cls, track: str, digest: str, facts: ChunkFacts | Chunk, start_s: float, end_s: float
    ) -> Known:
        """A chunk with what its source says of it."""
        date = facts.program_date_time
        return cls(
            track=track,
            digest=digest,
            start_s=start_s,
            end_s=end_s,
            sequence=facts.media_sequence,
            name=_pattern(facts.address),
            date=parse_iso(date) if date else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a chunk belongs.

    Attributes:
        equals: The stored chunk that it is equal to, if one is.
    """

    placed_by: PlacedBy
    start_s: float
    equals: Known | None = None


class ChunkMemory:
    """What is known of the chunks stored last, of all tracks. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._chunks: deque[Known] = deque(maxlen=_KEPT)

    def remember(self, known: Known) -> None:
        """Keep a stored chunk, and forget the oldest."""
        with self._lock:
            self._chunks.append(known)
            self._lock.notify_all()

    def recall(self, tracks: Iterable[Track]) -> None:
        """Keep what an earlier recorder stored."""
        for track in tracks:
            for chunk in track.chunks[-_KEPT:]:
                if chunk.duration_s > 0:
                    end_s = chunk.start_s + chunk.duration_s
                    self.remember(Known.of(chunk.track, chunk.sha256, chunk, chunk.start_s, end_s))

    def await_first(self, stop: StopSignal) -> None:
        """Wait until a chunk is known, for a second at most."""
        with self._lock:
            for _ in range(round(_FIRST_WITHIN_S / _SLICE_S)):
                if self._chunks or stop.is_set():
                    return
                self._lock.wait(_SLICE_S)

    def after(self, known: Known) -> Known | None:
        """The chunk that is next to a stored one in session time, in the same track."""
        later = [
            chunk
            for chunk in self._all()
            if chunk.track == known.track and chunk.start_s >= known.end_s - _NEAR_S
        ]
        return min(later, key=lambda chunk: chunk.start_s, default=None)

    def place(
        self, track: str, digest: str, facts: ChunkFacts, now_s: float, follows: Known | None
    ) -> Place | None:
        """Where a chunk belongs, by the best evidence.

        Args:
            track: Where it is to be stored; what is known of this track counts first.
            digest: SHA-256 of its bytes.
            facts: What its source says of it.
            now_s: Session time by the clock.
            follows: The stored chunk that the one before it was equal to, if it was.
        """
        chunks = sorted(self._all(), key=lambda chunk: (chunk.track != track, -chunk.start_s))
        equal = _equal(chunks, digest, facts, follows)
        if equal:
            return Place(placed_by=PlacedBy.EQUAL_BYTES, start_s=equal.start_s, equals=equal)
        if follows:
            return Place(placed_by=PlacedBy.EQUAL_BYTES, start_s=follows.end_s)
        return _by_number(chunks, facts, now_s) or _by_date(chunks, facts)

    def place_by_date(self, facts: ChunkFacts) -> Place | None:
        """Where a chunk belongs by its date alone."""
        return _by_date(self._all(), facts)

    def _all(self) -> list[Known]:
        with self._lock:
            return list(self._chunks)


def _equal(
    chunks: list[Known], digest: str, facts: ChunkFacts, follows: Known | None
) -> Known | None:
    """The stored chunk that has the same bytes.

    Chunks of silence may all have: the one that follows what came before is meant, else the one
    of the same number, else the newest.
    """
    equal = [chunk for chunk in chunks if chunk.digest == digest]
    if follows:
        return next((c for c in equal if abs(c.start_s - follows.end_s) < _NEAR_S), None)
    number = facts.media_sequence
    numbered = (chunk for chunk in equal if chunk.sequence == number is not None)
    return next(numbered, equal[0] if equal else None)


def _by_number(chunks: list[Known], facts: ChunkFacts, now_s: float) -> Place | None:
    number, name = facts.media_sequence, _pattern(facts.address)
    alike = [chunk for chunk in chunks if chunk.sequence is not None and chunk.name == name]
    if number is None or not alike:
        return None
    near = min(alike, key=lambda chunk: abs((chunk.sequence or 0) - number))
    apart = number - (near.sequence or 0)
    mean_s = sum(chunk.end_s - chunk.start_s for chunk in alike) / len(alike)
    start_s = near.start_s + apart * mean_s if apart <= 0 else near.end_s + (apart - 1) * mean_s
    if abs(start_s - now_s) > _NUMBERING_AGREES_S:
        return None
    return Place(placed_by=PlacedBy.SEQUENCE, start_s=start_s)


def _by_date(chunks: list[Known], facts: ChunkFacts) -> Place | None:
    if not facts.program_date_time:
        return None
    date = parse_iso(facts.program_date_time)
    dated = [(chunk, chunk.date) for chunk in chunks if chunk.date]
    if not dated:
        return None
    near, its_date = min(dated, key=lambda pair: abs(pair[1] - date))
    start_s = near.start_s + (date - its_date).total_seconds()
    return Place(placed_by=PlacedBy.DATE_TIME, start_s=start_s)


def _pattern(address: str) -> str:
    """A file's name with its numbers left out, to tell whether two servers name alike."""
    return re.sub(r"\d+", "#", urlsplit(address).path.rpartition("/")[2])


class Anchor(Protocol):
    """Finds sound of a continuous stream in what other tracks hold."""

    def __call__(self, fmt: AudioFormat, data: bytes) -> Seconds | None:
        """Session time of the first frame, if equal frames are stored."""
        ...


@dataclass(slots=True)
class _Held:
    """A run that waits for its place."""

    fmt: AudioFormat
    header: bytes
    reason: GapReason | None
    detail: str
    is_loose: bool = False  # it has one by the clock, and equal frames may tell a better one
    start_s: Seconds | None = None
    misfit_s: Seconds | None = None


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
            anchor: For continuous streams.
            on_begin: Called right before a run begins in the sink.
        """
        self._sink = sink
        self._track = track
        self._memory = memory
        self._clock = clock
        self._stop = stop
        self._is_other = is_other
        self._anchor = anchor
        self._on_begin = on_begin
        self._held: _Held | None = None
        self._is_placed = sink.has_audio and not is_other
        self._follows: Known | None = None
        self._data: list[bytes] = []
        self._duration_s = 0.0
        self._start_s = 0.0

    @property
    def end_s(self) -> Seconds:
        """See `Sink`."""
        return self._sink.end_s

    @property
    def has_audio(self) -> bool:
        """See `Sink`."""
        return self._sink.has_audio

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
        is_first = not self._sink.has_audio and not self._clock.claim(self._track)
        knows = start_s is not None or placed_by not in (PlacedBy.FIRST, PlacedBy.WALL_CLOCK)
        is_unplaced = not knows and (self._is_other or is_first)
        is_loose = placed_by is PlacedBy.WALL_CLOCK and bool(self._anchor) and not is_unplaced
        if is_unplaced or is_loose:
            self._held = _Held(
                fmt=fmt,
                header=header,
                reason=reason,
                detail=detail,
                is_loose=is_loose,
                start_s=start_s,
                misfit_s=misfit_s,
            )
            return
        self._held = None
        self._is_placed = True
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
        if self._held:
            self._held.fmt, self._held.header = fmt, header
        else:
            self._sink.begin_part(fmt, header=header, media_sequence=media_sequence)

    def write(self, data: bytes, duration_s: Seconds) -> None:
        """See `Sink`; what has no place yet waits in memory until its chunk ends."""
        if not self._data:
            self._start_s = self._sink.end_s
        if not self._held:
            self._sink.write(data, duration_s)
        self._data.append(data)
        self._duration_s += duration_s

    def end_chunk(self, facts: ChunkFacts | None = None) -> None:
        """See `Sink`."""
        facts = facts or ChunkFacts()
        if self._held:
            self._find(self._held, facts)
        else:
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
        if not self._held:
            self._sink.gap(to_s, reason, detail, missing=missing)

    def stage(self, segment: Arrived) -> None:
        """See `Sink`; what has no place yet can't be staged, and waits in memory alone."""
        if self._is_placed:
            self._sink.stage(segment)

    def fill(self, segment: Arrived) -> None:
        """See `Sink`."""
        self._sink.fill(segment)

    def tell(self, event: Attempt | Repeated | Tagged | Noticed) -> None:
        """See `Sink`."""
        self._sink.tell(event)

    def level(self, peak_dbfs: float, rms_dbfs: float, clipped: int) -> None:
        """See `Sink`."""
        self._sink.level(peak_dbfs, rms_dbfs, clipped)

    # --- inside --------------------------------------------------------------------------------

    def _drop_chunk(self) -> None:
        self._data, self._duration_s = [], 0.0

    def _remember(self, facts: ChunkFacts, start_s: float) -> None:
        digest = sha256(b"".join(self._data)).hexdigest()
        end_s = start_s + self._duration_s
        self._memory.remember(Known.of(self._track, digest, facts, start_s, end_s))

    def _find(self, held: _Held, facts: ChunkFacts) -> None:
        """Find the place of a chunk that is held, and store it there unless it is stored."""
        if held.is_loose:
            self._find_better(held, facts)
            return
        if not self._sink.has_audio:
            self._memory.await_first(self._stop)
        data = b"".join(self._data)
        digest = sha256(data).hexdigest()
        if held.fmt.container == "wav":  # digital silence is equal to itself, and proves nothing
            place = self._memory.place_by_date(facts)
            if place and -self._duration_s < place.start_s < 0:
                place = self._begin_at_zero(held.fmt, place)
                data = b"".join(self._data)
        else:
            place = self._memory.place(
                self._track, digest, facts, self._clock.now_s, self._follows
            ) or self._place_by_frames(held.fmt, data)
        if place is None:
            self._begin(held, facts, PlacedBy.WALL_CLOCK, None)
        elif place.equals and place.equals.track == self._track:
            self._follows = place.equals
            self._sink.tell(
                Repeated(track=self._track, what="mirror", bytes=len(data), sha256=digest)
            )
        elif place.start_s + self._duration_s <= max(self._sink.end_s, _NEAR_S):
            self._store_before_the_end(held, facts, place)
        else:
            self._begin(held, facts, place.placed_by, place.start_s)

    def _find_better(self, held: _Held, facts: ChunkFacts) -> None:
        """Where the clock and equal frames of another track agree, the frames are exact."""
        place = self._place_by_frames(held.fmt, b"".join(self._data))
        clock_s = self._clock.now_s if held.start_s is None else held.start_s
        fits = (
            place is not None
            and abs(place.start_s - clock_s) <= _CLOCK_AGREES_S
            and place.start_s >= self._sink.end_s - _NEAR_S
        )
        if place and fits:
            self._begin(held, facts, place.placed_by, place.start_s)
        else:
            self._store_held(
                held, facts, PlacedBy.WALL_CLOCK, start_s=held.start_s, misfit_s=held.misfit_s
            )

    def _begin_at_zero(self, fmt: AudioFormat, place: Place) -> Place:
        """Leave out a device's samples from before session time 0, which nobody asked for."""
        frame = pcm.frame_bytes(fmt)
        data = b"".join(self._data)
        cut = min(len(data) // frame - 1, round(-place.start_s * fmt.rate_hz))
        self._data = [data[cut * frame :]]
        self._duration_s -= cut / fmt.rate_hz
        return replace(place, start_s=0.0)

    def _place_by_frames(self, fmt: AudioFormat, data: bytes) -> Place | None:
        start_s = self._anchor(fmt, data) if self._anchor else None
        return None if start_s is None else Place(placed_by=PlacedBy.EQUAL_BYTES, start_s=start_s)

    def _store_before_the_end(self, held: _Held, facts: ChunkFacts, place: Place) -> None:
        """A chunk that lies where the track has been: it fills a gap, or it isn't needed."""
        follows = self._follows
        after = self._memory.after(follows) if follows else None
        room_s = after.start_s - follows.end_s if after and follows else 0.0
        if follows and after and room_s >= self._duration_s - _NEAR_S:
            to_s = min(after.start_s, follows.end_s + self._duration_s)
            self._sink.fill(
                Arrived(
                    format=held.fmt,
                    header=held.header,
                    data=b"".join(self._data),
                    duration_s=Seconds(self._duration_s),
                    facts=facts,
                    place=MissingSegment(
                        sequence=facts.media_sequence or 0,
                        from_s=Seconds(follows.end_s),
                        to_s=Seconds(to_s),
                    ),
                )
            )
            digest = sha256(b"".join(self._data)).hexdigest()
            self._follows = Known.of(self._track, digest, facts, follows.end_s, to_s)
            self._memory.remember(self._follows)
            return
        number = "" if facts.media_sequence is None else f" {facts.media_sequence}"
        where = "before session time 0" if place.start_s < 0 else "where audio is stored already"
        detail = f"Segment{number} lies {where}, by its {place.placed_by}; it is not stored."
        self._sink.tell(
            Attempt(
                track=self._track,
                address=facts.address,
                detail=detail,
                media_sequence=facts.media_sequence,
            )
        )

    def _begin(
        self, held: _Held, facts: ChunkFacts, placed_by: PlacedBy, start_s: float | None
    ) -> None:
        end_s = self._sink.end_s
        misfit_s = None
        if start_s is not None and self._sink.has_audio and start_s <= end_s + _NEAR_S:
            misfit_s = Seconds(round(start_s - end_s, 6)) or None
            start_s = end_s
        begin_s = None if start_s is None else Seconds(max(0.0, start_s))
        self._store_held(held, facts, placed_by, start_s=begin_s, misfit_s=misfit_s)

    def _store_held(
        self,
        held: _Held,
        facts: ChunkFacts,
        placed_by: PlacedBy,
        *,
        start_s: Seconds | None,
        misfit_s: Seconds | None,
    ) -> None:
        self._on_begin()
        self._sink.begin_run(
            held.fmt,
            placed_by=placed_by,
            start_s=start_s,
            reason=held.reason,
            detail=held.detail if placed_by is PlacedBy.WALL_CLOCK else "",
            header=held.header,
            misfit_s=misfit_s,
            media_sequence=facts.media_sequence,
        )
        self._held = self._follows = None
        self._is_other, self._is_placed = False, True
        begin_s = self._sink.end_s
        self._sink.write(b"".join(self._data), Seconds(self._duration_s))
        self._sink.end_chunk(facts)
        self._remember(facts, begin_s)


class ProbeSink:
    """A `Sink` that only wants to know whether a source has audio: then it raises `Answers`."""

    end_s = Seconds(0.0)
    has_audio = False

    def connected(self, *_: object, **__: object) -> None:
        """Nothing is journaled of a probe."""

    def begin_run(self, *_: object, **__: object) -> None:
        """The source has audio."""
        raise Answers

    gap = tell = level = connected
    begin_part = write = end_chunk = stage = fill = begin_run


class Answers(SinkClosed):
    """A probed source has audio."""
