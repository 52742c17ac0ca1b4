"""What a watcher hears of a recording: sound, silence that lasts, and what is no sound."""

from collections.abc import Callable
from pathlib import Path

import pytest

from recorder import journal
from recorder.archive import Archive, SessionFolder
from recorder.events import Chunk
from recorder.frames import sniff
from recorder.meter import Meter, Trouble
from recorder.types import PlacedBy, Seconds, SourceKind, SourceSpec
from recorder.writer import TrackWriter
from tests.faults.sound import encoded

SPEC = SourceSpec(kind=SourceKind.STREAM, address="https://host.example/live")

_FRAMES_A_SECOND = 38


def record(folder: SessionFolder, data: bytes, spoil: Callable[[bytes], bytes]) -> None:
    """Store encoded sound, a chunk a second."""
    parser = sniff("", data, is_all=True)
    assert parser
    frames = [frame for frame in parser.feed(data) + parser.finish() if frame.samples]
    assert parser.format
    log = journal.JournalWriter(folder.journal_path)
    writer = TrackWriter(folder, "a", log, source="test")
    writer.begin_run(parser.format, placed_by=PlacedBy.FIRST)
    for at in range(0, len(frames), _FRAMES_A_SECOND):
        for frame in frames[at : at + _FRAMES_A_SECOND]:
            writer.write(spoil(frame.data), Seconds(frame.duration_s))
        writer.end_chunk()
    writer.close()
    log.close()


def listen(folder: SessionFolder) -> list[Trouble]:
    """What is wrong after each chunk, changes alone."""
    meter, said = Meter(folder), [Trouble.NONE]
    for entry in journal.read(folder.journal_path):
        meter.take(entry.event)
        if isinstance(entry.event, Chunk):
            meter.level()
            if meter.trouble is not said[-1]:
                said.append(meter.trouble)
    return said


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return Archive(tmp_path).create("A session", [("a", SPEC)])


def whole(data: bytes) -> bytes:
    return data


def test_sound_is_no_trouble(folder: SessionFolder) -> None:
    record(folder, encoded("mp3", 17.0, channels=1), whole)
    assert listen(folder) == [Trouble.NONE]


def test_silence_is_told_when_it_has_lasted(folder: SessionFolder) -> None:
    record(folder, encoded("mp3", 17.0, channels=1, is_silent=True), whole)
    assert listen(folder) == [Trouble.NONE, Trouble.SILENT]


def test_short_silence_is_not_told(folder: SessionFolder) -> None:
    record(folder, encoded("mp3", 12.0, channels=1, is_silent=True), whole)
    assert listen(folder) == [Trouble.NONE]


def test_what_decodes_to_nothing_is_told(folder: SessionFolder) -> None:
    def junk(data: bytes) -> bytes:
        return bytes(len(data))

    record(folder, encoded("mp3", 17.0, channels=1), junk)
    assert listen(folder) == [Trouble.NONE, Trouble.UNDECODABLE]
