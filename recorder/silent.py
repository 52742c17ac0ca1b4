"""Silence as coded packets, to stand for gaps among packets that are copied."""

from __future__ import annotations

import functools

import av
import numpy as np

from recorder.errors import ExportError

_ENCODERS = {"aac": "aac", "mp3": "libmp3lame", "opus": "libopus", "flac": "flac"}
_OPTIONS = {"mp3": {"reservoir": "0"}, "opus": {"frame_duration": "20", "vbr": "off"}}
_BITS = {16: "s16", 24: "s32", 32: "s32"}
_LEADING = 8  # packets after which an encoder has swung in


def packet(codec: str, rate_hz: int, channels: int, *, bits: int = 16) -> tuple[bytes, int]:
    """A packet of silence, which may follow itself, and how many samples a channel it lasts.

    Args:
        codec: FFmpeg's name: aac, mp3, opus, flac, or a PCM.
        rate_hz: Samples a second.
        channels: One or two.
        bits: A sample has, in FLAC.

    Raises:
        ExportError: No silence can be made that fits.
    """
    if codec.startswith("pcm_") and codec[4:5] in ("s", "f"):
        wide = int(codec[5:7]) // 8 * channels
        return bytes(wide * 1_024), 1_024
    if codec not in _ENCODERS or channels not in (1, 2):
        raise _impossible(codec)
    try:
        return _encoded(codec, rate_hz, channels, bits)
    except (av.FFmpegError, ValueError) as error:
        raise _impossible(codec) from error


@functools.lru_cache(maxsize=8)
def _encoded(codec: str, rate_hz: int, channels: int, bits: int) -> tuple[bytes, int]:
    context = av.CodecContext.create(_ENCODERS[codec], "w")
    assert isinstance(context, av.AudioCodecContext)
    formats = context.codec.audio_formats or []
    names = [each.name for each in formats]
    wanted = _BITS[bits] if codec == "flac" else names[0]
    context.format, context.sample_rate = wanted, rate_hz
    context.layout = "stereo" if channels == 2 else "mono"
    context.options = _OPTIONS.get(codec, {})
    if codec == "flac" and bits == 24:
        context.options = {"bits_per_raw_sample": "24"}
    context.open()
    size = context.frame_size or 1_024
    found: list[bytes] = []
    for number in range(_LEADING + 1):
        frame = av.AudioFrame(format=wanted, layout=context.layout.name, samples=size)
        for plane in frame.planes:
            plane.update(np.zeros(plane.buffer_size, np.uint8).tobytes())
        frame.sample_rate, frame.pts = rate_hz, number * size
        found += [bytes(each) for each in context.encode(frame)]
    return found[-1], size


def _impossible(codec: str) -> ExportError:
    return ExportError(
        f"Silence can't be put among packets of {codec} without encoding them anew.",
        safe="The session is untouched.",
        hint="Export it with --gaps cut.",
    )
