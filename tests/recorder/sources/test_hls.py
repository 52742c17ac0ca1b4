"""The law: each segment that could be fetched is stored once, in order; all else is a gap."""

import functools
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.errors import NotAudio, NotAvailable, Refused, SourceError, Stalled, StorageError
from recorder.events import Chunk, Event, GapFound, MissingSegment, PartOpened, RunStarted
from recorder.sources import window
from recorder.sources.hls import HlsSource
from recorder.sources.past import Past
from recorder.sources.window import Patience
from recorder.timeline import Timeline
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, SourceKind, SourceSpec
from tests.faults.hls import (
    FRAME_S,
    Broadcast,
    Fault,
    HlsServer,
    Item,
    adts_frames,
    items,
    muxed_items,
)
from tests.parts import require, wait_until
from tests.recorder.sources.sink import MemorySink, StoredGap

QUICK = Patience(
    request_s=1.0,
    after_window_s=0.3,
    after_end_s=0.3,
    first_retry_s=0.02,
    longest_retry_s=0.05,
    shortest_poll_s=0.02,
    hold_s=0.1,
    doubt_s=0.1,
    stall_s=0.5,
)
PATIENT = replace(QUICK, after_window_s=1.5, after_end_s=1.5)  # where each try may take long
LONG_S = 30.0
NOT_FOUND = Fault(status=404)
ADTS = AudioFormat(container="adts", codec="aac", rate_hz=48_000, channels=1)


def hls_source(url: str, *, past: Past | None = None, patience: Patience = QUICK) -> HlsSource:
    spec = SourceSpec(kind=SourceKind.STREAM, address=url)
    return HlsSource(spec, url, past=past, patience=patience)


def a_past(*events: Event, after: int, data: bytes = b"before", adopted: bool = False) -> Past:
    """Three seconds that an earlier process stored, up to a media sequence number."""
    chunk = Chunk(
        track="a",
        part="a-000001",
        run=1,
        offset=0,
        bytes=len(data),
        sha256=sha256(data).hexdigest(),
        start_s=Seconds(0.0),
        duration_s=Seconds(3.0),
        arrived_at="2024-08-13T00:42:00.000Z",
        arrived_mono_s=0.0,
        adopted=adopted or None,
        media_sequence=after,
    )
    run = RunStarted(track="a", run=1, start_s=Seconds(0.0), placed_by=PlacedBy.FIRST)
    part = PartOpened(track="a", part="a-000001", file="audio/a-000001.aac", format=ADTS)
    past = Past.of(Path(), Timeline.of([run, part, chunk, *events]), "a")
    assert past
    return past


def a_sink_of(past: Past) -> MemorySink:
    """A sink that holds as much as a past."""
    sink = MemorySink()
    sink.begin_run(ADTS, placed_by=PlacedBy.FIRST)
    sink.write(b"before", past.track.end_s)
    sink.end_chunk()
    return sink


def record(
    source: HlsSource, sink: MemorySink, errors: list[SourceError] | None = None
) -> list[SourceError]:
    """Capture to the end as a session would; returns what was raised on the way."""
    stop, errors = threading.Event(), [] if errors is None else errors
    give_up = time.monotonic() + LONG_S
    while time.monotonic() < give_up:
        watchdog = threading.Timer(LONG_S, stop.set)
        watchdog.start()
        try:
            source.capture(sink, stop)
        except NotAudio:
            raise
        except SourceError as error:
            errors.append(error)
            stop.wait(0.02)
        else:
            assert not stop.is_set(), "it did not end by itself"
            return errors
        finally:
            watchdog.cancel()
            watchdog.join()
    pytest.fail(f"it did not end: {errors[-1]}")


def check_law(
    sink: MemorySink, on_air: Broadcast, lost: set[int] | None = None, *, first_listed: int = 0
) -> None:
    """The law, for all of a broadcast whose segments in ``lost`` nobody could fetch.

    Those before the first one listed are not known to have been.
    """
    lost = (lost or set()) | set(range(first_listed))
    kept = [n for n in range(len(on_air.segments)) if n not in lost]
    assert [chunk.facts.media_sequence for chunk in sink.chunks] == [on_air.first + n for n in kept]
    assert bytes(sink.written) == b"".join(on_air.segments[n].audio for n in kept)
    starts = {n: sum(item.duration_s for item in on_air.segments[:n]) for n in kept}
    for n, chunk in zip(kept, sink.chunks, strict=True):
        begin_s = sum(item.duration_s for item in on_air.segments[:first_listed])
        assert chunk.start_s == pytest.approx(starts[n] - begin_s, abs=1e-4)
    inner = {n for n in lost if n >= first_listed}
    mourned_s = sum(gap.to_s - gap.from_s for gap in sink.gaps)
    assert mourned_s == pytest.approx(sum(on_air.segments[n].duration_s for n in inner), abs=1e-4)
    assert not sink.unended


def recorded(
    on_air: Broadcast,
    lost: set[int] | None = None,
    *,
    first_listed: int = 0,
    patience: Patience = QUICK,
) -> MemorySink:
    """Record a whole broadcast and check the law."""
    sink = MemorySink()
    with HlsServer(on_air) as server:
        record(hls_source(server.url, patience=patience), sink)
    check_law(sink, on_air, lost, first_listed=first_listed)
    return sink


# --- the plain case ---


