"""Continuous streams against a station that fails on purpose: each frame once, in its place."""

import threading
import time
from collections.abc import Callable
from functools import cache

import pytest

from recorder.errors import (
    ConnectionLost,
    NotAudio,
    NotAvailable,
    Refused,
    SourceError,
    Stalled,
    StorageError,
)
from recorder.sources.base import SinkClosed
from recorder.sources.http import HttpSource
from recorder.types import PlacedBy, Seconds, SourceKind, SourceSpec, State
from tests.faults.continuous import Listener, Programme, Station, StationClock
from tests.faults.sound import encoded
from tests.faults.wire import Connection, WireServer
from tests.parts import quickest, wait_until
from tests.recorder.sources.sink import MemorySink

RATES_HZ = {"mp3": 44_100, "aac": 44_100, "opus": 48_000, "flac": 44_100}
FRAME_S = 1152 / 44_100
CLOCK_S = 0.06  # how exact the clock is on a busy machine


@cache
def programme(codec: str = "mp3", *, is_silent: bool = False) -> Programme:
    return Programme(encoded(codec, 20.0, rate_hz=RATES_HZ[codec], is_silent=is_silent))


class Session:
    """Captures in a thread of its own as a session does, and tries again at once."""

    def __init__(self, url: str, sink: MemorySink | None = None, *, stall_s: float = 5.0) -> None:
        self.sink = sink or MemorySink()
        self.stop = threading.Event()
        self.errors: list[SourceError] = []
        self.outage_s = 0.0
        """Waited before each further try."""
        self.is_over = threading.Event()
        self.source = HttpSource(
            SourceSpec(kind=SourceKind.STREAM, address=url), url, stall_s=stall_s
        )
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self.stop.is_set():
            try:
                self.source.capture(self.sink, self.stop)
                break
            except SourceError as error:
                self.errors.append(error)
                self.stop.wait(self.outage_s or 0.02)
        self.is_over.set()

    def wait_for(self, what: Callable[[MemorySink], object], within_s: float = 15.0) -> None:
        wait_until(lambda: what(self.sink), within_s)

    def end(self) -> MemorySink:
        self.stop.set()
        self._thread.join(5)
        assert not self._thread.is_alive()
        return self.sink


def place_in(station: Station, data: bytes) -> tuple[float, float]:
    """Programme time of the begin and end of what was stored; it must be in there as it is."""
    whole = station.programme.data()
    at = whole.find(data)
    assert at >= 0, "not a stretch of the programme"
    marks, begin_s, size, end_s = {0: 0.0}, 0.0, 0, 0.0
    for frame in station.programme.frames:
        size += len(frame.data)
        end_s += frame.duration_s
        marks[size] = end_s
    begin_s = marks[at]  # KeyError: not at a frame's edge
    return begin_s, marks[at + len(data)]


@pytest.mark.parametrize("codec", RATES_HZ)
def test_whole_frames_are_stored_as_they_are_sent(codec: str) -> None:
    with Station(programme(codec), burst_s=3.0, clock=StationClock(4.0)) as station:
        session = Session(station.url())
        session.wait_for(lambda sink: sink.end_s > 3.5)
        sink = session.end()
        place_in(station, bytes(sink.written))
    assert [run.placed_by for run in sink.runs] == [PlacedBy.FIRST]
    assert sink.parts[0].header == station.programme.header
    assert b"".join(chunk.data for chunk in sink.chunks) == sink.written
    assert sink.unended == b""
    assert max(chunk.duration_s for chunk in sink.chunks) < 2.1
    assert sink.chunks[0].facts.status == 200
    assert sink.chunks[0].facts.address == station.url()


def test_who_answered_is_told_without_secrets() -> None:
    listener = Listener(
        headers=["icy-name: Café FM", "icy-url: http://x/?key=secret", "Server: Icecast 2.4.4"]
    )
    with Station(programme(), listener, burst_s=1.0, clock=StationClock(2.0)) as station:
        session = Session(station.url("/live?token=secret"))
        session.wait_for(lambda sink: sink.has_audio)
        (facts,) = session.end().facts
    assert facts.address == station.url("/live")
    assert facts.headers["icy-name"] == "Café FM"
    assert facts.headers["server"] == "Icecast 2.4.4"
    assert facts.headers["content-type"] == "audio/mpeg"
    assert facts.identity["host"] == f"127.0.0.1:{station.server.port}"
    assert "secret" not in repr(facts)
    assert "secret" not in repr(session.sink.chunks[0].facts)


