"""The seam between a source and the session that records it.

A source fetches; the sink (the session's track writer) stores, hashes, journals and places in
time. A source runs `capture` in one thread of the recorder's process. It returns when the source
has truly ended, and raises a `SourceError` when it hasn't: the session decides what that means,
waits, and calls `capture` again on the same object, which remembers what it needs to go on
without a loss or a repeat (sequence numbers, hashes of the last frames).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from recorder.events import Attempt, Lengths, MissingSegment, Noticed, Repeated, Tagged
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, SourceSpec

if TYPE_CHECKING:  # streams have no level
    from recorder.pcm import Level

StopSignal = threading.Event
"""Set when the session wants its source to stop; every wait ends within 100 ms of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkFacts:
    """What a source says of a chunk itself; see `events.Chunk`.

    Attributes:
        live_mono_s: When its end was live, on the monotonic clock, as its live playlist tells;
            for finding its place, and not journaled.
        more_follows: More was listed behind it, and is on its way; likewise.
    """

    status: int | None = None
    address: str = ""  # public
    media_sequence: int | None = None
    program_date_time: str = ""  # UTC, as `types.iso` writes it
    ntp: str = ""
    live_mono_s: float | None = None
    more_follows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """Who answered; see `events.Connected`."""

    address: str = ""  # public
    status: int | None = None
    identity: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """HLS segments that a gap stands for: the first one's number, and what they last."""

    media_sequence: int
    lengths: Lengths


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A whole HLS segment that came out of order, with all that is needed to store it later.

    Attributes:
        header: Its init section, or empty.
        facts: With its media sequence.
        due: The number whose turn it was when it came.
        place: The stretch of a journaled gap that it fills; None while it only waits its turn.
        source: The public name of its source, where that is not the one that the track had last:
            its number tells no place then.
        by_clock_s: Where the clock puts one of such a source, in session time.
    """

    format: AudioFormat
    header: bytes
    data: bytes
    duration_s: Seconds
    facts: ChunkFacts
    due: int | None = None
    place: MissingSegment | None = None
    source: str = ""
    by_clock_s: Seconds | None = None


class Sink(Protocol):
    """Where a source puts what it gets. All calls come from the source's own thread.

    The order of calls: `connected`, then for each stretch without a gap `begin_run`, then `write`
    and `end_chunk` again and again. Of HLS segments that come out of order, `stage` keeps what
    waits for its turn, and `fill` stores what comes after its gap was journaled. Every call may
    raise `StorageError` (the disk), which a source lets pass, and `SinkClosed` once the session
    has stopped, which it lets pass too.
    """

    @property
    def end_s(self) -> Seconds:
        """Session time of the end of what is stored; where a run that joins goes on."""
        ...

    @property
    def has_audio(self) -> bool:
        """Whether anything was stored yet, by this process or one before it."""
        ...

    def connected(self, facts: SourceFacts) -> None:
        """The source answered with audio."""
        ...

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
        """A stretch without a gap begins; opens a new part.

        Args:
            fmt: Of the bytes that follow.
            placed_by: How ``start_s`` was found.
            start_s: Session time of its first sample; None is 'right at `end_s`'. What lies
                between becomes a journaled gap.
            reason: Of that gap; None is 'what the session knows' (connection lost, refused, …).
            detail: A sentence about that gap.
            header: Bytes the part must begin with to be playable (Ogg headers, fMP4 init): stored
                first, without a duration; journaled as a repeat from the second time on.
            misfit_s: Seconds by which the place is known to be off.
            media_sequence: Of the first HLS segment that follows; the others' go on from it.
            missing: The segments that the gap stands for, which may yet come.
        """
        ...

    def begin_part(
        self, fmt: AudioFormat, *, header: bytes = b"", media_sequence: int | None = None
    ) -> None:
        """Go on in a new part, in the same run (change of codec, discontinuity)."""
        ...

    def write(self, data: bytes, duration_s: Seconds) -> None:
        """Append whole frames (or a whole segment) to the part, at once, unbuffered."""
        ...

    def end_chunk(self, facts: ChunkFacts | None = None) -> None:
        """What was written since the last call is one chunk."""
        ...

    def gap(
        self,
        to_s: Seconds,
        reason: GapReason,
        detail: str = "",
        *,
        missing: Missing | None = None,
    ) -> None:
        """Journal a gap from `end_s` to ``to_s`` without going on (at the source's very end)."""
        ...

    def stage(self, segment: Arrived) -> None:
        """Keep a segment on disk, synced, until it is written or filled in."""
        ...

    def forget(self, segment: Arrived) -> None:
        """What `stage` keeps of it, if it does, is not needed any more."""
        ...

    def fill(self, segment: Arrived) -> None:
        """Store a segment that came late, as a part of its own at its place in a gap."""
        ...

    def tell(self, event: Attempt | Repeated | Tagged | Noticed) -> None:
        """Journal a fact that changes nothing."""
        ...

    def metered(self, read: Callable[[], Level | None]) -> None:
        """How loud it is can be read from now on, by any thread: never journaled.

        Args:
            read: Gives the level now, and the samples at full scale so far.
        """
        ...


class Source(Protocol):
    """Something that can be recorded."""

    @property
    def spec(self) -> SourceSpec:
        """As it was asked for."""
        ...

    def capture(self, sink: Sink, stop: StopSignal) -> None:
        """Record until the source ends (returns) or breaks (raises).

        Returns also when ``stop`` is set.

        Raises:
            SourceError: `NotAvailable`, `Refused`, `ConnectionLost`, `Stalled`, `DeviceLost`: try
                again; `NotAudio`, `MalformedAddress`, `UnknownDevice`: never.
        """
        ...

    def cancel(self) -> None:
        """End a blocking call of `capture` now, from another thread (close its socket)."""
        ...


class SinkClosed(Exception):
    """The session has stopped; nothing is stored any more."""
