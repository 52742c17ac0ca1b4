"""A sink in memory: keeps what a source says, in order, and holds the source to the protocol."""

import hashlib
import threading
from dataclasses import dataclass, field, replace

from recorder.events import Attempt, Repeated, Tagged
from recorder.sources.base import ChunkFacts, SinkClosed, SourceFacts
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


@dataclass(slots=True, kw_only=True)
class StoredPart:
    """A part as a file would hold it: its header, then what was written."""

    fmt: AudioFormat
    header: bytes
    start_s: float
    data: bytearray = field(default_factory=bytearray)


@dataclass(slots=True, kw_only=True)
class StoredGap:
    """A stretch without audio."""

    from_s: float
    to_s: float
    reason: GapReason | None
    detail: str = ""


class MemorySink:
    """A `Sink` that keeps everything. Read it from any thread; `close` it as a session would.

    Attributes:
        runs, parts, chunks, gaps: What was stored, in order.
        facts: One `SourceFacts` a call of `connected`.
        told: Attempts, repeats and tags.
        written: Every byte that was written, headers not counted.
    """

    def __init__(self) -> None:
        self.runs: list[StoredRun] = []
        self.parts: list[StoredPart] = []
        self.chunks: list[StoredChunk] = []
        self.gaps: list[StoredGap] = []
        self.facts: list[SourceFacts] = []
        self.told: list[Attempt | Repeated | Tagged] = []
        self.levels: list[tuple[float, float]] = []
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
    ) -> None:
        self._check_open()
        self.end_chunk()
        begins_s = self._end_s if start_s is None else max(self._end_s, start_s)
        if begins_s > self._end_s + 1e-6:
            gap = StoredGap(from_s=self._end_s, to_s=begins_s, reason=reason, detail=detail)
            self.gaps.append(gap)
            self._end_s = begins_s
        run = StoredRun(
            fmt=fmt,
            placed_by=placed_by,
            start_s=begins_s,
            reason=reason,
            detail=detail,
            misfit_s=misfit_s,
        )
        self.runs.append(run)
        self.parts.append(StoredPart(fmt=fmt, header=header, start_s=begins_s))

    def begin_part(self, fmt: AudioFormat, *, header: bytes = b"") -> None:
        self._check_open()
        assert self.runs, "begin_part before begin_run"
        self.end_chunk()
        self.parts.append(StoredPart(fmt=fmt, header=header, start_s=self._end_s))

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

    def gap(self, to_s: Seconds, reason: GapReason, detail: str = "") -> None:
        self._check_open()
        self.end_chunk()
        self.gaps.append(StoredGap(from_s=self._end_s, to_s=to_s, reason=reason, detail=detail))
        self._end_s = to_s

    def tell(self, event: Attempt | Repeated | Tagged) -> None:
        self._check_open()
        self.told.append(replace(event, track="a"))

    def level(self, peak_dbfs: float, rms_dbfs: float) -> None:
        self._check_open()
        self.levels.append((peak_dbfs, rms_dbfs))

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
    def repeats(self) -> list[Repeated]:
        return [event for event in self.told if isinstance(event, Repeated)]

    @property
    def attempts(self) -> list[Attempt]:
        return [event for event in self.told if isinstance(event, Attempt)]

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise SinkClosed
