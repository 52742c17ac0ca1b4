"""From a source's bytes to parts on disk and lines in the journal.

Audio is written unbuffered, as whole frames, the moment it arrives, so that the death of the
process costs nothing that was handed over. Once a second, and at the end of each HLS segment, the
audio is synced and only then are the lines of its chunks appended; what a crash leaves without a
line is adopted by `recorder.recovery`.

HLS segments in a part follow each other without a hole in their numbers, and at most the last one
has no line: that is how recovery knows which one it is. What comes out of order waits in
`recorder.staging`; what comes after its gap was journaled becomes a part of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from recorder import staging, wav
from recorder.archive import SessionFolder, sync_folder
from recorder.clock import Limit, SessionClock
from recorder.errors import StorageError, storage_error
from recorder.events import (
    Attempt,
    Chunk,
    Connected,
    Event,
    GapFilled,
    GapFound,
    Noticed,
    PartOpened,
    PartSealed,
    Repeated,
    RunStarted,
    Tagged,
)
from recorder.journal import JournalWriter
from recorder.sources.base import Arrived, ChunkFacts, Missing, SinkClosed, SourceFacts
from recorder.timeline import Timeline, lengths_of
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, iso, utc_now

if TYPE_CHECKING:  # streams have no level
    from recorder.pcm import Level

_logger = logging.getLogger(__name__)

PART_LENGTH_S = 600.0
"""Seconds of audio after which a part is closed and the next one begun."""

_TOUCHING_S = 1e-6
_JOINED = (PlacedBy.EQUAL_BYTES, PlacedBy.SEQUENCE, PlacedBy.DATE_TIME)

_Segment = tuple[int | None, str]  # media sequence, SHA-256 of its audio


@dataclass(slots=True)
class _Part:
    """A part that grows."""

    name: str
    file: str
    run: int
    media_sequence: int | None  # of its first segment
    fmt: AudioFormat
    header: bytes
    source: str
    descriptor: int
    size: int = 0  # bytes that count: of a WAV the PCM alone
    synced: int = 0
    held_s: float = 0.0
    sha256: hashlib._Hash = field(default_factory=hashlib.sha256)


@dataclass(slots=True)
class _Open:
    """A chunk that grows."""

    offset: int
    start_s: float
    size: int = 0
    duration_s: float = 0.0
    sha256: hashlib._Hash = field(default_factory=hashlib.sha256)


class TrackWriter:
    """The `Sink` of one track: writes parts, places runs, journals both.

    The source's thread writes, the session's thread syncs and closes; a lock keeps them apart.
    After `close` every call of the source raises `SinkClosed`.
    """

    def __init__(
        self,
        folder: SessionFolder,
        track: str,
        log: JournalWriter,
        *,
        source: str,
        before: Timeline | None = None,
        clock: SessionClock | None = None,
        limit: Limit | None = None,
        on_audio: Callable[[], None] = lambda: None,
        on_part_closed: Callable[[PartSealed, AudioFormat], None] | None = None,
    ) -> None:
        """Make the writer of a track.

        Args:
            folder: The session's.
            track: Its letter.
            log: The session's journal.
            source: The source's public name, for the parts' lines. Where the attribute of this
                name is changed, the next run begins a part of its own.
            before: What an earlier recorder stored of this session, to go on from.
            clock: The session's, when several tracks share it.
            limit: The session's, after which nothing is taken any more: a broadcaster hands over
                what it has in a moment.
            on_audio: Called from the source's thread at each write.
            on_part_closed: Called when a part is complete, instead of journaling its seal at
                once: for WAV parts, which are packed first.
        """
        self._folder, self._track, self._log, self.source = folder, track, log, source
        self._clock = clock or SessionClock()
        self._limit = limit or Limit(None)
        self._on_audio = on_audio
        self._on_part_closed = on_part_closed
        self._lock = threading.RLock()
        self._closed = False
        self._part: _Part | None = None
        self._chunk: _Open | None = None
        self._pending: list[Event] = []
        self._headers: set[bytes] = set()
        self._run = 0  # the one that grows
        self._runs = 0  # all so far, those of late fills too
        self._parts = 0
        self._is_in_gap = False  # it ends in one: what follows is another run
        self._next_sequence: int | None = None  # of the HLS segment that is written next
        self._owes_segment = False  # a segment was written whose line is not in the journal yet
        self._staged: dict[_Segment, Path] = {}
        self._unproven: tuple[Chunk, ...] = ()  # pieces of the last segment, after a crash
        self._completed: _Segment | None = None  # a segment whose rest is written
        self._end_s = 0.0
        self._has_audio = False
        self.trouble: tuple[GapReason, str] | None = None
        self.last_write_mono_s = time.monotonic()
        self._read_level: Callable[[], Level | None] = lambda: None
        if before:
            self._resume(before)

    def _resume(self, before: Timeline) -> None:
        """Go on where an earlier process ended."""
        track = before.tracks.get(self._track)
        names = [part.name for part in before.parts if part.track == self._track]
        self._parts = max((int(name.rpartition("-")[2]) for name in names), default=0)
        if track is None:
            return
        self._end_s = track.end_s
        self._is_in_gap = track.ends_in_gap
        self._next_sequence = track.next_sequence
        self._unproven = track.unproven
        if before.started_at is None:
            return
        self._run = track.runs[-1].number if track.runs else 0
        self._runs = max((run.number for run in track.runs), default=0)
        self._has_audio = bool(track.runs)
        elapsed_s = (utc_now() - before.started_at).total_seconds()
        self._clock.begin(time.monotonic() - elapsed_s)

    # --- what a source reads -------------------------------------------------------------------

    @property
    def end_s(self) -> Seconds:
        """Session time of the end of what is stored."""
        return Seconds(self._end_s)

    @property
    def has_audio(self) -> bool:
        """Whether anything was stored yet."""
        return self._has_audio

    @property
    def staged(self) -> int:
        """Segments that are kept on disk until an earlier one has come."""
        return len(self._staged)

    @property
    def now_s(self) -> Seconds:
        """Session time by the clock, whether or not anything arrives; 0 before the first sample."""
        return Seconds(max(self._end_s, self._clock.now_s))

    @property
    def heard_s(self) -> Seconds:
        """Session time of what is heard now: the end, and the seconds since it arrived.

        Not the clock: a broadcaster that halts and goes on where it was leaves no gap, and is
        behind the clock from then on.
        """
        if not self._has_audio:
            return Seconds(0.0)
        return Seconds(self._end_s + time.monotonic() - self.last_write_mono_s)

    @property
    def level(self) -> Level | None:
        """How loud a device is now; None for streams, and before the first sample."""
        return self._read_level()

    # --- what a source says --------------------------------------------------------------------

    def connected(self, facts: SourceFacts) -> None:
        """Journal who answered."""
        self.tell(
            Connected(
                track=self._track,
                address=facts.address,
                status=facts.status,
                identity=facts.identity,
                headers=facts.headers,
            )
        )

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
        """Begin a stretch without a gap; see `Sink.begin_run`.

        Where it touches what is stored, in the same format, it goes on in the same run and part.
        """
        with self._lock:
            self._refuse_more()
            self._end_chunk()
            if self._unproven and self._unproven[0].media_sequence != media_sequence:
                self._unproven = ()
            placed_by, at_s = self._place(placed_by, start_s)
            if self._touches(at_s) and placed_by in _JOINED:
                self.trouble = None
                if not self._fits(fmt, header, media_sequence):
                    self._open_part(fmt, header, media_sequence)
                return
            self._close_part()
            self._flush()
            if at_s > self._end_s + _TOUCHING_S:
                self._gap(Seconds(at_s), reason, detail, missing)
            self.trouble = None
            self._log.append(
                RunStarted(
                    track=self._track,
                    run=self._runs + 1,
                    start_s=Seconds(at_s),
                    placed_by=placed_by,
                    misfit_s=misfit_s,
                )
            )
            self._runs += 1
            self._run = self._runs
            self._end_s, self._is_in_gap = at_s, False
            self._open_part(fmt, header, media_sequence)

    def begin_part(
        self, fmt: AudioFormat, *, header: bytes = b"", media_sequence: int | None = None
    ) -> None:
        """Go on in a new part of the same run."""
        with self._lock:
            self._refuse_more()
            self._end_chunk()
            self._open_part(fmt, header, media_sequence)

    def write(self, data: bytes, duration_s: Seconds) -> None:
        """Append whole frames to the part, at once.

        Of a segment that a crash left unfinished, only what lacks.

        Raises:
            StorageError: The disk refuses; nothing of ``data`` is stored then.
            SinkClosed: The session has stopped.
        """
        with self._lock:
            self._refuse_more()
            whole, pieces = data, self._unproven
            if pieces:
                data, duration_s = self._rest_of(data, duration_s)
            if data:
                self._grow_chunk(data, duration_s)
            if pieces:
                self._prove(whole, len(whole) - len(data))
        self._on_audio()

    def end_chunk(self, facts: ChunkFacts | None = None) -> None:
        """Close the chunk that grows; the line of an HLS segment is journaled at once.

        Where the disk refuses the line now, it waits: what was written is stored, and the
        refusal meets the next `write` or `sync`.
        """
        with self._lock:
            self._refuse_when_closed()
            self._end_chunk(facts)
            if facts is None or facts.media_sequence is None:
                return
            self._next_sequence = facts.media_sequence + 1
            self._owes_segment = True
            try:
                self._flush()
            except StorageError as error:
                _logger.warning("a segment's line waits: %s", error)

    def gap(
        self,
        to_s: Seconds,
        reason: GapReason,
        detail: str = "",
        *,
        missing: Missing | None = None,
    ) -> None:
        """Journal a gap from the end to ``to_s``; what follows goes on there."""
        with self._lock:
            self._refuse_when_closed()
            self._end_chunk()
            self._flush()
            self._gap(to_s, reason, detail, missing)

    def stage(self, segment: Arrived) -> None:
        """Keep a segment on disk until it is written or filled in.

        Raises:
            StorageError: The disk refuses.
            SinkClosed: The session has stopped.
        """
        with self._lock:
            self._refuse_when_closed()
            path = staging.write(self._folder, self._track, segment)
            self._staged[_name_of(segment)] = path

    def forget(self, segment: Arrived) -> None:
        """Keep a segment no more."""
        with self._lock:
            self._unstage(_name_of(segment))

    def fill(self, segment: Arrived) -> None:
        """Store a segment that came late in its gap, as a part and a run of its own.

        It is kept on disk first, so that a crash in between leaves it whole.

        Raises:
            StorageError: The disk refuses; the gap stands as it was.
            SinkClosed: The session has stopped.
        """
        with self._lock:
            self._refuse_when_closed()
            self.stage(segment)
            self._store_late(segment)
            self.last_write_mono_s = time.monotonic()

    def tell(self, event: Attempt | Repeated | Tagged | Noticed | Connected) -> None:
        """Journal a fact of this track, in its order among the chunks."""
        with self._lock:
            self._refuse_when_closed()
            self._pending.append(replace(event, track=self._track))

    def metered(self, read: Callable[[], Level | None]) -> None:
        """Know where the level is to be read."""
        self._read_level = read

    # --- what the session does -----------------------------------------------------------------

    def sync(self) -> None:
        """Bring audio to the disk, then append the lines of what is there.

        Raises:
            StorageError: The disk refuses; the lines are kept and tried again.
        """
        with self._lock:
            if self._closed:
                return
            self._flush()
            part = self._part
            if part and part.synced < part.size:  # a chunk that grows has no line yet
                _sync(part.descriptor)
                part.synced = part.size

    def close(self, *, gap_to_s: Seconds | None = None) -> None:
        """Close the part and journal everything; closed twice without harm.

        Args:
            gap_to_s: Where a last gap ends, when the session stops while nothing arrives.

        Raises:
            StorageError: The disk refuses.
        """
        with self._lock:
            if self._closed:
                return
            self._end_chunk()
            self._close_part()
            self._flush()
            if self._staged:
                reason = GapReason.MISSING_SEGMENT
                self.store_staged(reason, "It had not come when the recording was stopped.")
                self._close_part()
            if gap_to_s is not None and gap_to_s > self._end_s + _TOUCHING_S:
                self._gap(gap_to_s, None, "")
            self._closed = True

    def store_staged(self, reason: GapReason, detail: str) -> None:
        """Store what is kept on disk, in the order of its numbers, over gaps of what is not.

        Args:
            reason: Of these gaps.
            detail: A sentence about them.

        Raises:
            StorageError: The disk refuses; what isn't stored yet is still kept.
        """
        with self._lock:
            for path, segment in staging.read(self._folder, self._track):
                self._staged[_name_of(segment)] = path
                if segment.place:
                    self._store_late(segment)
                elif self._is_full:
                    staging.remove(self._staged.pop(_name_of(segment)))
                elif segment.source:
                    self._store_unplaced(segment)
                else:
                    self._store_waiting(segment, reason, detail)

    def abandon(self) -> None:
        """Take nothing any more, and touch nothing: for a disk that refuses."""
        with self._lock:
            if self._part:
                os.close(self._part.descriptor)
                self._part = None
            self._closed = True

    # --- inside --------------------------------------------------------------------------------

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise SinkClosed

    @property
    def _is_full(self) -> bool:
        """Whether all is stored that was asked for."""
        limit_s = self._limit.end_s
        return limit_s is not None and self._end_s >= limit_s

    def _refuse_more(self) -> None:
        if self._closed or self._is_full:
            raise SinkClosed

    def _place(self, placed_by: PlacedBy, start_s: Seconds | None) -> tuple[PlacedBy, float]:
        if not self._has_audio and not self._run and not self._clock.has_begun:
            return PlacedBy.FIRST, self._end_s if start_s is None else start_s
        if start_s is not None:
            return placed_by, max(start_s, self._end_s)
        if placed_by in _JOINED:
            return placed_by, self._end_s
        return PlacedBy.WALL_CLOCK, self.now_s

    def _touches(self, at_s: float) -> bool:
        """Whether a moment is right behind what is stored, without a gap between."""
        apart_s = abs(at_s - self._end_s)
        return apart_s <= _TOUCHING_S and bool(self._run) and not self._is_in_gap

    def _fits(self, fmt: AudioFormat, header: bytes, media_sequence: int | None) -> bool:
        part = self._part
        goes_on = media_sequence == self._next_sequence
        return (
            part is not None
            and goes_on
            and (part.fmt, part.header, part.source) == (fmt, header, self.source)
        )

    def _prepare_chunk(self) -> None:
        """See that a new chunk may begin: owed lines are written, a long part is rolled over.

        Raises:
            StorageError: The disk refuses; nothing was changed.
        """
        if self._owes_segment:
            self._flush()
        part = self._part
        if part is None:
            return
        # A part that was begun for a segment that needed nothing more begins with the next one.
        is_for_another = part.held_s == 0 and part.media_sequence != self._next_sequence
        if is_for_another or part.held_s >= PART_LENGTH_S:
            self._open_part(part.fmt, part.header, self._next_sequence)

    def _grow_chunk(self, data: bytes, duration_s: Seconds) -> None:
        """Append to the part and its open chunk; a disk that refuses changes nothing."""
        if self._chunk is None:
            self._prepare_chunk()
        part = self._part
        if part is None:
            raise ValueError("write before begin_run")
        if self._chunk is None:
            self._chunk = _Open(offset=part.size, start_s=self._end_s)
        self._append(part, data)
        self._chunk.size += len(data)
        self._chunk.duration_s += duration_s
        self._chunk.sha256.update(data)
        self._end_s += duration_s
        part.held_s += duration_s
        self.last_write_mono_s = time.monotonic()
        if not self._has_audio and duration_s > 0:
            self._has_audio = True
            self._clock.begin(self.last_write_mono_s - self._end_s)

    def _untold(self) -> tuple[GapReason, str]:
        """Why there is a gap that nobody gave a reason for."""
        if self._has_audio:
            return GapReason.CONNECTION_LOST, ""
        return GapReason.NOT_AVAILABLE, "This track began later than the session."

    def _gap(
        self,
        to_s: Seconds,
        reason: GapReason | None,
        detail: str,
        missing: Missing | None = None,
    ) -> None:
        if reason is None:
            reason, known = self.trouble or self._untold()
            detail = detail or known
        self._log.append(
            GapFound(
                track=self._track,
                from_s=Seconds(self._end_s),
                to_s=to_s,
                reason=reason,
                detail=detail,
                media_sequence=missing.media_sequence if missing else None,
                lengths=missing.lengths if missing else (),
            )
        )
        self._end_s, self._is_in_gap = to_s, True
        if missing:
            count = sum(count for count, _ in missing.lengths)
            self._next_sequence = missing.media_sequence + count

    def _open_part(self, fmt: AudioFormat, header: bytes, media_sequence: int | None) -> None:
        """Close the part that grows and begin the next one of the same run."""
        self._close_part()
        self._flush()
        self._next_sequence = media_sequence
        part = self._begin_file(self._run, fmt, header, media_sequence)
        with self._discarded_on_error(part):
            if fmt.container == "wav":
                _write_all(part.descriptor, wav.header(fmt))
            elif header:
                self._pending.append(self._write_header(part, header, self._end_s))
        self._part = part

    @contextlib.contextmanager
    def _discarded_on_error(self, part: _Part) -> Iterator[None]:
        """A part that could not be begun leaves no file, so that the next one is begun whole."""
        try:
            yield
        except StorageError:
            os.close(part.descriptor)
            (self._folder.path / part.file).unlink(missing_ok=True)
            raise

    def _begin_file(
        self, run: int, fmt: AudioFormat, header: bytes, media_sequence: int | None
    ) -> _Part:
        """Journal a new part, then make its file."""
        name = f"{self._track}-{self._parts + 1:06}"
        file = f"audio/{name}{fmt.suffix}"
        self._log.append(
            PartOpened(
                track=self._track,
                part=name,
                file=file,
                format=fmt,
                source=self.source,
                run=run,
                media_sequence=media_sequence,
            )
        )
        self._log.sync()
        self._parts += 1
        descriptor = _create(self._folder.path / file)
        part = _Part(
            name=name,
            file=file,
            run=run,
            media_sequence=media_sequence,
            fmt=fmt,
            header=header,
            source=self.source,
            descriptor=descriptor,
        )
        with self._discarded_on_error(part):
            sync_folder(self._folder.audio)
        return part

    def _write_header(self, part: _Part, header: bytes, at_s: float) -> Chunk | Repeated:
        """Store what a part must begin with; from the second time on it is a repeat."""
        self._append(part, header)
        digest = hashlib.sha256(header)
        if header not in self._headers:
            self._headers.add(header)
            chunk = _Open(offset=0, start_s=at_s, size=len(header), sha256=digest)
            return self._line_of(chunk, part, ChunkFacts())
        return Repeated(
            track=self._track,
            what="headers",
            bytes=len(header),
            sha256=digest.hexdigest(),
            part=part.name,
            offset=0,
        )

    def _append(self, part: _Part, data: bytes) -> None:
        _write_all(part.descriptor, data)
        part.size += len(data)
        part.sha256.update(data)

    def _end_chunk(self, facts: ChunkFacts | None = None) -> None:
        chunk, part = self._chunk, self._part
        self._chunk = None
        if chunk is None or part is None or chunk.size == 0:
            return
        self._pending.append(self._line_of(chunk, part, facts or ChunkFacts()))

    def _line_of(self, chunk: _Open, part: _Part, facts: ChunkFacts) -> Chunk:
        return Chunk(
            track=self._track,
            part=part.name,
            run=part.run,
            offset=chunk.offset,
            bytes=chunk.size,
            sha256=chunk.sha256.hexdigest(),
            start_s=Seconds(chunk.start_s),
            duration_s=Seconds(chunk.duration_s),
            arrived_at=iso(utc_now()),
            arrived_mono_s=round(time.monotonic(), 6),
            status=facts.status,
            address=facts.address,
            media_sequence=facts.media_sequence,
            program_date_time=facts.program_date_time,
            ntp=facts.ntp,
        )

    def _store_late(self, segment: Arrived) -> None:
        """Put a segment into its gap: a part that is whole and sealed when its lines are there."""
        place, sequence = segment.place, segment.facts.media_sequence
        if place is None:
            raise ValueError("a segment without a place is not late")
        self._flush()
        run = self._runs + 1
        part = self._begin_file(run, segment.format, segment.header, sequence)
        lines: list[Event] = []
        chunk = _Open(offset=len(segment.header), start_s=place.from_s)
        with self._discarded_on_error(part):
            if segment.header:
                lines.append(self._write_header(part, segment.header, place.from_s))
            self._append(part, segment.data)
            _sync(part.descriptor)
        os.close(part.descriptor)
        chunk.size, chunk.duration_s = len(segment.data), segment.duration_s
        chunk.sha256.update(segment.data)
        lines.append(self._line_of(chunk, part, segment.facts))
        misfit_s = round(segment.duration_s - (place.to_s - place.from_s), 6)
        self._log.append(
            RunStarted(
                track=self._track,
                run=run,
                start_s=place.from_s,
                placed_by=PlacedBy.SEQUENCE,
                misfit_s=Seconds(misfit_s) if misfit_s else None,
            ),
            GapFilled(
                track=self._track,
                from_s=place.from_s,
                to_s=place.to_s,
                run=run,
                media_sequence=sequence,
            ),
            *lines,
            self._seal_of(part),
        )
        self._log.sync()
        self._runs = run
        self._unstage(_name_of(segment))

    def _store_waiting(self, segment: Arrived, reason: GapReason, detail: str) -> None:
        """Put a segment behind what is stored, over a gap of those before it that never came."""
        sequence = segment.facts.media_sequence
        expected = segment.due if self._next_sequence is None else self._next_sequence
        apart = 0 if sequence is None or expected is None else sequence - expected
        if self._unproven and self._unproven[0].media_sequence == sequence:
            apart = 0
        missing = None
        if expected is not None and apart > 0:
            # An unlisted one lasts as long as the mean; this one is as good a guess.
            lengths = lengths_of([segment.duration_s] * apart)
            missing = Missing(media_sequence=expected, lengths=lengths)
        self.begin_run(
            segment.format,
            placed_by=PlacedBy.SEQUENCE if apart >= 0 else PlacedBy.WALL_CLOCK,
            start_s=Seconds(self._end_s + max(0, apart) * segment.duration_s),
            reason=reason,
            detail=detail,
            header=segment.header,
            media_sequence=sequence,
            missing=missing,
        )
        self.write(segment.data, segment.duration_s)
        self.end_chunk(segment.facts)

    def _store_unplaced(self, segment: Arrived) -> None:
        """Put a segment of another source behind what is stored, where the clock allows it."""
        number, end_s = segment.facts.media_sequence, self._end_s
        goes_on = self.source == segment.source and number == self._next_sequence
        if goes_on and not self._is_in_gap:
            placed_by, start_s = PlacedBy.SEQUENCE, end_s
        else:
            placed_by, start_s = PlacedBy.WALL_CLOCK, max(end_s, segment.by_clock_s or 0.0)
        self.source = segment.source
        misfit_s = round((segment.by_clock_s or end_s) - start_s, 6)
        self.begin_run(
            segment.format,
            placed_by=placed_by,
            start_s=Seconds(start_s),
            header=segment.header,
            misfit_s=Seconds(misfit_s) if misfit_s else None,
            media_sequence=number,
        )
        self.write(segment.data, segment.duration_s)
        self.end_chunk(segment.facts)

    def _rest_of(self, data: bytes, duration_s: Seconds) -> tuple[bytes, Seconds]:
        """What isn't stored yet of a segment whose beginning recovery adopted."""
        length = staging.stored_bytes(data, self._unproven)
        if not length:
            return data, duration_s
        left_s = duration_s - sum(piece.duration_s for piece in self._unproven)
        return data[length:], Seconds(max(0.0, left_s))

    def _prove(self, data: bytes, length: int) -> None:
        """Journal that so much of a segment was stored before, and that it is complete now."""
        pieces, self._unproven = self._unproven, ()
        if not length:
            return
        digest = hashlib.sha256(data[:length]).hexdigest()
        self._pending.append(Repeated(track=self._track, what="burst", bytes=length, sha256=digest))
        name = pieces[0].media_sequence, hashlib.sha256(data).hexdigest()
        if length == len(data):
            self._unstage(name)
        else:
            self._completed = name

    def _unstage(self, name: _Segment) -> None:
        """What is stored now needs not be kept any more."""
        path = self._staged.pop(name, None)
        if path:
            staging.remove(path)

    def _flush(self) -> None:
        """Sync the audio, then append the waiting lines; kept for later where that fails."""
        if not self._pending:
            return
        if self._part:
            _sync(self._part.descriptor)
            self._part.synced = self._part.size
        self._log.append(*self._pending)
        stored, self._pending = self._pending, []
        self._owes_segment = False
        self._log.sync()
        for event in stored:
            if isinstance(event, Chunk):
                self._unstage((event.media_sequence, event.sha256))
                if self._completed and self._completed[0] == event.media_sequence:
                    self._unstage(self._completed)
                    self._completed = None

    def _close_part(self) -> None:
        part = self._part
        if part is None:
            return
        self._flush()
        _sync(part.descriptor)
        os.close(part.descriptor)
        self._part = None
        path = self._folder.path / part.file
        if part.size == 0:
            path.unlink()
            return
        if part.fmt.container == "wav":
            wav.finish(path)
        sealed = self._seal_of(part)
        if self._on_part_closed and part.fmt.container == "wav":
            self._on_part_closed(sealed, part.fmt)
        else:
            self._log.append(sealed)

    def _seal_of(self, part: _Part) -> PartSealed:
        return PartSealed(
            track=self._track,
            part=part.name,
            file=part.file,
            bytes=(self._folder.path / part.file).stat().st_size,
            sha256=part.sha256.hexdigest(),
        )


def _name_of(segment: Arrived) -> _Segment:
    return segment.facts.media_sequence, hashlib.sha256(segment.data).hexdigest()


def _create(path: Path) -> int:
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        return os.open(path, flags, 0o666)
    except OSError as error:
        raise storage_error(error, doing="beginning a part") from error


def _write_all(descriptor: int, data: bytes) -> None:
    """Write all of it or, where the disk refuses, nothing."""
    end = os.lseek(descriptor, 0, os.SEEK_CUR)
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except OSError as error:
        os.ftruncate(descriptor, end)
        os.lseek(descriptor, end, os.SEEK_SET)
        raise storage_error(
            error, doing="writing audio", safe="All that was recorded before is safe."
        ) from error


def _sync(descriptor: int) -> None:
    try:
        getattr(os, "fdatasync", os.fsync)(descriptor)
    except OSError as error:
        raise storage_error(error, doing="syncing audio") from error