def test_without_a_fault_all_is_one_run_in_one_part() -> None:
    sink = recorded(Broadcast(segments=items(30), first=700))
    assert [(run.placed_by, run.start_s) for run in sink.runs] == [(PlacedBy.FIRST, 0)]
    assert len(sink.parts) == 1
    assert sink.runs[0].fmt == AudioFormat(
        container="adts", codec="aac", rate_hz=48_000, channels=1
    )
    assert not sink.attempts
    assert sink.chunks[0].facts.status == 200
    assert sink.chunks[0].facts.address.endswith("/s0.aac")


def test_an_ended_playlist_is_fetched_whole() -> None:
    recorded(Broadcast(segments=items(40), window=None, position=40))


def test_it_starts_at_the_oldest_listed() -> None:
    on_air = Broadcast(segments=items(12), position=8, window=5)
    recorded(on_air, first_listed=3)


def test_who_answered_is_told_without_its_token() -> None:
    on_air = Broadcast(segments=items(3), position=3)
    sink = MemorySink()
    with HlsServer(on_air) as server:
        record(hls_source(server.url + "?token=secret"), sink)
        (facts,) = sink.facts
        assert facts.address == server.url
        assert facts.identity == {"host": server.url.split("/")[2]}


# --- segments that fail ---


@pytest.mark.parametrize(
    "fault",
    [
        NOT_FOUND,
        Fault(status=503),
        Fault(status=500),
        Fault(cut=9),
        Fault(torn=9),
        Fault(reset=True),
        Fault(body=b"<html>Sign in</html>"),
        Fault(body=b""),
    ],
    ids=str,
)
def test_a_segment_that_fails_twice_is_fetched_again(fault: Fault) -> None:
    on_air = Broadcast(segments=items(12))
    on_air.fail(4, fault, times=2 if not fault.torn else 1)
    on_air.fail(7, fault)
    sink = recorded(on_air)
    assert {attempt.media_sequence for attempt in sink.attempts} == {4, 7}
    assert not sink.gaps


def test_a_segment_that_ends_in_mid_frame_twice_the_same_is_stored_as_served() -> None:
    on_air = Broadcast(segments=items(8, frames=2))
    whole = on_air.segments[3]
    on_air.segments[3] = Item(data=whole.data[:-5], duration_s=FRAME_S, name=whole.name)
    sink = MemorySink()
    with HlsServer(on_air) as server:
        record(hls_source(server.url), sink)
    assert sink.written == b"".join(item.data for item in on_air.segments)


def test_a_segment_that_stalls_is_fetched_again_while_others_go_on() -> None:
    on_air = Broadcast(segments=items(12))
    on_air.fail(4, Fault(stall=True))
    recorded(on_air)


def test_a_refused_segment_is_not_asked_for_before_its_time() -> None:
    on_air = Broadcast(segments=items(4), position=4)
    on_air.fail(1, Fault(status=503, retry_after="1"))
    sink = MemorySink()
    with HlsServer(on_air) as server:
        began = time.monotonic()
        patience = Patience(shortest_poll_s=0.02)
        record(hls_source(server.url, patience=patience), sink)
        assert time.monotonic() - began >= 1.0
        assert server.requests.count("/s1.aac") == 2
    check_law(sink, on_air)


def test_one_lost_for_good_is_a_gap_of_its_duration() -> None:
    on_air = Broadcast(segments=items(14, frames=2))
    on_air.fail(5, NOT_FOUND, times=999)
    sink = recorded(on_air, lost={5})
    (gap,) = sink.gaps
    assert gap.reason is GapReason.MISSING_SEGMENT
    assert "Segment 5 did not come in time." in gap.detail
    assert "404" in gap.detail
    assert [run.placed_by for run in sink.runs] == [PlacedBy.FIRST, PlacedBy.SEQUENCE]
    assert [attempt.status for attempt in sink.attempts] == [404], "each change is told, no more"


def test_neighbours_that_are_lost_are_one_gap() -> None:
    on_air = Broadcast(segments=items(14))
    on_air.fail(5, NOT_FOUND, times=999)
    on_air.fail(6, Fault(status=500), times=999)
    sink = recorded(on_air, lost={5, 6})
    (gap,) = sink.gaps
    assert "Segments 5 to 6" in gap.detail


def test_the_last_one_lost_is_a_gap_at_the_end() -> None:
    on_air = Broadcast(segments=items(6))
    on_air.fail(5, NOT_FOUND, times=999)
    sink = recorded(on_air, lost={5})
    assert sink.end_s == pytest.approx(6 * FRAME_S, abs=1e-4)


def test_the_first_one_lost_is_a_gap_at_the_beginning() -> None:
    on_air = Broadcast(segments=items(6))
    on_air.fail(0, NOT_FOUND, times=999)
    sink = recorded(on_air, lost={0})
    assert sink.runs[0].placed_by is PlacedBy.FIRST
    assert sink.gaps[0].from_s == 0


def test_one_that_the_server_lacks_itself_is_not_asked_for() -> None:
    on_air = Broadcast(segments=items(8))
    whole = on_air.segments[3]
    on_air.segments[3] = Item(
        data=whole.data, duration_s=FRAME_S, name=whole.name, tags=("#EXT-X-GAP",)
    )
    sink = MemorySink()
    with HlsServer(on_air) as server:
        record(hls_source(server.url), sink)
        assert "/s3.aac" not in server.requests
    check_law(sink, on_air, lost={3})


