"""Samples → a file of any of the formats that people play.

What fits into memory goes to pydub, and that to FFmpeg; what doesn't goes to the same encoder
through a pipe, block by block. The FFmpeg is imageio-ffmpeg's, so that no system's is needed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np

from recorder.errors import ExportError
from recorder.media import Samples
from recorder.tags import Tags

_MOST_BYTES = 64 << 20
"""PCM that may be in memory at once; six minutes of CD sound."""

_OPUS_HZ = (48_000, 24_000, 16_000, 12_000, 8_000)
"""What Opus is decoded to (RFC 6716, 2); any other rate is resampled to the first."""


class Format(StrEnum):
    """What can be written; the file's suffix, too."""

    WAV = "wav"
    FLAC = "flac"
    MP3 = "mp3"
    M4A = "m4a"
    OPUS = "opus"
    OGG = "ogg"

    @property
    def is_lossless(self) -> bool:
        """Whether every sample comes back as it was."""
        return self in (Format.WAV, Format.FLAC)

    @property
    def codec(self) -> str:
        """FFmpeg's name of what is in it; of WAV, its beginning."""
        return {"wav": "pcm", "m4a": "aac", "ogg": "vorbis"}.get(self, str(self))

    @property
    def spoken(self) -> str:
        """What people call it."""
        return {"m4a": "AAC", "opus": "Opus", "ogg": "Ogg Vorbis"}.get(self, str(self).upper())


_MUXERS = {Format.M4A: "ipod"}
_ENCODERS = {
    Format.MP3: "libmp3lame", Format.M4A: "aac", Format.OPUS: "libopus", Format.OGG: "libvorbis",
}  # fmt: skip
_USUAL_KBPS = {Format.M4A: 160, Format.OPUS: 96}
"""Unless asked for; MP3 and Vorbis have a measure of quality of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """The form of samples on their way to an encoder.

    Attributes:
        bits: 16; or 24 or 32, which take four bytes a sample, 24 in their top.
    """

    rate_hz: int
    channels: int
    bits: int

    @property
    def sample_bytes(self) -> int:
        """Bytes of a sample of one channel."""
        return 2 if self.bits == 16 else 4

    @property
    def frame_bytes(self) -> int:
        """Bytes of a sample of all channels."""
        return self.sample_bytes * self.channels

    def pcm(self, samples: Samples) -> bytes:
        """Samples as interleaved little-endian integers."""
        scale = 1 << (self.bits - 1)
        whole = np.rint(samples.astype(np.float64) * scale).clip(-scale, scale - 1)
        if self.bits == 16:
            return np.ascontiguousarray(whole, "<i2").tobytes()
        return np.ascontiguousarray(whole.astype("<i4") << (32 - self.bits)).tobytes()

    @property
    def parameters(self) -> list[str]:
        """How FFmpeg is to read it."""
        return [
            "-f", f"s{8 * self.sample_bytes}le", "-ar", str(self.rate_hz),
            "-ac", str(self.channels),
        ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """How a file is to be written.

    Attributes:
        bitrate_kbps: Of what is lossy; a good measure for talk and music unless told.
        filters: FFmpeg's, through which the sound goes first.
        tags: What the file says of itself; chapters are in its own time.
    """

    fmt: Format
    bitrate_kbps: int | None = None
    filters: tuple[str, ...] = ()
    tags: Tags = field(default_factory=Tags)

    def parameters(self, sound: Sound) -> list[str]:
        """FFmpeg's, for its encoder; pydub passes them on."""
        given = ["-af", ",".join(self.filters)] if self.filters else []
        if self.fmt is Format.WAV:
            codec = "pcm_s16le" if sound.bits == 16 else f"pcm_s{max(24, sound.bits)}le"
            return [*given, "-c:a", codec, "-rf64", "auto"]
        if self.fmt is Format.FLAC:  # 32 bits are 'experimental' to it
            return [*given, "-strict", "experimental", "-bits_per_raw_sample", str(sound.bits)]
        return [*given, "-c:a", _ENCODERS[self.fmt], *self._quality(), *self._fitting(sound)]

    def _quality(self) -> list[str]:
        kbps = self.bitrate_kbps or _USUAL_KBPS.get(self.fmt)
        if kbps:
            return ["-b:a", f"{kbps}k"]
        # LAME's -V 2, about 190 kb/s; Vorbis' -q 5, about 160 kb/s.
        return ["-q:a", "2" if self.fmt is Format.MP3 else "5"]

    def _fitting(self, sound: Sound) -> list[str]:
        """What a codec can't take is made into what it can."""
        if self.fmt is Format.MP3 and sound.channels > 2:
            return ["-ac", "2"]
        if self.fmt is Format.OPUS and sound.rate_hz not in _OPUS_HZ:
            return ["-ar", str(_OPUS_HZ[0])]
        return ["-movflags", "+faststart"] if self.fmt is Format.M4A else []


