"""Continuous files made packet by packet, by FFmpeg's demuxers and muxers; nothing is encoded.

Packets get their time from a count of samples, since FFmpeg's own time stamps run backwards where
streams meet, and then its muxers refuse them.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import mmap
import shutil
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

from recorder import silent
from recorder.decode import open_part
from recorder.errors import ExportError, storage_error
from recorder.events import Chunk
from recorder.media import Media, open_media
from recorder.pcm import media_s
from recorder.pieces import TOUCHING_S, Continuous, Gaps, Piece, Span, Stretch, end_of
from recorder.tags import Tags
from recorder.timeline import Part
from recorder.types import Seconds

_SUFFIXES = {"mp3": ".mp3", "aac": ".m4a", "opus": ".ogg", "vorbis": ".ogg"}
_MUXERS = {
    ".mp3": "mp3", ".m4a": "mp4", ".ogg": "ogg", ".flac": "flac", ".wav": "wav",
    ".mka": "matroska",
}  # fmt: skip
_OPTIONS = {
    # A Xing header would make players trim 529 samples; the tag is `recorder.tags`' own.
    ".mp3": {"write_xing": "0", "id3v2_version": "0"},
    ".wav": {"rf64": "auto"},  # where it is larger than 4 GiB
}
_OWN_HEADERS = ("aac", "mp3")
"""Codecs whose packets can follow each other whatever their streams' headers say."""

_FRAMED = ("adts", "mp3", "ts", "fmp4")
"""Containers whose chunks begin with a frame, so that some of them can be read alone."""

_STRETCH_S = 1.0
_OFF_S = 0.1  # by which a chunk's packets may last longer or shorter than the journal says
_OGG_PAGE, _OGG_HEADER = b"OggS", 27


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A piece, and what must be equal in all pieces of one file."""

    key: tuple[object, ...]
    piece: Piece
    bits: int

    @property
    def codec(self) -> str:
        """FFmpeg's name."""
        return str(self.key[0])


def of(root: Path, piece: Piece) -> Material:
    """A piece as material.

    Raises:
        DecodeError: The part is missing or can't be read.
    """
    with open_part(root, piece.part) as media:
        key = (media.codec, media.rate_hz, media.channels, _header(media))
        return Material(key=key, piece=piece, bits=media.bits)


def write(root: Path, materials: list[Material], stem: Path, gaps: Gaps, tags: Tags) -> Continuous:
    """Write material that fits together as one file.

    Raises:
        DecodeError: A part can't be read.
        ExportError: FFmpeg can't write what it read, or can't make silence of that codec.
        StorageError: The disk refuses.
    """
    codec = materials[0].codec
    pieces = [piece for each in materials for piece in _split(each.piece, gaps)]
    suffix = _suffix(codec, pieces, gaps)
    path = stem.with_name(f"{stem.name}{suffix}")
    try:
        output = _mux(root, materials[0], pieces, path, gaps, tags)
    except av.FFmpegError as error:
        if isinstance(error, OSError) and error.errno:
            raise storage_error(error, doing=f"writing {path.name}") from error
        raise ExportError(
            f"{path.name} can't be written ({error.strerror}).",
            safe="The session is untouched.",
        ) from error
    duration_s = Seconds(max(0, output.written or 0) / output.rate_hz)
    _complete(path, tags.placed(output.spans, duration_s))
    return Continuous(
        path=path,
        spans=tuple(output.spans),
        chunks=tuple((piece.part, chunk) for piece in pieces for chunk in piece.chunks),
        stretches=tuple(_stretches(path, output)),
        duration_s=duration_s,
        skipped=pieces[0].skipped,
        left=pieces[-1].left,
    )


def packets(root: Path, piece: Piece) -> Iterator[tuple[Media, av.Packet[AudioStream]]]:
    """The packets of a piece, in their order.

    Raises:
        DecodeError: The part can't be read.
    """
    held: deque[tuple[Media, av.Packet[AudioStream]]] = deque()
    for each in itertools.islice(_packets_of(root, piece), piece.skipped, None):
        held.append(each)
        if len(held) > piece.left:
            yield held.popleft()


