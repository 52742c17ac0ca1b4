"""Mirrors of real servers: stations that play the same frames, broadcasts of the same segments."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recorder import cover, verify
from recorder.archive import Archive, SessionFolder
from recorder.events import Noticed, PartOpened
from recorder.session import Recording
from recorder.sources.open import open_source
from recorder.types import PlacedBy, SourceKind, SourceSpec, State
from tests.faults.continuous import Listener, Programme, Station
from tests.faults.hls import Broadcast, Fault, HlsServer, Item, adts_frames, items
from tests.faults.sound import encoded
from tests.parts import wait_until
from tests.recorder.test_session import events

CAPPED = Listener(status="503 Full", headers=["Retry-After: 3600"])


@contextmanager
def recording(archive: Path, *tracks: tuple[str, str]) -> Iterator[tuple[SessionFolder, Recording]]:
    """Record addresses, each for its track."""
    specs = [
        (track, SourceSpec(kind=SourceKind.STREAM, address=address)) for track, address in tracks
    ]
    folder = Archive(archive).create("A session", specs)
    recording = Recording(folder, open_source=open_source)
    thread = threading.Thread(target=recording.run, name="recording")
    thread.start()
    try:
        yield folder, recording
    finally:
        recording.stop()
        thread.join(30)
        assert not thread.is_alive()
    report = verify.verify(folder.path)
    assert report.ok, report.problems


def audio(folder: SessionFolder, track: str = "a") -> bytes:
    parts = folder.timeline().tracks[track].parts
    return b"".join((folder.path / part.file).read_bytes() for part in parts)


@pytest.fixture(scope="module")
def programme() -> Programme:
    return Programme(encoded("mp3", 25.0))


def test_a_capped_station_hands_over_to_its_mirror_frame_by_frame(
    tmp_path: Path, programme: Programme
) -> None:
    with (
        Station(programme, Listener(break_after_s=1.5), CAPPED, burst_s=1.0) as one,
        Station(programme, Listener(), burst_s=3.0, clock=one.clock) as two,
        recording(tmp_path, ("a", one.url()), ("a", two.url("/two"))) as (folder, running),
    ):
        wait_until(lambda: "From the mirror" in running.status().detail, 20)
        begun_s = running.status().end_s
        wait_until(lambda: running.status().end_s > begun_s + 1.0)
    assert folder.timeline().gaps == ()
    assert audio(folder) in programme.data()
    sources = [event.source for event in events(folder, PartOpened)]
    assert [source.rpartition("/")[2] for source in sources] == ["live", "two"]


def test_stations_side_by_side_lie_frame_on_frame(tmp_path: Path, programme: Programme) -> None:
    late = Listener(status="404 Not Found")
    with (
        Station(programme, Listener(), burst_s=1.0) as one,
        Station(programme, late, Listener(), burst_s=1.0, clock=one.clock) as two,
        recording(tmp_path, ("a", one.url()), ("b", two.url("/two"))) as (folder, running),
    ):
        wait_until(lambda: len(folder.timeline().tracks) == 2)
        wait_until(lambda: all(t.end_s > 4 for t in folder.timeline().tracks.values()))
        assert running.status().state is State.RECORDING
    whole, timeline = programme.data(), folder.timeline()
    assert cover.missing(timeline) == ()
    starts_s = {
        name: _second_of(programme, whole.index(audio(folder, name)[:4_000])) for name in "ab"
    }
    first_b = timeline.tracks["b"].parts[0].start_s
    assert first_b > 0.5
    assert abs(first_b - (starts_s["b"] - starts_s["a"])) < 0.001


def test_after_a_gap_of_its_own_a_station_lies_frame_on_frame_again(
    tmp_path: Path, programme: Programme
) -> None:
    breaks = Listener(break_after_s=2.0)
    full = [Listener(status="503 Full", headers=["Retry-After: 3"])] * 2
    with (
        Station(programme, Listener(), burst_s=1.0) as one,
        Station(programme, breaks, *full, Listener(), burst_s=0.2, clock=one.clock) as two,
        recording(tmp_path, ("a", one.url()), ("b", two.url("/two"))) as (folder, _),
    ):
        wait_until(lambda: len(two.joined) == 2, 30)
        wait_until(lambda: len(folder.timeline().tracks["b"].runs) > 1, 30)
        wait_until(lambda: folder.timeline().tracks["b"].end_s > 8, 30)
    whole, timeline = programme.data(), folder.timeline()
    assert len(timeline.tracks["b"].gaps) == 1
    last = timeline.tracks["b"].parts[-1]
    assert timeline.tracks["b"].runs[-1].placed_by is PlacedBy.EQUAL_BYTES
    first_a = _second_of(programme, whole.index(audio(folder)[:4_000]))
    data = (folder.path / last.file).read_bytes()
    assert abs(last.start_s - (_second_of(programme, whole.index(data[:4_000])) - first_a)) < 0.001


def _second_of(programme: Programme, offset: int) -> float:
    passed, at_s = 0, 0.0
    for frame in programme.frames:
        if passed >= offset:
            break
        passed += len(frame.data)
        at_s += frame.duration_s
    return at_s


def test_hls_goes_on_from_a_mirror_without_a_gap(tmp_path: Path) -> None:
    segments = items(40, frames=24)
    first = Broadcast(segments=segments, window=12, position=4, per_poll=1)
    second = Broadcast(segments=segments, window=12, position=4, per_poll=0)
    first.fail_playlist(range(6, 10_000), Fault(status=503, retry_after="3600"))
    with (
        HlsServer(first) as one,
        HlsServer(second) as two,
        recording(tmp_path, ("a", one.url), ("a", two.url)) as (folder, _),
    ):
        wait_until(lambda: one.polls >= 6)
        second.position, second.per_poll = first.position, 4
        wait_until(lambda: folder.sealed() is not None, 40, "the end")
    assert audio(folder) == b"".join(item.audio for item in segments)
    assert folder.timeline().gaps == ()
    assert len({event.source for event in events(folder, PartOpened)}) == 2


def test_hls_of_another_encoder_with_nearly_the_same_numbers_loses_nothing(tmp_path: Path) -> None:
    segments = items(28, frames=24)
    others = [
        Item(data=adts_frames(24, 1_000 + n), duration_s=item.duration_s, name=item.name)
        for n, item in enumerate(segments)
    ]
    first = Broadcast(segments=segments, window=12, position=4)
    second = Broadcast(segments=others, window=20, position=10, per_poll=4, first=3)
    first.fail_playlist(range(6, 10_000), Fault(status=503, retry_after="3600"))
    with (
        HlsServer(first) as one,
        HlsServer(second) as two,
        recording(tmp_path, ("a", one.url), ("a", two.url)) as (folder, _),
    ):
        wait_until(lambda: folder.sealed() is not None, 40, "the end")
    stored, whole = audio(folder), b"".join(item.audio for item in others)
    assert stored.endswith(whole)
    assert b"".join(item.audio for item in segments).startswith(stored.removesuffix(whole))
    (notice,) = [event.detail for event in events(folder, Noticed) if "segments" in event.detail]
    assert notice.startswith("Nothing tells which segments")


def test_the_first_one_is_probed_while_the_mirror_plays(
    tmp_path: Path, programme: Programme
) -> None:
    again = Listener(status="503 Full", headers=["Retry-After: 0"])
    with (
        Station(programme, again, again, Listener()) as one,
        Station(programme, Listener(), clock=one.clock) as two,
        recording(tmp_path, ("a", one.url()), ("a", two.url("/two"))) as (folder, running),
    ):
        wait_until(lambda: events(folder, Noticed), 20, "the notice")
        assert running.status().source.endswith("/two")
        assert running.status().state is State.RECORDING
