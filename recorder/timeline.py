"""Where every second is: runs, gaps and parts; session time ↔ part offsets ↔ wall clock.

Built from the journal's events alone, without touching the audio. Session time counts gaps, so
filling one later moves nothing: a part that came late stands among the others at its place, and
the gap is what is left of it.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from recorder.events import (
    Chunk,
    Completed,
    Event,
    GapFilled,
    GapFound,
    Lengths,
    Marked,
    MissingSegment,
    PartOpened,
    PartSealed,
    RunStarted,
    Withdrawn,
)
from recorder.types import AudioFormat, PlacedBy, Seconds, parse_iso

_TOUCHING_S = 1e-6


FIRST_ARRIVALS_S = 60.0
"""Session time in which the wall clock is taken not to be set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file of a track's audio and what it holds.

    Attributes:
        name: The file's stem: ``a-000001``.
        file: Relative to the session's folder: ``audio/a-000001.aac``; ``.wav`` until a device's
            part is packed, ``.flac`` from then on.
        chunks: In order of offset.
        sealed: How it was sealed, or None while it grows.
    """

    name: str
    track: str
    file: str
    format: AudioFormat
    source: str
    chunks: tuple[Chunk, ...]
    sealed: PartSealed | None

    @property
    def start_s(self) -> Seconds:
        """Session time of its first sample."""
        return self.chunks[0].start_s if self.chunks else Seconds(0)

    @property
    def end_s(self) -> Seconds:
        """Session time of its end."""
        return _end(self.chunks[-1]) if self.chunks else Seconds(0)

    @property
    def duration_s(self) -> Seconds:
        """Seconds of audio in it, gaps not counted."""
        return Seconds(sum(chunk.duration_s for chunk in self.chunks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of chunks without a gap."""

    number: int
    start_s: Seconds
    end_s: Seconds
    placed_by: PlacedBy
    misfit_s: Seconds | None = None
    """How much later its own clock places it than it lies; negative is 'earlier'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One source's audio."""

    name: str
    parts: tuple[Part, ...]  # in order of session time
    runs: tuple[Run, ...]  # likewise
    gaps: tuple[GapFound, ...]  # likewise

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """All chunks, in order of session time."""
        return tuple(chunk for part in self.parts for chunk in part.chunks)

    @property
    def end_s(self) -> Seconds:
        """Session time of the end of the last run or gap."""
        ends = [run.end_s for run in self.runs] + [gap.to_s for gap in self.gaps]
        return Seconds(max(ends, default=0.0))

    @property
    def ends_in_gap(self) -> bool:
        """Whether nothing that sounds follows the last gap."""
        last_s = max((run.end_s for run in self.runs), default=0.0)
        return bool(self.gaps) and self.gaps[-1].to_s > last_s + _TOUCHING_S

    @property
    def next_sequence(self) -> int | None:
        """The HLS segment that is to follow the last one that is stored, or known as missing.

        None where the last thing was no numbered segment.
        """
        if self.ends_in_gap:
            numbers = [segment.sequence for segment in self.gaps[-1].segments()]
            return numbers[-1] + 1 if numbers else None
        last = self._last_sounding
        return None if last is None or last.media_sequence is None else last.media_sequence + 1

    @property
    def unproven(self) -> tuple[Chunk, ...]:
        """The pieces of the last HLS segment, when a crash left it so that its end may lack."""
        last = self._last_sounding
        if last is None or last.media_sequence is None or not last.adopted or self.ends_in_gap:
            return ()
        backwards = itertools.takewhile(
            lambda chunk: chunk.media_sequence == last.media_sequence, reversed(self.chunks)
        )
        return tuple(backwards)[::-1]

    @property
    def _last_sounding(self) -> Chunk | None:
        return next((chunk for chunk in reversed(self.chunks) if chunk.duration_s > 0), None)

    def chunk_at(self, at_s: Seconds) -> Chunk | None:
        """The chunk that sounds at a moment of session time; None in a gap or outside."""
        chunks = self.chunks
        index = bisect.bisect_right([chunk.start_s for chunk in chunks], at_s) - 1
        return chunks[index] if index >= 0 and at_s < _end(chunks[index]) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A session's time: its tracks on one axis."""

    tracks: dict[str, Track]
    markers: tuple[Marked, ...]
    fills: tuple[Completed, ...] = ()
    """What other recordings filled in, in order of session time; the gaps stay gaps of ours."""
    started_at: datetime | None
    """Wall clock of session time 0; None while nothing is recorded."""

    @classmethod
    def of(cls, events: Iterable[Event]) -> Timeline:
        """Build it from a journal's events, in their order."""
        build = _Build()
        for event in events:
            build.take(event)
        return build.timeline()

    @property
    def own(self) -> dict[str, Track]:
        """The tracks that were recorded, without those that another recording filled in."""
        others = {fill.by for fill in self.fills}
        return {name: track for name, track in self.tracks.items() if name not in others}

    def origin(self, at_s: Seconds, track: str = "a") -> str:
        """The track that a moment comes from: the one asked for, or what fills its gap.

        Empty where nothing sounds.
        """
        held = self.tracks.get(track)
        if held and held.chunk_at(at_s):
            return track
        fills = (each for each in self.fills if each.track == track)
        return next((each.by for each in fills if each.from_s <= at_s < each.to_s), "")

    @property
    def duration_s(self) -> Seconds:
        """Session time from the first sample to the end of the last run or gap."""
        return Seconds(max((track.end_s for track in self.tracks.values()), default=0.0))

    @property
    def gaps(self) -> tuple[GapFound, ...]:
        """All tracks' gaps in order of session time."""
        gaps = (gap for track in self.tracks.values() for gap in track.gaps)
        return tuple(sorted(gaps, key=lambda gap: (gap.from_s, gap.track)))

    @property
    def parts(self) -> tuple[Part, ...]:
        """All tracks' parts in order of session time."""
        parts = (part for track in self.tracks.values() for part in track.parts)
        return tuple(sorted(parts, key=lambda part: (part.start_s, part.track)))

    def wall_clock(self, at_s: Seconds) -> datetime | None:
        """The wall clock at a moment of session time; None while nothing is recorded."""
        return self.started_at + timedelta(seconds=at_s) if self.started_at else None