def _packets_of(root: Path, piece: Piece) -> Iterator[tuple[Media, av.Packet[AudioStream]]]:
    """The packets of a piece's chunks, none of them cut off."""
    if piece.is_whole or piece.part.format.container in _FRAMED:
        chunks = () if piece.is_whole else piece.chunks
        with open_part(root, piece.part, chunks) as media:
            for packet in media.packets():
                yield media, packet
        return
    first, last = piece.chunks[0].offset, piece.chunks[-1].offset
    from_s = _media_before(piece.part, first)
    to_s = from_s + sum(
        media_s(piece.part.format, chunk)
        for chunk in piece.part.chunks
        if first <= chunk.offset <= last
    )
    with open_part(root, piece.part) as media:
        for packet in media.packets():
            middle_s = media.time_of(packet) + media.samples_of(packet) / media.rate_hz / 2
            if from_s <= middle_s < to_s:
                yield media, packet


def _media_before(part: Part, offset: int) -> float:
    return sum(media_s(part.format, chunk) for chunk in part.chunks if chunk.offset < offset)


def times(root: Path, part: Part, chunk: Chunk) -> list[tuple[float, float]]:
    """Session time of each packet of a chunk; empty where it can't be told.

    Raises:
        DecodeError: The part can't be read.
    """
    if (root / part.file).suffix == ".wav":
        return []  # what reads it makes packets as it likes
    piece = Piece(part=part, chunks=(chunk,), is_whole=len(part.chunks) == 1)
    is_framed = part.format.container in _FRAMED
    at_s = chunk.start_s - _media_before(part, chunk.offset)
    end_s: float = chunk.start_s
    found: list[tuple[float, float]] = []
    for media, packet in _packets_of(root, piece):
        begin_s = end_s if is_framed else at_s + media.time_of(packet)
        end_s = begin_s + media.samples_of(packet) / media.rate_hz
        if end_s <= begin_s:
            return []
        found.append((begin_s, end_s))
    return found if abs(end_s - end_of(chunk)) <= _OFF_S else []


@dataclass(slots=True)
class _Output:
    """The file that is being written."""

    container: OutputContainer
    stream: AudioStream
    rate_hz: int
    time_base: Fraction  # of a sample
    written: int | None = None  # samples a channel; None before the first packet
    spans: list[Span] = field(default_factory=list)
    silences: list[tuple[float, float]] = field(default_factory=list)  # in the file's time
    owed: int = 0  # samples of silence too few for a packet, or too many

    def add(self, root: Path, piece: Piece) -> None:
        """Append a piece's packets."""
        began: Seconds | None = None
        for media, packet in packets(root, piece):
            if self.written is None:  # priming lies before 0, where the container tells of it
                self.written = min(0, round(media.time_of(packet) * self.rate_hz))
                self.written = self.written if piece.is_whole else 0
            began = Seconds(max(0, self.written) / self.rate_hz) if began is None else began
            self._mux(packet, media.samples_of(packet))
        if began is not None and self.written is not None:
            self.spans.append(
                Span(
                    part=piece.part.file,
                    start_s=piece.start_s,
                    at_s=began,
                    duration_s=Seconds(self.written / self.rate_hz - began),
                )
            )

    def add_silence(self, material: Material, duration_s: float) -> None:
        """Append as many packets of silence as last that long."""
        assert self.written is not None
        data, samples = silent.packet(
            material.codec, self.rate_hz, cast("int", material.key[2]), bits=material.bits
        )
        wanted = round(duration_s * self.rate_hz) + self.owed
        count = max(0, round(wanted / samples))
        self.owed = wanted - count * samples
        began = self.written
        for _ in range(count):
            self._mux(cast("av.Packet[AudioStream]", av.Packet(data)), samples)
        self.silences.append((began / self.rate_hz, self.written / self.rate_hz))

    def _mux(self, packet: av.Packet[AudioStream], samples: int) -> None:
        assert self.written is not None
        packet.stream = self.stream
        packet.time_base = self.time_base
        packet.pts = packet.dts = self.written
        packet.duration = samples
        packet.is_keyframe = True
        self.written += samples
        self.container.mux(packet)


