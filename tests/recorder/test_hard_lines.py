"""Lines that cut, slow, reset and fall silent: the law holds over them, too."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.errors import SourceError
from recorder.types import PlacedBy
from tests.faults.continuous import Programme, Station
from tests.faults.hls import Broadcast, HlsServer, items
from tests.faults.lan import Lan
from tests.faults.proxy import Flaw, FlawedWire
from tests.faults.sound import encoded
from tests.parts import require, wait_until
from tests.recorder.sources.sink import MemorySink
from tests.recorder.sources.test_hls import LONG_S, check_law, hls_source, record
from tests.recorder.sources.test_http import Session, place_in
from tests.recorder.test_law_hls import QUICK

FLAWS = st.builds(
    Flaw,
    after=st.integers(0, 2_500),
    then=st.sampled_from(["close", "reset", "stall"]),
    bytes_per_s=st.sampled_from([None, 4_000, 20_000]),
)


@settings(max_examples=4)
@given(flaws=st.lists(FLAWS, max_size=10))
def test_whatever_a_line_does_to_hls_the_law_holds(flaws: list[Flaw]) -> None:
    """An EVENT playlist: all of it can be had in the end."""
    on_air = Broadcast(segments=items(10, frames=24), window=None, position=3)
    sink = MemorySink()
    with HlsServer(on_air) as server, FlawedWire(server.port, flaws) as wire:
        record(hls_source(wire.through(server.url), patience=QUICK), sink)
    check_law(sink, on_air)


def test_a_line_that_is_slower_than_the_sound_loses_nothing_of_an_event() -> None:
    on_air = Broadcast(segments=items(8, frames=24), window=None, position=3)
    slow = Flaw(bytes_per_s=2_000)
    with HlsServer(on_air) as server, FlawedWire(server.port, always=slow) as wire:
        sink = MemorySink()
        record(hls_source(wire.through(server.url)), sink)
        assert wire.passed > len(on_air.segments)
    check_law(sink, on_air)


def test_a_stream_whose_line_breaks_anywhere_is_joined() -> None:
    programme = Programme(encoded("mp3", 12.0))
    flaws = [
        Flaw(after=9_001, then="close"),
        Flaw(after=21_777, then="stall"),
        Flaw(after=20_000, then="reset"),
    ]
    with (
        Station(programme, burst_s=3.0) as station,
        FlawedWire(station.server.port, flaws) as wire,
    ):
        session = Session(wire.through(station.url()), stall_s=0.5)
        session.wait_for(lambda sink: wire.passed == 4 and sink.end_s > 6, 30)
        sink = session.end()
        place_in(station, bytes(sink.written))
    assert not sink.gaps
    assert {run.placed_by for run in sink.runs[1:]} == {PlacedBy.EQUAL_BYTES}


# --- a network of its own -----------------------------------------------------------------------


def test_a_dead_wire_is_noticed_and_its_stream_joined_when_it_lives_again() -> None:
    require("netns")
    programme = Programme(encoded("mp3", 20.0))
    with (
        Lan() as lan,
        lan.inside(lambda: Station(programme, burst_s=8.0, host=lan.address)) as station,
    ):
        session = Session(station.url(), stall_s=0.5)
        session.wait_for(lambda sink: sink.end_s > 2)
        lan.cut()
        session.wait_for(lambda _: session.errors)
        lan.mend()
        end_s = session.sink.end_s
        session.wait_for(lambda sink: sink.end_s > end_s + 3, 30)
        sink = session.end()
        place_in(station, bytes(sink.written))
    assert not sink.gaps
    assert {run.placed_by for run in sink.runs[1:]} == {PlacedBy.EQUAL_BYTES}


@pytest.mark.parametrize(
    "discipline",
    [
        ["tbf", "rate", "400kbit", "burst", "4kb", "latency", "50ms"],
        ["netem", "delay", "40ms", "20ms", "loss", "8%"],
    ],
    ids=["slow", "lossy"],
)
def test_over_a_bad_line_that_dies_for_a_while_the_law_holds(discipline: list[str]) -> None:
    require("netns")
    on_air = Broadcast(segments=items(16, frames=24), window=None, position=3)
    sink, errors = MemorySink(), list[SourceError]()
    with Lan() as lan:
        try:
            lan.shape(*discipline)
        except OSError as error:
            pytest.skip(f"this kernel has no such line: {error}")
        with (
            lan.inside(lambda: HlsServer(on_air, host=lan.address)) as server,
            ThreadPoolExecutor(1) as session,
        ):
            source = hls_source(server.url, patience=QUICK)
            recording = session.submit(record, source, sink, errors)
            wait_until(lambda: len(sink.chunks) > 3, LONG_S)
            lan.cut()
            wait_until(lambda: errors, LONG_S)
            lan.mend()
            recording.result(LONG_S)
    check_law(sink, on_air)
