"""Does a file's sound come from where its proof says? The proof against the session or package.

The proof must name chunks that the session's journal has, all of them from the first to the last,
and the file must hold just their packets, in their order, and else nothing but the silence that
it says was inserted. Of a clip's first and last chunk some packets may be cut off at its ends, as
many as the proof says; the rest is compared with the chunk's bytes, which must be at hand for it.
A session that was sealed again since, completed from elsewhere, say, is still the one that the
proof tells of: its journal names the ``SHA256SUMS`` of then.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
from av.audio.stream import AudioStream

from recorder import continuous, journal, remuxed, sums
from recorder.errors import AircheckError, storage_error
from recorder.events import Chunk, Opened, Reopened
from recorder.media import Media, open_media
from recorder.pieces import TOUCHING_S, Piece
from recorder.proof import Fault, Named, Proof
from recorder.timeline import Part, Timeline
from recorder.types import Seconds

_FRAMED_BY_ADTS = ("aac", "mpegts")


def faults(path: Path, proof: Proof, root: Path) -> Iterator[Fault]:
    """What of a file doesn't come from a session. Reads the file, and the parts that it names.

    Args:
        path: The file, which is as its proof says.
        proof: Its proof.
        root: The session's folder, or a package's payload; itself verified.
    """
    try:
        events = [entry.event for entry in journal.read(root / "journal.jsonl")]
        is_same = _is_sealed_so(proof, root) or was_reopened(proof, root)
    except AircheckError as error:
        yield Fault(what=f"can't be compared with its session ({error.message.rstrip('.')})")
        return
    opened = [event for event in events if isinstance(event, Opened)]
    if not opened or opened[0].session != proof.origin.session:
        yield Fault(what="is of another session")
        return
    if not is_same:
        yield Fault(what="was made of another state of its session: SHA256SUMS isn't the same")
    pieces, unknown = _pieces(proof, Timeline.of(events))
    yield from unknown
    if unknown:
        return
    try:
        others = [*_bytes(proof, root, pieces), *_cut_elsewhere(proof, root, pieces)]
        yield from others or _packets(path, proof, root, pieces)
    except (AircheckError, av.FFmpegError, OSError) as error:
        said = error.message if isinstance(error, AircheckError) else str(error)
        yield Fault(what=f"can't be compared packet by packet ({said.rstrip('.')})")


def was_reopened(proof: Proof, root: Path) -> bool:
    """Whether a session went on, and was sealed again, since a file was made of it.

    Args:
        proof: The file's.
        root: The session's folder, or a package's payload.

    Raises:
        AircheckError: They can't be read.
    """
    if _is_sealed_so(proof, root):
        return False
    path = root / "journal.jsonl"
    return any(
        isinstance(event, Reopened)
        and event.sums_sha256 == proof.origin.sums_sha256
        and event.journal_sha256 == _begin_sha256(path, event.bytes)
        for event in (entry.event for entry in journal.read(path))
    )


def _is_sealed_so(proof: Proof, root: Path) -> bool:
    return sums.file_sha256(root / "SHA256SUMS") == proof.origin.sums_sha256


def _begin_sha256(path: Path, size: int) -> str:
    """The hash of a file's first bytes.

    Raises:
        StorageError: It can't be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.sha256(file.read(max(0, size))).hexdigest()
    except OSError as error:
        raise storage_error(error, doing=f"reading {path.name}") from error


def _pieces(proof: Proof, timeline: Timeline) -> tuple[list[Piece], list[Fault]]:
    """What a proof names, as the journal has it; and what of it the journal hasn't."""
    if proof.filled and not _is_filled_so(proof, timeline):
        return [], [_missing("says that other recordings fill it, and the journal doesn't", None)]
    known = {
        (piece.part.name, chunk.offset): (piece.part, chunk)
        for piece in _held(proof, timeline)
        for chunk in piece.chunks
    }
    found: list[tuple[Part, Chunk]] = []
    unknown: list[Fault] = []
    for named in proof.chunks:
        held = known.get((named.part, named.offset))
        if held is None or (held[1].bytes, held[1].sha256) != (named.bytes, named.sha256):
            unknown.append(
                _missing("names a chunk that the journal doesn't have", named.from_s, named.to_s)
            )
        else:
            found.append(held)
    if not unknown:
        unknown = list(_left_out(proof, found, list(known.values())))
        unknown += _mistimed(proof, found)
    grouped = itertools.groupby(found, key=lambda item: item[0].name)
    pieces = [_piece(list(group)) for _, group in grouped]
    if pieces:
        pieces[0] = replace(pieces[0], skipped=proof.skipped)
        pieces[-1] = replace(pieces[-1], left=proof.left)
    return pieces, unknown


def _mistimed(proof: Proof, found: list[tuple[Part, Chunk]]) -> Iterator[Fault]:
    """Chunks whose times aren't the journal's, but for the ends where packets were cut off."""
    for number, (named, (_, chunk)) in enumerate(zip(proof.chunks, found, strict=True)):
        is_begun = bool(proof.skipped) and number == 0
        is_ended = bool(proof.left) and number == len(found) - 1
        begins = is_begun or abs(named.from_s - chunk.start_s) <= TOUCHING_S
        ends = is_ended or abs(named.to_s - chunk.start_s - chunk.duration_s) <= TOUCHING_S
        if not begins or not ends:
            yield _otherwise(named)