def _mux(
    root: Path, first: Material, pieces: list[Piece], path: Path, gaps: Gaps, tags: Tags
) -> _Output:
    options = _OPTIONS.get(path.suffix, {})
    with (
        open_part(root, pieces[0].part) as template,
        av.open(str(path), "w", format=_MUXERS[path.suffix], options=options) as container,
    ):
        _describe(container, path, first.codec, _planned(pieces, gaps, tags))
        stream = container.add_stream_from_template(template.stream)
        rate_hz = template.rate_hz
        output = _Output(
            container=container, stream=stream, rate_hz=rate_hz, time_base=Fraction(1, rate_hz)
        )
        end_s: Seconds | None = None
        for piece in pieces:
            if gaps is Gaps.KEEP and end_s is not None and piece.start_s - end_s > TOUCHING_S:
                output.add_silence(first, piece.start_s - end_s)
            output.add(root, piece)
            end_s = piece.end_s
    return output


def _describe(container: OutputContainer, path: Path, codec: str, tags: Tags) -> None:
    """Give a file its tags, chapters and cover, as far as FFmpeg writes them."""
    if path.suffix == ".mp3":
        return
    container.metadata.update(tags.named())
    if path.suffix == ".ogg" and codec != "opus":  # FFmpeg writes Opus's chapters alone
        container.metadata.update(tags.chapter_comments())
    elif tags.chapters and path.suffix not in (".flac", ".wav"):
        container.set_chapters(
            [
                {
                    "id": number,
                    "start": round(chapter.at_s * 1000),
                    "end": round(end_s * 1000),
                    "time_base": Fraction(1, 1000),
                    "metadata": {"title": chapter.title},
                }
                for number, (chapter, end_s) in enumerate(tags.with_ends())
            ]
        )
    if tags.cover_type and path.suffix == ".ogg":
        container.metadata["metadata_block_picture"] = tags.picture()
    elif tags.cover_type and path.suffix == ".mka":  # named as https://www.matroska.org has it
        name = f"cover{'.png' if tags.cover_type == 'image/png' else '.jpg'}"
        container.add_attachment(name, tags.cover_type, tags.cover)


def _complete(path: Path, tags: Tags) -> None:
    """Add what FFmpeg doesn't write."""
    if path.suffix == ".mp3":
        _put_before(path, tags.id3())
    elif path.suffix == ".flac":
        tags.complete(path)
    elif path.suffix == ".m4a":
        replace(tags, chapters=()).complete(path)


def _put_before(path: Path, head: bytes) -> None:
    if not head:
        return
    whole = path.with_name(f".{path.name}.tmp")
    try:
        with path.open("rb") as source, whole.open("xb") as target:
            target.write(head)
            shutil.copyfileobj(source, target)
        whole.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            whole.unlink(missing_ok=True)
        raise storage_error(error, doing=f"writing {path.name}") from error


def _planned(pieces: list[Piece], gaps: Gaps, tags: Tags) -> Tags:
    """Tags whose chapters are where they will lie in the file, by what the journal says."""
    spans: list[Span] = []
    at_s = 0.0
    for piece in pieces:
        if gaps is Gaps.KEEP and spans and piece.start_s - spans[-1].end_s > TOUCHING_S:
            at_s += piece.start_s - spans[-1].end_s
        for run in _runs(piece):
            lasts_s = sum(chunk.duration_s for chunk in run)
            spans.append(
                Span(
                    part=piece.part.file,
                    start_s=run[0].start_s,
                    at_s=Seconds(at_s),
                    duration_s=Seconds(lasts_s),
                )
            )
            at_s += lasts_s
    return tags.placed(spans, Seconds(at_s))


def _runs(piece: Piece) -> Iterator[list[Chunk]]:
    """A piece's chunks, taken apart where there is a gap between two."""
    run: list[Chunk] = []
    for chunk in piece.chunks:
        if run and chunk.start_s - end_of(run[-1]) > TOUCHING_S:
            yield run
            run = []
        run.append(chunk)
    yield run


def _split(piece: Piece, gaps: Gaps) -> Iterator[Piece]:
    """A piece cut where it has a gap inside, if silence is to stand there."""
    chunks = list(piece.chunks)
    if gaps is Gaps.KEEP:
        for number in range(1, len(chunks)):
            before = chunks[number - 1]
            if chunks[number].start_s - (before.start_s + before.duration_s) > TOUCHING_S:
                first, others = tuple(chunks[:number]), tuple(chunks[number:])
                yield replace(piece, chunks=first, is_whole=False, left=0)
                rest = replace(piece, chunks=others, is_whole=False, skipped=0)
                yield from _split(rest, gaps)
                return
    yield piece


