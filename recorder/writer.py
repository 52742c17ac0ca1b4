"""From a source's bytes to parts on disk and lines in the journal.

Audio is written unbuffered, as whole frames, the moment it arrives, so that the death of the
process costs nothing that was handed over. Once a second the audio is synced and only then are
the lines of its chunks appended; what a crash leaves without a line is adopted by
`recorder.recovery`.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from recorder import wav
from recorder.archive import SessionFolder
from recorder.errors import storage_error
from recorder.events import (
    Attempt,
    Chunk,
    Connected,
    Event,
    GapFound,
    PartOpened,
    PartSealed,
    Repeated,
    RunStarted,
    Tagged,
)
from recorder.journal import JournalWriter
from recorder.sources.base import ChunkFacts, SinkClosed, SourceFacts
from recorder.timeline import Timeline
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, iso, utc_now

PART_LENGTH_S = 600.0
"""Seconds of audio after which a part is closed and the next one begun."""

_TOUCHING_S = 1e-6
_JOINED = (PlacedBy.EQUAL_BYTES, PlacedBy.SEQUENCE, PlacedBy.DATE_TIME)


@dataclass(slots=True)
class _Part:
    """The part that grows now."""

    name: str
    file: str
    fmt: AudioFormat
    header: bytes
    descriptor: int
    size: int = 0  # bytes that count: of a WAV the PCM alone
    held_s: float = 0.0
    sha256: hashlib._Hash = field(default_factory=hashlib.sha256)


@dataclass(slots=True)
class _Open:
    """The chunk that grows now."""

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
        on_audio: Callable[[], None] = lambda: None,
        on_part_closed: Callable[[PartSealed, AudioFormat], None] | None = None,
    ) -> None:
        """Make the writer of a track.

        Args:
            folder: The session's.
            track: Its letter.
            log: The session's journal.
            source: The source's public name, for the parts' lines.
            before: What an earlier recorder stored of this session, to go on from.
            on_audio: Called from the source's thread at each write.
            on_part_closed: Called when a part is complete, instead of journaling its seal at
                once: for WAV parts, which are packed first.
        """
        self._folder, self._track, self._log, self._source = folder, track, log, source
        self._on_audio = on_audio
        self._on_part_closed = on_part_closed
        self._lock = threading.RLock()
        self._closed = False
        self._part: _Part | None = None
        self._chunk: _Open | None = None
        self._pending: list[Event] = []
        self._headers: set[bytes] = set()
        self._run = 0
        self._parts = 0
        self._end_s = 0.0
        self._has_audio = False
        self._zero_mono_s: float | None = None  # monotonic clock of session time 0
        self.trouble: tuple[GapReason, str] | None = None
        self.last_write_mono_s = time.monotonic()
        self.peak_dbfs: float | None = None
        self.rms_dbfs: float | None = None
        if before:
            self._resume(before)

    def _resume(self, before: Timeline) -> None:
        """Go on where an earlier process ended."""
        track = before.tracks.get(self._track)
        names = [part.name for part in before.parts if part.track == self._track]
        self._parts = max((int(name.rpartition("-")[2]) for name in names), default=0)
        if track is None or before.started_at is None:
            return
        self._end_s = track.end_s
        self._run = max((run.number for run in track.runs), default=0)
        self._has_audio = bool(track.runs)
        elapsed_s = (utc_now() - before.started_at).total_seconds()
        self._zero_mono_s = time.monotonic() - elapsed_s

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
    def now_s(self) -> Seconds:
        """Session time by the clock, whether or not anything arrives; 0 before the first sample."""
        if self._zero_mono_s is None:
            return Seconds(0.0)
        return Seconds(max(self._end_s, time.monotonic() - self._zero_mono_s))

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
    ) -> None:
        """Begin a stretch without a gap; see `Sink.begin_run`.

        Where it touches what is stored, in the same format, it goes on in the same run and part.
        """
        with self._lock:
            self._refuse_when_closed()
            self._end_chunk()
            placed_by, at_s = self._place(placed_by, start_s)
            if self._touches(at_s) and self._run and placed_by in _JOINED:
                self.trouble = None
                if not self._fits(fmt, header):
                    self._open_part(fmt, header)
                return
            self._close_part()
            self._flush()
            if at_s > self._end_s + _TOUCHING_S:
                self._gap(Seconds(at_s), reason, detail)
            self.trouble = None
            self._log.append(
                RunStarted(
                    track=self._track,
                    run=self._run + 1,
                    start_s=Seconds(at_s),
                    placed_by=placed_by,
                    misfit_s=misfit_s,
                )
            )
            self._run += 1
            self._end_s = at_s
            self._open_part(fmt, header)

    def begin_part(self, fmt: AudioFormat, *, header: bytes = b"") -> None:
        """Go on in a new part of the same run."""
        with self._lock:
            self._refuse_when_closed()
            self._end_chunk()
            self._open_part(fmt, header)

    def write(self, data: bytes, duration_s: Seconds) -> None:
        """Append whole frames to the part, at once.

        Raises:
            StorageError: The disk refuses; nothing of ``data`` is stored then.
            SinkClosed: The session has stopped.
        """
        with self._lock:
            self._refuse_when_closed()
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
                if self._zero_mono_s is None:
                    self._zero_mono_s = self.last_write_mono_s - duration_s
        self._on_audio()

    def end_chunk(self, facts: ChunkFacts | None = None) -> None:
        """Close the chunk that grows, and roll the part over when it is long enough."""
        with self._lock:
            self._refuse_when_closed()
            self._end_chunk(facts)
            part = self._part
            if part and part.held_s >= PART_LENGTH_S:
                self._open_part(part.fmt, part.header)

    def gap(self, to_s: Seconds, reason: GapReason, detail: str = "") -> None:
        """Journal a gap from the end to ``to_s``; what follows goes on there."""
        with self._lock:
            self._refuse_when_closed()
            self._end_chunk()
            self._flush()
            self._gap(to_s, reason, detail)

    def tell(self, event: Attempt | Repeated | Tagged | Connected) -> None:
        """Journal a fact of this track, in its order among the chunks."""
        with self._lock:
            self._refuse_when_closed()
            self._pending.append(replace(event, track=self._track))

    def level(self, peak_dbfs: float, rms_dbfs: float) -> None:
        """Keep the level for whoever asks."""
        self.peak_dbfs, self.rms_dbfs = peak_dbfs, rms_dbfs

    # --- what the session does -----------------------------------------------------------------

    def sync(self) -> None:
        """Bring audio to the disk, then append the lines of what is there.

        Raises:
            StorageError: The disk refuses; the lines are kept and tried again.
        """
        with self._lock:
            if not self._closed:
                self._flush()

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
            if gap_to_s is not None and gap_to_s > self._end_s + _TOUCHING_S:
                self._gap(gap_to_s, None, "")
            self._closed = True

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

    def _place(self, placed_by: PlacedBy, start_s: Seconds | None) -> tuple[PlacedBy, float]:
        if not self._has_audio and not self._run:
            return PlacedBy.FIRST, 0.0
        if start_s is not None:
            return placed_by, max(start_s, self._end_s)
        if placed_by in _JOINED:
            return placed_by, self._end_s
        return PlacedBy.WALL_CLOCK, self.now_s

    def _touches(self, at_s: float) -> bool:
        return abs(at_s - self._end_s) <= _TOUCHING_S

    def _fits(self, fmt: AudioFormat, header: bytes) -> bool:
        part = self._part
        return part is not None and part.fmt == fmt and part.header == header

    def _gap(self, to_s: Seconds, reason: GapReason | None, detail: str) -> None:
        if reason is None:
            reason, known = self.trouble or (GapReason.CONNECTION_LOST, "")
            detail = detail or known
        self._log.append(
            GapFound(
                track=self._track,
                from_s=Seconds(self._end_s),
                to_s=to_s,
                reason=reason,
                detail=detail,
            )
        )
        self._end_s = to_s

    def _open_part(self, fmt: AudioFormat, header: bytes) -> None:
        self._close_part()
        self._flush()
        name = f"{self._track}-{self._parts + 1:06}"
        file = f"audio/{name}{fmt.suffix}"
        self._log.append(
            PartOpened(track=self._track, part=name, file=file, format=fmt, source=self._source)
        )
        self._log.sync()
        self._parts += 1
        descriptor = _create(self._folder.path / file)
        self._part = _Part(name=name, file=file, fmt=fmt, header=header, descriptor=descriptor)
        if fmt.container == "wav":
            _write_all(descriptor, wav.header(fmt))
        elif header:
            self._write_header(self._part, header)

    def _write_header(self, part: _Part, header: bytes) -> None:
        """Store what a part must begin with; from the second time on it is a repeat."""
        if header not in self._headers:
            self._headers.add(header)
            self._chunk = _Open(offset=0, start_s=self._end_s)
            self._append(part, header)
            self._chunk.size = len(header)
            self._chunk.sha256.update(header)
            self._end_chunk()
            return
        self._append(part, header)
        self._pending.append(
            Repeated(
                track=self._track,
                what="headers",
                bytes=len(header),
                sha256=hashlib.sha256(header).hexdigest(),
                part=part.name,
                offset=0,
            )
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
        facts = facts or ChunkFacts()
        self._pending.append(
            Chunk(
                track=self._track,
                part=part.name,
                run=self._run,
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
        )

    def _flush(self) -> None:
        """Sync the audio, then append the waiting lines; kept for later where that fails."""
        if not self._pending:
            return
        if self._part:
            _sync(self._part.descriptor)
        self._log.append(*self._pending)
        self._pending = []
        self._log.sync()

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
        sealed = PartSealed(
            track=self._track,
            part=part.name,
            file=part.file,
            bytes=path.stat().st_size,
            sha256=part.sha256.hexdigest(),
        )
        if self._on_part_closed and part.fmt.container == "wav":
            self._on_part_closed(sealed, part.fmt)
        else:
            self._log.append(sealed)


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
