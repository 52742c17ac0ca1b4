import hashlib
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from recorder import pack, wav
from recorder.errors import CorruptSession, DecodeError, ExportError
from recorder.types import AudioFormat


def a_format(codec: str = "pcm_s16le", channels: int = 2) -> AudioFormat:
    return AudioFormat(container="wav", codec=codec, rate_hz=48_000, channels=channels)


def write_wav(path: Path, fmt: AudioFormat, frames: int) -> bytes:
    """A finished WAV of noise over all bits, the extremes of its samples first."""
    width = wav.frame_bytes(fmt) // fmt.channels
    lowest, highest = b"\x00" * (width - 1) + b"\x80", b"\xff" * (width - 1) + b"\x7f"
    noise = np.random.default_rng(3).integers(0, 256, (frames - 2) * wav.frame_bytes(fmt))
    pcm = (lowest + highest) * fmt.channels + noise.astype(np.uint8).tobytes()
    path.write_bytes(wav.header(fmt) + pcm)
    wav.finish(path)
    return pcm


@pytest.mark.parametrize(
    ("codec", "channels"), [("pcm_s16le", 2), ("pcm_s16le", 1), ("pcm_s24le", 2), ("pcm_s32le", 6)]
)
def test_a_flac_holds_every_sample_of_its_wav(codec: str, channels: int, tmp_path: Path) -> None:
    wav_path, flac_path = tmp_path / "a.wav", tmp_path / "a.flac"
    fmt = a_format(codec, channels)
    pcm = write_wav(wav_path, fmt, 30_011)
    before = wav_path.read_bytes()

    result = pack.pack(wav_path, flac_path)

    assert b"".join(pack.read_pcm(flac_path, codec)) == pcm
    assert result.pcm_sha256 == hashlib.sha256(pcm).hexdigest()
    assert result.sha256 == hashlib.sha256(flac_path.read_bytes()).hexdigest()
    assert result.bytes == flac_path.stat().st_size
    assert wav_path.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.flac", "a.wav"]
    with av.open(str(flac_path)) as container:
        stream = container.streams.audio[0]
        assert (container.format.name, stream.rate, stream.channels) == ("flac", 48_000, channels)


def test_a_flac_with_another_sample_never_appears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wav_path, flac_path = tmp_path / "a.wav", tmp_path / "a.flac"
    write_wav(wav_path, a_format(), 1_000)
    encode = pack._encode_in_child

    def encode_then_change_the_wav(source: Path, made: Path) -> None:
        encode(source, made)
        data = bytearray(source.read_bytes())
        data[-1] ^= 1
        source.write_bytes(data)

    monkeypatch.setattr(pack, "_encode_in_child", encode_then_change_the_wav)
    with pytest.raises(ExportError, match="doesn't hold the same samples"):
        pack.pack(wav_path, flac_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_what_a_dead_process_left_is_cleared(tmp_path: Path) -> None:
    wav_path, flac_path = tmp_path / "a.wav", tmp_path / "a.flac"
    write_wav(wav_path, a_format(), 1_000)
    left = tmp_path / ".a.flac.tmp"
    left.mkdir()
    (left / "tmpwav").write_bytes(bytes(100))
    pack.pack(wav_path, flac_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.flac", "a.wav"]


def test_an_encoder_that_fails_leaves_the_wav_and_nothing_else(tmp_path: Path) -> None:
    wav_path = tmp_path / "a.wav"
    write_wav(wav_path, replace(a_format(), rate_hz=2_000_000), 100)  # FLAC ends at 655,350 Hz
    with pytest.raises(ExportError, match=r"No FLAC could be made of a\.wav \(.+\)"):
        pack.pack(wav_path, tmp_path / "a.flac")
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize("fmt", [a_format("pcm_f32le"), a_format(channels=9)])
def test_what_flac_cannot_hold_stays_wav(fmt: AudioFormat, tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", fmt, 100)
    assert not pack.can_pack(fmt)
    with pytest.raises(ValueError, match="is not packed"):
        pack.pack(tmp_path / "a.wav", tmp_path / "a.flac")


def test_a_damaged_wav_is_not_packed(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(bytes(100))
    with pytest.raises(CorruptSession):
        pack.pack(tmp_path / "a.wav", tmp_path / "a.flac")


def test_what_is_not_flac_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(bytes(1_000))
    with pytest.raises(DecodeError, match=r"a\.flac can't be decoded"):
        list(pack.read_pcm(tmp_path / "a.flac", "pcm_s16le"))


def test_a_flac_with_a_changed_byte_has_not_the_same_samples(tmp_path: Path) -> None:
    pcm = write_wav(tmp_path / "a.wav", a_format(), 100_000)
    pack.pack(tmp_path / "a.wav", tmp_path / "a.flac")
    data = bytearray((tmp_path / "a.flac").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "a.flac").write_bytes(data)
    assert b"".join(pack.read_pcm(tmp_path / "a.flac", "pcm_s16le")) != pcm