@dataclass(slots=True)
class _Build:
    """What has been read so far."""

    opened: dict[str, PartOpened] = field(default_factory=dict)
    sealed: dict[str, PartSealed] = field(default_factory=dict)
    chunks: dict[str, list[Chunk]] = field(default_factory=dict)
    runs: dict[tuple[str, int], RunStarted] = field(default_factory=dict)
    gaps: list[GapFound] = field(default_factory=list)
    filled: list[GapFilled] = field(default_factory=list)
    markers: list[Marked] = field(default_factory=list)
    fills: list[Completed] = field(default_factory=list)

    def take(self, event: Event) -> None:
        match event:
            case PartOpened():
                self.opened[event.part] = event
            case PartSealed():
                self.sealed[event.part] = event
            case Chunk():
                self.chunks.setdefault(event.part, []).append(event)
            case RunStarted():
                self.runs[event.track, event.run] = event
            case GapFound():
                self.gaps.append(event)
            case GapFilled():
                self.filled.append(event)
            case Marked():
                self.markers.append(event)
            case Completed():
                self.fills.append(event)
            case Withdrawn():
                self._withdraw(event.track)
            case _:
                pass

    def _withdraw(self, track: str) -> None:
        self.opened = {name: each for name, each in self.opened.items() if each.track != track}
        self.chunks = {name: held for name, held in self.chunks.items() if name in self.opened}
        self.runs = {key: run for key, run in self.runs.items() if key[0] != track}
        self.fills = [fill for fill in self.fills if fill.by != track]

    def timeline(self) -> Timeline:
        names = sorted(
            {opened.track for opened in self.opened.values()} | {gap.track for gap in self.gaps}
        )
        return Timeline(
            tracks={name: self._track(name) for name in names},
            markers=tuple(sorted(self.markers, key=lambda mark: mark.at_s)),
            started_at=start_of([chunk for chunks in self.chunks.values() for chunk in chunks]),
            fills=tuple(sorted(self.fills, key=lambda fill: fill.from_s)),
        )

    def _track(self, name: str) -> Track:
        parts = [self._part(opened) for opened in self.opened.values() if opened.track == name]
        held = [part for part in parts if part.chunks]
        return Track(
            name=name,
            parts=tuple(sorted(held, key=lambda part: part.start_s)),
            runs=self._runs(name, held),
            gaps=tuple(sorted(self._gaps(name), key=lambda gap: gap.from_s)),
        )

    def _gaps(self, track: str) -> Iterator[GapFound]:
        return gaps_left((gap for gap in self.gaps if gap.track == track), self.filled)

    def _part(self, opened: PartOpened) -> Part:
        sealed = self.sealed.get(opened.part)
        return Part(
            name=opened.part,
            track=opened.track,
            file=sealed.file if sealed else opened.file,
            format=opened.format,
            source=opened.source,
            chunks=tuple(sorted(self.chunks.get(opened.part, ()), key=lambda c: c.offset)),
            sealed=sealed,
        )

    def _runs(self, track: str, parts: list[Part]) -> tuple[Run, ...]:
        ends: dict[int, Seconds] = {}
        for part in parts:
            for chunk in part.chunks:
                ends[chunk.run] = max(ends.get(chunk.run, Seconds(0)), _end(chunk))
        runs = [
            Run(
                number=run.run,
                start_s=run.start_s,
                end_s=ends[run.run],
                placed_by=run.placed_by,
                misfit_s=run.misfit_s,
            )
            for (name, _), run in self.runs.items()
            if name == track and run.run in ends
        ]
        return tuple(sorted(runs, key=lambda run: run.start_s))