def test_when_too_much_waits_the_gap_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    on_air = Broadcast(segments=items(14))
    on_air.fail(2, Fault(status=500), times=999)
    most = sum(len(item.data) for item in on_air.segments[3:6])
    monkeypatch.setattr(window, "STAGED_BYTES", most)
    sink = MemorySink()
    patience = Patience(first_retry_s=0.02, longest_retry_s=0.05, shortest_poll_s=0.02)
    with HlsServer(on_air) as server:
        record(hls_source(server.url, patience=patience), sink)
    check_law(sink, on_air, lost={2})


# --- playlists that fail ---


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=503), Refused),
        (Fault(status=404), NotAvailable),
        (Fault(status=500), NotAvailable),
        (Fault(reset=True), SourceError),
        (Fault(cut=9), SourceError),
        (Fault(body=b"<html>Sign in</html>"), NotAvailable),
    ],
    ids=str,
)
def test_a_playlist_that_fails_is_told_and_nothing_is_lost(
    fault: Fault, error: type[SourceError]
) -> None:
    on_air = Broadcast(segments=items(30))
    on_air.fail_playlist(range(8, 13), fault)
    sink = MemorySink()
    with HlsServer(on_air) as server:
        errors = record(hls_source(server.url), sink)
    assert errors
    assert all(isinstance(raised, error) for raised in errors)
    check_law(sink, on_air)
    assert not sink.gaps
    assert all(run.start_s == pytest.approx(chunk_start(sink, run.start_s)) for run in sink.runs)


def chunk_start(sink: MemorySink, at_s: float) -> float:
    """The start of the chunk nearest to a moment."""
    return min((chunk.start_s for chunk in sink.chunks), key=lambda start: abs(start - at_s))


def test_a_frozen_playlist_is_no_end_and_what_it_never_listed_is_filled_in() -> None:
    on_air = Broadcast(segments=items(30), window=4, frozen=frozenset(range(8, 20)))
    sink = recorded(on_air)
    assert not sink.gaps


def test_what_was_never_listed_and_is_no_longer_served_is_a_gap() -> None:
    on_air = Broadcast(segments=items(30), window=4, frozen=frozenset(range(8, 20)), unserved=True)
    sink = MemorySink()
    with HlsServer(on_air) as server:
        record(hls_source(server.url), sink)
    stored = {chunk.facts.media_sequence for chunk in sink.chunks}
    lost = set(range(30)) - {n for n in stored if n is not None}
    assert lost >= {10, 11, 12, 13, 14}
    check_law(sink, on_air, lost)


def test_a_frozen_playlist_has_stalled_after_a_while() -> None:
    on_air = Broadcast(segments=items(3), ends=False, per_poll=0, position=2)
    sink = MemorySink()
    with HlsServer(on_air) as server:
        source = hls_source(server.url)
        with pytest.raises(Stalled):
            source.capture(sink, threading.Event())
        on_air.ends, on_air.position = True, 3
        record(source, sink)
    check_law(sink, on_air)
    assert not sink.gaps


def test_while_nothing_is_listed_it_is_not_available() -> None:
    on_air = Broadcast(segments=items(3), position=0, per_poll=0)
    sink = MemorySink()
    with HlsServer(on_air) as server:
        source = hls_source(server.url)
        with pytest.raises(NotAvailable, match="lists nothing yet"):
            source.capture(sink, threading.Event())
        assert not sink.facts
        on_air.position = 3
        record(source, sink)
    check_law(sink, on_air)


@pytest.mark.parametrize(
    ("fault", "error", "wait_s"),
    [
        (Fault(status=404), NotAvailable, None),
        (Fault(status=503, retry_after="7"), Refused, 7),
        (Fault(status=403), Refused, None),
    ],
    ids=str,
)
def test_before_the_first_byte_it_is_the_session_that_waits(
    fault: Fault, error: type[NotAvailable], wait_s: float | None
) -> None:
    on_air = Broadcast(segments=items(3))
    on_air.fail_playlist([0], fault)
    with HlsServer(on_air) as server, pytest.raises(error) as caught:
        hls_source(server.url).capture(MemorySink(), threading.Event())
    assert caught.value.retry_after_s == wait_s
    assert server.polls == 1


def test_what_never_was_a_playlist_is_not_audio() -> None:
    on_air = Broadcast(segments=items(3))
    on_air.fail_playlist([0], Fault(body=b"<html>Sign in</html>"))
    with HlsServer(on_air) as server, pytest.raises(NotAudio):
        hls_source(server.url).capture(MemorySink(), threading.Event())


def test_a_hole_in_the_numbers_is_as_long_as_so_many_segments() -> None:
    segments = items(8, frames=2)
    named = [
        Item(data=item.data, duration_s=item.duration_s, name=f"{'abcdefgh'[n]}.aac")
        for n, item in enumerate(segments)
    ]  # names that tell nothing of their neighbours'
    on_air = Broadcast(segments=named, window=2, frozen=frozenset(range(3, 6)))
    sink = MemorySink()
    with HlsServer(on_air) as server:
        record(hls_source(server.url), sink)
    stored = {chunk.facts.media_sequence for chunk in sink.chunks}
    lost = set(range(8)) - {n for n in stored if n is not None}
    assert lost
    check_law(sink, on_air, lost)
    assert sink.gaps[0].reason is GapReason.MISSING_SEGMENT


