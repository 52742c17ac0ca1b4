"""A track's parts as one file that plays on: packets copied, never re-encoded; gaps cut out.

The container is the one that fits the codec: .mp3, .m4a for AAC, .ogg, .flac, else .mka. Packets
get their time from a count of samples, since FFmpeg's own time stamps run backwards where small
HLS segments meet, and then its muxers refuse them. Where the codec, its rate or its channels
change, a new file begins.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

from recorder.decode import open_part
from recorder.errors import ExportError, storage_error
from recorder.media import Media
from recorder.timeline import Part
from recorder.types import Seconds

_SUFFIXES = {"mp3": ".mp3", "aac": ".m4a", "opus": ".ogg", "vorbis": ".ogg"}
_MUXERS = {".mp3": "mp3", ".m4a": "mp4", ".ogg": "ogg", ".flac": "flac", ".mka": "matroska"}
_OPTIONS = {
    # A Xing header would make players trim 529 samples; an ID3 tag would be ours, not theirs.
    ".mp3": {"write_xing": "0", "id3v2_version": "0"},
}
_OWN_HEADERS = ("aac", "mp3")
"""Codecs whose packets can follow each other whatever their streams' headers say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a part lies in a continuous file.

    Attributes:
        part: Its file, relative to the session's folder.
        start_s: Session time of its first sample.
        at_s: Where it begins in the continuous file.
    """

    part: str
    start_s: Seconds
    at_s: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuous:
    """A file that was made, and what is in it, in order."""

    path: Path
    spans: tuple[Span, ...]


@dataclass(slots=True)
class _Output:
    """The file that is being written."""

    path: Path
    container: OutputContainer
    stream: AudioStream
    rate_hz: int
    written: int | None = None  # samples a channel; None before the first packet
    spans: list[Span] = field(default_factory=list)

    def add(self, part: Part, media: Media) -> None:
        """Append a part's packets."""
        base = Fraction(1, self.rate_hz)
        for number, packet in enumerate(media.packets()):
            if self.written is None:  # priming lies before 0, where the container tells of it
                self.written = min(0, round(media.time_of(packet) * self.rate_hz))
            if number == 0:
                at_s = Seconds(max(0, self.written) / self.rate_hz)
                self.spans.append(Span(part=part.file, start_s=part.start_s, at_s=at_s))
            duration = media.samples_of(packet)
            packet.stream = self.stream
            packet.time_base = base
            packet.pts = packet.dts = self.written
            packet.duration = duration
            packet.is_keyframe = True
            self.written += duration
            self.container.mux(packet)


def write(root: Path, parts: Iterable[Part], stem: Path) -> list[Continuous]:
    """Write a track's parts as continuous files: one, unless what they hold can't be joined.

    Args:
        root: The session's folder.
        parts: Of one track, in order of session time.
        stem: Where to, without a suffix; ``-2``, … is put behind that of further files.

    Raises:
        DecodeError: A part is missing or can't be read.
        ExportError: FFmpeg can't write what it read.
        StorageError: The disk refuses.
    """
    files: list[Continuous] = []
    for (codec, *_), alike in itertools.groupby(_keyed(root, parts), key=lambda item: item[0]):
        group = [part for _, part in alike]
        number = f"-{len(files) + 1}" if files else ""
        path = stem.with_name(f"{stem.name}{number}{_suffix(codec, group)}")
        files.append(_write_one(root, group, path))
    return files


def _keyed(root: Path, parts: Iterable[Part]) -> Iterator[tuple[tuple[str, int, int, bytes], Part]]:
    """Parts, each with what must be equal in all parts of one file."""
    for part in parts:
        with open_part(root, part) as media:
            yield (media.codec, media.rate_hz, media.channels, _header(media)), part


def _header(media: Media) -> bytes:
    """What a decoder is set up with, as far as packets depend on it."""
    extradata = media.stream.codec_context.extradata or b""
    if media.codec in _OWN_HEADERS:
        return b""
    if media.codec == "flac":  # STREAMINFO: from byte 10 on the format, then length and MD5
        return extradata[10:14]
    return extradata


def _suffix(codec: str, parts: list[Part]) -> str:
    if codec == "flac":
        # Frames of several native FLAC files count from 0 each: only other containers hold them.
        if parts[0].format.container == "ogg":
            return ".ogg"
        return ".flac" if len(parts) == 1 else ".mka"
    return _SUFFIXES.get(codec, ".mka")


def _write_one(root: Path, parts: list[Part], path: Path) -> Continuous:
    output: _Output | None = None
    suffix = path.suffix
    try:
        with av.open(
            str(path), "w", format=_MUXERS[suffix], options=_OPTIONS.get(suffix, {})
        ) as container:
            for part in parts:
                with open_part(root, part) as media:
                    if output is None:
                        stream = container.add_stream_from_template(media.stream)
                        output = _Output(
                            path=path, container=container, stream=stream, rate_hz=media.rate_hz
                        )
                    output.add(part, media)
    except av.FFmpegError as error:
        if isinstance(error, OSError) and error.errno:
            raise storage_error(error, doing=f"writing {path.name}") from error
        raise ExportError(
            f"{path.name} can't be written ({error.strerror}).",
            safe="The session is untouched.",
        ) from error
    return Continuous(path=path, spans=tuple(output.spans) if output else ())
