"""Continuous files of Ogg pages laid end to end: Opus, Vorbis and FLAC as they were received.

Of a page only the header is written anew (`recorder.ogg`), so that the pages of all parts count as
those of one stream, whose time runs on; the packets aren't touched. Each part brings its stream's
header packets; those of the first are the file's, with the comments of its own.

What isn't as plain as that goes through FFmpeg (`recorder.remuxed`): some chunks of a part, parts
with gaps inside, a part that begins or ends within a packet, pages that were lost on the way, time
stamps that contradict the packets.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recorder import ogg, silent
from recorder.errors import storage_error
from recorder.frames import OggParser
from recorder.ogg import Bytes, Integers, Pages
from recorder.pieces import TOUCHING_S, Continuous, Gaps, Piece, Span, Stretch, end_of, reading
from recorder.tags import Tags
from recorder.types import Seconds
from recorder.written import Written

_NEAR = 8  # pages; a packet goes over fewer
_OFF_S = 0.1  # by which time stamps may differ from what the journal counted
_BLOCK = 1 << 24  # bytes that are written in one stroke
SERIAL = 1
"""Of the one stream that a file of ours has."""
_VENDOR = b"Aircheck"
_NAMES = {"comment": "DESCRIPTION"}  # as https://www.xiph.org/vorbis/doc/v-comment.html has it
_OPUS, _VORBIS, _FLAC = b"OpusHead", b"\x01vorbis", b"\x7fFLAC"
_STREAMINFO, _STREAMINFO_BYTES = 17, 34  # where it begins in FLAC's first packet
_FLAC_COMMENTS = 0x80 | 4  # the last metadata block, which holds comments


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What a logical stream says of itself.

    Attributes:
        codec: FFmpeg's name.
        bits: A sample has, in FLAC.
        skipped: Samples that decoders drop first (RFC 7845, section 4.2).
        set_up: What decoders need to know, in so far as packets depend on it.
    """

    codec: str
    rate_hz: int
    channels: int
    bits: int
    skipped: int
    set_up: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A piece whose pages can be laid.

    Attributes:
        data: The part, mapped.
        head: The pages that hold the stream's header packets.
        pages: Those of sound.
        placed: Their time stamps, counted from where the piece begins.
    """

    stream: Stream
    data: Bytes
    piece: Piece
    head: bytes
    pages: Pages
    placed: Integers

    @property
    def key(self) -> tuple[object, ...]:
        """What must be equal in all pieces of one file."""
        return ("ogg", self.stream)


def of(root: Path, piece: Piece) -> Material | None:
    """A piece as material; None where it has to go through FFmpeg.

    Raises:
        DecodeError: The part isn't there.
        StorageError: It can't be read.
    """
    is_cut = piece.skipped or piece.left
    if piece.part.format.container != "ogg" or not piece.is_whole or is_cut:
        return None
    if not _is_plain(piece):
        return None
    with reading(piece.part):
        return _material(root / piece.part.file, piece)


def write(materials: list[Material], stem: Path, gaps: Gaps, tags: Tags) -> Continuous:
    """Write material that fits together as one file.

    Raises:
        ExportError: No silence can be made for the gaps.
        StorageError: The disk refuses.
    """
    path = stem.with_name(f"{stem.name}.ogg")
    plan = _Plan.of(materials, gaps)
    head = _head(materials, tags.placed(plan.spans, plan.duration_s))
    try:
        with path.open("xb", buffering=0) as file, Written(file) as written:
            stretches = _Writing(written=written, plan=plan).run(head)
            sha256 = written.sha256()
    except OSError as error:
        raise storage_error(error, doing=f"writing {path.name}") from error
    return Continuous(
        path=path,
        spans=tuple(plan.spans),
        chunks=tuple((each.piece.part, chunk) for each in materials for chunk in each.piece.chunks),
        stretches=stretches,
        duration_s=plan.duration_s,
        sha256=sha256,
    )


# --- what can be laid --------------------------------------------------------------------------


def _is_plain(piece: Piece) -> bool:
    """Whether a piece begins with its part, and has no gap inside."""
    sounding = [chunk for chunk in piece.chunks if chunk.duration_s > 0]
    return piece.chunks[0].offset == 0 and all(
        after.start_s - end_of(before) <= TOUCHING_S
        for before, after in itertools.pairwise(sounding)
    )


def _mapped(path: Path) -> Bytes:
    if not path.stat().st_size:
        return np.zeros(0, np.uint8)
    return np.memmap(path, np.uint8, "r").view(np.ndarray)


def _material(path: Path, piece: Piece) -> Material | None:
    end = piece.chunks[-1].offset + piece.chunks[-1].bytes
    data = _mapped(path)[:end]
    found = ogg.pages(data) if len(data) == end else None
    if found is None or (found.serials != found.serials[0]).any():
        return None
    count = _count_headers(data, found)
    head, sound = data[: found.at[count]].tobytes(), found[slice(count, None)]
    stream = _stream(ogg.packets_of(head))
    if stream is None or not _is_sane(sound):
        return None
    placed = _placed(data, head, sound)
    if placed is None or not _is_told_so(piece, stream, int(placed[-1])):
        return None
    return Material(stream=stream, data=data, piece=piece, head=head, pages=sound, placed=placed)


def _count_headers(data: Bytes, found: Pages) -> int:
    """How many pages come before those of sound; 0 if there is no sound."""
    parser = OggParser()
    for number, (at, size) in enumerate(zip(found.at.tolist(), found.sizes.tolist(), strict=True)):
        if not all(frame.is_header for frame in parser.feed(data[at : at + size].tobytes())):
            return number
    return 0


def _stream(headers: list[bytes]) -> Stream | None:
    """What header packets tell; None where they are of another kind."""
    first = headers[0] if headers else b""
    if first.startswith(_OPUS) and len(first) >= 19 and len(headers) == 2:
        skipped = int.from_bytes(first[10:12], "little")
        return Stream(
            codec="opus", rate_hz=48_000, channels=first[9], bits=16, skipped=skipped, set_up=first
        )
    if first.startswith(_VORBIS) and len(first) >= 30 and len(headers) == 3:
        rate_hz = int.from_bytes(first[12:16], "little")
        return Stream(
            codec="vorbis",
            rate_hz=rate_hz,
            channels=first[11],
            bits=16,
            skipped=0,
            set_up=first + headers[2],
        )
    if first.startswith(_FLAC) and len(first) >= _STREAMINFO + _STREAMINFO_BYTES:
        packed = int.from_bytes(first[_STREAMINFO + 10 : _STREAMINFO + 14], "big")
        depth = (packed >> 4 & 31) + 1
        return Stream(
            codec="flac",
            rate_hz=packed >> 12,
            channels=(packed >> 9 & 7) + 1,
            bits=16 if depth <= 16 else 24 if depth <= 24 else 32,
            skipped=0,
            set_up=first[_STREAMINFO + 10 : _STREAMINFO + 14],
        )
    return None


def _is_sane(sound: Pages) -> bool:
    """Whether no page is missing, no packet torn at either end, and time runs forward."""
    dated = sound.granules[sound.granules >= 0]
    return bool(
        len(dated)
        and sound.granules[-1] >= 0
        and sound.is_whole[-1]
        and not sound.flags[0] & ogg.CONTINUED
        and not (sound.flags & ogg.FIRST).any()
        and (np.diff(sound.numbers.astype(np.int64)) == 1).all()
        and (np.diff(dated) >= 0).all()
    )


def _is_told_so(piece: Piece, stream: Stream, lasts: int) -> bool:
    """Whether time stamps and packets tell what the journal does; `lasts` is in samples."""
    told_s = sum(chunk.duration_s for chunk in piece.chunks)
    whole_s, heard_s = (each / stream.rate_hz for each in (lasts, lasts - stream.skipped))
    return abs(whole_s - told_s) <= _OFF_S or abs(heard_s - told_s) <= _OFF_S


def _placed(data: Bytes, head: bytes, pages: Pages) -> Integers | None:
    """The pages' time stamps, counted from where they begin; None where they can't be told.

    The first page's and the last's follow from their packets: a stream that was joined in its
    middle has a higher first one, and the last one of a stream may cut its end off.
    """
    parser = OggParser()
    parser.feed(head)
    is_dated = pages.granules >= 0
    opens = int(np.argmax(is_dated)) + 1  # pages up to the first time stamp
    opening = _counted(parser, data, pages[slice(0, opens)])
    closing = _counted(parser, data, pages[slice(max(opens, len(pages) - _NEAR), None)])
    if opening is None or closing is None:
        return None
    began = int(pages.granules[opens - 1]) - sum(opening)
    placed = np.where(is_dated, pages.granules - began, -1)
    if closing:
        placed[-1] = placed[:-1][is_dated[:-1]][-1] + closing[-1]
    return placed


def _counted(parser: OggParser, data: Bytes, pages: Pages) -> list[int] | None:
    """Samples of each page's packets; None where a page isn't as its checksum says."""
    if not len(pages):
        return []
    begin, end = int(pages.at[0]), int(pages.at[-1] + pages.sizes[-1])
    copied = data[begin:end].copy()
    ogg.stamp(
        copied,
        pages.at - begin,
        pages.sizes,
        flags=pages.flags & np.uint8(ogg.CONTINUED),
        granules=np.full(len(pages), -1, np.int64),  # so that nothing is cut off
        serial=int(pages.serials[0]),
        first_number=0,
    )
    found = [frame.samples for frame in parser.feed(copied.tobytes()) if frame.format]
    return found if len(found) == len(pages) else None


# --- where it lies -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Silence:
    """Packets that stand for a gap."""

    packet: bytes
    samples: int
    count: int
    began: int  # samples before it
    from_s: Seconds
    to_s: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """A piece, the time stamps of its pages, and what came before it."""

    material: Material
    granules: Integers
    began: int
    span: Span


@dataclass(slots=True, kw_only=True)
class _Plan:
    """What lies where."""

    stream: Stream
    written: int = 0  # samples
    owed: int = 0  # samples of silence too few for a packet, or too many
    laid: list[_Laid | _Silence] = field(default_factory=list)

    @classmethod
    def of(cls, materials: list[Material], gaps: Gaps) -> _Plan:
        plan = cls(stream=materials[0].stream)
        before: Piece | None = None
        for material in materials:
            piece = material.piece
            if before and gaps is Gaps.KEEP and piece.start_s - before.end_s > TOUCHING_S:
                plan._add_silence(before.end_s, piece.start_s)
            plan._add(material)
            before = piece
        return plan

    @property
    def spans(self) -> list[Span]:
        return [each.span for each in self.laid if isinstance(each, _Laid)]

    @property
    def duration_s(self) -> Seconds:
        return self.time_of(self.written)

    def time_of(self, samples: int) -> Seconds:
        """When so many samples of the file have sounded."""
        return Seconds(max(0, samples - self.stream.skipped) / self.stream.rate_hz)

    def _add(self, material: Material) -> None:
        granules = np.where(material.placed >= 0, material.placed + self.written, -1)
        began, self.written = self.written, int(granules[-1])
        at_s = self.time_of(began)
        span = Span(
            part=material.piece.part.file,
            start_s=material.piece.start_s,
            at_s=at_s,
            duration_s=Seconds(self.time_of(self.written) - at_s),
        )
        self.laid.append(_Laid(material=material, granules=granules, began=began, span=span))

    def _add_silence(self, from_s: Seconds, to_s: Seconds) -> None:
        stream = self.stream
        packet, samples = silent.packet(
            stream.codec, stream.rate_hz, stream.channels, bits=stream.bits
        )
        wanted = round((to_s - from_s) * stream.rate_hz) + self.owed
        count = max(0, round(wanted / samples))
        self.owed = wanted - count * samples
        if count:
            self.laid.append(
                _Silence(
                    packet=packet,
                    samples=samples,
                    count=count,
                    began=self.written,
                    from_s=from_s,
                    to_s=to_s,
                )
            )
        self.written += count * samples


# --- what is written ---------------------------------------------------------------------------


def _head(materials: list[Material], tags: Tags) -> bytes:
    """The file's header pages: the first stream's set-up, and what the file says of itself."""
    headers = ogg.packets_of(materials[0].head)
    if materials[0].stream.codec == "flac":
        headers[0] = _flac_first([ogg.packets_of(each.head)[0] for each in materials])
    return header_pages(materials[0].stream.codec, headers, tags)


def header_pages(codec: str, headers: list[bytes], tags: Tags) -> bytes:
    """Header pages of a stream that says of itself what the tags do.

    Args:
        codec: FFmpeg's name: opus, vorbis or flac.
        headers: The stream's header packets; its comments are left out.
        tags: What it says instead.
    """
    comments = _comments(tags)
    if codec == "opus":
        others = [b"OpusTags" + comments]
    elif codec == "vorbis":
        others = [b"\x03vorbis" + comments + b"\1", headers[2]]
    else:
        others = [bytes([_FLAC_COMMENTS]) + len(comments).to_bytes(3, "big") + comments]
    begin = ogg.paged([headers[0]], serial=SERIAL, number=0, granule=0, flags=ogg.FIRST)
    return begin + ogg.paged(others, serial=SERIAL, number=1, granule=0)


def _flac_first(firsts: list[bytes]) -> bytes:
    """FLAC's first packet; of several streams its length and their samples' MD5 aren't known.

    https://xiph.org/flac/ogg_mapping.html; the block's layout is that of RFC 9639, section 8.2.
    """
    infos = [first[_STREAMINFO : _STREAMINFO + _STREAMINFO_BYTES] for first in firsts]
    info = infos[0]
    if len(infos) > 1:
        sizes = [struct.unpack(">HH", each[:4]) for each in infos]
        smallest, largest = min(low for low, _ in sizes), max(high for _, high in sizes)
        known = info[10:13] + bytes([info[13] & 0xF0])
        info = struct.pack(">HH", smallest, largest) + bytes(6) + known + bytes(4 + 16)
    return firsts[0][:7] + struct.pack(">H", 1) + firsts[0][9:_STREAMINFO] + info


def _comments(tags: Tags) -> bytes:
    """Tags, chapters and cover as https://www.xiph.org/vorbis/doc/v-comment.html has them."""
    values = {_NAMES.get(key, key.upper()): value for key, value in tags.named().items()}
    values |= tags.chapter_comments()
    if tags.cover_type:
        values["METADATA_BLOCK_PICTURE"] = tags.picture()
    listed = [f"{key}={value}".encode(errors="replace") for key, value in values.items()]
    texts = [_VENDOR, *listed]
    counted = [struct.pack("<I", len(text)) + text for text in texts]
    return counted[0] + struct.pack("<I", len(listed)) + b"".join(counted[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stroke:
    """Stretches that were written at once: where each ends, the session time, and the hashes."""

    at: int
    ranges: list[tuple[int, int]]
    times: list[tuple[Seconds | None, Seconds | None]]
    hashes: Future[list[str]]
    is_silence: bool

    def stretches(self) -> Iterator[Stretch]:
        """These, when they are hashed."""
        at, is_silence = self.at, self.is_silence
        told = zip(self.ranges, self.times, self.hashes.result(), strict=True)
        for (begin, end), (from_s, to_s), sha256 in told:
            yield Stretch(at + begin, end - begin, sha256, from_s, to_s, None, is_silence)


@dataclass(slots=True, kw_only=True)
class _Writing:
    """A file that is being written."""

    written: Written
    plan: _Plan
    number: int = 0  # of the next page
    _strokes: list[_Stroke] = field(default_factory=list)

    def run(self, head: bytes) -> tuple[Stretch, ...]:
        """Write it all; gives what lies where."""
        self._put(head)
        for each in self.plan.laid:
            if isinstance(each, _Silence):
                self._silence(each)
            else:
                self._pages(each, is_last=each is self.plan.laid[-1])
        return tuple(itertools.chain(*(stroke.stretches() for stroke in self._strokes)))

    def _pages(self, laid: _Laid, *, is_last: bool) -> None:
        """Write a piece's pages, some MB after the other."""
        pages = laid.material.pages
        flags = pages.flags & np.uint8(ogg.CONTINUED)
        flags[-1] |= np.uint8(ogg.LAST if is_last else 0)
        bounds = np.append(pages.at, pages.at[-1] + pages.sizes[-1])
        data = laid.material.data
        seconds, times_s = self._seconds(laid)
        for group in _groups(bounds[seconds].tolist()):
            first, end = int(seconds[group.start]), int(seconds[group.stop])
            begin = int(bounds[first])
            copied = data[begin : int(bounds[end])].copy()
            ogg.stamp(
                copied,
                pages.at[first:end] - begin,
                pages.sizes[first:end],
                flags=flags[first:end],
                granules=laid.granules[first:end],
                serial=SERIAL,
                first_number=self.number,
            )
            self.number += end - first
            ends = (bounds[seconds[group.start : group.stop + 1]] - begin).tolist()
            times = times_s[group.start : group.stop + 1].tolist()
            self._write(
                copied.data, list(itertools.pairwise(ends)), list(itertools.pairwise(times))
            )

    def _seconds(self, laid: _Laid) -> tuple[Integers, npt.NDArray[np.float64]]:
        """The pages with which about a second begins, and the session time of each; and the end."""
        granules = np.maximum.accumulate(np.append([laid.began], laid.granules))
        times_s = np.maximum(granules - self.plan.stream.skipped, 0) / self.plan.stream.rate_hz
        times_s += laid.span.start_s - laid.span.at_s
        is_new = np.diff(np.floor(times_s), prepend=-1.0) != 0
        is_new[[0, -1]] = True
        begins = np.flatnonzero(is_new)
        return begins, times_s[begins]

    def _silence(self, silence: _Silence) -> None:
        """Write a gap's packets, about a second of them on a page."""
        each = max(1, self.plan.stream.rate_hz // silence.samples)
        samples, at, whole = silence.began, 0, silence.count
        made: list[bytes] = []
        while at < whole:
            count = min(each, whole - at)
            samples += count * silence.samples
            page = ogg.paged(
                [silence.packet] * count, serial=SERIAL, number=self.number, granule=samples
            )
            self.number += count_pages(page)
            made.append(page)
            at += count
        data = memoryview(b"".join(made))
        times = [(silence.from_s, silence.to_s)]
        self._write(data, [(0, len(data))], times, is_silence=True)

    def _put(self, head: bytes) -> None:
        self.number = count_pages(head)
        self._write(memoryview(head), [(0, len(head))], [(None, None)])

    def _write(
        self,
        data: memoryview,
        ranges: list[tuple[int, int]],
        times: Sequence[tuple[Seconds | None, Seconds | None]],
        *,
        is_silence: bool = False,
    ) -> None:
        """Append stretches to the file."""
        stroke = _Stroke(
            at=self.written.size,
            ranges=ranges,
            times=list(times),
            hashes=self.written.hashes(data, ranges),
            is_silence=is_silence,
        )
        self._strokes.append(stroke)
        self.written.put(data)


def count_pages(data: bytes) -> int:
    """How many pages there are in bytes of nothing but pages."""
    found = ogg.pages(np.frombuffer(data, np.uint8))
    assert found is not None
    return len(found)


def _groups(bounds: list[int]) -> Iterator[slice]:
    """Stretches together, so that they have some MB: numbers of the first and behind the last."""
    first = 0
    for number, end in enumerate(bounds[1:], 1):
        if end - bounds[first] >= _BLOCK or number == len(bounds) - 1:
            yield slice(first, number)
            first = number