def test_a_server_that_counts_anew_begins_a_new_run() -> None:
    first = Broadcast(segments=items(8), first=500, ends=False)
    again = Broadcast(
        segments=[
            Item(data=adts_frames(1, 100 + n), duration_s=FRAME_S, name=f"again{n}.aac")
            for n in range(6)
        ]
    )
    sink = MemorySink()
    with HlsServer(first) as server, ThreadPoolExecutor(1) as session:
        recording = session.submit(record, hls_source(server.url), sink)
        wait_until(lambda: len(sink.chunks) == 8)
        server.on_air = again
        recording.result(LONG_S)
    both = first.segments + again.segments
    assert sink.written == b"".join(item.data for item in both)
    assert [run.placed_by for run in sink.runs[-1:]] == [PlacedBy.WALL_CLOCK]


@pytest.mark.parametrize("ends", [True, False], ids=["to its end", "while it goes on"])
def test_a_server_that_counts_anew_under_the_same_names_is_found_out(ends: bool) -> None:  # noqa: FBT001 (drawn)
    first = Broadcast(segments=items(12), ends=False, window=None)
    renamed = [
        Item(data=adts_frames(1, 100 + n), duration_s=FRAME_S, name=f"s{n}.aac") for n in range(9)
    ]
    again = Broadcast(segments=renamed, window=None, position=9, ends=ends)
    sink = MemorySink()
    with HlsServer(first) as server, ThreadPoolExecutor(1) as session:
        recording = session.submit(record, hls_source(server.url), sink)
        wait_until(lambda: len(sink.chunks) == 12)
        server.on_air = again
        wait_until(lambda: len(sink.chunks) == 21)
        again.ends = True
        recording.result(LONG_S)
    assert sink.written == b"".join(item.data for item in first.segments + again.segments)
    assert sink.runs[-1].placed_by is PlacedBy.WALL_CLOCK


def test_a_server_that_counts_anew_and_is_past_our_last_number_after_an_outage_is_found_out() -> (
    None
):
    first = Broadcast(segments=items(6), ends=False, position=6)
    renamed = [
        Item(data=adts_frames(1, 100 + n), duration_s=FRAME_S, name=f"s{n}.aac") for n in range(9)
    ]
    again = Broadcast(segments=renamed, window=6, position=8, per_poll=0)
    sink = MemorySink()
    with HlsServer(first) as server, ThreadPoolExecutor(1) as session:
        recording = session.submit(record, hls_source(server.url), sink)
        wait_until(lambda: len(sink.chunks) == 6)
        polls = server.polls
        first.fail_playlist(range(polls, polls + 99), Fault(status=500))
        wait_until(lambda: server.polls > polls + 2)
        server.on_air = again
        wait_until(lambda: len(sink.chunks) > 6)  # it was found out while the first was listed
        again.per_poll = 1
        recording.result(LONG_S)
    assert sink.written == b"".join(item.data for item in first.segments + renamed[2:])
    assert sink.runs[-1].placed_by is PlacedBy.WALL_CLOCK


def test_a_server_that_counts_anew_after_an_outage_is_behind_a_gap_of_that_length() -> None:
    # A window of 4 s is there at first: session time is so far ahead of the recorder's clock.
    first = Broadcast(segments=items(200), first=500, position=190, window=190, ends=False)
    again = Broadcast(
        segments=[
            Item(data=adts_frames(1, 900 + n), duration_s=FRAME_S, name=f"again{n}.aac")
            for n in range(2)
        ]
    )
    sink = MemorySink()
    with HlsServer(first) as server, ThreadPoolExecutor(1) as session:
        recording = session.submit(record, hls_source(server.url), sink)
        wait_until(lambda: len(sink.chunks) == 200)
        polls, began_s = server.polls, time.monotonic()
        first.fail_playlist(range(polls, polls + 10_000), Fault(status=500))
        wait_until(lambda: server.polls > polls + 20)
        outage_s = time.monotonic() - began_s
        server.on_air = again
        recording.result(LONG_S)
    (gap,) = sink.gaps
    assert gap.to_s - gap.from_s > 0.5 * outage_s
    assert sink.runs[-1].placed_by is PlacedBy.WALL_CLOCK


def test_after_an_outage_the_same_segments_are_no_new_count() -> None:
    on_air = Broadcast(segments=items(12), window=8, position=6)
    sink = MemorySink()
    with HlsServer(on_air) as server, ThreadPoolExecutor(1) as session:
        on_air.fail_playlist(range(2, 4), Fault(status=500))
        recording = session.submit(record, hls_source(server.url), sink)
        recording.result(LONG_S)
    check_law(sink, on_air)


def test_an_old_playlist_of_the_same_segments_is_no_new_count() -> None:
    on_air = Broadcast(segments=items(12), window=None, position=12, ends=False)
    old = Broadcast(segments=on_air.segments, window=None, position=8, per_poll=0, ends=False)
    sink = MemorySink()
    with HlsServer(on_air) as server, ThreadPoolExecutor(1) as session:
        recording = session.submit(record, hls_source(server.url), sink)
        wait_until(lambda: len(sink.chunks) == 12)
        server.on_air = old
        wait_until(lambda: server.requests.count("/s7.aac") == 2, what="the question")
        on_air.ends, server.on_air = True, on_air
        recording.result(LONG_S)
    check_law(sink, on_air)


