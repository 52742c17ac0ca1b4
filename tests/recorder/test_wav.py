import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import wav
from recorder.errors import CorruptSession, StorageError
from recorder.types import AudioFormat

FORMATS = [
    AudioFormat(container="wav", codec=codec, rate_hz=rate_hz, channels=channels)
    for codec, rate_hz, channels in [
        ("pcm_s16le", 48_000, 2),
        ("pcm_s16le", 44_100, 1),
        ("pcm_s24le", 96_000, 1),
        ("pcm_s32le", 48_000, 6),
        ("pcm_f32le", 48_000, 2),
    ]
]
every_format = pytest.mark.parametrize(
    "fmt", FORMATS, ids=lambda fmt: f"{fmt.codec}-{fmt.channels}"
)


def some_pcm(fmt: AudioFormat, frames: int) -> bytes:
    rng = np.random.default_rng(7)
    if fmt.codec == "pcm_f32le":
        return rng.uniform(-1, 1, frames * fmt.channels).astype("<f4").tobytes()
    return rng.integers(0, 256, frames * wav.frame_bytes(fmt), dtype=np.uint8).tobytes()


def decoded(path: Path, fmt: AudioFormat) -> bytes:
    """What FFmpeg reads, in the file's own samples."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec.name, stream.rate, stream.channels) == (
            fmt.codec, fmt.rate_hz, fmt.channels,
        )  # fmt: skip
        blocks = [frame.to_ndarray().tobytes() for frame in container.decode(stream)]
    data = b"".join(blocks)
    if fmt.codec != "pcm_s24le":
        return data
    return np.frombuffer(data, np.uint8).reshape(-1, 4)[:, 1:].tobytes()


@every_format
def test_a_growing_file_plays_to_its_end(fmt: AudioFormat, tmp_path: Path) -> None:
    pcm = some_pcm(fmt, 5_000)
    path = tmp_path / "a.wav"
    path.write_bytes(wav.header(fmt) + pcm)
    assert decoded(path, fmt) == pcm


@every_format
def test_a_finished_file_has_its_true_length(fmt: AudioFormat, tmp_path: Path) -> None:
    pcm = some_pcm(fmt, 5_001)
    path = tmp_path / "a.wav"
    path.write_bytes(wav.header(fmt) + pcm)
    wav.finish(path)
    assert path.read_bytes() == wav.header(fmt, 5_001) + pcm
    assert int.from_bytes(path.read_bytes()[4:8], "little") == path.stat().st_size - 8
    assert decoded(path, fmt) == pcm


@every_format
def test_finishing_twice_changes_nothing(fmt: AudioFormat, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav.header(fmt) + some_pcm(fmt, 10))
    wav.finish(path)
    once = path.read_bytes()
    wav.finish(path)
    assert path.read_bytes() == once


@every_format
@pytest.mark.parametrize("frames", [None, 0, 1, 999])
def test_the_header_tells_the_format_and_where_samples_begin(
    fmt: AudioFormat, frames: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav.header(fmt, frames) + some_pcm(fmt, frames or 3))
    assert wav.read_format(path) == fmt
    assert wav.data_offset(path) == len(wav.header(fmt))


def test_pythons_own_reader_agrees() -> None:
    fmt = FORMATS[0]
    pcm = some_pcm(fmt, 100)
    with wave.open(io.BytesIO(wav.header(fmt, 100) + pcm)) as reader:
        assert reader.getparams()[:4] == (2, 2, 48_000, 100)
        assert reader.readframes(100) == pcm


@given(cut=st.integers(min_value=0, max_value=43))
def test_a_file_that_ends_within_its_header_holds_no_samples(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cut") / "a.wav"
    path.write_bytes(wav.header(FORMATS[0])[:cut])
    assert wav.data_offset(path) == cut


@pytest.mark.parametrize("at", [0, 8, 12, 20, 22, 28, 34, 35])
def test_a_damaged_header_is_said_to_be_one(at: int, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    data = bytearray(wav.header(FORMATS[0]) + bytes(40))
    data[at] ^= 0x40
    path.write_bytes(data)
    for read in (wav.read_format, wav.data_offset, wav.finish):
        with pytest.raises(CorruptSession, match="header is damaged"):
            read(path)


def test_a_torn_frame_is_not_finished(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav.header(FORMATS[0]) + bytes(5))
    with pytest.raises(ValueError, match="torn frame"):
        wav.finish(path)


def test_more_than_4_gb_stays_said_to_be_up_to_the_end() -> None:
    fmt = FORMATS[0]
    assert wav.header(fmt, 2**30) == wav.header(fmt)
    assert wav.header(fmt, 2**30 - 100) != wav.header(fmt)


def test_a_missing_file_is_an_error_of_storage(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        wav.data_offset(tmp_path / "none.wav")
