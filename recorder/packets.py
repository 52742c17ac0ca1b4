"""Packets of a track, copied into files of their own: nothing is decoded, nothing encoded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

from recorder import remuxed
from recorder.decode import stretches
from recorder.encode import Format
from recorder.errors import ExportError, storage_error
from recorder.media import Media
from recorder.pieces import Piece
from recorder.tags import Tags
from recorder.timeline import Part, Timeline

_MUXERS = {
    Format.MP3: ("mp3", {"write_xing": "0", "id3v2_version": "4"}),
    Format.M4A: ("ipod", {}),
    Format.OPUS: ("opus", {}),
    Format.OGG: ("ogg", {}),
}
"""FFmpeg's, with options; a Xing header would make players trim samples that nobody put there."""

_CONTAINED = {"mp3": "mp3", "adts": "aac"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A packet as it was recorded.

    Attributes:
        middle_s: Session time of its middle, by which it belongs to one piece or the next.
        samples: That it holds, a channel.
    """

    media: Media
    packet: av.Packet[AudioStream]
    middle_s: float
    samples: int


def codec_of(part: Part) -> str:
    """FFmpeg's name of a part's codec; empty where only its packets tell."""
    return part.format.codec or _CONTAINED.get(part.format.container, "")


def copies(root: Path, timeline: Timeline, track: str) -> Iterator[Copy]:
    """A track's packets, in order of session time.

    Raises:
        DecodeError: A part can't be read.
    """
    for stretch in stretches(timeline, track):
        piece = Piece(
            part=stretch.part,
            chunks=stretch.chunks,
            is_whole=len(stretch.chunks) == sum(c.duration_s > 0 for c in stretch.part.chunks),
        )
        at_s = float(stretch.start_s)
        for media, packet in remuxed.packets(root, piece):
            samples = media.samples_of(packet)
            lasts_s = samples / media.rate_hz
            yield Copy(media=media, packet=packet, middle_s=at_s + lasts_s / 2, samples=samples)
            at_s += lasts_s


def write(piece: Iterable[Copy], path: Path, fmt: Format, tags: Tags) -> Path:
    """Write packets as a file; what is left of a failure is the caller's to remove.

    Args:
        piece: One at least, of one codec.
        path: Where to.
        fmt: A format that holds that codec.
        tags: What the file says of itself.

    Raises:
        DecodeError: A part can't be read.
        ExportError: FFmpeg can't write them so.
        StorageError: The disk refuses.
    """
    feed = iter(piece)
    first = next(feed)
    muxer, options = _MUXERS[fmt]
    try:
        with av.open(str(path), "w", format=muxer, options=options) as container:
            container.metadata.update(tags.named())
            stream = container.add_stream_from_template(first.media.stream)
            written = _mux(container, stream, first, 0)
            for each in feed:
                written = _mux(container, stream, each, written)
    except av.FFmpegError as error:
        if isinstance(error, OSError) and error.errno:
            raise storage_error(error, doing=f"writing {path.name}") from error
        raise ExportError(
            f"The packets can't be copied into {fmt} ({error.strerror}).",
            safe="The session is untouched, and no piece was left behind.",
            hint="With --exact they are decoded and written anew.",
        ) from error
    tags.complete(path)
    return path


def _mux(container: OutputContainer, stream: AudioStream, copy: Copy, written: int) -> int:
    """Append a packet behind so many samples; how many there are then."""
    if (copy.media.rate_hz, copy.media.channels) != (stream.rate, stream.channels):
        raise ExportError(
            "The sound changes its rate or channels within a piece, so it can't be copied.",
            safe="The session is untouched, and no piece was left behind.",
            hint="With --exact it is decoded and written anew.",
        )
    packet = copy.packet
    packet.stream = stream
    packet.time_base = Fraction(1, copy.media.rate_hz)
    packet.pts = packet.dts = written
    packet.duration = copy.samples
    packet.is_keyframe = True
    container.mux(packet)
    return written + copy.samples
