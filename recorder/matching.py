"""Which of the chunks that are stored a newcomer's are: by how much its time is shifted.

Mirrors of one event number, cut and date their segments alike, or not at all alike; two encoders
may even count within a few segments of each other, and file under the same names. So a number
proves nothing by itself. A newcomer's chunks are laid against the stored ones as a whole: where
bytes that are there once only are equal, or number and date agree, that is the place of all of
them, unless as much of what lies there is of other bytes. Chunks that recur, as those of silence
or a loop, are no evidence: where there is no other, there is no place.
"""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from recorder.events import Chunk
from recorder.sources.base import ChunkFacts
from recorder.types import PlacedBy, parse_iso

NEAR_S = 0.05
"""Seconds by which two places may differ and be the same."""

_SAME_DATE = 0.25  # of a chunk's length
_LEAST_TO_LEAVE_OUT = 2  # pieces of evidence that something is from before session time 0


_Witness = tuple[float, PlacedBy]  # a shift, and what tells it


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A chunk that is stored.

    Attributes:
        digest: SHA-256 of its bytes.
        start_s: Session time.
        end_s: Likewise.
        sequence: Its media sequence number, if it has one.
        date: Wall clock of its first sample, by its source, if that tells.
    """

    track: str
    digest: str
    start_s: float
    end_s: float
    sequence: int | None = None
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
            date=parse_iso(date) if date else None,
        )

    @classmethod
    def all_of(cls, chunks: Iterable[Chunk]) -> Iterator[Known]:
        """Those that sound, of what is journaled."""
        for chunk in chunks:
            if chunk.duration_s > 0:
                end_s = chunk.start_s + chunk.duration_s
                yield cls.of(chunk.track, chunk.sha256, chunk, chunk.start_s, end_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A chunk that looks for its place.

    Attributes:
        digest: SHA-256 of its bytes.
        at_s: Where it begins in its own source's time.
        duration_s: What it lasts.
        sequence: Its media sequence number, if it has one.
        date: Wall clock of its first sample, if its source tells.
    """

    digest: str
    at_s: float
    duration_s: float
    sequence: int | None = None
    date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """By how much a source's own time is shifted against session time, and what tells."""

    shift_s: float
    placed_by: PlacedBy


class Stored:
    """The chunks that are stored, to be asked for bytes, numbers and times. Never changes."""

    def __init__(self, chunks: Iterable[Known]) -> None:
        """Sort them.

        Args:
            chunks: In any order; one may be among them twice.
        """
        self._by_digest: dict[str, list[Known]] = defaultdict(list)
        self._by_number: dict[int, list[Known]] = defaultdict(list)
        self._by_track: dict[str, list[Known]] = defaultdict(list)
        self._dated: list[tuple[datetime, float]] = []
        for chunk in sorted(set(chunks), key=lambda each: each.start_s):
            self._by_digest[chunk.digest].append(chunk)
            self._by_track[chunk.track].append(chunk)
            if chunk.sequence is not None and chunk.date:
                self._by_number[chunk.sequence].append(chunk)
            if chunk.date:
                self._dated.append((chunk.date, chunk.start_s))
        self._longest_s = max(
            (chunk.end_s - chunk.start_s for held in self._by_track.values() for chunk in held),
            default=0.0,
        )

    def __bool__(self) -> bool:
        return bool(self._by_track)

    def equal(self, digest: str) -> list[Known]:
        """Those of the same bytes, by session time."""
        return self._by_digest.get(digest, [])

    def same(self, newcomer: Newcomer) -> list[Known]:
        """Those of the same number whose date agrees within a part of a chunk."""
        if newcomer.sequence is None or newcomer.date is None:
            return []
        return [
            chunk
            for chunk in self._by_number.get(newcomer.sequence, ())
            if chunk.date
            and abs((chunk.date - newcomer.date).total_seconds())
            <= _SAME_DATE * newcomer.duration_s
        ]

    def between(self, from_s: float, to_s: float, track: str | None = None) -> list[Known]:
        """Those that sound in a stretch of session time, of one track or of all."""
        tracks = self._by_track if track is None else {track: self._by_track.get(track, [])}
        found = []
        for held in tracks.values():
            begin = from_s - self._longest_s - NEAR_S
            first = bisect.bisect_left(held, begin, key=lambda each: each.start_s)
            last = bisect.bisect_left(held, to_s - NEAR_S, key=lambda each: each.start_s)
            found += [chunk for chunk in held[first:last] if chunk.end_s > from_s + NEAR_S]
        return found

    def free(self, from_s: float, to_s: float, track: str) -> tuple[float, float] | None:
        """The stretch of a track's gap that a chunk would fill; None where anything sounds."""
        if self.between(from_s, to_s, track):
            return None
        held = self._by_track.get(track, [])
        at = bisect.bisect_left(held, from_s + NEAR_S, key=lambda each: each.start_s)
        if at in (0, len(held)):
            return None
        begin_s = max(from_s, held[at - 1].end_s)
        return begin_s, min(held[at].start_s, begin_s + to_s - from_s)

    def by_date(self, date: datetime) -> float | None:
        """Session time of a moment, by the chunk whose date is the nearest."""
        if not self._dated:
            return None
        its_date, start_s = min(self._dated, key=lambda pair: abs(pair[0] - date))
        return start_s + (date - its_date).total_seconds()


