import http.client
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import m3u8
import pytest

from app.broadcast import (
    BREAK_S,
    LEAD_SEGMENTS,
    RETRY_AFTER_S,
    WAITS_S,
    WINDOW_SEGMENTS,
    Sample,
    SampleBroadcast,
    Stage,
)

SAMPLE = Sample.load()


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Listener:
    """Asks as a recorder would, one connection a request."""

    def __init__(self, broadcast: SampleBroadcast) -> None:
        self.address = urlsplit(broadcast.url)

    def get(self, path: str = "/live.m3u8") -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self.address.netloc, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def playlist(self) -> m3u8.M3U8:
        status, headers, body = self.get()
        assert (status, headers["Content-Type"]) == (200, "application/vnd.apple.mpegurl")
        return m3u8.loads(body.decode())


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def broadcast(clock: HandClock) -> Iterator[SampleBroadcast]:
    with SampleBroadcast(SAMPLE, clock) as running:
        yield running


@pytest.fixture
def listener(broadcast: SampleBroadcast) -> Listener:
    return Listener(broadcast)


@pytest.fixture
def live(listener: Listener, clock: HandClock) -> Listener:
    """A listener who got in; the clock stands at the moment of the first playlist."""
    listener.get()
    clock.now_s += WAITS_S
    listener.get()
    clock.now_s += RETRY_AFTER_S
    listener.get()
    return listener


def move_to(clock: HandClock, position_s: float) -> None:
    """From the moment of the first playlist to just after `position_s` of session time."""
    clock.now_s += position_s - LEAD_SEGMENTS * SAMPLE.segment_s + 0.01


def test_it_starts_late_and_refuses_before_it_lets_in(
    broadcast: SampleBroadcast, listener: Listener, clock: HandClock
) -> None:
    assert broadcast.stage is Stage.ANNOUNCED
    assert listener.get()[0] == 404
    assert broadcast.stage is Stage.NOT_AVAILABLE
    clock.now_s += WAITS_S
    status, headers, _ = listener.get()
    assert (status, headers["Retry-After"]) == (503, str(RETRY_AFTER_S))
    assert broadcast.stage is Stage.TOO_MANY_LISTENERS
    clock.now_s += RETRY_AFTER_S - 0.1
    assert listener.get()[0] == 503, "one who comes back too early"
    clock.now_s += 0.1
    assert len(listener.playlist().segments) == LEAD_SEGMENTS
    assert broadcast.stage is Stage.LIVE


def test_each_stage_is_met_by_a_listener_who_asks_rarely(
    listener: Listener, clock: HandClock
) -> None:
    statuses = []
    for _ in range(3):
        statuses.append(listener.get()[0])
        clock.now_s += 60.0
    assert statuses == [404, 503, 200]


def test_the_window_slides_and_says_when_its_sound_was(live: Listener, clock: HandClock) -> None:
    first = live.playlist()
    move_to(clock, 15.0)
    later = live.playlist()
    assert not later.is_endlist
    assert len(later.segments) == WINDOW_SEGMENTS
    assert later.media_sequence == int(15.0 / SAMPLE.segment_s) - WINDOW_SEGMENTS
    moved = later.program_date_time - first.program_date_time
    assert moved.total_seconds() == pytest.approx(
        later.media_sequence * SAMPLE.segment_s, abs=0.002
    )


def test_every_segment_but_the_lost_one_is_served_as_it_is(
    live: Listener, clock: HandClock
) -> None:
    move_to(clock, SAMPLE.duration_s)
    served = [live.get(f"/{index}.aac") for index in range(len(SAMPLE.segment_bytes))]
    missing = [index for index, (status, *_) in enumerate(served) if status == 404]
    assert missing == [SAMPLE.lost_segment]
    assert b"".join(body for status, _, body in served if status == 200) == b"".join(
        SAMPLE.segment(index) for index in range(len(served)) if index != SAMPLE.lost_segment
    )
    assert {headers["Content-Type"] for status, headers, _ in served if status == 200} == {
        "audio/aac"
    }


def test_a_segment_of_the_future_is_not_there_yet(live: Listener) -> None:
    assert live.get(f"/{LEAD_SEGMENTS - 1}.aac")[0] == 200
    assert live.get(f"/{LEAD_SEGMENTS}.aac")[0] == 404


def test_nothing_is_served_before_it_is_live(listener: Listener) -> None:
    assert listener.get("/0.aac")[0] == 404


def test_the_connection_breaks_in_mid_sentence_and_comes_back(
    broadcast: SampleBroadcast, live: Listener, clock: HandClock
) -> None:
    move_to(clock, SAMPLE.breaks_at_s)
    assert broadcast.stage is Stage.BROKEN
    with pytest.raises(ConnectionResetError):
        live.get()
    at_break = int(SAMPLE.breaks_at_s / SAMPLE.segment_s)
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        live.get(f"/{at_break - 1}.aac")
    clock.now_s += BREAK_S
    assert broadcast.stage is Stage.LIVE
    listed = live.playlist()
    assert listed.media_sequence <= at_break, "so that nothing that was broadcast is missed"
    assert live.get(f"/{at_break - 1}.aac")[2] == SAMPLE.segment(at_break - 1)


def test_it_ends(broadcast: SampleBroadcast, live: Listener, clock: HandClock) -> None:
    move_to(clock, SAMPLE.duration_s)
    assert broadcast.stage is Stage.ENDED
    assert live.playlist().is_endlist


def test_the_break_is_inside_the_phrase_and_the_loss_is_not() -> None:
    [phrase] = [u for u in SAMPLE.utterances if SAMPLE.phrase in u.text]
    assert phrase.start_s < SAMPLE.breaks_at_s < phrase.end_s
    lost = set(SAMPLE.utterances) - set(SAMPLE.heard)
    assert [u.text for u in lost] == ["Hello?"]
    assert phrase in SAMPLE.heard


def test_closing_ends_connections_and_threads(clock: HandClock) -> None:
    broadcast = SampleBroadcast(SAMPLE, clock)
    address = urlsplit(broadcast.url)
    idle = http.client.HTTPConnection(address.netloc, timeout=5)
    idle.request("GET", "/live.m3u8")
    idle.getresponse().read()
    broadcast.close()
    broadcast.close()
    idle.sock.settimeout(5)
    assert idle.sock.recv(1) == b""
    idle.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("broadcast")]
    with pytest.raises(ConnectionRefusedError):
        Listener(broadcast).get()
