"""Packets of a track, copied into files of their own: nothing is decoded, nothing encoded.

Ogg's pages are written here, the others' by FFmpeg. A decoder of Vorbis gives nothing for its first
packet, which only overlaps; one of Opus has to drop what it gives until it has swung in. So a piece
that was cut out of Ogg begins with packets from before the cut (`Lead`), and its header and time
stamps say that they don't count: alone it sounds from its very first sample on.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

from recorder import ogg, paged, remuxed
from recorder.decode import stretches
from recorder.encode import Format
from recorder.errors import ExportError, storage_error
from recorder.frames import opus_samples, vorbis_headers, vorbis_samples
from recorder.media import Media
from recorder.pieces import TOUCHING_S, Piece
from recorder.tags import Tags
from recorder.timeline import Part, Timeline

_MUXERS = {
    Format.MP3: ("mp3", {"write_xing": "0", "id3v2_version": "4"}),
    Format.M4A: ("ipod", {}),
}
"""FFmpeg's, with options; a Xing header would make players trim samples that nobody put there."""

_LEAD_S = {"opus": 0.08, "vorbis": 0.0}
"""What decoders need before the first sample that counts, and one packet (RFC 7845, 4.6)."""

_APART_S = 0.1  # by which the packets of parts that follow each other may not fit
_MOST_LEAD = 40  # packets; Opus's shortest last 2.5 ms
_PAGE_S, _MOST_LACES = 1.0, 255

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

    @property
    def half_s(self) -> float:
        """Half of how long it lasts."""
        return self.samples / self.media.rate_hz / 2


class Lead:
    """The packets that went by last, for what comes behind a cut. For one thread."""

    def __init__(self) -> None:
        self._held: deque[Copy] = deque(maxlen=_MOST_LEAD)

    def watch(self, copies: Iterable[Copy]) -> Iterator[Copy]:
        """Let packets go by."""
        for each in copies:
            yield each
            self._held.append(each)

    def before(self, first: Copy) -> list[Copy]:
        """Those that lead to a packet, which is the next one: none behind a gap."""
        wanted_s = _LEAD_S.get(first.media.codec)
        found: list[Copy] = []
        while wanted_s is not None and len(found) < len(self._held):
            each, after = self._held[-1 - len(found)], found[-1] if found else first
            apart_s = after.middle_s - after.half_s - each.middle_s - each.half_s
            if abs(apart_s) > _APART_S or _set_up(each.media) != _set_up(first.media):
                break
            found.append(each)
            if sum(2 * copy.half_s for copy in found) >= wanted_s - TOUCHING_S:
                break
        return found[::-1]


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


def write(
    piece: Iterable[Copy], path: Path, fmt: Format, tags: Tags, *, lead: Lead | None = None
) -> Path:
    """Write packets as a file; what is left of a failure is the caller's to remove.

    Args:
        piece: One at least, of one codec.
        path: Where to.
        fmt: A format that holds that codec.
        tags: What the file says of itself.
        lead: What went by before the first one, if anything did.

    Raises:
        DecodeError: A part can't be read.
        ExportError: FFmpeg can't write them so.
        StorageError: The disk refuses.
    """
    feed = iter(piece)
    first = next(feed)
    if fmt not in _MUXERS:
        _write_ogg(first, feed, path, tags, lead.before(first) if lead else [])
        return path
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


def _write_ogg(
    first: Copy, others: Iterator[Copy], path: Path, tags: Tags, lead: list[Copy]
) -> None:
    """Write packets on pages of about a second, behind those that lead to them."""
    media = first.media
    extradata = media.stream.codec_context.extradata or b""
    headers, skipped = [extradata], 0
    if media.codec == "vorbis":
        headers = vorbis_headers(extradata)
    elif lead:
        skipped = sum(opus_samples(bytes(each.packet)) for each in lead)
        headers = [extradata[:10] + skipped.to_bytes(2, "little") + extradata[12:]]
    head = paged.header_pages(media.codec, headers, tags)
    number = paged.count_pages(head)
    pages = _pages(first, others, lead, skipped)
    try:
        with path.open("xb") as file:
            file.write(head)
            held, granule = next(pages)
            for following, ended in pages:
                file.write(ogg.paged(held, serial=paged.SERIAL, number=number, granule=granule))
                held, granule, number = following, ended, number + 1
            ends = ogg.LAST
            file.write(
                ogg.paged(held, serial=paged.SERIAL, number=number, granule=granule, ends=ends)
            )
    except OSError as error:
        raise storage_error(error, doing=f"writing {path.name}") from error


def _pages(
    first: Copy, others: Iterable[Copy], lead: list[Copy], written: int
) -> Iterator[tuple[list[bytes], int]]:
    """Packets for a page each, and how many samples there are up to its end.

    The first has one packet that sounds: FFmpeg miscounts a first page that is the last one, too.
    """
    media, held = first.media, [bytes(each.packet) for each in lead]
    laces, began = sum(map(_laces, held)), written - _PAGE_S * media.rate_hz
    samples_of, cut = _counted_on(media, held), 0
    for each in itertools.chain((first,), others):
        if each.media is not media and _set_up(each.media) != _set_up(media):
            raise _changed()
        media, data = each.media, bytes(each.packet)
        lasts_s = (written - began) / media.rate_hz
        if each is not first and (laces + _laces(data) > _MOST_LACES or lasts_s >= _PAGE_S):
            yield held, written
            held, laces, began = [], 0, written
        held.append(data)
        laces += _laces(data)
        samples = samples_of(each)
        written, cut = written + samples, samples - each.samples
    yield held, written - max(0, cut)  # a stream's end may lie within its last packet


def _counted_on(media: Media, lead: list[bytes]) -> Callable[[Copy], int]:
    """What tells how many samples a packet adds, behind those that lead to it.

    Vorbis's are counted here: of a part's first packet its container doesn't tell them.
    """
    if media.codec != "vorbis":
        return lambda each: each.samples
    count = vorbis_samples(media.stream.codec_context.extradata or b"")
    for packet in lead:
        count(packet)
    return lambda each: count(bytes(each.packet))


def _set_up(media: Media) -> tuple[object, ...]:
    """What a decoder must be set up with; neither comments, nor how much of Opus is skipped."""
    extradata = media.stream.codec_context.extradata or b""
    if media.codec == "vorbis":
        headers = vorbis_headers(extradata)
        return media.codec, headers[0], headers[-1]
    return media.codec, media.channels, extradata[16:]


def _laces(data: bytes) -> int:
    return len(data) // 255 + 1


def _mux(container: OutputContainer, stream: AudioStream, copy: Copy, written: int) -> int:
    """Append a packet behind so many samples; how many there are then."""
    if (copy.media.rate_hz, copy.media.channels) != (stream.rate, stream.channels):
        raise _changed()
    packet = copy.packet
    packet.stream = stream
    packet.time_base = Fraction(1, copy.media.rate_hz)
    packet.pts = packet.dts = written
    packet.duration = copy.samples
    packet.is_keyframe = True
    container.mux(packet)
    return written + copy.samples


def _changed() -> ExportError:
    return ExportError(
        "The sound changes its rate, channels or coding within a piece, so it can't be copied.",
        safe="The session is untouched, and no piece was left behind.",
        hint="With --exact it is decoded and written anew.",
    )
