"""Encoded test sound: a seeded noise over a gliding tone, so that no two frames are alike."""

import io
from functools import cache

import av
import numpy as np

_MUXERS = {"mp3": "mp3", "aac": "adts", "opus": "ogg", "flac": "ogg"}
_ENCODERS = {"mp3": "libmp3lame", "opus": "libopus"}
_PAGES = {"page_duration": "200000"}  # microseconds
_MUXER_OPTIONS = {
    "mp3": {"write_xing": "0", "id3v2_version": "0"},
    "opus": _PAGES,
    "flac": _PAGES,
}


@cache
def encoded(
    codec: str,
    duration_s: float,
    *,
    rate_hz: int = 44_100,
    channels: int = 2,
    bits_per_s: int = 64_000,
    seed: int = 1,
    is_silent: bool = False,
    has_xing: bool = False,
) -> bytes:
    """Encode test sound: mp3, aac (ADTS), or opus, flac in Ogg; PyAV brings no good Vorbis."""
    samples = _samples(duration_s, rate_hz, channels, seed)
    if is_silent:
        samples = np.zeros_like(samples)
    file = io.BytesIO()
    options = {} if has_xing else _MUXER_OPTIONS.get(codec, {})
    with av.open(file, "w", format=_MUXERS[codec], options=options) as out:
        layout = "mono" if channels == 1 else "stereo"
        stream = out.add_stream(_ENCODERS.get(codec, codec), rate=rate_hz, layout=layout)
        stream.bit_rate = bits_per_s
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
        frame.sample_rate = rate_hz
        packets = stream.encode(frame) + stream.encode(None)
        out.mux([packet for packet in packets if packet.size])  # FLAC ends with an empty one
    return file.getvalue()


def decoded_samples(data: bytes) -> int:
    """How many samples a channel libav gets out of it."""
    with av.open(io.BytesIO(data)) as container:
        return sum(frame.samples for frame in container.decode(audio=0))


def _samples(duration_s: float, rate_hz: int, channels: int, seed: int) -> np.ndarray:
    count = round(duration_s * rate_hz)
    time_s = np.arange(count) / rate_hz
    tone = np.sin(2 * np.pi * (300 + 20 * time_s) * time_s) * 8_000
    noise = np.random.default_rng(seed).normal(0, 1_500, count)
    mono = (tone + noise).astype(np.int16)
    return np.repeat(mono, channels)[np.newaxis, :]
