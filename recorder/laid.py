"""Continuous files of chunks laid end to end as they were received: MP3, and AAC in an MP4.

An MP3 is its frames, one after the other. An MP4 may hold bytes that its index doesn't point at
(`recorder.mp4`), so ADTS goes into it with its headers. Either way a chunk lies in the file
byte by byte as the journal has it, and its hash is known already. Only ID3 tags within MP3 go, and
AAC is taken out of transport streams, whose packets would cut its frames up.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from recorder import adts, mp4, remuxed, silent, ts
from recorder.adts import Bytes, Frames
from recorder.errors import storage_error
from recorder.events import Chunk
from recorder.mp4 import Aac, Integers
from recorder.pieces import TOUCHING_S, Continuous, Gaps, Piece, Span, Stretch, end_of, reading
from recorder.tags import Tags
from recorder.types import Seconds
from recorder.written import Written


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """A piece that can be laid.

    Attributes:
        key: What must be equal in all pieces of one file.
        data: The part, mapped.
        begins: Where the bytes of each chunk begin, in `view`.
        ends: And end.
        frames: Of AAC; None for MP3.
        unpacked: Where `view` lies in a transport stream; None where it is the part itself.
        held: `view` in memory, where there is room for it.
        hashes: SHA-256 of each chunk's bytes in `view`, where they were counted already.
    """

    key: tuple[object, ...]
    path: Path
    data: Bytes
    piece: Piece
    begins: Integers
    ends: Integers
    frames: Frames | None
    unpacked: ts.Payload | None = None
    held: Bytes | None = None
    hashes: tuple[str, ...] = ()

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
        return self.data if self.unpacked is None else self.unpacked.of(self.data)


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
            stretches = _Copying(layout=layout, written=written, head=head).run()
            sha256 = written.sha256()
    except OSError as error:
        raise storage_error(error, doing=f"writing {path.name}") from error
    return layout.finished(path, stretches, sha256)


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
        data=data,
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
    part, bounds = _mapped(path), _bounds(piece)
    data, unpacked = part, None
    if piece.part.format.container != "adts":
        unpacked = ts.elementary(part, bounds)
        if unpacked is None:
            return None
        data, bounds = unpacked.of(part), unpacked.before
    likely = unpacked.starts if unpacked else None
    frames = adts.frames(data, bounds[:-1], bounds[1:], likely=likely)
    if frames is None or not _agrees(root, piece, frames):
        return None
    begins, ends = bounds[:-1].copy(), bounds[1:].copy()
    kept = slice(piece.skipped, len(frames.of) - piece.left)
    is_held = unpacked is not None and len(data) <= room
    if piece.skipped:
        begins[0] = frames.offsets[kept.start - 1] + frames.sizes[kept.start - 1]
    if piece.left:
        ends[-1] = frames.offsets[kept.stop - 1] + frames.sizes[kept.stop - 1]
    return Material(
        key=("aac", frames.aac),
        path=path,
        data=part,
        piece=piece,
        begins=begins,
        ends=ends,
        frames=frames[kept],
        unpacked=unpacked,
        held=data if is_held else None,
        hashes=_hashes(data, begins, ends) if is_held else (),
    )


def _hashes(data: Bytes, begins: Integers, ends: Integers) -> tuple[str, ...]:
    """Of each chunk: here they are in the processor's cache yet, and other pieces go on beside."""
    ranges = zip(begins.tolist(), ends.tolist(), strict=True)
    return tuple(hashlib.sha256(data[begin:end].data).hexdigest() for begin, end in ranges)


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


@dataclass(frozen=True, kw_only=True)
class _Run:
    """Chunks of a piece that have no gap between them.

    Attributes:
        first: Number of the first one among the piece's.
        number: And among the file's.
        begins: Where the bytes of each begin in the material's view.
        sizes: How many they are.
    """

    material: Material
    chunks: tuple[Chunk, ...]
    first: int
    number: int
    begins: Integers
    sizes: Integers

    @functools.cached_property
    def others(self) -> list[int]:
        """Which of the chunks don't lie there as they were received, and some of their bytes do."""
        received = np.array([chunk.bytes for chunk in self.chunks], np.int64)
        is_whole = (self.sizes == received) & self.material.is_own
        found: list[int] = np.flatnonzero(~is_whole & (self.sizes > 0)).tolist()
        return found

    def strokes(self) -> Iterator[tuple[int, int]]:
        """What adjoins in the material's view: begins and ends."""
        ends = self.begins + self.sizes
        breaks = np.flatnonzero(self.begins[1:] != ends[:-1]) + 1
        for group in np.split(np.arange(len(ends)), breaks):
            yield int(self.begins[group[0]]), int(ends[group[-1]])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Silence:
    """Packets that stand for the gap before a piece, or within it."""

    material: Material
    data: bytes
    from_s: Seconds
    to_s: Seconds


