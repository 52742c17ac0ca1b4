"""The one seam to PyAV's demuxers and decoders: a file, or a stretch of one, opened for reading.

Files are read through Python, by their bytes alone: libav gets no name to open, so that nothing
inside a file (a playlist, a reference) leads it to another. The format is named where it is known,
and else found among `_PROBED`, which hold no playlists.

Nothing is trimmed here: a decoder's first samples, which players skip (AAC's and Opus's priming),
come with the others, at their own time.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import numpy.typing as npt
from av.audio.codeccontext import AudioCodecContext
from av.audio.plane import AudioPlane
from av.audio.stream import AudioStream
from av.codec.context import Flags2
from av.container import InputContainer

from recorder.errors import DecodeError
from recorder.frames import vorbis_samples
from recorder.types import AudioFormat, Seconds

Samples = npt.NDArray[np.float32]
"""Full scale at ±1, shape [frames, channels]."""

_FORMATS = {
    "adts": "aac", "mp3": "mp3", "ogg": "ogg", "ts": "mpegts", "fmp4": "mp4", "wav": "wav",
    "flac": "flac",
}  # fmt: skip
_PROBED = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dts,eac3,flac,flv,matroska,mov,mp3,mpeg,mpegts,ogg,rm,"
    "tak,tta,w64,wav,webm,wv"
)
_KINDS: dict[str, type[np.generic]] = {
    "u8": np.uint8, "s16": np.int16, "s32": np.int32, "s64": np.int64, "flt": np.float32,
    "dbl": np.float64,
}  # fmt: skip
_ID3_HEADER = 10
_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a file says of its sound.

    Attributes:
        format: ``container`` is one of ours (`AudioFormat`) or FFmpeg's name; ``riff`` is a WAV
            file whose header isn't ours.
        duration_s: As its header tells, or estimated; None where neither can be.
        created_at: When it was recorded, as its tags tell; None where they don't.
        artist: Who speaks or plays, as its tags tell; empty where they don't.
    """

    format: AudioFormat
    duration_s: Seconds | None
    created_at: datetime | None
    artist: str = ""


class Media:
    """The first audio stream of an opened file. For one thread; made by `open_media`."""

    def __init__(self, name: str, container: InputContainer, stream: AudioStream) -> None:
        self._name, self.container, self.stream = name, container, stream
        context = stream.codec_context
        context.flags2 |= Flags2.skip_manual
        self.codec = context.codec.canonical_name
        self.rate_hz = context.sample_rate
        self.channels = context.channels
        start, base = stream.start_time, stream.time_base
        self._ticks_hz = base.denominator / base.numerator if base else 0.0
        self._zero_s = max(0.0, float(start * base)) if start is not None and base else 0.0
        self.is_lossless = bool(context.codec.lossless and not context.codec.lossy)

    @property
    def bits(self) -> int:
        """Bits that hold a sample without loss: 16, 24 or 32; 16 where coding was lossy anyway."""
        context = self.stream.codec_context
        name = context.format.name if self.is_lossless else ""
        if not name.startswith(("s32", "flt", "dbl")):
            return 16
        if self.codec == "flac":  # STREAMINFO has the depth, less one, from bit 103 (RFC 9639, 8.2)
            depth = int.from_bytes((context.extradata or bytes(18))[12:14], "big") >> 4 & 31
            return 24 if depth < 24 else 32
        return 24 if self.codec.startswith("pcm_s24") else 32

    @property
    def duration_s(self) -> Seconds | None:
        """As the file's header tells, or estimated; None where neither can be."""
        stream, base = self.stream, self.stream.time_base
        if stream.duration and base:
            return Seconds(float(stream.duration * base))
        return Seconds(self.container.duration / av.time_base) if self.container.duration else None

    def packets(self) -> Iterator[av.Packet[AudioStream]]:
        """Coded packets of the stream, in their order, without the empty ones.

        Raises:
            DecodeError: The file can't be read on.
        """
        with self._mapped():
            demuxed = (packet for packet in self.container.demux(self.stream) if packet.size)
            if self.codec == "mp3":
                yield from map(_without_tag, demuxed)
            elif self.codec == "vorbis" and self._ticks_hz == self.rate_hz:
                yield from self._retimed(demuxed)
            else:
                yield from demuxed

    def _retimed(
        self, packets: Iterable[av.Packet[AudioStream]]
    ) -> Iterator[av.Packet[AudioStream]]:
        """Vorbis in Ogg with its true durations.

        FFmpeg takes the first short block behind long ones for one among short ones, and makes up
        for it at the next. Only the first packet, which gives no sound, and the last, which the
        stream may cut, are as it says.
        """
        samples_of = vorbis_samples(self.stream.codec_context.extradata or b"")
        for packet, following in itertools.pairwise(itertools.chain(packets, [None])):
            assert packet is not None  # None stands behind the last
            samples = samples_of(bytes(memoryview(packet)[:1]))
            if samples and following is not None:
                packet.duration = samples
            yield packet

    def frames(self) -> Iterator[av.AudioFrame]:
        """Decoded frames, in their order; where a packet can't be decoded, as much silence.

        Raises:
            DecodeError: The file can't be read on, or nothing in it could be decoded.
        """
        heard = False
        with self._mapped():
            for packet in self.packets():
                try:
                    frames = self.stream.codec_context.decode(packet)
                    heard = True
                except av.InvalidDataError:
                    frames = [self._silence(packet)]
                yield from frames
            yield from self.stream.codec_context.decode(None)
        if not heard:
            raise _undecodable(self._name, "nothing in it is sound")

    def seek(self, at_s: float) -> None:
        """Go to a packet at or before a moment, as `time_of` counts.

        Raises:
            DecodeError: The file can't be read there.
        """
        with self._mapped():
            assert self.stream.time_base is not None
            target = int((at_s + self._zero_s) / self.stream.time_base)
            self.container.seek(target, stream=self.stream)

    def time_of(self, item: av.Packet[AudioStream] | av.AudioFrame) -> float:
        """When a packet or frame begins, in seconds since the stream's first sample.

        Negative for priming. A stream that was joined in its middle begins at 0 too.
        """
        pts = item.pts
        if pts is None or not self._ticks_hz:
            return 0.0
        if isinstance(item, av.Packet):  # one of many: a Fraction for each would take longer
            return pts / self._ticks_hz - self._zero_s
        base = item.time_base
        return (float(pts * base) if base else pts / self._ticks_hz) - self._zero_s

    def samples_of(self, packet: av.Packet[AudioStream]) -> int:
        """Samples a channel that a packet holds, as the container tells; 0 if it doesn't."""
        if not packet.duration or not self._ticks_hz:
            return 0
        return round(packet.duration / self._ticks_hz * self.rate_hz)

    def _silence(self, packet: av.Packet[AudioStream]) -> av.AudioFrame:
        context = self.stream.codec_context
        frame = av.AudioFrame(
            format=context.format,
            layout=context.layout,
            samples=self.samples_of(packet) or context.frame_size or 1_024,
        )
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate = context.sample_rate
        frame.pts, frame.time_base = packet.pts, packet.time_base
        return frame

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except (av.FFmpegError, OSError) as error:
            raise _undecodable(self._name, error.strerror or str(error)) from error