def test_an_event_playlist_brings_back_all_that_an_outage_hid() -> None:
    on_air = Broadcast(segments=items(40), window=None, per_poll=4)
    on_air.fail_playlist(range(3, 7), Fault(reset=True))
    sink = recorded(on_air)
    assert not sink.gaps


def test_an_address_that_expired_is_asked_for_anew_with_the_token_of_today() -> None:
    old, new = items(8), items(8)
    on_air = Broadcast(segments=[], window=None, position=4)
    on_air.segments = [replace(item, name=f"t1/{item.name}") for item in old]
    for n in range(4):
        on_air.fail(n, Fault(status=403), times=999)
    sink = MemorySink()
    with HlsServer(on_air) as server, ThreadPoolExecutor(1) as session:
        recording = session.submit(record, hls_source(server.url), sink)
        wait_until(lambda: any("s3" in path for path in server.requests))
        on_air.segments = [replace(item, name=f"t2/{item.name}") for item in new]
        recording.result(LONG_S)
    check_law(sink, on_air)


# --- what HLS knows ---


def test_a_discontinuity_begins_a_part_in_the_same_run() -> None:
    on_air = Broadcast(segments=items(10))
    before = on_air.segments[6]
    on_air.segments[6] = Item(
        data=before.data, duration_s=FRAME_S, name=before.name, tags=("#EXT-X-DISCONTINUITY",)
    )
    sink = recorded(on_air)
    assert len(sink.runs) == 1
    assert [len(part.data) for part in sink.parts] == [
        sum(len(item.data) for item in on_air.segments[:6]),
        sum(len(item.data) for item in on_air.segments[6:]),
    ]


def test_a_change_of_codec_begins_a_part() -> None:
    on_air = Broadcast(segments=items(8))
    on_air.segments[4:] = [
        Item(
            data=adts_frames(1, 50 + n, rate_index=6), duration_s=1024 / 24_000, name=f"low{n}.aac"
        )
        for n in range(4)
    ]
    sink = recorded(on_air)
    assert [part.fmt.rate_hz for part in sink.parts] == [48_000, 24_000]


def encrypted(plain: bytes, key: bytes, iv: bytes) -> bytes:
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()


def test_encrypted_segments_are_stored_decrypted_and_keys_may_change() -> None:
    keys = {"k1": b"0123456789abcdef", "k2": b"fedcba9876543210"}
    on_air = Broadcast(segments=[], first=20, window=None)
    on_air.files = dict(keys)
    for n, item in enumerate(items(8)):
        name = "k1" if n < 4 else "k2"
        iv = (20 + n).to_bytes(16, "big") if n < 4 else bytes(range(16))
        tag = f'#EXT-X-KEY:METHOD=AES-128,URI="{name}"'
        tag += "" if n < 4 else f",IV=0x{iv.hex()}"
        on_air.segments.append(
            Item(
                data=encrypted(item.data, keys[name], iv),
                stored=item.data,
                duration_s=item.duration_s,
                name=item.name,
                tags=(tag,) if n in (0, 4) else (),
            )
        )
    sink = MemorySink()
    with HlsServer(on_air) as server:
        record(hls_source(server.url), sink)
        assert server.requests.count("/k1") <= 4, "kept, but for those that began together"
    check_law(sink, on_air)


def test_a_key_that_is_late_costs_nothing() -> None:
    on_air = Broadcast(segments=[], window=None)
    key = b"0123456789abcdef"
    on_air.files = {"k1": key}
    on_air.faults["k1"].extend([NOT_FOUND] * 5)
    for n, item in enumerate(items(6)):
        on_air.segments.append(
            Item(
                data=encrypted(item.data, key, n.to_bytes(16, "big")),
                stored=item.data,
                duration_s=item.duration_s,
                name=item.name,
                tags=('#EXT-X-KEY:METHOD=AES-128,URI="k1"',) if n == 0 else (),
            )
        )
    recorded(on_air)


def test_byte_ranges_of_one_file_are_its_segments() -> None:
    plain = items(8)
    whole = b"".join(item.data for item in plain)
    at, segments = 0, []
    for item in plain:
        tag = f"#EXT-X-BYTERANGE:{len(item.data)}@{at}"
        segments.append(
            Item(data=b"", stored=item.data, duration_s=FRAME_S, name="all.aac", tags=(tag,))
        )
        at += len(item.data)
    on_air = Broadcast(segments=segments, window=None)
    on_air.files = {"all.aac": whole}
    sink = MemorySink()
    with HlsServer(on_air) as server:
        record(hls_source(server.url), sink)
        assert len(server.ranges) == 8
    check_law(sink, on_air)


def test_fragments_have_their_init_section_before_them(fragments: tuple[bytes, list[Item]]) -> None:
    init, segments = fragments
    on_air = Broadcast(segments=segments, window=None, position=9)
    on_air.files = {"init.mp4": init}
    sink = recorded(on_air)
    (part,) = sink.parts
    assert part.header == init
    assert part.fmt == AudioFormat(container="fmp4", codec="aac", rate_hz=48_000, channels=1)