def find(newcomers: Sequence[Newcomer], stored: Stored) -> Shift | None:
    """The place of a source's chunks among what is stored.

    Args:
        newcomers: In a row, in their source's own time.
        stored: Of all tracks.

    Returns:
        None where there is no evidence, or as much against it.
    """
    times = Counter(each.digest for each in newcomers)
    witnesses: dict[int, list[_Witness]] = defaultdict(list)
    for each in newcomers:
        places = {round(chunk.start_s / NEAR_S): chunk for chunk in stored.equal(each.digest)}
        is_telling = len(places) == 1 and times[each.digest] == 1
        kind = PlacedBy.EQUAL_BYTES
        if not is_telling:
            places = {round(chunk.start_s / NEAR_S): chunk for chunk in stored.same(each)}
            is_telling, kind = len(places) == 1, PlacedBy.DATE_TIME
        if is_telling:
            (chunk,) = places.values()
            shift_s = chunk.start_s - each.at_s
            witnesses[round(shift_s / NEAR_S)].append((shift_s, kind))
    sound = [each for each in _agreeing(witnesses) if _holds(newcomers, stored, each)]
    if not sound or (len(sound) > 1 and len(sound[0]) == len(sound[1])):
        return None
    kinds = {kind for _, kind in sound[0]}
    by = PlacedBy.EQUAL_BYTES if PlacedBy.EQUAL_BYTES in kinds else PlacedBy.DATE_TIME
    return Shift(shift_s=sound[0][-1][0], placed_by=by)


def in_place(newcomer: Newcomer, stored: Stored, shift_s: float, track: str) -> Known | None:
    """The chunk of a track that a newcomer is, in its place: equal, or of its number and date."""
    at_s = newcomer.at_s + shift_s
    for chunk in (*stored.equal(newcomer.digest), *stored.same(newcomer)):
        if chunk.track == track and abs(chunk.start_s - at_s) <= 2 * NEAR_S:
            return chunk
    return None


def _agreeing(witnesses: dict[int, list[_Witness]]) -> list[list[_Witness]]:
    """Those that agree about a shift, most of them first; of each shift once.

    A shift may fall on the border of two classes, so that neighbours count as one.
    """
    joined = {key: witnesses[key] + witnesses.get(key + 1, []) for key in list(witnesses)}
    found: dict[int, list[_Witness]] = {}
    for key in sorted(joined, key=lambda each: len(joined[each]), reverse=True):
        if key - 1 not in found and key + 1 not in found:
            found[key] = joined[key]
    return list(found.values())


def _holds(newcomers: Sequence[Newcomer], stored: Stored, agreeing: list[_Witness]) -> bool:
    """Whether nothing speaks against a shift that weighs as much as what speaks for it."""
    shift_s = agreeing[-1][0]
    leaves_out = any(each.at_s + each.duration_s + shift_s <= NEAR_S for each in newcomers)
    if leaves_out and len(agreeing) < _LEAST_TO_LEAVE_OUT:
        return False
    against = sum(_contradicts(each, stored, shift_s) for each in newcomers)
    return against < len(agreeing)


def _contradicts(newcomer: Newcomer, stored: Stored, shift_s: float) -> bool:
    """Whether other bytes are stored where it would be."""
    at_s = newcomer.at_s + shift_s
    there = stored.between(at_s, at_s + newcomer.duration_s)
    tracks = {chunk.track for chunk in there}
    return bool(tracks) and not any(in_place(newcomer, stored, shift_s, each) for each in tracks)