class Window(io.RawIOBase):
    """Stretches of a file, one after the other, as one file to read."""

    def __init__(self, path: Path, *spans: tuple[int, int | None]) -> None:
        """Open a file.

        Args:
            path: The file.
            spans: Begin and end of each stretch in bytes; an end of None is the file's. Unless
                told, the whole file.

        Raises:
            OSError: It can't be opened.
        """
        super().__init__()
        self._file = path.open("rb")
        size = self._file.seek(0, io.SEEK_END)
        cut = [(begin, min(size, size if end is None else end)) for begin, end in spans]
        self._spans = [(begin, end) for begin, end in cut or [(0, size)] if begin < end]
        self._size = sum(end - begin for begin, end in self._spans)
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Position, counted from the begin of the first stretch."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move, as `io.IOBase.seek` does."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes from where we are; all that is left if it is negative."""
        wanted = self._size - self._at if size < 0 else size
        pieces: list[bytes] = []
        before = 0
        for begin, end in self._spans:
            inside = self._at - before
            if wanted > 0 and inside < end - begin:
                self._file.seek(begin + inside)
                piece = self._file.read(min(wanted, end - begin - inside))
                pieces.append(piece)
                wanted -= len(piece)
                self._at += len(piece)
            before += end - begin
        return b"".join(pieces)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


@contextmanager
def open_media(
    path: Path, *spans: tuple[int, int | None], container: str = "", name: str = ""
) -> Iterator[Media]:
    """Open the sound of a file.

    Args:
        path: The file.
        spans: The stretches of it that count, as for `Window`.
        container: As in `AudioFormat`; empty, or one that we don't know, is found out.
        name: What to call the file in messages; its own name unless told.

    Raises:
        DecodeError: There is no such file, it can't be read, or no sound is in it.
    """
    name = name or path.name
    try:
        window = Window(path, *spans)
    except FileNotFoundError as error:
        raise DecodeError(f"{name} isn't there.", hint="Check where it is.") from error
    except OSError as error:
        raise _undecodable(name, error.strerror or str(error)) from error
    with window:
        try:
            opened = av.open(
                window,
                "r",
                format=_FORMATS.get(container),
                options={} if container in _FORMATS else {"format_whitelist": _PROBED},
                metadata_errors="replace",
                buffer_size=_BUFFER,
            )
        except (av.FFmpegError, OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise _undecodable(name, reason) from error
        with opened:
            stream = next(iter(opened.streams.audio), None)
            # A codec that FFmpeg has no decoder for leaves no context, which the types don't tell.
            context = cast("AudioCodecContext | None", stream.codec_context) if stream else None
            if stream is None or context is None or not context.sample_rate:
                raise _undecodable(name, "there is no sound in it")
            yield Media(name, opened, stream)


def probe(path: Path) -> Probe:
    """Say what a file of any kind holds, by its bytes, not its name.

    Raises:
        DecodeError: It can't be read, or there is no sound in it.
    """
    with open_media(path) as media:
        both = {**media.stream.metadata, **media.container.metadata}  # Ogg's are the stream's
        tags = {key.lower(): value for key, value in both.items()}
        return Probe(
            format=AudioFormat(
                container=_our_name(media.container.format.name),
                codec=media.codec,
                rate_hz=media.rate_hz,
                channels=media.channels,
            ),
            duration_s=media.duration_s,
            created_at=_creation(tags),
            artist=" ".join((tags.get("artist") or tags.get("album_artist") or "").split()),
        )


def gathered(frames: Sequence[av.AudioFrame]) -> Samples:
    """Frames of one shape, one after the other, as numbers; full scale at ±1, exact to 24 bits.

    Raises:
        ValueError: There is no frame, or a sample format that we don't know.
    """
    first = frames[0]
    name, channels = first.format.name, first.layout.nb_channels
    kind = _KINDS.get(name.removesuffix("p"))
    if kind is None:
        raise ValueError(f"samples of {name}")
    total = sum(frame.samples for frame in frames)
    if not first.format.is_planar:
        packed = [_values(frame.planes[0], kind, frame.samples * channels) for frame in frames]
        return _scaled(np.concatenate(packed).reshape(-1, channels))
    whole = np.empty((channels, total), kind)
    at = 0
    for frame in frames:
        end = at + frame.samples
        for row, plane in zip(whole, frame.planes, strict=True):
            row[at:end] = _values(plane, kind, end - at)
        at = end
    return _scaled(whole.T)  # each channel's samples side by side still, which is quick to work on


def _values(plane: AudioPlane, kind: type[np.generic], count: int) -> npt.NDArray[Any]:
    """A plane's first values; the rest of it pads."""
    return np.frombuffer(cast("bytes", plane), kind, count)  # it is a buffer, and doesn't say so


