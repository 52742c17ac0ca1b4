"""A device's WAV part as FLAC, by pydub, with every sample compared before it counts.

FLAC holds integers of 4 to 32 bits (RFC 9639), so float parts stay WAV. pydub writes the file
through the FFmpeg binary that imageio-ffmpeg brings; it is read again by PyAV, another FFmpeg.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np

from recorder import pcm, wav
from recorder.errors import DecodeError, ExportError, storage_error
from recorder.types import AudioFormat

_MOST_CHANNELS = 8
_LONGEST_REASON = 200
_PACKED = ("pcm_s16le", "pcm_s24le", "pcm_s32le")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackResult:
    """A FLAC that holds just what the WAV holds.

    Attributes:
        bytes: Its size.
        sha256: Of the file.
        pcm_sha256: Of the raw samples, interleaved as in the WAV: the same for both.
    """

    bytes: int
    sha256: str
    pcm_sha256: str


def can_pack(fmt: AudioFormat) -> bool:
    """Whether FLAC holds this format without a loss."""
    return fmt.container == "wav" and fmt.codec in _PACKED and fmt.channels <= _MOST_CHANNELS


def pack(wav_path: Path, flac_path: Path) -> PackResult:
    """Store a finished WAV part as FLAC beside it, and prove that the samples are the same.

    The FLAC appears in one step, synced, and only when every sample was compared. The WAV is
    never touched: whoever called removes it, once the FLAC is journaled. pydub works on whole
    files, so it does so in a child process (`main`), whose memory and temporary files go with it;
    those lie beside the FLAC. Blocks; takes about 1 % of the sound's length.

    Args:
        wav_path: A part that `can_pack`, finished.
        flac_path: Where to; replaced if there.

    Raises:
        CorruptSession: The WAV's header is damaged.
        ExportError: No FLAC could be made, or it doesn't hold the same samples.
        StorageError: The disk refuses.
        ValueError: The format can't be packed.
    """
    fmt = wav.read_format(wav_path)
    if not can_pack(fmt):
        raise ValueError(f"{fmt.codec} is not packed")
    room = flac_path.with_name(f".{flac_path.name}.tmp")
    try:
        shutil.rmtree(room, ignore_errors=True)  # of a process that died
        room.mkdir()
        made = room / flac_path.name
        _encode_in_child(wav_path, made)
        pcm_sha256 = _compare(wav_path, made, fmt)
        sha256 = _sync_and_hash(made)
        size = made.stat().st_size
        made.replace(flac_path)
        _sync_folder(flac_path.parent)
    except OSError as error:
        raise storage_error(error, doing="packing a part", safe="The WAV is safe.") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return PackResult(bytes=size, sha256=sha256, pcm_sha256=pcm_sha256)


def read_pcm(flac_path: Path, codec: str) -> Iterator[bytes]:
    """The raw samples of a packed part, as they lay in the WAV.

    Args:
        flac_path: The FLAC.
        codec: The WAV's codec: ``pcm_s16le``, ``pcm_s24le`` or ``pcm_s32le``.

    Yields:
        Interleaved samples, whole frames, some thousands at a time.

    Raises:
        DecodeError: It isn't FLAC. FFmpeg passes over lesser damage: samples are wrong or missing
            then, which their hash tells.
    """
    held = 0
    try:
        with av.open(os.fspath(flac_path), "r", format="flac") as container:
            for frame in container.decode(audio=0):
                held += frame.samples
                yield _as_pcm(frame.to_ndarray(), codec)
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise DecodeError(f"{flac_path.name} can't be decoded: {error}.") from error
    if held == 0:
        raise DecodeError(f"{flac_path.name} can't be decoded: there is no sound in it.")


def pcm_of(frame: av.AudioFrame, codec: str) -> bytes:
    """A decoded frame of lossless sound as interleaved samples.

    Args:
        frame: Of 16 bits, of 24 or 32 in the top of 32, or of 32-bit floats.
        codec: ``pcm_s16le``, ``pcm_s24le``, ``pcm_s32le`` or ``pcm_f32le``, as the samples need.
    """
    decoded: np.ndarray = frame.to_ndarray()
    if frame.format.is_planar:
        decoded = np.ascontiguousarray(decoded.T)
    if codec == "pcm_f32le":
        return decoded.astype("<f4", copy=False).tobytes()
    return _as_pcm(decoded, codec)


def main(arguments: Sequence[str]) -> int:
    """The child process of `pack`: ``python -P -m recorder.pack WAV FLAC``, done by pydub.

    Returns:
        The exit status: 0, or 1 with the reason on stderr.
    """
    wav_path, flac_path = (Path(argument) for argument in arguments)
    try:
        _encode(wav_path, flac_path)
    except Exception as error:  # noqa: BLE001 (the edge of the process: the parent tells it)
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _encode(wav_path: Path, flac_path: Path) -> None:
    """Write a FLAC through pydub.

    pydub makes 32 bits of 24 by filling the lowest 8 with the sign; here they are filled with
    zeros, which the encoder leaves out. FLAC of 32 bits is 'experimental' to FFmpeg's encoder.
    """
    with warnings.catch_warnings():  # it looks for a system ffmpeg; ours is named below
        warnings.simplefilter("ignore")
        from pydub import AudioSegment  # noqa: PLC0415 (slow, and for the child alone)

    fmt = wav.read_format(wav_path)
    samples = np.memmap(wav_path, np.uint8, "r", offset=wav.data_offset(wav_path)).data
    is_24 = fmt.codec == "pcm_s24le"
    segment = AudioSegment(
        pcm.widen(samples).tobytes() if is_24 else samples,
        sample_width=4 if is_24 else pcm.sample_bytes(fmt),
        frame_rate=fmt.rate_hz,
        channels=fmt.channels,
    )
    bits = 8 * pcm.sample_bytes(fmt)
    AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
    segment.export(
        os.fspath(flac_path),
        format="flac",
        parameters=["-strict", "experimental", "-bits_per_raw_sample", str(bits)],
    ).close()


def _encode_in_child(wav_path: Path, flac_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "recorder.pack", str(wav_path), str(flac_path)],
        env={**os.environ, "TMPDIR": str(flac_path.parent)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").split("\n")
        why = next((line for line in reversed(said) if line.strip()), f"status {done.returncode}")
        raise ExportError(
            f"No FLAC could be made of {wav_path.name} ({why[:_LONGEST_REASON]}).",
            safe="The WAV is safe and is kept.",
        )


def _compare(wav_path: Path, flac_path: Path, fmt: AudioFormat) -> str:
    """The SHA-256 of the raw samples, which must be the same in both.

    Raises:
        ExportError: It isn't.
    """
    packed = hashlib.sha256()
    for block in read_pcm(flac_path, fmt.codec):
        packed.update(block)
    with wav_path.open("rb") as file:
        file.seek(wav.data_offset(wav_path))
        raw = hashlib.file_digest(file, "sha256")
    if packed.digest() != raw.digest():
        raise ExportError(
            f"The FLAC made of {wav_path.name} doesn't hold the same samples.",
            safe="The WAV is safe and is kept.",
        )
    return raw.hexdigest()


def _as_pcm(decoded: np.ndarray, codec: str) -> bytes:
    """Decoded samples in the width that they had; FFmpeg gives 16 bits, or the top of 32."""
    if codec == "pcm_s16le":
        return decoded.astype("<i2", copy=False).tobytes()
    wide = decoded.astype("<i4", copy=False)
    if codec == "pcm_s24le":
        return np.ascontiguousarray(wide.reshape(-1, 1).view(np.uint8)[:, 1:]).tobytes()
    return wide.tobytes()


def _sync_and_hash(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make a rename last; where a folder can't be synced (Windows) the system sees to it."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
