"""Parts → one file: the packets are the very same, and their time runs on."""

import hashlib
import itertools
import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from recorder import continuous
from recorder.decode import decode_file
from recorder.errors import DecodeError
from recorder.types import AudioFormat
from tests.recorder.builders import PartSpec, Samples, build_session, encode, tone

KINDS = [
    ("adts", "", ".m4a"), ("ts", "", ".m4a"), ("fmp4", "", ".m4a"), ("mp3", "", ".mp3"),
    ("ogg", "opus", ".ogg"), ("ogg", "vorbis", ".ogg"), ("ogg", "flac", ".ogg"),
    ("flac", "", ".mka"), ("wav", "", ".mka"), ("matroska", "", ".ogg"),
]  # fmt: skip
RATE_HZ = 48_000


def part(container: str, codec: str, hz: float, rate_hz: int = RATE_HZ) -> PartSpec:
    samples: Samples = np.repeat(tone(3.0, rate_hz, hz), 2, axis=1)
    fmt = AudioFormat(container=container, codec=codec, rate_hz=rate_hz, channels=2)
    return PartSpec(fmt=fmt, chunks=[(encode(samples, rate_hz, container, codec), 3.0)])


def packets(path: Path) -> list[bytes]:
    """Hashes of the payloads; an ADTS header is framing, not payload."""
    found = []
    with av.open(str(path)) as file:
        is_adts = file.streams.audio[0].codec_context.extradata is None
        for packet in file.demux(audio=0):
            data = bytes(packet)
            if is_adts and data[:1] == b"\xff" and file.streams.audio[0].name == "aac":
                data = data[7 if data[1] & 1 else 9 :]
            if data:
                found.append(hashlib.sha256(data).digest())
    return found


@pytest.mark.parametrize(("container", "codec", "suffix"), KINDS)
def test_packets_are_copied(tmp_path: Path, container: str, codec: str, suffix: str) -> None:
    folder = build_session(tmp_path, [part(container, codec, 440), part(container, codec, 660)])
    track = folder.timeline().tracks["a"]
    (made,) = continuous.write(folder.path, track.parts, tmp_path / "unedited")
    assert made.path.name == f"unedited{suffix}"
    originals = [packets(folder.path / each.file) for each in track.parts]
    assert packets(made.path) == originals[0] + originals[1]
    assert [span.part for span in made.spans] == [each.file for each in track.parts]
    assert made.spans[0].at_s == 0
    assert made.spans[1].at_s == pytest.approx(3.0, abs=0.06)
    blocks = list(decode_file(made.path))
    assert blocks[-1].end_s == pytest.approx(6.0, abs=0.15)
    # The second tone sounds in the second half.
    second = np.concatenate([block.samples for block in blocks])[-2 * RATE_HZ : -RATE_HZ, 0]
    assert np.argmax(np.abs(np.fft.rfft(second))) == pytest.approx(660, abs=2)


@pytest.mark.parametrize("container", ["mp3", "flac", "mp4"])
def test_a_single_part_decodes_to_the_same_samples(tmp_path: Path, container: str) -> None:
    folder = build_session(tmp_path, [part(container, "", 440)])
    track = folder.timeline().tracks["a"]
    (made,) = continuous.write(folder.path, track.parts, tmp_path / "unedited")
    before = list(decode_file(folder.path / track.parts[0].file, block_s=60))
    after = list(decode_file(made.path, block_s=60))
    assert [b.samples.tobytes() for b in after] == [b.samples.tobytes() for b in before]
    if container == "mp3":
        assert made.path.read_bytes() == (folder.path / track.parts[0].file).read_bytes()


def test_what_can_not_be_joined_is_another_file(tmp_path: Path) -> None:
    parts = [part("adts", "", 440), part("mp3", "", 440), part("mp3", "", 440, 44_100)]
    folder = build_session(tmp_path, parts)
    made = continuous.write(folder.path, folder.timeline().tracks["a"].parts, tmp_path / "u")
    assert [file.path.name for file in made] == ["u.m4a", "u-2.mp3", "u-3.mp3"]


def test_time_runs_on_where_the_streams_runs_back(tmp_path: Path) -> None:
    """FFmpeg's TS time stamps begin anew in each part, as in HLS after a discontinuity."""
    folder = build_session(tmp_path, [part("ts", "", 440)] * 5)
    (made,) = continuous.write(folder.path, folder.timeline().tracks["a"].parts, tmp_path / "u")
    with av.open(str(made.path)) as file:
        stamps = [packet.pts for packet in file.demux(audio=0) if packet.pts is not None]
    steps = {after - before for before, after in itertools.pairwise(stamps)}
    assert steps == {1024}


def test_a_missing_part_is_a_sentence(tmp_path: Path) -> None:
    folder = build_session(tmp_path / "archive")
    shutil.rmtree(folder.audio)
    with pytest.raises(DecodeError, match=r"audio/a-000001\.aac"):
        continuous.write(folder.path, folder.timeline().tracks["a"].parts, tmp_path / "u")