@pytest.mark.parametrize(
    ("codec", "ends_by"),
    [*((codec, "close") for codec in RATES_HZ), ("mp3", "reset"), ("aac", "stall")],
)
def test_a_break_within_the_burst_loses_and_repeats_nothing(codec: str, ends_by: str) -> None:
    first = Listener(break_after_s=0.3, ends_by=ends_by, torn_bytes=70)
    skip_bytes = 40 if codec in ("mp3", "aac") else 0
    with Station(
        programme(codec),
        first,
        Listener(skip_bytes=skip_bytes),
        burst_s=3.0,
        clock=StationClock(4.0),
    ) as station:
        session = Session(station.url(), stall_s=0.5)
        session.wait_for(lambda sink: len(sink.runs) == 2 and sink.end_s > 4.0)
        sink = session.end()
        begin_s, end_s = place_in(station, bytes(sink.written))
    assert [run.placed_by for run in sink.runs] == [PlacedBy.FIRST, PlacedBy.EQUAL_BYTES]
    assert sink.gaps == []
    assert sink.end_s == pytest.approx(end_s - begin_s, abs=0.01)
    assert type(session.errors[0]) is (Stalled if ends_by == "stall" else ConnectionLost)
    (repeat,) = sink.repeats
    assert repeat.what == "burst"
    assert repeat.bytes > 1_000


@pytest.mark.parametrize(("codec", "burst_s"), [("mp3", 0.0), ("mp3", 0.4), ("aac", 0.4)])
def test_a_longer_outage_is_a_gap_of_its_true_length(codec: str, burst_s: float) -> None:
    with Station(
        programme(codec),
        Listener(break_after_s=0.6, torn_bytes=70),
        Listener(skip_bytes=40),
        burst_s=burst_s,
        clock=StationClock(1.0),
    ) as station:
        session = Session(station.url())
        session.outage_s = 0.8
        session.wait_for(lambda sink: len(sink.runs) == 2 and len(sink.parts[-1].data) > 4_000)
        sink = session.end()
        first_s = place_in(station, bytes(sink.parts[0].data))
        second_s = place_in(station, bytes(sink.parts[1].data))
    (gap,) = sink.gaps
    assert sink.runs[1].placed_by is PlacedBy.WALL_CLOCK
    assert gap.to_s - gap.from_s == pytest.approx(second_s[0] - first_s[1], abs=CLOCK_S)
    assert "mid-frame" in sink.attempts[0].detail
    assert sink.repeats == []


@pytest.mark.parametrize("codec", ["mp3", "opus"])
def test_silence_is_not_joined_to_silence_across_a_gap(codec: str) -> None:
    with Station(
        programme(codec, is_silent=True),
        Listener(break_after_s=1.0),
        Listener(),
        burst_s=0.5,
        clock=StationClock(1.0),
    ) as station:
        session = Session(station.url())
        session.outage_s = 1.1
        session.wait_for(lambda sink: len(sink.runs) == 2)
        sink = session.end()
    (gap,) = sink.gaps
    assert gap.to_s - gap.from_s == pytest.approx(0.6, abs=0.15)


@pytest.mark.parametrize("codec", ["mp3", "opus"])
def test_silence_within_the_burst_is_joined_by_the_clock(codec: str) -> None:
    with Station(
        programme(codec, is_silent=True),
        Listener(break_after_s=0.5),
        Listener(),
        burst_s=3.0,
        clock=StationClock(4.0),
    ) as station:
        session = Session(station.url())
        session.wait_for(lambda sink: len(sink.runs) == 2 and sink.end_s > 4.2)
        heard_s = station.clock.now_s() - 1.0
        sink = session.end()
    assert sink.gaps == []
    assert sink.end_s == pytest.approx(heard_s, abs=0.3)


@pytest.mark.parametrize("codec", ["mp3", "aac", "opus"])
def test_a_server_that_begins_anew_sends_what_is_new(codec: str) -> None:
    """Its bytes are those that are stored, but they come no faster than they play."""
    with Station(programme(codec), Listener(break_after_s=1.5), Listener(restarts=True)) as station:
        session = Session(station.url())
        session.outage_s = 1.2
        session.wait_for(lambda sink: len(sink.runs) == 2 and len(sink.parts[-1].data) > 12_000)
        heard_s = station.clock.now_s()
        sink = session.end()
        first, second = (place_in(station, bytes(part.data)) for part in sink.parts)
    assert first[0] < 0.5  # the machine may be busy
    assert second[0] == 0.0
    assert sink.repeats == []
    assert sink.runs[1].placed_by is PlacedBy.WALL_CLOCK
    (gap,) = sink.gaps
    assert gap.to_s - gap.from_s == pytest.approx(1.2, abs=0.6)
    assert sink.end_s == pytest.approx(heard_s, abs=0.8)