def test_transport_streams_last_as_long_as_their_frames(transport: list[Item]) -> None:
    on_air = Broadcast(segments=transport, window=None, position=9)
    sink = recorded(on_air)
    assert sink.parts[0].fmt.codec == "aac"


def test_what_an_id3_tag_says_of_the_time_is_kept() -> None:
    text = b'\x03JSONMetadata\0{"HydraVersion":4,"ntp":3894606003.284}'
    frame = b"TXXX" + len(text).to_bytes(4, "big") + b"\0\0" + text
    tag = b"ID3\x04\0\0" + bytes([0, 0, len(frame) >> 7, len(frame) & 127]) + frame
    segments = [Item(data=tag + item.data, duration_s=FRAME_S, name=item.name) for item in items(3)]
    sink = recorded(Broadcast(segments=segments, position=3))
    assert [chunk.facts.ntp for chunk in sink.chunks] == ["3894606003.284"] * 3


def test_the_programs_date_is_kept() -> None:
    segments = items(3)
    date = "#EXT-X-PROGRAM-DATE-TIME:2024-08-13T00:42:00.250Z"
    first = segments[0]
    segments[0] = Item(data=first.data, duration_s=FRAME_S, name=first.name, tags=(date,))
    sink = recorded(Broadcast(segments=segments, position=3))
    assert sink.chunks[0].facts.program_date_time == "2024-08-13T00:42:00.250Z"


def test_of_a_master_the_best_is_taken_and_the_choice_made_again_when_it_is_gone() -> None:
    on_air = Broadcast(segments=items(12))
    on_air.files = {
        "master.m3u8": b'#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=64,CODECS="mp4a.40.2"\nnone.m3u8\n'
        b'#EXT-X-STREAM-INF:BANDWIDTH=128,CODECS="mp4a.40.2"\nlive.m3u8\n'
    }
    on_air.fail_playlist([4, 5], NOT_FOUND)
    sink = MemorySink()
    with HlsServer(on_air) as server:
        record(hls_source(server.url_of("master.m3u8")), sink)
        assert server.requests.count("/master.m3u8") == 3
        assert server.requests[:2] == ["/master.m3u8", "/live.m3u8"]
    check_law(sink, on_air)


@pytest.mark.parametrize("dead", [NOT_FOUND, Fault(status=403), Fault(body=b"<html>no</html>")])
def test_where_the_best_variant_is_dead_the_next_one_is_taken(dead: Fault) -> None:
    on_air = Broadcast(segments=items(12))
    on_air.files = {
        "master.m3u8": b'#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=256,CODECS="mp4a.40.2"\nbest.m3u8\n'
        b'#EXT-X-STREAM-INF:BANDWIDTH=128,CODECS="mp4a.40.2"\nlive.m3u8\n',
        "best.m3u8": b"",
    }
    on_air.faults["best.m3u8"].extend([dead] * 99)
    sink = MemorySink()
    with HlsServer(on_air) as server:
        record(hls_source(server.url_of("master.m3u8")), sink)
    check_law(sink, on_air)


# --- stopping, resuming, a disk that refuses ---


@contextmanager
def capturing(source: HlsSource, sink: MemorySink) -> Iterator[Callable[[], float]]:
    """Capture in a thread; gives a function that stops it and returns how long that took."""
    stop = threading.Event()

    def stopped() -> float:
        began = time.monotonic()
        stop.set()
        source.cancel()
        capture.result(LONG_S)
        return time.monotonic() - began

    with ThreadPoolExecutor(1) as session:
        capture = session.submit(source.capture, sink, stop)
        try:
            yield stopped
        finally:
            stop.set()


def test_a_stop_ends_every_wait_at_once() -> None:
    on_air = Broadcast(segments=items(8), ends=False, per_poll=0, position=4)
    on_air.fail(3, Fault(stall=True))
    sink = MemorySink()
    with HlsServer(on_air) as server:
        source = hls_source(server.url, patience=Patience(shortest_poll_s=0.02))
        with capturing(source, sink) as stopped:
            wait_until(lambda: "/s3.aac" in server.requests and len(sink.chunks) == 3)
            assert stopped() < 0.1


def test_what_waits_for_a_missing_one_is_stored_at_a_stop() -> None:
    on_air = Broadcast(segments=items(8), ends=False, window=None, position=6, per_poll=0)
    on_air.fail(2, Fault(status=500), times=999)
    sink = MemorySink()
    with HlsServer(on_air) as server:
        source = hls_source(server.url, patience=Patience(shortest_poll_s=0.02))
        with capturing(source, sink) as stopped:
            wait_until(lambda: "/s5.aac" in server.requests and len(server.requests) > 12)
            assert len(sink.chunks) == 2
            stopped()
    on_air.segments = on_air.segments[:6]
    check_law(sink, on_air, lost={2})


def test_a_recorder_that_died_goes_on_after_the_last_number_it_stored() -> None:
    on_air = Broadcast(segments=items(12), first=40, position=8, window=7)
    past = a_past(after=43, data=on_air.segments[3].data)
    sink = a_sink_of(past)
    with HlsServer(on_air) as server:
        record(hls_source(server.url, past=past), sink)
    assert [chunk.facts.media_sequence for chunk in sink.chunks[1:]] == list(range(44, 52))
    assert (sink.runs[1].placed_by, sink.runs[1].start_s) == (PlacedBy.SEQUENCE, 3.0)