def lengths_of(durations_s: Iterable[float]) -> Lengths:
    """What segments in a row last, as `GapFound.lengths` has it."""
    groups = itertools.groupby(round(each, 6) for each in durations_s)
    return tuple((sum(1 for _ in equal), Seconds(length_s)) for length_s, equal in groups)


def gaps_left(gaps: Iterable[GapFound], filled: Iterable[GapFilled]) -> Iterator[GapFound]:
    """What is left of gaps after some of it came late."""
    stretches = list(filled)
    for gap in gaps:
        yield from _left_of(gap, [each for each in stretches if each.track == gap.track])


def _left_of(gap: GapFound, filled: Iterable[GapFilled]) -> Iterator[GapFound]:
    """A gap without the stretches of it that came late."""
    at_s = gap.from_s
    for stretch in sorted(filled, key=lambda event: event.from_s):
        if stretch.to_s > at_s and stretch.from_s < gap.to_s:
            yield from _cut(gap, at_s, stretch.from_s)
            at_s = stretch.to_s
    yield from _cut(gap, at_s, gap.to_s)


def _cut(gap: GapFound, from_s: Seconds, to_s: Seconds) -> Iterator[GapFound]:
    """A stretch of a gap, with the segments that lie in it; nothing where it has no length."""
    if (from_s, to_s) == (gap.from_s, gap.to_s):
        yield gap
    elif to_s - from_s > _TOUCHING_S:
        inside = [each for each in gap.segments() if from_s <= _middle(each) < to_s]
        yield replace(
            gap,
            from_s=from_s,
            to_s=to_s,
            media_sequence=inside[0].sequence if inside else None,
            lengths=lengths_of(each.to_s - each.from_s for each in inside),
        )


def _middle(segment: MissingSegment) -> float:
    return (segment.from_s + segment.to_s) / 2


def _end(chunk: Chunk) -> Seconds:
    return Seconds(chunk.start_s + chunk.duration_s)


def start_of(chunks: list[Chunk]) -> datetime | None:
    """Wall clock of session time 0: by what the first chunk says of itself, or by the arrivals.

    What arrived had sounded by then, so the earliest moment that an arrival allows is the nearest:
    what a server hands over at first (a burst, a playlist's window) is older than its arrival.
    Only the first run tells: what follows may repeat some of it, and be ahead of the clock by that.
    """
    first = min(chunks, key=lambda chunk: chunk.start_s, default=None)
    if first is None:
        return None
    if first.program_date_time:
        return parse_iso(first.program_date_time) - timedelta(seconds=first.start_s)
    last_s, run = first.start_s + FIRST_ARRIVALS_S, (first.track, first.run)
    early = [each for each in chunks if each.start_s <= last_s and (each.track, each.run) == run]
    known = [chunk for chunk in early if not chunk.adopted] or [first]
    return min(parse_iso(chunk.arrived_at) - timedelta(seconds=_end(chunk)) for chunk in known)
