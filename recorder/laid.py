"""Continuous files of chunks laid end to end as they were received: MP3, and AAC in an MP4.

An MP3 is its frames, one after the other. An MP4 may hold bytes that its index doesn't point at
(`recorder.mp4`), so ADTS goes into it with its headers. Either way a chunk lies in the file
byte by byte as the journal has it, and its hash is known already. Only ID3 tags within MP3 go, and
AAC is taken out of transport streams, whose packets would cut its frames up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recorder import adts, mp4, remuxed, silent, ts
from recorder.adts import Bytes, Frames
from recorder.errors import storage_error
from recorder.events import Chunk
from recorder.mp4 import Aac, Integers
from recorder.pieces import TOUCHING_S, Block, Continuous, Gaps, Piece, Span, end_of, reading
from recorder.tags import Tags
from recorder.types import Seconds
from recorder.written import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A piece that can be laid.

    Attributes:
        key: What must be equal in all pieces of one file.
        begins: Where the bytes of each chunk begin, in `view`.
        ends: And end.
        frames: Of AAC; None for MP3.
        unpacked: Where `view` lies in a transport stream; None where it is the part itself.
        held: `view` in memory, where there is room for it.
    """

    key: tuple[object, ...]
    path: Path
    piece: Piece
    begins: Integers
    ends: Integers
    frames: Frames | None
    unpacked: ts.Payload | None = None
    held: Bytes | None = None

    @property
    def is_own(self) -> bool:
        """Whether `view` is the part itself."""
        return self.unpacked is None

    @property
    def cut(self) -> tuple[int, ...]:
        """Numbers of the chunks from which packets are cut off."""
        last = (len(self.piece.chunks) - 1,) if self.piece.left else ()
        return ((0,) if self.piece.skipped else ()) + last

    def view(self) -> Bytes:
        """The bytes that chunks are taken from."""
        if self.held is not None:
            return self.held
        data = _mapped(self.path)
        return data if self.unpacked is None else self.unpacked.of(data)


def of(root: Path, piece: Piece, *, room: int = 0) -> Material | None:
    """A piece as material; None where it has to go through FFmpeg.

    Args:
        root: The session's folder.
        piece: Some of its chunks.
        room: Bytes that may be held in memory, so that they are unpacked but once.

    Raises:
        DecodeError: The part isn't there.
        StorageError: It can't be read.
    """
    fmt = piece.part.format
    if fmt.container not in ("adts", "ts", "mp3"):
        return None
    path = root / piece.part.file
    with reading(piece.part):
        if fmt.container == "mp3":
            return _mp3(root, path, piece) if fmt.codec in ("", "mp3") and fmt.rate_hz else None
        return _aac(root, path, piece, room)


def write(materials: list[Material], stem: Path, gaps: Gaps, tags: Tags) -> Continuous:
    """Write material that fits together as one file.

    Raises:
        ExportError: No silence can be made for the gaps.
        StorageError: The disk refuses.
    """
    first = materials[0]
    path = stem.with_name(f"{stem.name}{'.m4a' if first.frames else '.mp3'}")
    layout = _Layout(gaps=gaps, aac=first.frames.aac if first.frames else None)
    for material in materials:
        layout.add(material)
    said = layout.with_file_times(tags)
    head = said.id3() if layout.aac is None else layout.head(layout.aac, said)
    try:
        with path.open("xb", buffering=0) as file, Written(file) as written:
            written.put(head)
            hashes = _copy(layout, written)
            sha256 = written.sha256()
    except OSError as error:
        raise storage_error(error, doing=f"writing {path.name}") from error
    return layout.finished(path, layout.blocks(head, hashes), sha256)