def write(blocks: Iterable[bytes], path: Path, sound: Sound, coding: Coding) -> Path:
    """Encode PCM; by pydub, if it fits into memory and needs no chapters.

    Args:
        blocks: As `Sound.pcm` gives them, in their order.
        path: Where to; nothing is there yet. What is left of a failure is the caller's to remove.
        sound: Their form.
        coding: How to write them.

    Raises:
        ExportError: They can't be encoded so.
        OSError: As the disk says.
    """
    feed = iter(blocks)
    held: list[bytes] = []
    size = 0
    while size <= _MOST_BYTES and not coding.tags.chapters:
        data = next(feed, None)
        if data is None:
            _by_pydub(b"".join(held), path, sound, coding)
            break
        held.append(data)
        size += len(data)
    else:
        _by_pipe(_all(held, feed), path, sound, coding)
    coding.tags.complete(path)
    return path


def _all(held: list[bytes], feed: Iterator[bytes]) -> Iterator[bytes]:
    """What was held, given away as it goes, and what follows."""
    while held:
        yield held.pop(0)
    yield from feed


def audio_segment(data: bytes, sound: Sound) -> Any:
    """PCM as pydub's ``AudioSegment``."""
    with warnings.catch_warnings():  # it looks for a system ffmpeg; ours is named below
        warnings.simplefilter("ignore")
        from pydub import AudioSegment  # noqa: PLC0415 (slow, and it warns)

    AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
    return AudioSegment(
        data,
        sample_width=sound.sample_bytes,
        frame_rate=sound.rate_hz,
        channels=sound.channels,
    )


def _by_pydub(data: bytes, path: Path, sound: Sound, coding: Coding) -> None:
    segment = audio_segment(data, sound)
    from pydub.exceptions import CouldntEncodeError  # noqa: PLC0415 (as above)

    try:
        with path.open("wb+") as file:  # given its name alone, pydub leaves the file open
            segment.export(
                file,
                format=_MUXERS.get(coding.fmt, str(coding.fmt)),
                parameters=coding.parameters(sound),
                tags=coding.tags.named() or None,
            )
    except CouldntEncodeError as error:
        raise _not_encoded(coding.fmt, str(error)) from error


def _by_pipe(blocks: Iterable[bytes], path: Path, sound: Sound, coding: Coding) -> None:
    with tempfile.TemporaryDirectory(prefix="aircheck-") as room:
        said = Path(room) / "tags.txt"
        said.write_bytes(coding.tags.ffmetadata().encode(errors="replace"))
        run(
            blocks,
            [
                *sound.parameters, "-i", "pipe:0", "-f", "ffmetadata", "-i", os.fspath(said),
                "-map", "0:a", "-map_metadata", "1", "-map_chapters", "1",
                *coding.parameters(sound),
                "-f", _MUXERS.get(coding.fmt, str(coding.fmt)), "-y", os.fspath(path),
            ],
            lambda words: _not_encoded(coding.fmt, words),
        )  # fmt: skip


def run(blocks: Iterable[bytes], parameters: list[str], failure: Any, level: str = "error") -> str:
    """Send blocks through FFmpeg.

    Args:
        blocks: What it reads.
        parameters: Its own, without the program's name.
        failure: Makes an error of what it said.
        level: How much it is to say.

    Returns:
        What it said.

    Raises:
        AircheckError: As `failure` makes it.
    """
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-v", level, *parameters,
    ]  # fmt: skip
    with (
        tempfile.TemporaryFile() as told,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=told
        ) as encoder,
    ):
        assert encoder.stdin is not None
        try:
            with contextlib.suppress(BrokenPipeError), encoder.stdin as pipe:
                for block in blocks:
                    pipe.write(block)
        except BaseException:
            encoder.kill()
            raise
        status = encoder.wait()
        told.seek(0)
        words = told.read().decode(errors="replace")
        if status != 0:
            raise failure(words)
        return words


def _not_encoded(fmt: Format, said: str) -> ExportError:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    why = lines[-1][:200] if lines else "FFmpeg doesn't say why"
    return ExportError(
        f"It can't be written as {fmt} ({why}).",
        safe="The session is untouched, and nothing half made was left behind.",
        hint="Free some room, or choose another format.",
    )