def _cut_elsewhere(proof: Proof, root: Path, pieces: list[Piece]) -> Iterator[Fault]:
    """Ends where packets were cut off, and that aren't when the proof says."""
    first, last = pieces[0], pieces[-1]
    if proof.skipped:
        times = remuxed.times(root, first.part, first.chunks[0])[proof.skipped :]
        if not times or abs(times[0][0] - proof.from_s) > TOUCHING_S:
            yield _otherwise(proof.chunks[0])
    if proof.left:
        times = remuxed.times(root, last.part, last.chunks[-1])[-proof.left :]
        if len(times) < proof.left or abs(times[0][0] - proof.to_s) > TOUCHING_S:
            yield _otherwise(proof.chunks[-1])


def _otherwise(named: Named) -> Fault:
    return _missing("names other times than the journal has for them", named.from_s, named.to_s)


def _held(proof: Proof, timeline: Timeline) -> list[Piece]:
    """The pieces of a track, and of those that fill its gaps if they do in this file."""
    if proof.track not in timeline.tracks:
        return []
    if proof.filled:
        return continuous.filled(timeline, proof.track)
    return [
        Piece(part=part, chunks=part.chunks, is_whole=True)
        for part in timeline.tracks[proof.track].parts
    ]


def _is_filled_so(proof: Proof, timeline: Timeline) -> bool:
    """Whether the journal has what a proof says of other recordings."""
    told = [
        {"from_s": fill.from_s, "to_s": fill.to_s, "by": fill.by}
        for fill in timeline.fills
        if fill.track == proof.track
    ]
    return all(fill in told for fill in proof.filled)


def _piece(group: list[tuple[Part, Chunk]]) -> Piece:
    part = group[0][0]
    chunks = tuple(chunk for _, chunk in group)
    return Piece(part=part, chunks=chunks, is_whole=chunks == part.chunks)


def _left_out(
    proof: Proof, found: list[tuple[Part, Chunk]], known: list[tuple[Part, Chunk]]
) -> Iterator[Fault]:
    """Chunks between the first and the last that a proof doesn't name."""
    named = {id(chunk) for _, chunk in found}
    places = [number for number, (_, chunk) in enumerate(known) if id(chunk) in named]
    for number, (_, chunk) in enumerate(known):
        if proof.filled:  # where two recordings meet they may overlap a little: their order counts
            is_between = places[0] <= number <= places[-1]
        else:
            is_between = proof.from_s <= chunk.start_s < proof.to_s - TOUCHING_S
        if chunk.duration_s > 0 and is_between and id(chunk) not in named:
            end_s = Seconds(chunk.start_s + chunk.duration_s)
            yield _missing("leaves out a chunk that the journal has", chunk.start_s, end_s)


def _missing(what: str, from_s: Seconds | None, to_s: Seconds | None = None) -> Fault:
    return Fault(what=what, from_s=from_s, to_s=to_s)


def _bytes(proof: Proof, root: Path, pieces: list[Piece]) -> Iterator[Fault]:
    """Compare stretches that are some of a chunk's bytes with the part, without decoding."""
    files = {piece.part.name: piece.part.file for piece in pieces}
    for stretch in proof.stretches:
        if stretch.of is None or stretch.begin is None:
            continue
        chunk = proof.chunks[stretch.of]
        is_inside = stretch.begin >= 0 and stretch.begin + stretch.bytes <= chunk.bytes
        with (root / files[chunk.part]).open("rb") as part:
            part.seek(chunk.offset + max(0, stretch.begin))
            data = part.read(stretch.bytes) if is_inside else b""
        if hashlib.sha256(data).hexdigest() != stretch.sha256:
            yield _missing(
                "doesn't hold the bytes of the chunk that it names", stretch.from_s, stretch.to_s
            )


def _packets(path: Path, proof: Proof, root: Path, pieces: list[Piece]) -> Iterator[Fault]:
    """Compare what the file holds with what the parts hold."""
    wanted = (
        payload(media, packet) for piece in pieces for media, packet in remuxed.packets(root, piece)
    )
    silences = [(each.at, each.at + each.bytes) for each in proof.stretches if each.silence]
    count = 0
    with open_media(path) as media:
        sounding = (
            packet
            for packet in media.packets()
            if not any(begin <= (packet.pos or 0) < end for begin, end in silences)
        )
        for packet, original in itertools.zip_longest(sounding, wanted):
            if packet is None:
                yield Fault(what="ends before the chunks that it names")
                return
            if original is None or payload(media, packet) != original:
                where = "" if original is None else f" from its packet {count + 1:,} on"
                yield Fault(what=f"doesn't hold the packets of the chunks that it names{where}")
                return
            count += 1


def payload(media: Media, packet: av.Packet[AudioStream]) -> bytes:
    """A packet's coded sound, without the framing that some containers leave on it."""
    data = bytes(packet)
    if media.codec == "aac" and media.container.format.name in _FRAMED_BY_ADTS:
        return data[7 if data[1] & 1 else 9 :]
    return data
