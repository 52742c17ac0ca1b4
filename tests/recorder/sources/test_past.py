"""A recorder that died in mid-recording: the next one joins what it finds on the disk."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from recorder import recovery
from recorder.archive import Archive, SessionFolder
from recorder.errors import SourceError, StorageError
from recorder.events import Repeated
from recorder.journal import JournalWriter, read
from recorder.sources.base import ChunkFacts
from recorder.sources.file import FileSource
from recorder.sources.http import HttpSource
from recorder.sources.open import open_source
from recorder.sources.past import Past
from recorder.timeline import Timeline
from recorder.types import GapReason, PlacedBy, SourceKind, SourceSpec
from recorder.writer import TrackWriter
from tests.faults.continuous import Listener, Station, StationClock
from tests.faults.sound import encoded
from tests.parts import wait_until
from tests.recorder.sources.test_http import CLOCK_S, place_in, programme


class Recorder:
    """A source and the real writer, in this process; `die` leaves all as a kill would."""

    def __init__(self, folder: SessionFolder, spec: SourceSpec, *, synced: bool = True) -> None:
        self.before = recovery.mend(folder)
        past = Past.of(folder.path, self.before, "a")
        self._log = JournalWriter(folder.journal_path)
        self.writer = TrackWriter(folder, "a", self._log, source=str(spec), before=self.before)
        if self.before:
            self.writer.trouble = (GapReason.KILLED, "The recorder had died.")
        self._synced = synced
        self._stop = threading.Event()
        self._source = open_source(spec, past=past)
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._source.capture(self.writer, self._stop)
            except SourceError:
                self._stop.wait(0.05)
            else:
                return

    def wait_until(self, predicate: Callable[[TrackWriter], bool]) -> None:
        wait_until(lambda: predicate(self.writer), 15)

    def die(self) -> None:
        if self._synced:
            self.writer.sync()
        self._stop.set()
        self._thread.join(5)
        self.writer.abandon()
        self._log.close()

    def finish(self) -> None:
        self._stop.set()
        self._thread.join(5)
        self.writer.close()
        self._log.close()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def stream(archive: Archive, url: str) -> tuple[SessionFolder, SourceSpec]:
    spec = SourceSpec(kind=SourceKind.STREAM, address=url)
    return archive.create("A talk", [("a", spec)]), spec


def stored(folder: SessionFolder, timeline: Timeline) -> list[bytes]:
    return [(folder.path / part.file).read_bytes() for part in timeline.parts]


@pytest.mark.parametrize(
    ("codec", "synced"),
    [("mp3", "synced"), ("mp3", "unsynced"), ("aac", "synced"), ("opus", "unsynced")],
)
def test_a_dead_recorders_stream_is_joined_within_the_burst(
    codec: str, synced: str, archive: Archive
) -> None:
    with Station(programme(codec), burst_s=3.0, clock=StationClock(4.0)) as station:
        folder, spec = stream(archive, station.url())
        first = Recorder(folder, spec, synced=synced == "synced")
        first.wait_until(lambda writer: writer.end_s > 3.1)
        first.die()
        second = Recorder(folder, spec)
        second.wait_until(lambda writer: writer.end_s > 3.8)
        second.finish()
        timeline = folder.timeline()
        header = station.programme.header
        parts = [data.removeprefix(header) for data in stored(folder, timeline)]
        begin_s, end_s = place_in(station, b"".join(parts))
    assert timeline.gaps == ()
    assert timeline.duration_s == pytest.approx(end_s - begin_s, abs=0.01)
    repeats = [entry.event for entry in read(folder.journal_path)]
    assert "burst" in [event.what for event in repeats if isinstance(event, Repeated)]


def test_what_a_dead_recorder_missed_is_a_gap_by_the_clock(archive: Archive) -> None:
    with Station(programme(), Listener(), burst_s=0.4, clock=StationClock(1.0)) as station:
        folder, spec = stream(archive, station.url())
        first = Recorder(folder, spec)
        first.wait_until(lambda writer: writer.end_s > 1.2)
        first.die()
        wait_until(lambda: station.clock.now_s() > 2.3)
        second = Recorder(folder, spec)
        second.wait_until(lambda writer: writer.end_s > 2.3)
        second.finish()
        timeline = folder.timeline()
        places = [place_in(station, data) for data in stored(folder, timeline)]
    (gap,) = timeline.gaps
    assert gap.reason is GapReason.KILLED
    assert gap.to_s - gap.from_s == pytest.approx(places[1][0] - places[0][1], abs=2 * CLOCK_S)
    assert timeline.tracks["a"].runs[1].placed_by is PlacedBy.WALL_CLOCK


def test_nothing_is_remembered_of_a_session_that_stored_nothing(archive: Archive) -> None:
    folder, _ = stream(archive, "http://127.0.0.1:9/")
    assert Past.of(folder.path, folder.timeline(), "a") is None
    assert Past.of(folder.path, None, "a") is None


def test_a_part_that_is_gone_is_said(archive: Archive) -> None:
    with Station(programme(), burst_s=1.0, clock=StationClock(2.0)) as station:
        folder, spec = stream(archive, station.url())
        first = Recorder(folder, spec)
        first.wait_until(lambda writer: writer.has_audio)
        first.finish()
    past = Past.of(folder.path, folder.timeline(), "a")
    assert past
    assert past.last_sequence is None
    (folder.path / past.track.parts[0].file).unlink()
    with pytest.raises(StorageError, match="a-000001"):
        HttpSource(spec, spec.address, past=past)


@pytest.mark.parametrize("codec", ["mp3", "flac"])
def test_a_file_goes_on_where_it_was_left(codec: str, archive: Archive, tmp_path: Path) -> None:
    data = encoded(codec, 25.0)
    path = tmp_path / "talk"
    path.write_bytes(data)
    spec = SourceSpec(kind=SourceKind.FILE, address=str(path))
    folder = archive.create("A file", [("a", spec)])

    class Dies(TrackWriter):
        def end_chunk(self, facts: ChunkFacts | None = None) -> None:
            super().end_chunk(facts)
            if self.end_s > 8:
                raise RuntimeError

    log = JournalWriter(folder.journal_path)
    writer = Dies(folder, "a", log, source="talk")
    with pytest.raises(RuntimeError):
        FileSource(spec).capture(writer, threading.Event())
    writer.sync()
    writer.abandon()
    log.close()
    second = Recorder(folder, spec)
    second.wait_until(lambda writer: writer.end_s > 24.9)
    second.finish()
    timeline = folder.timeline()
    header = b"" if codec == "mp3" else timeline_header(stored(folder, timeline)[0])
    joined = b"".join(item.removeprefix(header) for item in stored(folder, timeline))
    assert header + joined == data
    assert timeline.gaps == ()


def timeline_header(data: bytes) -> bytes:
    from recorder.frames import OggParser

    frames = OggParser().feed(data)
    return b"".join(frame.data for frame in frames if frame.is_header)
