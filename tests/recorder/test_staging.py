"""Segments that wait on disk."""

from pathlib import Path

import pytest

from recorder import staging
from recorder.archive import Archive, SessionFolder
from recorder.events import MissingSegment
from recorder.sources.base import Arrived, ChunkFacts
from recorder.types import AudioFormat, Seconds, SourceKind, SourceSpec

FMP4 = AudioFormat(container="fmp4", codec="aac", rate_hz=48_000, channels=1)


def arrived(sequence: int, *, place: MissingSegment | None = None) -> Arrived:
    return Arrived(
        format=FMP4,
        header=b"\n\x00init",
        data=b"\nsegment\n\xff" * (sequence + 1),
        duration_s=Seconds(2.005),
        facts=ChunkFacts(status=200, media_sequence=sequence, ntp="3894606003.284"),
        due=2,
        place=place,
    )


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    spec = SourceSpec(kind=SourceKind.STREAM, address="https://host.example/live.m3u8")
    return Archive(tmp_path).create("A talk", [("a", spec)])


def test_what_is_kept_is_read_back_in_order_and_removed(folder: SessionFolder) -> None:
    place = MissingSegment(sequence=9, from_s=Seconds(4.0), to_s=Seconds(6.0))
    kept = [arrived(11), arrived(9, place=place), arrived(10)]
    for segment in kept:
        staging.write(folder, "a", segment)
    staging.write(folder, "b", arrived(1))
    assert staging.tracks(folder) == ["a", "b"]
    assert [segment for _, segment in staging.read(folder, "a")] == [kept[1], kept[2], kept[0]]
    for track in "ab":
        for path, _ in staging.read(folder, track):
            staging.remove(path)
            staging.remove(path)
    assert not (folder.path / "staged").exists()


def test_what_was_changed_is_left_out(folder: SessionFolder) -> None:
    path = staging.write(folder, "a", arrived(3))
    whole = path.read_bytes()
    for data in (whole[:-1], whole.replace(b"fmp4", b"fmp"), b"", b"{}\n", b"[]"):
        path.write_bytes(data)
        found = [segment for _, segment in staging.read(folder, "a")]
        assert all(segment.data == arrived(3).data for segment in found)


def test_half_written_files_are_cleared_and_whole_ones_stay(folder: SessionFolder) -> None:
    path = staging.write(folder, "a", arrived(3))
    path.with_name(f".{path.name}.7.tmp").write_bytes(b"half")
    staging.clear(folder)
    assert list(path.parent.iterdir()) == [path]