@dataclass(slots=True)
class _Layout:
    """What lies where."""

    gaps: Gaps
    aac: Aac | None
    materials: list[Material] = field(default_factory=list)
    size: int = 0
    count: int = 0  # of chunks
    duration_s: float = 0.0
    end_s: float = -1.0  # session time; nothing yet
    owed_s: float = 0.0  # silence that was too short for a packet, or too long
    laid: list[_Run | _Silence] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    offsets: list[Integers] = field(default_factory=list)
    sizes: list[Integers] = field(default_factory=list)

    def add(self, material: Material) -> None:
        """Lay a piece behind what is there."""
        self.materials.append(material)
        chunks, frames = material.piece.chunks, material.frames
        if frames:
            counts = np.bincount(frames.of, minlength=len(chunks))
            lasting_s = counts * mp4.SAMPLES / frames.aac.rate_hz
        else:
            lasting_s = np.array([chunk.duration_s for chunk in chunks])
        sizes = material.ends - material.begins
        moved = np.empty(len(chunks), np.int64)
        gaps = self._gaps_before(chunks)
        for first, end in itertools.pairwise(sorted({0, *gaps, len(chunks)})):
            if first in gaps and self.gaps is Gaps.KEEP:
                self._silence(material, chunks[first].start_s)
            run = _Run(
                material=material,
                chunks=chunks[first:end],
                first=first,
                number=self.count,
                begins=material.begins[first:end],
                sizes=sizes[first:end],
            )
            moved[first:end] = self.size + np.cumsum(run.sizes) - run.sizes - run.begins
            self._run(run, lasting_s[first:end])
        if frames:
            self.offsets.append(frames.offsets + moved[frames.of])
            self.sizes.append(frames.sizes)

    def _gaps_before(self, chunks: tuple[Chunk, ...]) -> list[int]:
        """Numbers of the chunks before which there is a gap."""
        found: list[int] = []
        end_s = self.end_s
        for number, chunk in enumerate(chunks):
            if chunk.duration_s > 0:
                if end_s >= 0 and chunk.start_s - end_s > TOUCHING_S:
                    found.append(number)
                end_s = chunk.start_s + chunk.duration_s
        return found

    def _run(self, run: _Run, lasting_s: npt.NDArray[np.float64]) -> None:
        sounding = [number for number, chunk in enumerate(run.chunks) if chunk.duration_s > 0]
        if sounding:
            at_s = self.duration_s + float(lasting_s[: sounding[0]].sum())
            duration_s = float(lasting_s[sounding[0] :].sum())
            span = Span(
                part=run.material.piece.part.file,
                start_s=run.chunks[sounding[0]].start_s,
                at_s=Seconds(at_s),
                duration_s=Seconds(duration_s),
            )
            self.spans.append(span)
            self.end_s = end_of(run.chunks[sounding[-1]])
        self.laid.append(run)
        self.size += int(run.sizes.sum())
        self.count += len(run.chunks)
        self.duration_s += float(lasting_s.sum())

    def _silence(self, material: Material, until_s: Seconds) -> None:
        """Put silence for the gap up to a moment."""
        fmt, aac = material.piece.part.format, self.aac
        rate_hz = aac.rate_hz if aac else fmt.rate_hz
        packet, samples = silent.packet(
            "aac" if aac else "mp3", rate_hz, aac.channels if aac else fmt.channels
        )
        wanted_s = until_s - self.end_s + self.owed_s
        count = max(0, round(wanted_s * rate_hz / samples))
        lasting_s = count * samples / rate_hz
        self.owed_s = wanted_s - lasting_s
        self.offsets.append(self.size + np.arange(count, dtype=np.int64) * len(packet))
        self.sizes.append(np.full(count, len(packet), np.int64))
        self.duration_s += lasting_s
        if count:
            data = packet * count
            from_s = Seconds(self.end_s)
            self.laid.append(_Silence(material=material, data=data, from_s=from_s, to_s=until_s))
            self.size += len(data)

    def head(self, aac: Aac, tags: Tags) -> bytes:
        """The MP4's head."""
        offsets, sizes = np.concatenate(self.offsets), np.concatenate(self.sizes)
        return mp4.head(aac, offsets, sizes, self.size, tags)

    def with_file_times(self, tags: Tags) -> Tags:
        """Tags whose chapters are where they lie in the file."""
        return tags.placed(self.spans, Seconds(self.duration_s))

    def finished(self, path: Path, stretches: tuple[Stretch, ...], sha256: str) -> Continuous:
        """What is known of the file."""
        first, last = self.materials[0].piece, self.materials[-1].piece
        return Continuous(
            path=path,
            spans=tuple(self.spans),
            chunks=tuple(
                (each.piece.part, chunk) for each in self.materials for chunk in each.piece.chunks
            ),
            stretches=stretches,
            duration_s=Seconds(self.duration_s),
            sha256=sha256,
            skipped=first.skipped,
            left=last.left,
        )


