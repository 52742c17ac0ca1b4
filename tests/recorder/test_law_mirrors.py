"""The law where a mirror takes over: nothing that it sends is lost, nothing is stored twice.

Two encoders of one event may number their segments alike, or nearly so, and name them alike; two
servers of one encoder may each lack segments of their own, and silence is equal to silence.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.clock import SessionClock
from recorder.events import Repeated
from recorder.joining import ChunkMemory, JoiningSink
from recorder.matching import Known
from recorder.sources.base import ChunkFacts, Missing, Sink
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, iso, parse_iso
from tests.recorder.sources.sink import MemorySink

ADTS = AudioFormat(container="adts", codec="aac", rate_hz=48_000, channels=2)
DAY = parse_iso("2024-08-13T00:00:00Z")
LENGTH_S = 2.0
COUNT = 24
SILENCE = b"<silence>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """One that cuts the event into segments of two seconds.

    Attributes:
        name: Two of one name give the same bytes.
        first: Number of the event's first segment.
        late_s: By how much its dates are off.
        is_dated: It dates its segments.
    """

    name: str
    first: int = 100
    late_s: float = 0.0
    is_dated: bool = False
    silent: frozenset[int] = field(default_factory=frozenset)

    def data(self, index: int) -> bytes:
        return SILENCE if index in self.silent else f"<{self.name} {index}>".encode()

    def facts(self, index: int, *, more_follows: bool) -> ChunkFacts:
        at = DAY.timestamp() + index * LENGTH_S + self.late_s
        return ChunkFacts(
            media_sequence=self.first + index,
            program_date_time=iso(DAY.fromtimestamp(at, DAY.tzinfo)) if self.is_dated else "",
            live_mono_s=(index + 1) * LENGTH_S,
            more_follows=more_follows,
        )

    def send(self, sink: Sink, indices: Iterable[int], knows: PlacedBy) -> None:
        """Hand over segments, as `recorder.sources.hls` does; the others can't be had."""
        wanted = sorted(indices)
        next_index = wanted[0]
        for index in wanted:
            lost, number = index - next_index, self.first + index
            if lost:
                sink.begin_run(
                    ADTS,
                    placed_by=PlacedBy.SEQUENCE,
                    start_s=Seconds(sink.end_s + lost * LENGTH_S),
                    reason=GapReason.MISSING_SEGMENT,
                    media_sequence=number,
                    missing=Missing(
                        media_sequence=number - lost, lengths=((lost, Seconds(LENGTH_S)),)
                    ),
                )
            elif index == wanted[0]:
                sink.begin_run(ADTS, placed_by=knows, media_sequence=number)
            sink.write(self.data(index), Seconds(LENGTH_S))
            sink.end_chunk(self.facts(index, more_follows=index != wanted[-1]))
            next_index = index + 1


def taken_over(first: Encoder, had: set[int], second: Encoder, comes: set[int]) -> MemorySink:
    """What is stored when one has sent, and another has taken over."""
    sink, memory, clock = MemorySink(), ChunkMemory(), SessionClock()
    first.send(sink, had, PlacedBy.FIRST)
    for chunk in sink.chunks:
        end_s = chunk.start_s + chunk.duration_s
        known = Known.of("a", chunk.sha256, chunk.facts, chunk.start_s, end_s)
        memory.remember(known, live_mono_s=chunk.facts.live_mono_s)
    joining = JoiningSink(
        sink,
        track="a",
        memory=memory,
        clock=clock,
        stop=threading.Event(),
        is_other=True,
        source="the other",
    )
    second.send(joining, comes, PlacedBy.WALL_CLOCK)
    joining.finish()
    return sink


def check_order(sink: MemorySink) -> None:
    """Audio and gaps follow each other from 0 to the end; nothing is kept aside."""
    pieces = [(chunk.start_s, chunk.start_s + chunk.duration_s) for chunk in sink.chunks]
    pieces += [(gap.from_s, gap.to_s) for gap in sink.gaps]
    at_s = 0.0
    for from_s, to_s in sorted(pieces):
        assert from_s == pytest.approx(at_s, abs=1e-6)
        at_s = to_s
    assert at_s == pytest.approx(sink.end_s, abs=1e-6)
    stored = {chunk.data for chunk in sink.chunks}
    assert {each.data for each in sink.staged} <= stored | {e.data for e in sink.forgotten}


