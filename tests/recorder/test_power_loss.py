"""Power is lost at any moment: what was journaled and synced plays; nothing is invented."""

import random
import sys
import time
from itertools import accumulate
from pathlib import Path

import pytest

from recorder import journal, recovery, retry, verify
from recorder.archive import Archive, SessionFolder
from recorder.events import Chunk
from recorder.frames import parser_for
from recorder.journal import JournalWriter
from recorder.session import Recording
from recorder.sources.base import ChunkFacts
from recorder.sources.hls import HlsSource
from recorder.sources.past import Past
from recorder.types import AudioFormat, PlacedBy, Seconds, SourceKind, SourceSpec, State
from recorder.writer import TrackWriter
from tests.faults.disk import Disk, Photo
from tests.faults.hls import FRAME_S, Broadcast, Fault, HlsServer, adts_frames, items
from tests.recorder.test_law_hls import QUICK

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")

SPEC = SourceSpec(kind=SourceKind.STREAM, address="http://127.0.0.1:1/live")
ADTS = AudioFormat(container="adts", codec="aac", rate_hz=48_000, channels=1)
PHOTOS = 60
MOST_LOST_S = 1.5


@pytest.fixture(autouse=True)
def _begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The computer was started after whatever a journal says."""
    monkeypatch.setattr(recovery.psutil, "boot_time", lambda: time.time() + 3_600)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PROBE_S", 0.02)
    monkeypatch.setattr(retry, "_AFTER_A_BREAK_S", (0.01,))


def promised(photo: Photo) -> list[Chunk]:
    """Chunks whose lines were on the disk for certain."""
    data = photo.files["journal.jsonl"][: photo.synced["journal.jsonl"]]
    entries = journal._parsed(Path("journal.jsonl"), data[: data.rfind(b"\n") + 1])
    return [entry.event for entry in entries if isinstance(entry.event, Chunk)]


def recovered(photo: Photo, archive: Path, name: str, dice: random.Random) -> SessionFolder:
    """What is recovered of a folder after a power loss, verified."""
    folder = SessionFolder(archive / name)
    photo.lose_power(folder.path, dice)
    (folder.path / "recorder.json").write_text('{"pid": 1, "started_at": 0}')
    recovery.recover(folder)
    report = verify.verify(folder.path)
    assert report.ok, report.problems
    return folder


def stored(folder: SessionFolder) -> list[tuple[Chunk, bytes]]:
    timeline = folder.timeline()
    found = []
    for part in timeline.parts:
        data = (folder.path / part.file).read_bytes()
        assert sum(chunk.bytes for chunk in part.chunks) == len(data), "nothing else is stored"
        found += [(chunk, data[chunk.offset : chunk.offset + chunk.bytes]) for chunk in part.chunks]
    return found


@pytest.mark.parametrize("seed", range(2))
def test_of_hls_all_that_was_journaled_stays_and_nothing_is_invented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    on_air = Broadcast(segments=items(12, frames=3), window=None, position=4)
    on_air.fail(2, Fault(status=500), times=9)
    on_air.fail(6, Fault(status=404), times=9_999)
    audio = {n: item.audio for n, item in enumerate(on_air.segments)}
    with HlsServer(on_air) as server:
        spec = SourceSpec(kind=SourceKind.STREAM, address=server.url)
        folder = Archive(tmp_path / "real").create("A talk", [("a", spec)])
        with monkeypatch.context() as patch:
            disk = Disk(patch, folder.path)

            def make(spec: SourceSpec, *, past: Past | None = None) -> HlsSource:
                return HlsSource(spec, spec.address, past=past, patience=QUICK)

            with folder.hold():
                assert Recording(folder, open_source=make).run() is State.DONE
    dice = random.Random(seed)
    photos = dice.sample(disk.photos, min(PHOTOS, len(disk.photos)))
    for photo in photos:
        left = recovered(photo, tmp_path / "left", folder.path.name, dice)
        pieces: dict[int, bytes] = {}
        for chunk, data in stored(left):
            assert chunk.media_sequence is not None
            pieces[chunk.media_sequence] = pieces.get(chunk.media_sequence, b"") + data
        for number, data in pieces.items():
            assert audio[number].startswith(data), "every byte is as served"
        for chunk in promised(photo):
            assert pieces[chunk.media_sequence or 0] == audio[chunk.media_sequence or 0]


@pytest.mark.parametrize("seed", range(2))
def test_of_a_continuous_stream_at_most_what_was_not_synced_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    sound = adts_frames(400, 5)
    parser = parser_for(ADTS)
    assert parser
    frames = [frame.data for frame in parser.feed(sound) + parser.finish()]
    folder = Archive(tmp_path / "real").create("A talk", [("a", SPEC)])
    with monkeypatch.context() as patch:
        disk = Disk(patch, folder.path)
        log = JournalWriter(folder.journal_path)
        writer = TrackWriter(folder, "a", log, source="x")
        writer.begin_run(ADTS, placed_by=PlacedBy.FIRST)
        for at, frame in enumerate(frames, 1):
            writer.write(frame, Seconds(FRAME_S))
            if at % 47 == 0:  # a second
                writer.end_chunk(ChunkFacts())
            if at % 40 == 0:
                writer.sync()
            if at == 200:
                writer.begin_part(ADTS)
        writer.close()
        log.close()
    dice = random.Random(seed)
    ends = list(accumulate(len(frame) for frame in frames))
    for photo in dice.sample(disk.photos, min(PHOTOS, len(disk.photos))):
        written = sum(len(data) for name, data in photo.files.items() if name.startswith("audio/"))
        left = recovered(photo, tmp_path / "left", folder.path.name, dice)
        held = b"".join(data for _, data in stored(left))
        assert sound.startswith(held), "every byte is as served"
        assert len(held) in (0, *ends), "whole frames alone"
        promise = sum(chunk.bytes for chunk in promised(photo))
        assert len(held) >= promise
        lost = [end for end in ends if len(held) < end <= written]
        assert len(lost) * FRAME_S <= MOST_LOST_S + 1