def _header(media: Media) -> bytes:
    """What a decoder is set up with, as far as packets depend on it."""
    extradata = media.stream.codec_context.extradata or b""
    if media.codec in _OWN_HEADERS:
        return b""
    if media.codec == "flac":  # STREAMINFO: from byte 10 on the format, then length and MD5
        return extradata[10:14]
    return extradata


def _suffix(codec: str, pieces: list[Piece], gaps: Gaps) -> str:
    container = pieces[0].part.format.container
    if codec == "flac":
        # Frames of several native FLAC files count from 0 each: only other containers hold them.
        if container == "ogg":
            return ".ogg"
        return ".flac" if len(pieces) == 1 and gaps is Gaps.CUT else ".mka"
    if codec.startswith("pcm_") and container == "riff":
        # WAV has no packets of its own: only a whole file's are cut again as they were.
        return ".wav" if len(pieces) == 1 and pieces[0].is_whole else ".mka"
    return _SUFFIXES.get(codec, ".mka")


def _stretches(path: Path, output: _Output) -> Iterator[Stretch]:
    """The finished file in stretches of about a second, as its packets lie."""
    with path.open("rb") as file:
        bounds = [*_bounds(path, output), (path.stat().st_size, 0.0, False)]
        if bounds[0][0] > 0:
            head = file.read(bounds[0][0])
            yield Stretch(at=0, bytes=len(head), sha256=hashlib.sha256(head).hexdigest())
        for (at, time_s, is_silence), (end, *_) in itertools.pairwise(bounds):
            data = file.read(end - at)
            yield Stretch(
                at=at,
                bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                from_s=_session_time(output.spans, time_s),
                to_s=_session_time(output.spans, time_s + _STRETCH_S),
                silence=is_silence,
            )


def _bounds(path: Path, output: _Output) -> Iterator[tuple[int, float, bool]]:
    """Where stretches begin: offset, time in the file, whether it is inserted silence."""
    last: tuple[int, float, bool] | None = None
    for at, time_s in _pages(path) if path.suffix == ".ogg" else _packets(path):
        if last and at <= last[0]:
            continue
        is_silence = is_within(time_s, output.silences)
        if last is None or time_s - last[1] >= _STRETCH_S or is_silence != last[2]:
            last = (at, time_s, is_silence)
            yield last


def _packets(path: Path) -> Iterator[tuple[int, float]]:
    """Where packets begin: offset, time in the file."""
    with open_media(path) as media:
        for packet in media.packets():
            if packet.pos is not None and packet.pos >= 0:
                yield packet.pos, media.time_of(packet)


def _pages(path: Path) -> Iterator[tuple[int, float]]:
    """Where Ogg's pages of sound begin, by their headers alone (RFC 3533, section 6)."""
    with open_media(path) as media:
        first = next(media.packets(), None)
        if first is None or first.pos is None or not first.time_base:
            return
        at, first_s = first.pos, media.time_of(first)
        ticks_hz = first.time_base.denominator / first.time_base.numerator
    ended = 0  # samples, at the end of the page before
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        while data[at : at + 4] == _OGG_PAGE:
            yield at, first_s + ended / ticks_hz
            granule = int.from_bytes(data[at + 6 : at + 14], "little", signed=True)
            ended = granule if granule >= 0 else ended  # -1: no packet ends here
            count = data[at + 26]
            at += _OGG_HEADER + count + sum(data[at + _OGG_HEADER : at + _OGG_HEADER + count])


def is_within(time_s: float, ranges: list[tuple[float, float]]) -> bool:
    """Whether a moment lies in one of the ranges."""
    return any(begin <= time_s + TOUCHING_S and time_s + TOUCHING_S < end for begin, end in ranges)


def _session_time(spans: list[Span], time_s: float) -> Seconds:
    session_s = time_s
    for span in spans:
        if time_s >= span.at_s - TOUCHING_S:
            session_s = span.start_s + min(time_s - span.at_s, span.duration_s)
    return Seconds(max(0.0, session_s))