@pytest.mark.parametrize("codec", ["mp3", "aac"])
def test_a_server_that_begins_anew_within_a_second_sends_what_is_new(codec: str) -> None:
    """Too soon for the clock to tell it from a burst; that it comes so slowly does."""
    breaks = Listener(restarts=True, break_after_s=0.6)
    with Station(programme(codec), breaks, Listener(restarts=True)) as station:
        session = Session(station.url())
        session.outage_s = 0.1
        session.wait_for(lambda sink: len(sink.runs) == 2 and sink.end_s > 2.5)
        sink = session.end()
    assert sink.repeats == []
    first, second = (bytes(part.data) for part in sink.parts)
    assert programme(codec).data().startswith(second)
    assert second.startswith(first)


def loop(duration_s: float, times: int) -> Programme:
    return Programme(encoded("mp3", duration_s) * times)


def test_a_loop_as_long_as_the_outage_is_not_joined_across_it() -> None:
    """What is stored is less than one turn, so that all its frames are there once."""
    with Station(
        loop(2.0, 10), Listener(break_after_s=0.6), Listener(), burst_s=0.3, clock=StationClock(0.3)
    ) as station:
        session = Session(station.url())
        session.outage_s = 1.7
        session.wait_for(lambda sink: len(sink.runs) == 2)
        heard_s = station.clock.now_s()
        sink = session.end()
    (gap,) = sink.gaps
    assert gap.to_s - gap.from_s == pytest.approx(1.4, abs=0.25)
    assert sink.repeats == []
    assert sink.end_s == pytest.approx(heard_s, abs=0.4)


@pytest.mark.parametrize("turn_s", [0.5, 2.0])
def test_a_loop_within_the_burst_is_joined_at_the_right_turn(turn_s: float) -> None:
    with Station(
        loop(turn_s, round(20 / turn_s)),
        Listener(break_after_s=0.5),
        Listener(),
        burst_s=3.0,
        clock=StationClock(4.0),
    ) as station:
        session = Session(station.url())
        session.outage_s = 1.0
        session.wait_for(lambda sink: len(sink.runs) == 2 and sink.end_s > 5.0)
        heard_s = station.clock.now_s() - 1.0
        sink = session.end()
        place_in(station, bytes(sink.written))
    assert sink.runs[1].placed_by is PlacedBy.EQUAL_BYTES
    assert sink.gaps == []
    assert sink.end_s == pytest.approx(heard_s, abs=0.3)


def test_what_turns_out_to_differ_is_kept_from_its_first_frame() -> None:
    frames, others = programme().frames, Programme(encoded("mp3", 2.0, seed=5)).frames
    kept = b"".join(frame.data for frame in [*frames[88:94], *others])

    def differs(it: Connection) -> None:
        it.answer("200 OK", "Content-Type: audio/mpeg", body=programme().data(88, 94))
        it.closing.wait(0.6)
        it.send(b"".join(frame.data for frame in others))
        it.closing.wait(10)

    with WireServer(says(programme().data(0, 100)), differs) as server:
        session = Session(server.url())
        session.wait_for(lambda sink: len(sink.runs) == 2 and len(sink.parts[-1].data) > 9_000)
        sink = session.end()
    assert kept.startswith(sink.parts[1].data)
    assert sink.repeats == []


def test_a_burst_that_comes_haltingly_is_waited_for() -> None:
    def halting(it: Connection) -> None:
        it.answer("200 OK", "Content-Type: audio/mpeg", body=programme().data(5, 50))
        it.closing.wait(0.7)
        it.send(programme().data(50, 250))
        it.closing.wait(10)

    with WireServer(says(programme().data(0, 200)), halting) as server:
        session = Session(server.url())
        session.wait_for(lambda sink: sink.end_s > 6.0)
        sink = session.end()
    assert programme().data(0, 250).startswith(sink.written)
    assert sink.gaps == []


def test_a_file_that_begins_anew_at_full_speed_repeats_nothing() -> None:
    whole = programme().data()
    with WireServer(says(programme().data(0, 200)), says(whole)) as server:
        session = Session(server.url())
        wait_until(lambda: len(session.errors) > 1)
        sink = session.end()
    assert sink.written[: len(whole)] == whole
    assert sink.gaps == []