def _scaled(whole: npt.NDArray[Any]) -> Samples:
    if whole.dtype == np.uint8:
        return (whole.astype(np.float32) - 128) / np.float32(128)
    if whole.dtype.kind == "i":
        return whole.astype(np.float32) * np.float32(2.0 ** (1 - 8 * whole.dtype.itemsize))
    return whole.astype(np.float32, copy=False)


def _our_name(name: str) -> str:
    ours = {"aac": "adts", "wav": "riff"}
    first = name.partition(",")[0]
    return ours.get(first, "mp4" if first == "mov" else first)


def _creation(tags: dict[str, str]) -> datetime | None:
    """When a recording was made, from those tags that name a day at least."""
    for key in ("creation_time", "date_recorded", "date"):
        try:
            text = tags[key].strip()
            moment = datetime.fromisoformat(text)
        except (KeyError, ValueError):
            continue
        if len(text) < len("2024-08-13"):
            continue
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _without_tag(packet: av.Packet[AudioStream]) -> av.Packet[AudioStream]:
    """An MP3 packet without the ID3 tag that FFmpeg's parser leaves before a frame in mid-stream.

    HLS segments of packed audio each begin with one (RFC 8216, section 3.4).
    """
    head = bytes(memoryview(packet)[:_ID3_HEADER])
    if head[:3] != b"ID3" or len(head) < _ID3_HEADER:
        return packet
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    bare = cast(
        "av.Packet[AudioStream]", av.Packet(bytes(memoryview(packet)[_ID3_HEADER + size :]))
    )
    bare.stream = packet.stream
    bare.pts, bare.dts, bare.time_base = packet.pts, packet.dts, packet.time_base
    bare.duration, bare.is_keyframe = packet.duration, packet.is_keyframe
    return bare


def _undecodable(name: str, reason: str) -> DecodeError:
    return DecodeError(
        f"{name} can't be decoded ({reason[:1].lower()}{reason[1:]}).",
        safe="It is left as it is.",
        hint="Check that it is an audio file, and whole.",
    )
