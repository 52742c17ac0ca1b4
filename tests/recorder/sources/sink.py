"""A sink in memory: keeps what a source says, in order, and holds the source to the protocol."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from recorder.events import Attempt, Noticed, Repeated, Tagged
from recorder.pcm import Level
from recorder.sources.base import Arrived, ChunkFacts, Missing, SinkClosed, SourceFacts
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds


@dataclass(slots=True, kw_only=True)
class StoredChunk:
    """What one `end_chunk` closed."""

    data: bytes
    start_s: float
    duration_s: float
    facts: ChunkFacts

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(slots=True, kw_only=True)
class StoredRun:
    """What one `begin_run` began."""

    fmt: AudioFormat
    placed_by: PlacedBy
    start_s: float
    reason: GapReason | None = None
    detail: str = ""
    misfit_s: float | None = None
    media_sequence: int | None = None


@dataclass(slots=True, kw_only=True)
class StoredPart:
    """A part as a file would hold it: its header, then what was written."""

    fmt: AudioFormat
    header: bytes
    start_s: float
    media_sequence: int | None = None
    data: bytearray = field(default_factory=bytearray)


@dataclass(slots=True, kw_only=True)
class StoredGap:
    """A stretch without audio."""

    from_s: float
    to_s: float
    reason: GapReason | None
    detail: str = ""
    missing: Missing | None = None


class MemorySink:
    """A `Sink` that keeps everything. Read it from any thread; `close` it as a session would.

    Attributes:
        runs, parts, chunks, gaps: What was stored, in order.
        staged, filled: What came out of order, and what came after its gap was told.
        facts: One `SourceFacts` a call of `connected`.
        told: Attempts, repeats and tags.
        written: Every byte that was written, headers not counted.
    """

    def __init__(self) -> None:
        self.runs: list[StoredRun] = []
        self.parts: list[StoredPart] = []
        self.chunks: list[StoredChunk] = []
        self.gaps: list[StoredGap] = []
        self.staged: list[Arrived] = []
        self.filled: list[Arrived] = []
        self.forgotten: list[Arrived] = []
        self.facts: list[SourceFacts] = []
        self.told: list[Attempt | Repeated | Tagged | Noticed] = []
        self.read_level: Callable[[], Level | None] = lambda: None
        self.written = bytearray()
        self._open = bytearray()
        self._open_duration_s = 0.0
        self._end_s = 0.0
        self._has_audio = False
        self._closed = threading.Event()

    # --- the protocol ---

    @property
    def end_s(self) -> Seconds:
        return Seconds(self._end_s)

    @property
    def has_audio(self) -> bool:
        return self._has_audio

    def connected(self, facts: SourceFacts) -> None:
        self._check_open()
        self.facts.append(facts)

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
        self._check_open()
        self.end_chunk()
        begins_s = self._end_s if start_s is None else max(self._end_s, start_s)
        if begins_s > self._end_s + 1e-6:
            gap = StoredGap(
                from_s=self._end_s,
                to_s=begins_s,
                reason=reason,
                detail=detail,
                missing=missing,
            )
            self.gaps.append(gap)
            self._end_s = begins_s
        run = StoredRun(
            fmt=fmt,
            placed_by=placed_by,
            start_s=begins_s,
            reason=reason,
            detail=detail,
            misfit_s=misfit_s,
            media_sequence=media_sequence,
        )
        self.runs.append(run)
        self._open_part(fmt, header, media_sequence)

    def begin_part(
        self, fmt: AudioFormat, *, header: bytes = b"", media_sequence: int | None = None
    ) -> None:
        self._check_open()
        assert self.runs, "begin_part before begin_run"
        self.end_chunk()
        self._open_part(fmt, header, media_sequence)

    def write(self, data: bytes, duration_s: Seconds) -> None:
        self._check_open()
        assert self.parts, "write before begin_run"
        assert duration_s >= 0
        self.parts[-1].data += data
        self.written += data
        self._open += data
        self._open_duration_s += duration_s
        self._end_s += duration_s
        self._has_audio = self._has_audio or duration_s > 0

    def end_chunk(self, facts: ChunkFacts | None = None) -> None:
        self._check_open()
        if not self._open:
            return
        chunk = StoredChunk(
            data=bytes(self._open),
            start_s=self._end_s - self._open_duration_s,
            duration_s=self._open_duration_s,
            facts=facts or ChunkFacts(),
        )
        self.chunks.append(chunk)
        self._open.clear()
        self._open_duration_s = 0.0

    def gap(
        self,
        to_s: Seconds,
        reason: GapReason,
        detail: str = "",
        *,
        missing: Missing | None = None,
    ) -> None:
        self._check_open()
        self.end_chunk()
        gap = StoredGap(
            from_s=self._end_s, to_s=to_s, reason=reason, detail=detail, missing=missing
        )
        self.gaps.append(gap)
        self._end_s = to_s

    def stage(self, segment: Arrived) -> None:
        self._check_open()
        assert segment.place is None
        self.staged.append(segment)

    def forget(self, segment: Arrived) -> None:
        self._check_open()
        self.forgotten.append(segment)

    def fill(self, segment: Arrived) -> None:
        """Put it among the chunks, and cut its place out of the gap that it lies in."""
        self._check_open()
        place = segment.place
        assert place
        (gap,) = (g for g in self.gaps if g.from_s - 1e-6 <= place.from_s < g.to_s)
        self.gaps.remove(gap)
        ends = [(gap.from_s, place.from_s), (place.to_s, gap.to_s)]
        self.gaps += [replace(gap, from_s=a, to_s=b) for a, b in ends if b - a > 1e-6]
        self.gaps.sort(key=lambda gap: gap.from_s)
        self.filled.append(segment)
        chunk = StoredChunk(
            data=segment.data,
            start_s=place.from_s,
            duration_s=segment.duration_s,
            facts=segment.facts,
        )
        self.chunks = sorted([*self.chunks, chunk], key=lambda chunk: chunk.start_s)
        self.written[:] = b"".join(chunk.data for chunk in self.chunks)

    def tell(self, event: Attempt | Repeated | Tagged | Noticed) -> None:
        self._check_open()
        self.told.append(replace(event, track="a"))

    def metered(self, read: Callable[[], Level | None]) -> None:
        self._check_open()
        self.read_level = read

    # --- the test's side ---

    def close(self) -> None:
        """From now on every call raises `SinkClosed`."""
        self._closed.set()

    @property
    def unended(self) -> bytes:
        """Bytes written since the last `end_chunk`."""
        return bytes(self._open)

    @property
    def tags(self) -> list[str]:
        return [event.text for event in self.told if isinstance(event, Tagged)]

    @property
    def notices(self) -> list[Noticed]:
        return [event for event in self.told if isinstance(event, Noticed)]

    @property
    def repeats(self) -> list[Repeated]:
        return [event for event in self.told if isinstance(event, Repeated)]

    @property
    def attempts(self) -> list[Attempt]:
        return [event for event in self.told if isinstance(event, Attempt)]

    def _open_part(self, fmt: AudioFormat, header: bytes, media_sequence: int | None) -> None:
        part = StoredPart(
            fmt=fmt, header=header, start_s=self._end_s, media_sequence=media_sequence
        )
        self.parts.append(part)

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise SinkClosed