def test_another_programme_at_the_same_address_begins_a_new_run() -> None:
    other = Programme(encoded("aac", 5.0, seed=9))

    def changed(it: Connection) -> None:
        it.answer("200 OK", "Content-Type: audio/aac", body=other.data())
        it.closing.wait(10)

    with Station(programme(), Listener(break_after_s=0.3), burst_s=1.0) as station:
        station.server._scripts = [station.server._scripts[0], changed]
        session = Session(station.url())
        session.wait_for(lambda sink: len(sink.runs) == 2 and sink.unended == b"")
        sink = session.end()
    assert [run.fmt.container for run in sink.runs] == ["mp3", "adts"]
    assert sink.parts[1].data == other.data()
    assert sink.runs[1].misfit_s is None or sink.runs[1].misfit_s < 0


def test_a_change_of_format_in_mid_stream_begins_a_part() -> None:
    first, second = encoded("mp3", 1.0), encoded("mp3", 1.0, rate_hz=22_050, channels=1)

    def script(it: Connection) -> None:
        it.answer("200 OK", "Content-Type: audio/mpeg", body=first + second)
        it.closing.wait(10)

    with WireServer(script) as server:
        session = Session(server.url())
        session.wait_for(lambda sink: len(sink.parts) == 2 and len(sink.parts[1].data) > 2_000)
        sink = session.end()
    assert sink.written == first + second
    assert len(sink.runs) == 1
    assert [part.fmt.rate_hz for part in sink.parts] == [44_100, 22_050]


def test_a_chain_of_ogg_streams_is_stored_with_each_ones_headers() -> None:
    first, second = encoded("flac", 2.0), encoded("flac", 2.0, seed=2)

    def script(it: Connection) -> None:
        it.answer("200 OK", "Content-Type: application/ogg", body=first + second)
        it.closing.wait(10)

    with WireServer(script) as server:
        session = Session(server.url())
        session.wait_for(lambda sink: sink.end_s > 3.9)
        sink = session.end()
    assert [bytes(part.header + part.data) for part in sink.parts] == [first, second]


def test_titles_are_told_once_and_never_stored() -> None:
    with Station(
        programme(), Listener(is_icy=True), burst_s=2.0, clock=StationClock(3.0)
    ) as station:
        station.titles = [(0.0, "Music"), (3.5, "It's; the talk")]
        session = Session(station.url())
        session.wait_for(lambda sink: len(sink.tags) == 2)
        sink = session.end()
        place_in(station, bytes(sink.written))
        request = station.server.connections[0].headers
    assert request["icy-metadata"] == "1"
    assert sink.tags == ["Music", "It's; the talk"]
    assert sink.facts[0].headers["icy-name"] == "Test FM"


def test_what_drips_is_stored_as_well() -> None:
    with Station(
        programme(), Listener(drips=True), burst_s=0.5, clock=StationClock(1.0)
    ) as station:
        session = Session(station.url())
        session.wait_for(lambda sink: sink.end_s > 1.5)
        place_in(station, bytes(session.end().written))


def test_what_is_written_becomes_a_chunk_soon_after_the_stream_goes_quiet() -> None:
    clock = StationClock(1.0, is_stepped=True)
    with Station(programme(), burst_s=0.5, clock=clock) as station:
        session = Session(station.url(), stall_s=60)  # which would end it too, and later
        session.wait_for(lambda sink: sink.end_s > 0.3)
        session.wait_for(lambda sink: sink.chunks and not sink.unended)
        session.end()


@pytest.mark.parametrize(
    ("listener", "error"),
    [
        (Listener(status="404 Not Found"), NotAvailable),
        (Listener(status="503 Full", headers=["Retry-After: 7"]), Refused),
    ],
)
def test_refusals_are_passed_on(listener: Listener, error: type[NotAvailable]) -> None:
    with Station(programme(), listener) as station:
        session = Session(station.url())
        wait_until(lambda: session.errors)
        session.end()
    assert type(session.errors[0]) is error
    assert session.errors[0].reason == (State.REFUSED if error is Refused else error.reason)


def says(data: bytes, content_type: str = "audio/mpeg") -> Callable[[Connection], None]:
    return lambda it: it.answer("200 OK", f"Content-Type: {content_type}", body=data)


