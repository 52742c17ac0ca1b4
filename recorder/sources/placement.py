"""Where HLS segments go: each into the sink, behind all that came before it, or into its gap."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from recorder.events import MissingSegment
from recorder.sources.base import Arrived, ChunkFacts, Missing, Sink
from recorder.sources.loader import Loaded
from recorder.sources.overlap import LiveEdge
from recorder.sources.window import Wanted
from recorder.timeline import lengths_of
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, iso, redact

_MOST_DIGESTS = 64
_MOST_NUMBERED = 256
_FARTHEST_S = 86_400.0


class _Hole:
    """What lies between what is stored and what comes next."""

    def __init__(self) -> None:
        self._wanted: list[Wanted] = []

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def add(self, wanted: Wanted) -> None:
        self._wanted.append(wanted)

    @property
    def duration_s(self) -> float:
        return sum(wanted.segment.duration_s for wanted in self._wanted)

    @property
    def was_listed(self) -> bool:
        """Whether any of it was."""
        return any(wanted.listed for wanted in self._wanted)

    @property
    def missing(self) -> Missing:
        """Its segments, for the journal."""
        each = (
            wanted.segment.duration_s / wanted.count
            for wanted in self._wanted
            for _ in range(wanted.count)
        )
        first = self._wanted[0].segment.sequence
        return Missing(media_sequence=first, lengths=lengths_of(each))

    @property
    def detail(self) -> str:
        """A sentence about it."""
        first, last = self._wanted[0], self._wanted[-1]
        end = last.segment.sequence + last.count - 1
        begin = first.segment.sequence
        numbers = f"Segment {begin}" if begin == end else f"Segments {begin} to {end}"
        is_lost = all(wanted.is_lost for wanted in self._wanted)
        what = "could not be had." if is_lost else "did not come in time."
        trouble = next((each.trouble for each in reversed(self._wanted) if each.trouble), "")
        return f"{numbers} {what} {trouble}".strip()

    def place(self, from_s: float) -> None:
        """Its gap is journaled: tell each segment its stretch of it."""
        at_s = from_s
        for wanted in self._wanted:
            end_s = at_s + wanted.segment.duration_s
            wanted.place = MissingSegment(
                sequence=wanted.segment.sequence, from_s=Seconds(at_s), to_s=Seconds(end_s)
            )
            at_s = end_s


class Placement:
    """Puts segments into the sink, each in its place. Outlives a single `capture`."""

    def __init__(
        self,
        *,
        follows_on: bool,
        begun: int | None = None,
        known: dict[int, str] | None = None,
        arrivals: Iterable[tuple[Seconds, float]] = (),
    ) -> None:
        """Begin with what an earlier process left, if one did.

        Args:
            follows_on: Whether numbers go on from what is stored.
            begun: The segment that a crash left the beginning of; the sink completes it.
            known: SHA-256 of what is stored, by number.
            arrivals: Session time up to which audio had arrived, and when, monotonic.
        """
        self._is_placed = follows_on  # its numbers go on from what is stored
        self._is_interrupted = follows_on
        self._is_joined = False
        self._begun = begun
        self._hole = _Hole()
        self._format: AudioFormat | None = None
        self._header = b""
        self._ends_at: datetime | None = None
        self._edge = LiveEdge()
        for end_s, at_mono_s in arrivals:
            self._edge.seen(end_s, at_mono_s)
        self._digests: deque[bytes] = deque(maxlen=_MOST_DIGESTS)
        self._numbered: dict[int, str] = dict(known or {})
        self._kept: set[bytes] = set()  # digests of what is staged

    def is_another(self, sequence: int, loaded: Loaded) -> bool:
        """Whether another segment than this one is stored under its number."""
        known = self._numbered.get(sequence)
        return known is not None and known != sha256(loaded.data).hexdigest()

    def rejoin(self) -> None:
        """A new `capture` begins: the session must hear again that a run goes on."""
        self._is_joined = False

    def interrupt(self) -> None:
        """A `capture` failed: what is never listed from now on, is missing for that."""
        self._is_interrupted = True

    def mourn(self, wanted: Wanted) -> None:
        """A segment, or a stretch of them, is given up, or doesn't come in time."""
        if self._begun == wanted.segment.sequence:
            self._begun = None
            wanted.is_lost = True  # the beginning of it is stored, and all that will be
            return
        self._hole.add(wanted)

    def stage(self, sink: Sink, wanted: Wanted, *, due: int | None) -> None:
        """Keep a segment safe that has to wait for the one that is due.

        Raises:
            StorageError: The disk refuses.
            SinkClosed: The session has stopped.
        """
        if wanted.loaded and not wanted.is_kept and not self._is_known(wanted, wanted.loaded):
            sink.stage(replace(_arrived(wanted, wanted.loaded, self._format), due=due))
            wanted.is_kept = True
            self._kept.add(sha256(wanted.loaded.data).digest())

    def fill(self, sink: Sink, wanted: Wanted) -> None:
        """Store a segment in the gap that was journaled for it.

        Raises:
            StorageError: The disk refuses; nothing of it is stored.
            SinkClosed: The session has stopped.
        """
        if wanted.loaded and not self._is_known(wanted, wanted.loaded):
            sink.fill(_arrived(wanted, wanted.loaded, self._format))
            self._digests.append(sha256(wanted.loaded.data).digest())

    def store(self, sink: Sink, wanted: Wanted, loaded: Loaded) -> None:
        """Store a segment behind all that came before it.

        Raises:
            StorageError: The disk refuses; nothing of it is stored, so that it may be tried again.
            SinkClosed: The session has stopped.
        """
        if not wanted.is_kept and self._is_known(wanted, loaded):
            self.mourn(wanted)
            return
        self._open(sink, wanted, loaded)
        sink.write(loaded.data, loaded.measured.duration_s)
        sink.end_chunk(_facts(wanted, loaded))
        self._is_interrupted, self._begun = False, None
        if wanted.live_s is not None:
            self._edge.seen(sink.end_s, wanted.live_s)
        digest = sha256(loaded.data).digest()
        self._kept.discard(digest)
        self._digests.append(digest)
        self._number(wanted.segment.sequence, digest.hex())
        began_at = wanted.segment.program_date_time
        duration = timedelta(seconds=loaded.measured.duration_s)
        self._ends_at = began_at + duration if began_at else None

    def _number(self, sequence: int, digest: str) -> None:
        self._numbered[sequence] = digest
        if len(self._numbered) > _MOST_NUMBERED:
            del self._numbered[next(iter(self._numbered))]

    def _is_known(self, wanted: Wanted, loaded: Loaded) -> bool:
        """Whether a server answers any address with the same bytes."""
        digest = sha256(loaded.data).digest()
        return not wanted.listed and (digest in self._digests or digest in self._kept)

    def end(self, sink: Sink) -> None:
        """Nothing follows: what is missing at the end is a gap too."""
        if self._hole and sink.has_audio:
            hole, from_s = self._hole, sink.end_s
            to_s = Seconds(from_s + hole.duration_s)
            sink.gap(to_s, GapReason.MISSING_SEGMENT, hole.detail, missing=hole.missing)
            hole.place(from_s)
            if self._ends_at:
                self._ends_at += timedelta(seconds=hole.duration_s)
        self._hole = _Hole()

    # --- where it goes ---

    def _open(self, sink: Sink, wanted: Wanted, loaded: Loaded) -> None:
        """Begin the run and the part that a segment needs."""
        before, header_before = self._format, self._header
        fmt, header = _completed(loaded.measured.format, before), loaded.header
        number = wanted.segment.sequence
        goes_on = before is not None and (fmt, header) == (before, header_before)
        breaks = wanted.segment.discontinuity or not goes_on
        if wanted.renumbered:
            self.end(sink)
            self._numbered.clear()
        if self._hole:
            self._begin_after(sink, wanted, fmt, header)
        elif not sink.has_audio:
            sink.begin_run(fmt, placed_by=PlacedBy.FIRST, header=header, media_sequence=number)
        elif wanted.renumbered or not self._is_placed:
            self._place_anew(sink, wanted, fmt, header)
        elif not self._is_joined:
            self._join(sink, wanted, fmt, header, breaks=breaks)
        elif breaks:
            sink.begin_part(fmt, header=header, media_sequence=number)
        self._format, self._header = fmt, header
        self._hole, self._is_placed, self._is_joined = _Hole(), True, True

    def _join(
        self, sink: Sink, wanted: Wanted, fmt: AudioFormat, header: bytes, *, breaks: bool
    ) -> None:
        """Go on behind what is stored; in the old format first, so that a break gets one part."""
        number, before = wanted.segment.sequence, self._format
        was, header_was = (before, self._header) if before else (fmt, header)
        sink.begin_run(was, placed_by=PlacedBy.SEQUENCE, header=header_was, media_sequence=number)
        if before and breaks:
            sink.begin_part(fmt, header=header, media_sequence=number)

    def _begin_after(self, sink: Sink, wanted: Wanted, fmt: AudioFormat, header: bytes) -> None:
        """Begin behind a gap of what is missing.

        What was never listed while the playlist failed is missing for the reason that the
        session knows.
        """
        hole, from_s = self._hole, sink.end_s
        for_that = self._is_interrupted and not hole.was_listed
        sink.begin_run(
            fmt,
            placed_by=PlacedBy.SEQUENCE if sink.has_audio else PlacedBy.FIRST,
            start_s=Seconds(from_s + hole.duration_s),
            reason=None if for_that else GapReason.MISSING_SEGMENT,
            detail=hole.detail,
            header=header,
            media_sequence=wanted.segment.sequence,
            missing=hole.missing,
        )
        hole.place(from_s)

    def _place_anew(self, sink: Sink, wanted: Wanted, fmt: AudioFormat, header: bytes) -> None:
        """Begin where no number tells the place: by the program's date, or by the clock.

        The clock's word is how far ahead of it live was, which is the same now.
        """
        segment, placed_by = wanted.segment, PlacedBy.WALL_CLOCK
        start_s = misfit_s = None
        if self._edge.lead_s is not None and wanted.live_s is not None:
            clock_s = self._edge.lead_s + wanted.live_s - segment.duration_s
            start_s = Seconds(max(sink.end_s, clock_s))
            misfit_s = Seconds(round(clock_s - start_s, 6)) or None
        if segment.program_date_time and self._ends_at:
            apart_s = (segment.program_date_time - self._ends_at).total_seconds()
            if -1.0 < apart_s < _FARTHEST_S:
                start_s = Seconds(sink.end_s + max(0.0, apart_s))
                placed_by, misfit_s = PlacedBy.DATE_TIME, None
        sink.begin_run(
            fmt,
            placed_by=placed_by,
            start_s=start_s,
            detail="The server counts its segments anew.",
            header=header,
            misfit_s=misfit_s,
            media_sequence=segment.sequence,
        )


def _facts(wanted: Wanted, loaded: Loaded) -> ChunkFacts:
    segment = wanted.segment
    return ChunkFacts(
        status=loaded.status,
        address=redact(segment.url),
        media_sequence=segment.sequence,
        program_date_time=iso(segment.program_date_time) if segment.program_date_time else "",
        ntp=loaded.measured.ntp,
        live_mono_s=wanted.live_s,
        more_follows=wanted.is_followed,
    )


def _arrived(wanted: Wanted, loaded: Loaded, before: AudioFormat | None) -> Arrived:
    return Arrived(
        format=_completed(loaded.measured.format, before),
        header=loaded.header,
        data=loaded.data,
        duration_s=loaded.measured.duration_s,
        facts=_facts(wanted, loaded),
        place=wanted.place,
    )


def _completed(fmt: AudioFormat | None, before: AudioFormat | None) -> AudioFormat:
    """A format; what its segment didn't tell is as before."""
    if fmt is None:
        raise ValueError("a segment without a format is not loaded")
    if before and before.container == fmt.container and not fmt.codec:
        return before
    return fmt