def _mp3(root: Path, path: Path, piece: Piece) -> Material | None:
    data, bounds = _mapped(path), _bounds(piece)
    if not len(data) or (bounds > len(data)).any():
        return None
    fmt = piece.part.format
    begins, ends = np.minimum(adts.behind_tags(data, bounds[:-1]), bounds[1:]), bounds[1:].copy()
    if piece.skipped:
        places = _places(root, piece, 0, data)
        if places is None:
            return None
        begins[0] = places[piece.skipped][0]
    if piece.left:
        places = _places(root, piece, -1, data)
        if places is None:
            return None
        ends[-1] = places[-piece.left][0]
    return Material(
        key=("mp3", fmt.rate_hz, fmt.channels),
        path=path,
        piece=piece,
        begins=begins,
        ends=ends,
        frames=None,
    )


def _places(root: Path, piece: Piece, number: int, data: Bytes) -> list[tuple[int, int]] | None:
    """Where the packets of a chunk lie: begin and end; None where they can't be found there."""
    chunk = piece.chunks[number]
    alone = Piece(part=piece.part, chunks=(chunk,), is_whole=False)
    found: list[tuple[int, int]] = []
    for _, packet in remuxed.packets(root, alone):
        begin = chunk.offset + (packet.pos or 0)
        if data[begin : begin + packet.size].tobytes() != bytes(packet):
            return None
        found.append((begin, begin + packet.size))
    return found


def _aac(root: Path, path: Path, piece: Piece, room: int) -> Material | None:
    data, bounds = _mapped(path), _bounds(piece)
    unpacked = None
    if piece.part.format.container != "adts":
        unpacked = ts.elementary(data, bounds)
        if unpacked is None:
            return None
        data, bounds = unpacked.of(data), unpacked.before
    frames = adts.frames(data, bounds[:-1], bounds[1:])
    if frames is None or not _agrees(root, piece, frames):
        return None
    begins, ends = bounds[:-1].copy(), bounds[1:].copy()
    kept = slice(piece.skipped, len(frames.of) - piece.left)
    if piece.skipped:
        begins[0] = frames.offsets[kept.start - 1] + frames.sizes[kept.start - 1]
    if piece.left:
        ends[-1] = frames.offsets[kept.stop - 1] + frames.sizes[kept.stop - 1]
    return Material(
        key=("aac", frames.aac),
        path=path,
        piece=piece,
        begins=begins,
        ends=ends,
        frames=frames[kept],
        unpacked=unpacked,
        held=data if unpacked and len(data) <= room else None,
    )


def _agrees(root: Path, piece: Piece, frames: Frames) -> bool:
    """Whether FFmpeg finds as many frames where some are to be cut off: it counts them so."""
    cut = ([0] if piece.skipped else []) + ([len(piece.chunks) - 1] if piece.left else [])
    return all(
        np.count_nonzero(frames.of == number)
        == len(remuxed.times(root, piece.part, _uncut(piece, number)))
        for number in cut
    )


def _uncut(piece: Piece, number: int) -> Chunk:
    """A piece's chunk as the journal has it."""
    offset = piece.chunks[number].offset
    return next(chunk for chunk in piece.part.chunks if chunk.offset == offset)


def _bounds(piece: Piece) -> Integers:
    """Where each chunk begins, and the last one ends: a part's chunks adjoin."""
    chunks = piece.chunks
    offsets = [chunk.offset for chunk in chunks] + [chunks[-1].offset + chunks[-1].bytes]
    return np.array(offsets, np.int64)


def _mapped(path: Path) -> Bytes:
    if not path.stat().st_size:
        return np.zeros(0, np.uint8)
    return np.memmap(path, np.uint8, "r").view(np.ndarray)


class _Laid(NamedTuple):
    """A chunk's place, or that of silence."""

    at: int  # counted from the first byte behind the head
    bytes: int
    from_s: Seconds
    to_s: Seconds
    chunk: Chunk | None  # None: silence
    is_whole: bool
    begin: int = -1  # in the chunk, if it is cut and lies here as received