def test_before_any_audio_a_broken_or_silent_stream_means_not_yet() -> None:
    def quiet(it: Connection) -> None:
        it.answer("200 OK", "Content-Type: audio/mpeg")
        it.closing.wait(10)

    def cut(it: Connection) -> None:
        it.answer("200 OK", "Content-Length: 99")

    with WireServer(says(b""), cut, quiet) as server:
        session = Session(server.url(), stall_s=0.2)
        wait_until(lambda: len(session.errors) == 3)
        session.end()
    assert {type(error) for error in session.errors} == {NotAvailable}
    assert session.sink.facts == []


@pytest.mark.parametrize("data", [b'{"error": "no"}', b"\0" * 40_000, b"RIFF....WAVE" * 5_000])
def test_what_is_no_audio_fails_at_once(data: bytes) -> None:
    with WireServer(says(data)) as server:
        session = Session(server.url())
        wait_until(lambda: session.errors)
        session.end()
    assert type(session.errors[0]) is NotAudio
    assert session.sink.facts == []


def test_what_is_no_audio_after_a_break_is_waited_out() -> None:
    audio = encoded("mp3", 1.0)
    with WireServer(says(audio), says(b"<html>sorry</html>", "text/html"), says(audio)) as server:
        session = Session(server.url())
        wait_until(lambda: len(session.errors) == 3)
        sink = session.end()
    assert [type(error) for error in session.errors] == [
        ConnectionLost,
        NotAvailable,
        ConnectionLost,
    ]
    assert sink.written == audio


def test_a_file_whose_length_was_announced_ends() -> None:
    audio = encoded("mp3", 2.0)
    with WireServer(lambda it: it.whole(audio, "audio/mpeg")) as server:
        session = Session(server.url())
        assert session.is_over.wait(5)
        sink = session.end()
    assert session.errors == []
    assert sink.written == audio
    assert sink.unended == b""


def test_a_radios_made_up_length_is_no_end() -> None:
    audio = encoded("mp3", 2.0)
    with WireServer(lambda it: it.whole(audio, "audio/mpeg", "icy-name: x")) as server:
        session = Session(server.url())
        wait_until(lambda: session.errors)
        session.end()
    assert type(session.errors[0]) is ConnectionLost


def test_stop_ends_a_capture_within_100_ms_and_hands_over_what_is_held() -> None:
    """The second connection stops while its first frames wait for their place."""

    def seconds_to_stop() -> float:
        first, second = Listener(break_after_s=0.2), Listener()
        clock = StationClock(4.0)
        with Station(programme(), first, second, burst_s=1.0, clock=clock) as station:
            session = Session(station.url())
            session.wait_for(lambda _: len(station.joined) == 2)
            wait_until(lambda: len(session.sink.facts) == 2)
            began = time.monotonic()
            session.stop.set()
            assert session.is_over.wait(5)
            took_s = time.monotonic() - began
            sink = session.end()
            place_in(station, bytes(sink.written))
            return took_s

    assert quickest(seconds_to_stop, 0.1) < 0.1


def test_cancel_wakes_a_capture() -> None:
    clock = StationClock(1.0, is_stepped=True)
    with Station(programme(), burst_s=0.5, clock=clock) as station:
        session = Session(station.url(), stall_s=30)
        session.wait_for(lambda sink: sink.has_audio)
        session.source.cancel()
        wait_until(lambda: session.errors)
        session.end()
    assert type(session.errors[0]) is ConnectionLost


class FullDisk(MemorySink):
    """Takes nothing from the fifth write to the eighth."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def write(self, data: bytes, duration_s: Seconds) -> None:
        self.writes += 1
        if 5 <= self.writes <= 8:
            raise StorageError("The disk is full.")
        super().write(data, duration_s)


def test_what_the_disk_did_not_take_is_not_taken_for_stored() -> None:
    with Station(programme(), burst_s=3.0, clock=StationClock(4.0)) as station:
        sink, stop = FullDisk(), threading.Event()
        url = station.url()
        source = HttpSource(SourceSpec(kind=SourceKind.STREAM, address=url), url)
        for _ in range(4):
            with pytest.raises(StorageError):
                source.capture(sink, stop)
        timer = threading.Timer(1.0, stop.set)
        timer.start()
        source.capture(sink, stop)
        timer.join()
        place_in(station, bytes(sink.written))
    assert sink.writes > 9
    assert sink.gaps == []


def test_a_closed_sink_ends_a_capture() -> None:
    with Station(programme(), burst_s=1.0, clock=StationClock(2.0)) as station:
        sink, url = MemorySink(), station.url()
        sink.close()
        with pytest.raises(SinkClosed):
            HttpSource(SourceSpec(kind=SourceKind.STREAM, address=url), url).capture(
                sink, threading.Event()
            )
