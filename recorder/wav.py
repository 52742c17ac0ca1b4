"""WAV parts: a header that holds at every moment of a part's growth, and its last word.

While a part grows its sizes are 0xFFFFFFFF, which FFmpeg, SoX and libsndfile take as 'to the end
of the file' (FFmpeg writes the same into a pipe). Nothing has to be rewritten as it grows, so a
crash at any moment leaves a file that plays. `finish` puts the true sizes in.

Layout: http://soundfile.sapp.org/doc/WaveFormat/; float samples also have the ``fact`` chunk that
Microsoft asks for. The data chunk is the last one and gets no pad byte where its length is odd
(24 bits, one channel): what follows the header is samples and nothing else.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

from recorder import pcm
from recorder.errors import CorruptSession, storage_error
from recorder.types import AudioFormat

frame_bytes = pcm.frame_bytes

_GROWING = 0xFFFFFFFF
_INTEGER, _FLOAT = 1, 3  # WAVE_FORMAT_PCM, WAVE_FORMAT_IEEE_FLOAT
_SHORTEST_HEADER, _LONGEST_HEADER = 44, 58


def header(fmt: AudioFormat, frames: int | None = None) -> bytes:
    """The bytes that a WAV begins with.

    Args:
        fmt: Of the samples that follow.
        frames: Samples a channel; None while the file grows. Where they take more than the 4 GB
            that a size can tell, the header says 'to the end of the file', too.

    Raises:
        ValueError: The format is not a device's PCM.
    """
    frame = frame_bytes(fmt)
    if frames is None or frames * frame + _LONGEST_HEADER > _GROWING:
        frames, data_bytes = _GROWING, _GROWING
    else:
        data_bytes = frames * frame
    is_float = fmt.codec == "pcm_f32le"
    chunks = struct.pack(
        "<4sIHHIIHH",
        b"fmt ",
        18 if is_float else 16,
        _FLOAT if is_float else _INTEGER,
        fmt.channels,
        fmt.rate_hz,
        fmt.rate_hz * frame,
        frame,
        8 * pcm.sample_bytes(fmt),
    )
    if is_float:
        chunks += struct.pack("<H4sII", 0, b"fact", 4, frames)
    chunks += struct.pack("<4sI", b"data", data_bytes)
    riff_bytes = min(_GROWING, len(b"WAVE") + len(chunks) + data_bytes)
    return struct.pack("<4sI4s", b"RIFF", riff_bytes, b"WAVE") + chunks


def read_format(path: Path) -> AudioFormat:
    """The format that a part's header tells.

    Raises:
        CorruptSession: It doesn't begin with a header as `header` makes them.
        StorageError: It can't be read.
    """
    return _parse(_start(path), path)


def data_offset(path: Path) -> int:
    """Where a part's samples begin, in bytes.

    A file that ends within its header holds no samples; its own length is returned.

    Raises:
        CorruptSession: It doesn't begin with a header as `header` makes them.
        StorageError: It can't be read.
    """
    start = _start(path)
    if len(start) < _SHORTEST_HEADER and b"RIFF".startswith(start[:4]):
        return len(start)
    return min(len(start), len(header(_parse(start, path))))


def finish(path: Path) -> None:
    """Put a part's true sizes into its header, and sync it; done twice without harm.

    Raises:
        CorruptSession: It doesn't begin with a header as `header` makes them.
        StorageError: The disk refuses.
        ValueError: It doesn't end with a whole frame.
    """
    fmt = read_format(path)
    frames, torn = divmod(path.stat().st_size - data_offset(path), frame_bytes(fmt))
    if torn:
        raise ValueError(f"{path.name} ends in a torn frame")
    try:
        with path.open("r+b") as file:
            file.write(header(fmt, frames))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise storage_error(error, doing="finishing a part") from error


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST_HEADER)
    except OSError as error:
        raise storage_error(error, doing="reading a part") from error


def _parse(start: bytes, path: Path) -> AudioFormat:
    """The format in a file's first bytes, which must be what `header` writes for it."""
    if len(start) >= _SHORTEST_HEADER:
        tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", start, 20)
        codec = f"pcm_{'f' if tag == _FLOAT else 's'}{bits}le"
        fmt = AudioFormat(container="wav", codec=codec, rate_hz=rate_hz, channels=channels)
        if _is_ours(start, fmt):
            return fmt
    raise CorruptSession(
        f"{path.name} is not one of Aircheck's WAV files: its header is damaged.",
        safe="It is left as it is.",
    )


def _is_ours(start: bytes, fmt: AudioFormat) -> bool:
    try:
        made = header(fmt)
    except ValueError:
        return False
    return (start[:4], start[8:36]) == (made[:4], made[8:36])