@dataclass(slots=True, kw_only=True)
class _Copying:
    """What was laid, on its way into the file."""

    layout: _Layout
    written: Written
    head: bytes
    _hashes: list[Future[list[str]]] = field(default_factory=list)  # of chunks not as received

    def run(self) -> tuple[Stretch, ...]:
        """Write it all, in long strokes."""
        self.written.put(self.head)
        for material, laid in itertools.groupby(self.layout.laid, key=lambda each: each.material):
            data = material.view().data
            with material.path.open("rb", buffering=0) as source:
                for each in laid:
                    if isinstance(each, _Silence):
                        self.written.put(each.data)
                    else:
                        self._copy(each, data, source)
        return tuple(self._stretches())

    def _copy(self, run: _Run, data: memoryview, source: BinaryIO) -> None:
        if run.others and not run.material.hashes:
            ranges = np.stack((run.begins, run.begins + run.sizes), axis=1)[run.others].tolist()
            self._hashes.append(self.written.hashes(data, ranges))
        for begin, end in run.strokes():
            if run.material.is_own:
                self.written.put_from(source, begin, data[begin:end])
            else:
                self.written.put(data[begin:end])

    def _stretches(self) -> Iterator[Stretch]:
        """The file from its first byte to its last."""
        if self.head:
            yield Stretch(0, len(self.head), _sha256(self.head))
        at = len(self.head)
        hashes = (sha256 for found in self._hashes for sha256 in found.result())
        for laid in self.layout.laid:
            if isinstance(laid, _Silence):
                size = len(laid.data)
                yield Stretch(at, size, _sha256(laid.data), laid.from_s, laid.to_s, silence=True)
                at += size
            else:
                yield from _stretches(laid, at, hashes)
                at += int(laid.sizes.sum())


def _stretches(run: _Run, at: int, hashes: Iterator[str]) -> list[Stretch]:
    """Those of a run, one for each chunk; `hashes` are of those that aren't as received."""
    places, sizes = (at + np.cumsum(run.sizes) - run.sizes).tolist(), run.sizes.tolist()
    same = (itertools.repeat(each) for each in ("", None, None))
    none = (itertools.repeat(each) for each in (False, None, None))
    rows = zip(places, sizes, *same, itertools.count(run.number), *none, strict=False)
    found = list(map(Stretch._make, rows))  # thousands, of which each would take a microsecond
    known = run.material.hashes
    for number in run.others:
        sha256 = known[run.first + number] if known else next(hashes)
        found[number] = _other(run, number, found[number], sha256)
    return found


def _other(run: _Run, number: int, there: Stretch, sha256: str) -> Stretch:
    """A stretch that isn't a chunk as it was received."""
    chunk = run.chunks[number]
    made = Stretch(there.at, there.bytes, sha256, chunk.start_s, end_of(chunk))
    if run.material.is_own and run.first + number in run.material.cut:
        begin = int(run.begins[number]) - chunk.offset
        return made._replace(of=run.number + number, begin=begin)
    return made


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
