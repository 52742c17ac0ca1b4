"""A track's parts as one file that plays on: packets copied, never re-encoded.

The container is the one that fits the codec: .mp3, .m4a for AAC, .ogg, .flac, .wav of a file that
was imported, else .mka. Gaps are cut out, or kept as silence that an encoder of the same codec
made. Where the codec, its rate or its channels change, a new file begins.

MP3 and AAC are not even taken apart: the chunks follow each other as they were received (`laid`).
Neither are Ogg's pages, whose headers alone are written anew (`paged`). All else goes through
FFmpeg's demuxers and muxers packet by packet (`remuxed`), with the time of a count of samples,
since FFmpeg's own time stamps run backwards where small segments meet.

Whichever way, `Stretch`es cover the file from its first byte to its last, each with its hash and
the session time that it holds, so that a changed byte can be located.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from recorder import laid, paged, remuxed
from recorder.events import Chunk, Completed
from recorder.pieces import Continuous, Gaps, Piece, Span, Stretch, end_of
from recorder.tags import Tags
from recorder.timeline import Part, Timeline
from recorder.types import Seconds

_LEAD_S = 0.1  # RFC 7845, 4.6, wants 80 ms of Opus; AAC a frame; MP3 511 bytes
_MOST_HELD = 1 << 28  # bytes of sound in memory, whatever its length
_AT_ONCE = 2  # parts that are looked at

_Material = laid.Material | paged.Material | remuxed.Material

__all__ = ["Continuous", "Gaps", "Span", "Stretch", "write"]


def write(
    root: Path,
    parts: Iterable[Part],
    stem: Path,
    *,
    from_s: float = 0.0,
    to_s: float = math.inf,
    gaps: Gaps = Gaps.CUT,
    tags: Tags | None = None,
    is_cut: bool = False,
) -> list[Continuous]:
    """Write a track's parts as continuous files: one, unless what they hold can't be joined.

    Args:
        root: The session's folder.
        parts: Of one track, in order of session time.
        stem: Where to, without a suffix; ``-2``, … is put behind that of further files.
        from_s: Session time where to begin: with the chunk that sounds then.
        to_s: And where to end: with the chunk that sounds just before.
        gaps: What becomes of gaps between the chunks.
        tags: What the files say of themselves; chapters are in session time here.
        is_cut: Whether to begin and end with packets instead of chunks, where the first has up
            to 0.1 s before it, which decoders need. WAV has chunks alone.

    Raises:
        DecodeError: A part is missing or can't be read.
        ExportError: FFmpeg can't write what it read, or can't make silence of that codec.
        StorageError: The disk refuses.
    """
    pieces = [
        Piece(part=part, chunks=chunks, is_whole=len(chunks) == len(part.chunks))
        for part in parts
        if (chunks := _within(part, from_s, to_s))
    ]
    if is_cut and pieces:
        pieces[0] = _begun(root, pieces[0], from_s - _LEAD_S)
        pieces[-1] = _ended(root, pieces[-1], to_s)
    return write_pieces(root, pieces, stem, gaps=gaps, tags=tags)


def _begun(root: Path, piece: Piece, from_s: float) -> Piece:
    """A piece without the packets of its first chunk that end before a moment."""
    first = piece.chunks[0]
    if first.start_s >= from_s:
        return piece
    times = remuxed.times(root, piece.part, first)
    skipped = sum(1 for _, end_s in times[:-1] if end_s <= from_s)
    if not skipped:
        return piece
    start_s = times[skipped][0]
    cut = replace(first, start_s=Seconds(start_s), duration_s=Seconds(end_of(first) - start_s))
    return replace(piece, chunks=(cut, *piece.chunks[1:]), skipped=skipped)


def _ended(root: Path, piece: Piece, to_s: float) -> Piece:
    """A piece without the packets of its last chunk that begin behind a moment."""
    last = piece.chunks[-1]
    whole = next(chunk for chunk in piece.part.chunks if chunk.offset == last.offset)
    if end_of(last) <= to_s:
        return piece
    times = remuxed.times(root, piece.part, whole)
    kept = piece.skipped + 1 if len(piece.chunks) == 1 else 1
    left = sum(1 for begin_s, _ in times[kept:] if begin_s >= to_s)
    if not left:
        return piece
    cut = replace(last, duration_s=Seconds(times[-left][0] - last.start_s))
    return replace(piece, chunks=(*piece.chunks[:-1], cut), left=left)


def filled(timeline: Timeline, track: str) -> list[Piece]:
    """A track's pieces, and at its gaps those that another recording filled in.

    Of what fills a gap, the chunks inside count: those before it are there for decoders.
    """
    held = timeline.tracks[track].parts
    pieces = [Piece(part=part, chunks=part.chunks, is_whole=True) for part in held]
    for fill in timeline.fills:
        if fill.track != track:
            continue
        for part in timeline.tracks[fill.by].parts:
            inside = tuple(chunk for chunk in part.chunks if _is_inside(chunk, fill))
            if inside:
                is_whole = len(inside) == len(part.chunks)
                pieces.append(Piece(part=part, chunks=inside, is_whole=is_whole))
    return sorted((piece for piece in pieces if piece.part.duration_s > 0), key=_start)


def _start(piece: Piece) -> float:
    return piece.start_s


def _is_inside(chunk: Chunk, fill: Completed) -> bool:
    """By its middle: a chunk is cut where a packet ends, which may be half a packet off."""
    return fill.from_s <= chunk.start_s + chunk.duration_s / 2 < fill.to_s


def write_pieces(
    root: Path, pieces: Iterable[Piece], stem: Path, *, gaps: Gaps, tags: Tags | None
) -> list[Continuous]:
    """As `write`, of pieces in order of session time.

    Raises:
        AircheckError: As `write`.
    """
    files: list[Continuous] = []
    for _, alike in itertools.groupby(_materials(root, pieces), key=lambda each: each.key):
        number = f"-{len(files) + 1}" if files else ""
        group = list(alike)
        said = tags or Tags()
        target = stem.with_name(f"{stem.name}{number}")
        if isinstance(group[0], laid.Material):
            laying = [each for each in group if isinstance(each, laid.Material)]
            files.append(laid.write(laying, target, gaps, said))
        elif isinstance(group[0], paged.Material):
            paging = [each for each in group if isinstance(each, paged.Material)]
            files.append(paged.write(paging, target, gaps, said))
        else:
            muxing = [each for each in group if isinstance(each, remuxed.Material)]
            files.append(remuxed.write(root, muxing, target, gaps, said))
    return files


def _materials(root: Path, pieces: Iterable[Piece]) -> list[_Material]:
    """Each piece as what it can be; Ogg's pages only where none of Ogg goes through FFmpeg.

    Else a file would end where the one way of writing it does.
    """
    held = list(pieces)
    before = itertools.accumulate(map(_bytes, held), initial=0)
    rooms = (max(0, _MOST_HELD - size) for size in before)
    with ThreadPoolExecutor(_AT_ONCE, "material") as pool:  # numpy and hashlib work side by side
        found = list(pool.map(functools.partial(_material, root), held, rooms))
    if any(isinstance(each, remuxed.Material) for each in found):
        return [
            remuxed.of(root, each.piece) if isinstance(each, paged.Material) else each
            for each in found
        ]
    return found


def _bytes(piece: Piece) -> int:
    first, last = piece.chunks[0], piece.chunks[-1]
    return last.offset + last.bytes - first.offset


def _material(root: Path, piece: Piece, room: int) -> _Material:
    """A piece as what it can be; `room` is what it may hold in memory."""
    laying = laid.of(root, piece, room=room)
    return laying or paged.of(root, piece) or remuxed.of(root, piece)


def _within(part: Part, from_s: float, to_s: float) -> tuple[Chunk, ...]:
    """A part's chunks that sound in a range, with what lies between them."""
    if from_s <= part.start_s and to_s >= part.end_s:
        return part.chunks if part.duration_s > 0 else ()
    inside = [
        number
        for number, chunk in enumerate(part.chunks)
        if chunk.duration_s > 0 and chunk.start_s < to_s and end_of(chunk) > from_s
    ]
    return part.chunks[inside[0] : inside[-1] + 1] if inside else ()