def test_a_segment_that_two_recorders_stored_piece_by_piece_is_no_other_one() -> None:
    """A crash left its beginning, and the next recorder wrote the rest, and died, too."""
    on_air = Broadcast(segments=items(12), first=40, position=8, window=7)
    data = on_air.segments[1].data
    rest = Chunk(
        track="a",
        part="a-000001",
        run=1,
        offset=10,
        bytes=len(data) - 10,
        sha256=sha256(data[10:]).hexdigest(),
        start_s=Seconds(3.0),
        duration_s=Seconds(1.0),
        arrived_at="2024-08-13T00:42:03.000Z",
        arrived_mono_s=3.0,
        media_sequence=41,
    )
    past = a_past(rest, after=41, data=data[:10], adopted=True)
    sink = a_sink_of(past)
    with HlsServer(on_air) as server:
        record(hls_source(server.url, past=past), sink)
    assert [chunk.facts.media_sequence for chunk in sink.chunks[1:]] == list(range(42, 52))
    assert [run.placed_by for run in sink.runs[1:]] == [PlacedBy.SEQUENCE]
    assert sink.gaps == []


def test_numbers_of_a_count_before_prove_nothing() -> None:
    """The server had begun to count anew before the recorder died."""
    on_air = Broadcast(segments=items(12), first=40, position=8, window=7)
    data = on_air.segments[1].data
    again = RunStarted(track="a", run=2, start_s=Seconds(3.0), placed_by=PlacedBy.WALL_CLOCK)
    part = PartOpened(track="a", part="a-000002", file="audio/a-000002.aac", format=ADTS, run=2)
    chunk = Chunk(
        track="a",
        part="a-000002",
        run=2,
        offset=0,
        bytes=len(data),
        sha256=sha256(data).hexdigest(),
        start_s=Seconds(3.0),
        duration_s=Seconds(1.0),
        arrived_at="2024-08-13T00:42:03.000Z",
        arrived_mono_s=3.0,
        media_sequence=41,
    )
    past = a_past(again, part, chunk, after=45)
    sink = a_sink_of(past)
    with HlsServer(on_air) as server:
        record(hls_source(server.url, past=past), sink)
    assert [chunk.facts.media_sequence for chunk in sink.chunks[1:]] == list(range(42, 52))
    assert [run.placed_by for run in sink.runs[1:]] == [PlacedBy.SEQUENCE]
    assert not sink.gaps


def test_what_was_missed_while_it_was_dead_is_fetched_or_a_gap_of_its_length() -> None:
    on_air = Broadcast(segments=items(12), first=40, position=9, window=3)
    on_air.fail(4, NOT_FOUND, times=99)
    past = a_past(after=43)
    sink = a_sink_of(past)
    with HlsServer(on_air) as server:
        record(hls_source(server.url, past=past), sink)
    assert [chunk.facts.media_sequence for chunk in sink.chunks[1:]] == list(range(45, 52))
    (gap,) = sink.gaps
    assert (gap.from_s, gap.to_s) == (3.0, pytest.approx(3.0 + FRAME_S, abs=1e-4))
    assert gap.reason is None, "the session knows why"


def test_a_segment_that_a_crash_left_without_a_line_is_fetched_for_the_sink_to_complete() -> None:
    on_air = Broadcast(segments=items(6, frames=10), first=40, position=6)
    past = a_past(after=43, data=on_air.segments[3].data[:50], adopted=True)
    sink = a_sink_of(past)
    with HlsServer(on_air) as server:
        record(hls_source(server.url, past=past), sink)
    assert (sink.runs[1].placed_by, sink.runs[1].media_sequence) == (PlacedBy.SEQUENCE, 43)
    assert [chunk.facts.media_sequence for chunk in sink.chunks[1:]] == [43, 44, 45]
    assert not sink.gaps


def test_a_segment_that_a_crash_left_and_that_is_gone_is_no_gap() -> None:
    on_air = Broadcast(segments=items(6), first=40, position=6)
    on_air.fail(3, NOT_FOUND, times=99)
    past = a_past(after=43, data=b"some of it", adopted=True)
    sink = a_sink_of(past)
    with HlsServer(on_air) as server:
        record(hls_source(server.url, past=past), sink)
    assert [chunk.facts.media_sequence for chunk in sink.chunks[1:]] == [44, 45]
    assert not sink.gaps


def test_holes_of_a_recorder_that_died_are_filled_where_they_are() -> None:
    on_air = Broadcast(segments=items(6), first=40, position=6)
    gap = GapFound(
        track="a",
        from_s=Seconds(1.0),
        to_s=Seconds(3.0),
        reason=GapReason.MISSING_SEGMENT,
        media_sequence=41,
        lengths=((2, Seconds(1.0)),),
    )
    past = a_past(gap, after=43, data=on_air.segments[3].data)
    sink = a_sink_of(past)
    sink.gaps.append(StoredGap(from_s=1.0, to_s=3.0, reason=None))
    with HlsServer(on_air) as server:
        record(hls_source(server.url, past=past), sink)
    filled = sorted(sink.filled, key=lambda segment: segment.facts.media_sequence or 0)
    assert [(f.facts.media_sequence, f.place) for f in filled] == [
        (41, MissingSegment(sequence=41, from_s=Seconds(1.0), to_s=Seconds(2.0))),
        (42, MissingSegment(sequence=42, from_s=Seconds(2.0), to_s=Seconds(3.0))),
    ]
    assert not sink.gaps


