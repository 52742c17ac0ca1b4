"""Raw samples: how many bytes they take, how loud they are.

Samples are interleaved and little-endian, in one of the formats that sound devices give. NumPy is
loaded by the first who turns samples into numbers: a recorder, which only copies and measures them,
does without its 11 MB.
"""

from __future__ import annotations

import array
import audioop
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recorder.events import Chunk
from recorder.types import AudioFormat

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SILENCE_DBFS = -120.0
"""The lowest level that is told: below the quietest sample of 16 and 20 bits, and finite."""

_LOWEST = -(1 << 31)
_WITHOUT_SIGN = bytes(byte & 0x7F for byte in range(256))
_WIDTHS = {"pcm_s16le": 2, "pcm_s24le": 3, "pcm_s32le": 4, "pcm_f32le": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How loud a stretch of sound is, over all its channels.

    Attributes:
        peak_dbfs: Its largest sample; 0 is full scale, never below `SILENCE_DBFS`.
        rms_dbfs: The root of its mean square, in dB of a full-scale square wave (a full-scale
            sine has -3 dBFS), never below `SILENCE_DBFS`.
        clipped: Samples at full scale, which were more before they were cut off.
    """

    peak_dbfs: float
    rms_dbfs: float
    clipped: int = 0


def sample_bytes(fmt: AudioFormat) -> int:
    """Bytes that one channel's sample takes.

    Raises:
        ValueError: The codec is not one of PCM's that a device gives.
    """
    try:
        return _WIDTHS[fmt.codec]
    except KeyError:
        raise ValueError(f"{fmt.codec!r} is not a device's PCM") from None


def frame_bytes(fmt: AudioFormat) -> int:
    """Bytes that one sample of all channels takes.

    Raises:
        ValueError: As `sample_bytes`, or there are no channels.
    """
    if fmt.channels < 1:
        raise ValueError("PCM without channels")
    return sample_bytes(fmt) * fmt.channels


def pick(data: bytes, fmt: AudioFormat, channel: int) -> bytes:
    """One channel's samples.

    Args:
        data: Whole frames.
        fmt: Their format.
        channel: From 1 on.

    Raises:
        ValueError: There is no such channel.
    """
    if not 1 <= channel <= fmt.channels:
        raise ValueError(f"channel {channel} of {fmt.channels}")
    width, step = sample_bytes(fmt), frame_bytes(fmt)
    picked = bytearray(len(data) // fmt.channels)
    for byte in range(width):
        picked[byte::width] = data[(channel - 1) * width + byte :: step]
    return bytes(picked)


def media_s(fmt: AudioFormat, chunk: Chunk) -> float:
    """How long a chunk plays, in seconds.

    A device's chunk is journaled with what it lasted by the computer's clock
    (`recorder.sources.drift`), and plays at the rate that it claims.
    """
    if fmt.container != "wav" or fmt.codec not in _WIDTHS or not fmt.rate_hz:
        return chunk.duration_s
    return chunk.bytes / frame_bytes(fmt) / fmt.rate_hz


def to_float(data: bytes, fmt: AudioFormat) -> npt.NDArray[np.float32]:
    """Samples as numbers, full scale at ±1.

    Args:
        data: Whole frames.
        fmt: Their format.

    Returns:
        Float32, shape (frames, channels).
    """
    import numpy as np  # noqa: PLC0415 (see the module)

    if fmt.codec == "pcm_f32le":
        flat = np.frombuffer(data, "<f4")
    elif fmt.codec == "pcm_s16le":
        flat = np.frombuffer(data, "<i2").astype(np.float32) / np.float32(2**15)
    else:
        wide = widen(data) if fmt.codec == "pcm_s24le" else np.frombuffer(data, "<i4")
        flat = wide.astype(np.float32) / np.float32(2**31)
    return flat.reshape(-1, fmt.channels)


def widen(data: bytes | memoryview) -> npt.NDArray[np.int32]:
    """Samples of 24 bits as the upper bits of 32.

    Args:
        data: Whole samples of 3 bytes.
    """
    import numpy as np  # noqa: PLC0415 (see the module)

    packed = np.frombuffer(data, np.uint8).reshape(-1, 3)
    wide = np.zeros((len(packed), 4), np.uint8)
    wide[:, 1:] = packed
    return wide.view("<i4").reshape(-1)


def level(data: bytes, fmt: AudioFormat) -> Level:
    """How loud whole frames are; takes some 50 µs for a tenth of a second.

    Raises:
        ValueError: There is no frame.
    """
    if not data:
        raise ValueError("no sound, no level")
    is_float = fmt.codec == "pcm_f32le"
    peak, rms = _floats_level(data) if is_float else _integers_level(data, sample_bytes(fmt))
    return Level(peak_dbfs=_dbfs(peak), rms_dbfs=_dbfs(rms), clipped=clipped(data, fmt))


def clipped(data: bytes, fmt: AudioFormat) -> int:
    """How many samples of whole frames are at full scale; takes some 10 µs where none is."""
    if fmt.codec == "pcm_f32le":
        is_clipped = bool(data) and _floats_peak(data) >= 1
        return sum(abs(each) >= 1 for each in array.array("f", data)) if is_clipped else 0
    width = sample_bytes(fmt)
    low, high = audioop.minmax(data, width)
    lowest, highest = -(1 << 8 * width - 1), (1 << 8 * width - 1) - 1
    if low > lowest and high < highest:
        return 0
    samples = array.array("i", audioop.lin2lin(data, width, 4))
    return samples.count(_LOWEST) + samples.count(highest << 32 - 8 * width)


def _integers_level(data: bytes, width: int) -> tuple[float, float]:
    """Peak and RMS, full scale at 1."""
    wide = audioop.lin2lin(data, width, 4)  # else the mean of quiet samples is 0
    low, high = audioop.minmax(wide, 4)
    is_full = high == (1 << 31) - (1 << 32 - 8 * width)
    return 1.0 if is_full else max(high, -low) / -_LOWEST, audioop.rms(wide, 4) / -_LOWEST


def _floats_level(data: bytes) -> tuple[float, float]:
    """Peak and RMS, full scale at 1."""
    samples = array.array("f", data)
    return _floats_peak(data), math.hypot(*samples) / math.sqrt(len(samples))


def _floats_peak(data: bytes) -> float:
    """The largest magnitude: without their signs, floats are in the order of their bits."""
    magnitudes = bytearray(data)
    magnitudes[3::4] = data[3::4].translate(_WITHOUT_SIGN)
    peak: float = struct.unpack("<f", struct.pack("<i", audioop.max(magnitudes, 4)))[0]
    return peak


def level_of(samples: npt.NDArray[np.float32]) -> Level:
    """How loud samples are; any shape, full scale at ±1.

    Raises:
        ValueError: There is none.
    """
    import numpy as np  # noqa: PLC0415 (see the module)

    if samples.size == 0:
        raise ValueError("no sound, no level")
    return Level(
        peak_dbfs=_dbfs(float(np.max(np.abs(samples)))),
        rms_dbfs=_dbfs(math.sqrt(float(np.mean(np.square(samples, dtype=np.float64))))),
    )


def _dbfs(amplitude: float) -> float:
    """Of an amplitude of 1 at full scale; what is no number (broken floats) counts as silence."""
    if not amplitude > 0 or math.isinf(amplitude):
        return SILENCE_DBFS
    return max(SILENCE_DBFS, 20 * math.log10(amplitude))