@dataclass(slots=True)
class _Layout:
    """What lies where."""

    gaps: Gaps
    aac: Aac | None
    materials: list[Material] = field(default_factory=list)
    size: int = 0
    duration_s: float = 0.0
    end_s: float = -1.0  # session time; nothing yet
    owed_s: float = 0.0  # silence that was too short for a packet, or too long
    laid: list[_Laid] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    offsets: list[Integers] = field(default_factory=list)
    sizes: list[Integers] = field(default_factory=list)
    silence: bytes = b""
    silence_samples: int = 0

    def add(self, material: Material) -> None:
        """Lay a piece behind what is there."""
        self.materials.append(material)
        chunks, frames = material.piece.chunks, material.frames
        begins, ends = material.begins.tolist(), material.ends.tolist()
        lasting_s = [chunk.duration_s for chunk in chunks]
        if frames:
            counts = np.bincount(frames.of, minlength=len(chunks))
            lasting_s = (counts * mp4.SAMPLES / frames.aac.rate_hz).tolist()
        is_own, cut = material.is_own, material.cut
        places: list[int] = []
        began: tuple[float, float] | None = None
        for number, chunk in enumerate(chunks):
            if chunk.duration_s > 0:
                if self._is_gap(chunk):
                    self._close_span(material, began)
                    began = None
                    self._silence(material, chunk)
                began = began or (chunk.start_s, self.duration_s)
                self.end_s = end_of(chunk)
            places.append(self.size)
            size = ends[number] - begins[number]
            is_whole = is_own and size == chunk.bytes
            begin = begins[number] - chunk.offset if is_own and number in cut else -1
            self.laid.append(
                _Laid(self.size, size, chunk.start_s, end_of(chunk), chunk, is_whole, begin)
            )
            self.size += size
            self.duration_s += lasting_s[number]
        self._close_span(material, began)
        if frames:
            moved = np.array(places, np.int64) - material.begins
            self.offsets.append(frames.offsets + moved[frames.of])
            self.sizes.append(frames.sizes)

    def _close_span(self, material: Material, began: tuple[float, float] | None) -> None:
        if began:
            start_s, at_s = began
            self.spans.append(
                Span(
                    part=material.piece.part.file,
                    start_s=Seconds(start_s),
                    at_s=Seconds(at_s),
                    duration_s=Seconds(self.duration_s - at_s),
                )
            )

    def _is_gap(self, chunk: Chunk) -> bool:
        return self.end_s >= 0 and chunk.start_s - self.end_s > TOUCHING_S

    def _silence(self, material: Material, chunk: Chunk) -> None:
        """Put silence for the gap before a chunk, if there is to be any."""
        if self.gaps is Gaps.CUT:
            return
        fmt = material.piece.part.format
        rate_hz = self.aac.rate_hz if self.aac else fmt.rate_hz
        if not self.silence:
            self.silence, self.silence_samples = (
                silent.packet("aac", rate_hz, self.aac.channels)
                if self.aac
                else silent.packet("mp3", rate_hz, fmt.channels)
            )
        wanted_s = chunk.start_s - self.end_s + self.owed_s
        count = max(0, round(wanted_s * rate_hz / self.silence_samples))
        lasting_s = count * self.silence_samples / rate_hz
        self.owed_s = wanted_s - lasting_s
        size = count * len(self.silence)
        self.laid.append(_Laid(self.size, size, Seconds(self.end_s), chunk.start_s, None, False))
        each = len(self.silence)
        self.offsets.append(self.size + np.arange(count, dtype=np.int64) * each)
        self.sizes.append(np.full(count, each, np.int64))
        self.size += size
        self.duration_s += lasting_s

    def head(self, aac: Aac, tags: Tags) -> bytes:
        """The MP4's head."""
        offsets, sizes = np.concatenate(self.offsets), np.concatenate(self.sizes)
        return mp4.head(aac, offsets, sizes, self.size, tags)

    def with_file_times(self, tags: Tags) -> Tags:
        """Tags whose chapters are where they lie in the file."""
        return tags.placed(self.spans, Seconds(self.duration_s))

    def finished(self, path: Path, blocks: list[Block], sha256: str) -> Continuous:
        """What is known of the file."""
        first, last = self.materials[0].piece, self.materials[-1].piece
        return Continuous(
            path=path,
            spans=tuple(self.spans),
            chunks=tuple(
                (each.piece.part, chunk) for each in self.materials for chunk in each.piece.chunks
            ),
            blocks=tuple(blocks),
            duration_s=Seconds(self.duration_s),
            sha256=sha256,
            skipped=first.skipped,
            left=last.left,
        )

    def blocks(self, head: bytes, hashes: dict[int, str]) -> list[Block]:
        """The file in stretches; `hashes` are those of chunks that aren't as received, by `id`."""
        found = [Block(at=0, bytes=len(head), sha256=_sha256(head))] if head else []
        for laid in self.laid:
            if not laid.bytes:
                continue
            if laid.chunk is None:
                sha256 = _sha256(self.silence * (laid.bytes // len(self.silence)))
            else:
                sha256 = laid.chunk.sha256 if laid.is_whole else hashes[id(laid.chunk)]
            found.append(_block(laid, len(head), sha256))
        return found


def _block(laid: _Laid, head: int, sha256: str) -> Block:
    return Block(
        at=head + laid.at,
        bytes=laid.bytes,
        sha256=sha256,
        from_s=laid.from_s,
        to_s=laid.to_s,
        chunk=laid.chunk if laid.is_whole else None,
        is_silence=laid.chunk is None,
        cut=(laid.chunk, laid.begin) if laid.chunk and laid.begin >= 0 else None,
    )


def _copy(layout: _Layout, written: Written) -> dict[int, str]:
    """Write what was laid, in long strokes; gives the hashes of chunks that aren't as received."""
    places = {
        id(chunk): (material, number)
        for material in layout.materials
        for number, chunk in enumerate(material.piece.chunks)
    }
    hashes: dict[int, str] = {}
    with ExitStack() as stack:
        opened: Material | None = None
        data: Bytes = np.zeros(0, np.uint8)
        for material, begin, end, silence in _strokes(layout, places):
            if material is None:
                written.put(layout.silence * (silence // len(layout.silence)))
                continue
            if material is not opened:
                stack.close()
                opened, data = material, material.view()
                source = stack.enter_context(material.path.open("rb", buffering=0))
                hashes |= _hashes(material, data)
            if material.is_own:
                written.put_from(source, begin, data[begin:end].data)
            else:
                written.put(data[begin:end].data)
    return hashes


def _hashes(material: Material, data: Bytes) -> dict[int, str]:
    """Of the chunks of which not all bytes are laid, or others."""
    bounds = zip(
        material.piece.chunks, material.begins.tolist(), material.ends.tolist(), strict=True
    )
    return {
        id(chunk): _sha256(data[begin:end].data)
        for chunk, begin, end in bounds
        if not material.is_own or end - begin != chunk.bytes
    }


def _strokes(
    layout: _Layout, views: dict[int, tuple[Material, int]]
) -> Iterator[tuple[Material | None, int, int, int]]:
    """Stretches of one material that adjoin, and silences (in bytes)."""
    held: tuple[Material, int, int] | None = None
    for laid in layout.laid:
        if laid.chunk is None:
            if held:
                yield *held, 0
            held = None
            if laid.bytes:
                yield None, 0, 0, laid.bytes
            continue
        material, number = views[id(laid.chunk)]
        begin, end = int(material.begins[number]), int(material.ends[number])
        if held and held[0] is material and held[2] == begin:
            held = (material, held[1], end)
        else:
            if held:
                yield *held, 0
            held = (material, begin, end)
    if held:
        yield *held, 0


def _sha256(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()