INDICES = st.sets(st.integers(0, COUNT - 1), min_size=1)


@given(
    had=INDICES,
    comes=INDICES,
    apart=st.integers(-6, 6),
    late_s=st.floats(-9, 9),
    is_dated=st.booleans(),
)
def test_all_that_another_encoder_sends_is_stored_once_behind_what_was(
    *, had: set[int], comes: set[int], apart: int, late_s: float, is_dated: bool
) -> None:
    first = Encoder(name="one", is_dated=is_dated)
    second = Encoder(name="two", first=100 + apart, late_s=late_s, is_dated=is_dated)
    sink = taken_over(first, had, second, comes)
    check_order(sink)
    sent = {second.data(index) for index in comes}
    stored = Counter(chunk.data for chunk in sink.chunks)
    assert set(stored.values()) == {1}
    assert {first.data(index) for index in had} <= set(stored)
    lacking = sent - set(stored)
    # Of one number and one date: for all that anybody can tell, it is the same segment.
    agrees = is_dated and abs(late_s - apart * LENGTH_S) <= 0.25 * LENGTH_S
    had_then = {second.data(index - apart) for index in had}
    before_us = {second.data(index) for index in comes if index + apart < min(had)}
    assert lacking <= (had_then | before_us if agrees else set())
    assert not [event for event in sink.told if isinstance(event, Repeated)]


@given(had=INDICES, comes=INDICES, apart=st.integers(-6, 6), is_dated=st.booleans())
def test_two_servers_of_one_encoder_complete_each_other(
    *, had: set[int], comes: set[int], apart: int, is_dated: bool
) -> None:
    first = Encoder(name="one", is_dated=is_dated)
    second = Encoder(name="one", first=100 + apart, is_dated=is_dated)
    sink = taken_over(first, had, second, comes)
    check_order(sink)
    stored = Counter(chunk.data for chunk in sink.chunks)
    begin, both = min(had), had & comes
    # A single equal segment leaves nothing out as of a time before session time 0.
    is_doubtful = len(both) == 1 and min(comes) < begin
    assert is_doubtful or set(stored.values()) == {1}
    wanted = {first.data(index) for index in had | comes if index >= begin}
    assert set(stored) >= wanted
    if both and not is_doubtful:
        assert set(stored) == wanted
        for chunk in sink.chunks:
            index = int(chunk.data.split()[1][:-1])
            assert chunk.start_s == pytest.approx((index - begin) * LENGTH_S, abs=1e-6)


@given(
    had=INDICES,
    comes=INDICES,
    silent=st.frozensets(st.integers(0, COUNT - 1)),
    apart=st.integers(-6, 6),
    is_same=st.booleans(),
)
def test_silence_is_never_taken_for_sound_nor_sound_for_stored(
    *, had: set[int], comes: set[int], silent: frozenset[int], apart: int, is_same: bool
) -> None:
    first = Encoder(name="one", silent=silent)
    moved = frozenset(index + apart for index in silent)
    second = Encoder(
        name="one" if is_same else "two", first=100 + apart, silent=silent if is_same else moved
    )
    sink = taken_over(first, had, second, comes)
    check_order(sink)
    stored = Counter(chunk.data for chunk in sink.chunks)
    silences = stored.pop(SILENCE, 0)
    sounding = (had & comes) - silent
    is_doubtful = is_same and len(sounding) <= 1 and min(comes) < min(had)
    assert is_doubtful or set(stored.values()) <= {1}
    assert {first.data(index) for index in had} - {SILENCE} <= set(stored)
    sent = [second.data(index) for index in comes]
    if not is_same:
        assert set(sent) - {SILENCE} <= set(stored)
    repeats = sum(isinstance(event, Repeated) for event in sink.told)
    left_out = sum("before session time 0" in getattr(e, "detail", "") for e in sink.told)
    assert len(sink.chunks) == len(had) + len(comes) - repeats - left_out
    assert silences >= sum(index in silent for index in had)
