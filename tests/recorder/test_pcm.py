import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import pcm
from recorder.types import AudioFormat

CODECS = ["pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"]


def a_format(codec: str, channels: int = 2) -> AudioFormat:
    return AudioFormat(container="wav", codec=codec, rate_hz=48_000, channels=channels)


def encoded(values: np.ndarray, codec: str) -> bytes:
    """Numbers in -1…1 as samples, rounded to what the codec can say."""
    if codec == "pcm_f32le":
        return values.astype("<f4").tobytes()
    bits = int(codec[5:7])
    whole = np.clip(np.round(values * 2 ** (bits - 1)), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if bits != 24:
        return whole.astype(f"<i{bits // 8}").tobytes()
    return whole.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()


@pytest.mark.parametrize("codec", CODECS)
def test_samples_of_every_format_are_the_numbers_that_they_say(codec: str) -> None:
    values = np.array([[0.0, -1.0], [0.5, -0.25], [1 / 2**15, -1 / 2**15]])
    np.testing.assert_array_equal(pcm.to_float(encoded(values, codec), a_format(codec)), values)


@pytest.mark.parametrize("codec", CODECS)
def test_a_sine_of_full_scale_peaks_at_0_and_has_3_db_less_rms(codec: str) -> None:
    sine = np.sin(2 * np.pi * np.arange(4_800) / 48)[:, None]
    level = pcm.level(encoded(sine, codec), a_format(codec, channels=1))
    assert level.peak_dbfs == pytest.approx(0.0, abs=0.001)
    assert level.rms_dbfs == pytest.approx(-3.0103, abs=0.001)


def test_digital_silence_has_a_finite_level() -> None:
    level = pcm.level(bytes(400), a_format("pcm_s16le"))
    assert (level.peak_dbfs, level.rms_dbfs) == (pcm.SILENCE_DBFS, pcm.SILENCE_DBFS)


def test_the_most_negative_sample_is_full_scale_not_an_overflow() -> None:
    assert pcm.level(b"\x00\x80" * 2, a_format("pcm_s16le")).peak_dbfs == 0.0


def test_floats_that_are_no_numbers_do_not_break_the_meter() -> None:
    broken = np.array([np.nan, 0.5], "<f4").tobytes()
    level = pcm.level(broken, a_format("pcm_f32le"))
    assert math.isfinite(level.peak_dbfs)
    assert math.isfinite(level.rms_dbfs)


@given(st.binary(min_size=3, max_size=300).map(lambda data: data[: len(data) // 3 * 3]))
def test_widened_samples_are_the_same_numbers_256_times_as_large(data: bytes) -> None:
    numbers = [
        int.from_bytes(data[at : at + 3], "little", signed=True) for at in range(0, len(data), 3)
    ]
    assert pcm.widen(data).tolist() == [256 * number for number in numbers]


@pytest.mark.parametrize(
    ("codec", "channels", "size"), [("pcm_s16le", 2, 4), ("pcm_s24le", 1, 3), ("pcm_f32le", 6, 24)]
)
def test_a_frame_is_one_sample_of_each_channel(codec: str, channels: int, size: int) -> None:
    assert pcm.frame_bytes(a_format(codec, channels)) == size


@pytest.mark.parametrize(("codec", "channels"), [("aac", 2), ("", 2), ("pcm_s16le", 0)])
def test_what_is_not_pcm_has_no_frames(codec: str, channels: int) -> None:
    with pytest.raises(ValueError, match="PCM"):
        pcm.frame_bytes(a_format(codec, channels))


@pytest.mark.parametrize("codec", CODECS)
def test_the_level_is_that_of_the_samples(codec: str) -> None:
    values = np.random.default_rng(1).normal(0, 0.1, (4_800, 2)).clip(-1, 1)
    data, fmt = encoded(values, codec), a_format(codec)
    told, true = pcm.level(data, fmt), pcm.level_of(pcm.to_float(data, fmt))
    assert told.peak_dbfs == pytest.approx(true.peak_dbfs, abs=0.001)
    assert told.rms_dbfs == pytest.approx(true.rms_dbfs, abs=0.001)
    assert told.clipped == 0


def test_the_noise_of_the_last_bit_has_a_level() -> None:
    data = encoded(np.array([[0.0, 1 / 2**15]]), "pcm_s16le")
    assert pcm.level(data, a_format("pcm_s16le")).rms_dbfs == pytest.approx(-93.3, abs=0.1)


@pytest.mark.parametrize("codec", CODECS)
def test_samples_at_full_scale_are_counted(codec: str) -> None:
    top = 1.0 if codec == "pcm_f32le" else 1 - 2.0 ** (1 - int(codec[5:7]))
    values = np.array([[top, -1.0], [0.5, top], [0.0, -0.999]])
    level = pcm.level(encoded(values, codec), a_format(codec))
    assert level.clipped == 3
    assert level.peak_dbfs == 0.0


@pytest.mark.parametrize(("codec", "width"), [("pcm_s16le", 2), ("pcm_s24le", 3), ("pcm_f32le", 4)])
def test_a_channel_is_picked_byte_for_byte(codec: str, width: int) -> None:
    fmt = AudioFormat(container="wav", codec=codec, rate_hz=48_000, channels=3)
    samples = [bytes([number] * width) for number in range(12)]
    data = b"".join(samples)
    for channel in (1, 2, 3):
        assert pcm.pick(data, fmt, channel) == b"".join(samples[channel - 1 :: 3])
    with pytest.raises(ValueError, match="channel 4 of 3"):
        pcm.pick(data, fmt, 4)