def test_a_disk_that_refuses_costs_nothing_once_it_takes_again() -> None:
    class RefusingSink(MemorySink):
        refusals = 3

        def write(self, data: bytes, duration_s: Seconds) -> None:
            if len(self.chunks) == 4 and self.refusals:
                self.refusals -= 1
                raise StorageError("The disk is full.")
            super().write(data, duration_s)

    on_air = Broadcast(segments=items(10))
    sink = RefusingSink()
    with HlsServer(on_air) as server:
        source = hls_source(server.url)
        for _ in range(3):
            with pytest.raises(StorageError):
                source.capture(sink, threading.Event())
        record(source, sink)
    check_law(sink, on_air)


# --- drawn faults ---

SEGMENT_FAULTS = st.sampled_from([
    NOT_FOUND, Fault(status=503), Fault(status=500), Fault(cut=3), Fault(torn=4),
    Fault(reset=True), Fault(body=b"nothing to hear"),
])  # fmt: skip
PLAYLIST_FAULTS = st.sampled_from([NOT_FOUND, Fault(status=503), Fault(cut=5), Fault(reset=True)])
COUNT = 16


@settings(max_examples=12)
@given(
    failing=st.dictionaries(
        st.integers(0, COUNT - 1), st.lists(SEGMENT_FAULTS, min_size=1, max_size=3), max_size=5
    ),
    gone=st.sets(st.integers(1, COUNT - 1), max_size=3),
    polls=st.dictionaries(st.integers(1, COUNT), PLAYLIST_FAULTS, max_size=4),
    frozen=st.frozensets(st.integers(1, COUNT), max_size=4),
    per_poll=st.integers(1, 3),
)
def test_whatever_fails_the_law_holds(
    failing: dict[int, list[Fault]],
    gone: set[int],
    polls: dict[int, Fault],
    frozen: frozenset[int],
    per_poll: int,
) -> None:
    on_air = Broadcast(segments=items(COUNT), window=8, per_poll=per_poll, frozen=frozen)
    on_air.playlist_faults = dict(polls)
    for n, faults in failing.items():
        # The same torn body twice would be taken as served.
        on_air.fail(n, *(fault for at, fault in enumerate(faults) if not fault.torn or at == 0))
    for n in gone:
        on_air.faults[on_air.segments[n].name].clear()
        on_air.fail(n, NOT_FOUND, times=999)
    sink = MemorySink()
    with HlsServer(on_air) as server:
        record(hls_source(server.url, patience=PATIENT), sink)
    # Of one that no playlist ever listed, the first 404 says that there is no such thing.
    doubted = {n for n, faults in failing.items() if NOT_FOUND in faults} - on_air.shown
    check_law(sink, on_air, gone | doubted)


def test_one_that_was_never_listed_and_is_not_there_is_lost_at_once() -> None:
    on_air = Broadcast(segments=items(COUNT), window=8, per_poll=3, frozen=frozenset({1, 2}))
    on_air.fail(1, NOT_FOUND)
    recorded(on_air, lost={1}, patience=PATIENT)


# --- real parts ---


@pytest.fixture(scope="module")
def fragments(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[Item]]:
    folder = tmp_path_factory.mktemp("fmp4")
    segments = muxed_items(folder, {"hls_segment_type": "fmp4"})
    first = segments[0]
    tag = '#EXT-X-MAP:URI="init.mp4"'
    segments[0] = Item(data=first.data, duration_s=first.duration_s, name=first.name, tags=(tag,))
    return (folder / "init.mp4").read_bytes(), segments


@pytest.fixture(scope="module")
def transport(tmp_path_factory: pytest.TempPathFactory) -> list[Item]:
    return muxed_items(tmp_path_factory.mktemp("ts"), {})


@pytest.fixture
def live(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Ffmpeg broadcasts eight seconds at triple speed; a folder, and the playlist's address."""
    require("ffmpeg")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name)
            pass

    handler = functools.partial(Quiet, directory=str(tmp_path))
    command = ["ffmpeg", "-v", "error", "-nostdin", "-readrate", "3", "-f", "lavfi"]
    command += ["-i", "sine=440:sample_rate=48000:duration=8", "-c:a", "aac", "-b:a", "64k"]
    command += ["-f", "hls", "-hls_time", "1", "-hls_list_size", "3", str(tmp_path / "live.m3u8")]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        with subprocess.Popen(command) as ffmpeg:
            try:
                wait_until((tmp_path / "live.m3u8").exists)
                yield tmp_path, f"http://127.0.0.1:{server.server_port}/live.m3u8"
            finally:
                ffmpeg.terminate()
                server.shutdown()


def test_what_ffmpeg_broadcasts_live_is_stored_whole(live: tuple[Path, str]) -> None:
    folder, url = live
    sink = MemorySink()
    errors = record(hls_source(url), sink)
    paths = sorted(folder.glob("live*.ts"), key=lambda path: (len(path.name), path.name))
    assert not errors
    assert sink.written == b"".join(path.read_bytes() for path in paths)
    assert [chunk.facts.media_sequence for chunk in sink.chunks] == list(range(len(paths)))
    assert sink.end_s == pytest.approx(8.0, abs=0.1)
    assert not sink.gaps
