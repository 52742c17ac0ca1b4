"""A file as a source: its bytes, all of them, and how long they last."""

import threading
import wave
from pathlib import Path

import pytest

from recorder.errors import NotAudio
from recorder.sources.file import FileSource
from recorder.types import SourceKind, SourceSpec
from tests.faults.sound import encoded
from tests.recorder.sources.sink import MemorySink

DURATION_S = 25.0


def capture(path: Path, stop: threading.Event | None = None) -> MemorySink:
    sink = MemorySink()
    spec = SourceSpec(kind=SourceKind.FILE, address=str(path))
    FileSource(spec).capture(sink, stop or threading.Event())
    return sink


@pytest.mark.parametrize("codec", ["mp3", "aac"])
def test_framed_files_are_chunks_of_ten_seconds(codec: str, tmp_path: Path) -> None:
    data = b"before it" + encoded(codec, DURATION_S) + b"\xff\xfb and a torn end"
    path = tmp_path / "talk"
    path.write_bytes(data)
    sink = capture(path)
    assert sink.written == data
    assert b"".join(chunk.data for chunk in sink.chunks) == data
    assert [round(chunk.duration_s) for chunk in sink.chunks] == [10, 10, 5]
    assert sink.end_s == pytest.approx(DURATION_S, abs=0.1)


def test_a_chained_ogg_file_is_a_part_for_each_stream(tmp_path: Path) -> None:
    first, second = encoded("flac", 3.0), encoded("flac", 3.0, seed=2)
    path = tmp_path / "talk.ogg"
    path.write_bytes(first + second)
    sink = capture(path)
    assert [bytes(part.header + part.data) for part in sink.parts] == [first, second]
    assert sink.end_s == pytest.approx(6.0)


def test_any_other_file_is_one_chunk(tmp_path: Path) -> None:
    path = tmp_path / "talk.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(range(250)) * 8_000)
    sink = capture(path)
    (chunk,) = sink.chunks
    assert chunk.data == path.read_bytes()
    assert chunk.duration_s == pytest.approx(125.0)
    assert sink.parts[0].fmt.rate_hz == 8_000


def test_stop_ends_it_between_two_blocks(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp3"
    path.write_bytes(encoded("mp3", DURATION_S))
    stop = threading.Event()
    stop.set()
    assert capture(path, stop).written == b""


@pytest.mark.parametrize("data", [b"", b"no audio at all " * 99, b"#EXTM3U\n/etc/passwd\n"])
def test_what_holds_no_sound_is_no_audio(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "talk.m3u8"
    path.write_bytes(data)
    with pytest.raises(NotAudio, match=r"talk\.m3u8"):
        capture(path)


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotAudio, match=r"gone\.mp3"):
        capture(tmp_path / "gone.mp3")
