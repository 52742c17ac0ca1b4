"""A session's gaps filled from another recording, as a track of its own; and that undone.

The other recording is aligned with ours (`recorder.align`). What it has of our gaps becomes a
track: its packets as they were served, with their own hashes and their own source, placed in
session time by the alignment. Nothing of ours is touched, and our gaps stay gaps of ours:
``completed`` lines say what fills them.

A sealed session goes on for that: a ``reopened`` line carries the hashes of the journal and of
``SHA256SUMS`` as they were sealed, and the session is sealed again. Undoing removes the track's
files and journals a ``withdrawn`` line; what was written stays readable, as a journal's lines do.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from recorder import journal, pack, pcm, sums, wav
from recorder.align import Alignment, Match
from recorder.archive import SessionFolder, sync_folder
from recorder.compare import Comparison
from recorder.decode import open_part, stretches
from recorder.errors import ArchiveError, DecodeError, ExportError, storage_error
from recorder.events import (
    Chunk,
    Completed,
    Connected,
    Event,
    GapFound,
    PartOpened,
    PartSealed,
    Reopened,
    RunStarted,
    Withdrawn,
)
from recorder.likeness import Line
from recorder.media import Media, open_media
from recorder.seal import seal
from recorder.timeline import Timeline
from recorder.types import AudioFormat, PlacedBy, Seconds, State, iso, utc_now

_CONTAINERS = {"aac": "adts", "mp3": "mp3"}
"""Codecs whose packets, one after the other, are a stream of their own. Of lossless sound the
samples are kept, in a WAV, and packed into a FLAC as a device's are."""

_PIECE = 256
"""Samples of lossless sound that go together: a fill's edges lie that close to the gap's."""

_CHUNK_S = 5.0
_PREROLL_S = 0.3
"""What is kept before a gap, for decoders: MP3's bit reservoir reaches back 511 bytes, AAC's
frames overlap."""

_MISPLACED_S = 0.004  # by which a clock may lead a run astray before it is placed anew
_APART_S = 0.0011  # what touches more closely than 1 ms, `recorder.decode` counts as one stretch
_LEAST_S = 0.5
_OPEN_S = 0.1  # what is left of a gap by a packet here and there is none
_NEAR_S = 0.2
_FITS_S = 0.05
_LOOSE_S = 3.0  # by which a wall clock may place a short gap's end wrong
_SHARED_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The recording that fills: a file, or a track of a session.

    Attributes:
        name: For the journal and for people; no path, no token.
        path: Of the file; None of a session's track.
        folder: The session's; None of a file.
        track: Its letter, of a session.
        facts: What else is known of it, for the journal: its hash, its address.
    """

    name: str
    path: Path | None = None
    folder: SessionFolder | None = None
    track: str = "a"
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fill:
    """What can fill a gap, or a stretch of it.

    Attributes:
        gap: Ours.
        from_s: Session time where what fills it begins.
        to_s: Session time where it ends.
        line: Where that is in the other recording.
        misfit_s: By how much the other one is longer there than our gap; it was placed by the
            wall clock, say.
        detail: A sentence for people.
    """

    gap: GapFound
    from_s: Seconds
    to_s: Seconds
    line: Line
    misfit_s: Seconds
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packet:
    at_s: float  # in the other recording's time
    duration_s: float
    data: bytes


@dataclass(slots=True, kw_only=True)
class _Written:
    """A part that is being made, and the lines that tell of it."""

    name: str
    track: str
    events: list[Event] = field(default_factory=list)
    data: bytearray = field(default_factory=bytearray)
    run: int = 0
    end_s: float = -np.inf


def open_gaps(timeline: Timeline, track: str = "a") -> list[tuple[Seconds, Seconds]]:
    """What of a track's gaps nothing fills yet, in session time.

    Where what fills a gap is shorter than the gap, and joins at both sides, nothing is left of it.
    """
    held = timeline.tracks.get(track)
    gaps = [(gap.from_s, gap.to_s) for gap in held.gaps] if held else []
    return [each for gap in gaps for each in _without(gap, _filled(timeline, track), _OPEN_S)]


def plan(timeline: Timeline, comparison: Comparison, track: str = "a") -> list[Fill]:
    """What the other recording has of our open gaps, between what is the same around them.

    Args:
        timeline: Of our session.
        comparison: Of ours, the track, with the other recording.
        track: Whose gaps.
    """
    held = timeline.tracks.get(track)
    filled = _filled(timeline, track)
    return [
        replace(fill, from_s=from_s, to_s=to_s)
        for gap in (held.gaps if held else ())
        for fill in _fills(gap, comparison.alignment)
        for from_s, to_s in _without((fill.from_s, fill.to_s), filled, _least_s(gap))
    ]


def lacking(timeline: Timeline, comparison: Comparison, track: str = "a") -> list[GapFound]:
    """Our gaps that are gaps of the other recording too: it has what is around them, not them.

    Args:
        timeline: Of our session.
        comparison: Of ours, the track, with the other recording.
        track: Whose gaps.
    """
    held = timeline.tracks.get(track)
    gaps = held.gaps if held else ()
    return [gap for gap in gaps if _is_lacking(gap, comparison.alignment)]


def require_sealed(folder: SessionFolder) -> None:
    """See that a session is over.

    Raises:
        ArchiveError: It isn't.
    """
    if folder.sealed() is None:
        raise ArchiveError(
            "The session isn't finished yet.",
            safe="What was recorded so far is safe.",
            hint="Complete it when it has ended; 'aircheck recover' ends an interrupted one.",
        )


def complete(folder: SessionFolder, other: Other, fills: list[Fill], *, track: str = "a") -> str:
    """Add a track that fills gaps, and seal the session again. Blocks; may run in any thread.

    Args:
        folder: Our session's, sealed.
        other: Where the audio is taken from.
        fills: As `plan` gives them.
        track: Whose gaps.

    Returns:
        The new track's letter.

    Raises:
        ArchiveError: The session isn't sealed or isn't as it was sealed; it is as before.
        DecodeError: The other recording can't be read; the session is as before.
        ExportError: Its codec can't be kept as served, or there is nothing to fill; likewise.
        StorageError: The disk refuses; likewise.
    """
    if not fills:
        raise ExportError("No gap can be filled from there.", safe="The session is as it was.")
    with folder.hold():
        reopened = _reopened(folder, "complete")
        timeline = folder.timeline()
        letter = _free_letter(folder)
        sources, fmt = _packets(other, fills)
        room = folder.derived / "completing"
        parts: list[Path] = []
        run = 0
        events: list[Event] = [
            reopened,
            Connected(track=letter, address=other.name, identity=other.facts),
        ]
        try:
            shutil.rmtree(room, ignore_errors=True)  # of a process that died
            room.mkdir(parents=True)
            for number, (fill, packets) in enumerate(zip(fills, sources, strict=True), 1):
                written = _Written(name=f"{letter}-{number:06}", track=letter, run=run)
                made = _write(room, written, fill, packets, fmt, other)
                parts.append(folder.audio / made.name)
                events += written.events
                run = written.run
                from_s, to_s = _stored(written, fill)
                events.append(
                    Completed(
                        track=track,
                        by=letter,
                        from_s=from_s,
                        to_s=to_s,
                        misfit_s=Seconds(round(fill.misfit_s, 6) if to_s == fill.to_s else 0.0),
                        detail=fill.detail,
                    )
                )
            for path in parts:
                (room / path.name).replace(path)
            sync_folder(folder.audio)
            _go_on(folder, events, timeline)
        except BaseException as error:
            for path in parts:
                path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise storage_error(error, doing="completing the session") from error
            raise
        finally:
            shutil.rmtree(room, ignore_errors=True)
    return letter


def undo(folder: SessionFolder, letter: str | None = None) -> list[str]:
    """Take tracks away again that filled gaps, and seal the session again.

    Args:
        folder: The session's.
        letter: Which one; all unless told.

    Returns:
        Their letters.

    Raises:
        ArchiveError: There is none, or the session isn't as it was sealed.
        StorageError: The disk refuses.
    """
    with folder.hold():
        timeline = folder.timeline()
        letters = sorted({fill.by for fill in timeline.fills if letter in (None, fill.by)})
        if not letters:
            raise ArchiveError("Nothing was filled in from elsewhere, so there is nothing to undo.")
        reopened = _reopened(folder, "undo")
        files = [part.file for name in letters for part in timeline.tracks[name].parts]
        _go_on(folder, [reopened, *(Withdrawn(track=name) for name in letters)], timeline)
        for file in files:
            (folder.path / file).unlink(missing_ok=True)
        for name in letters:
            for path in folder.transcripts.glob(f"{name}-*.json"):
                path.unlink(missing_ok=True)
    return letters


# --- what fills what ---------------------------------------------------------------------------


def _fills(gap: GapFound, alignment: Alignment) -> list[Fill]:
    """What fills a gap: what lies in theirs between the matches at both its edges.

    At the very begin and end of ours, where there is nothing more to match, one side is enough.
    """
    before, after = _before(gap, alignment), _after(gap, alignment)
    if before and after:
        found = _between(gap, before.line, after.line, alignment)
    elif before and alignment.ours[-1][1] <= gap.from_s + _NEAR_S:
        found = _one_sided(gap, before.line, alignment)
    elif after and alignment.ours[0][0] >= gap.to_s - _NEAR_S:
        found = _one_sided(gap, after.line, alignment)
    else:
        found = []
    return [fill for fill in found if not _is_ours(fill, alignment)]


def _before(gap: GapFound, alignment: Alignment) -> Match | None:
    """The match that holds up to a gap."""
    near = (
        each
        for each in reversed(alignment.matches)
        if each.from_s < gap.from_s and each.to_s >= gap.from_s - _NEAR_S
    )
    return next(near, None)


def _after(gap: GapFound, alignment: Alignment) -> Match | None:
    """The match that holds from a gap on."""
    near = (
        each
        for each in alignment.matches
        if each.to_s > gap.to_s and each.from_s <= gap.to_s + _NEAR_S
    )
    return next(near, None)


def _between(gap: GapFound, before: Line, after: Line, alignment: Alignment) -> list[Fill]:
    """What theirs has between the two moments that are our gap's edges."""
    from_s, to_s = before.theirs(gap.from_s), after.theirs(gap.to_s)
    length_s = gap.to_s - gap.from_s
    misfit_s = to_s - from_s - length_s
    if _fits(misfit_s, length_s):
        line = Line(
            at_s=np.array([gap.from_s, gap.to_s]),
            delay_s=np.array([from_s - gap.from_s, to_s - gap.to_s]),
        )
        return list(_pieces(gap, gap.to_s, line, alignment, misfit_s=misfit_s))
    if abs(misfit_s) > max(length_s / 4, min(_LOOSE_S, length_s / 2)):
        return []  # which of it belongs here can't be told
    line = Line(at_s=np.array([gap.from_s]), delay_s=np.array([from_s - gap.from_s]))
    end_s = Seconds(gap.from_s + min(length_s, to_s - from_s))
    longer = "longer" if misfit_s > 0 else "shorter"
    detail = f"There it is {abs(misfit_s):.2f} s {longer} than our gap; placed from its begin."
    found = list(_pieces(gap, end_s, line, alignment, misfit_s=misfit_s, detail=detail))
    is_whole = len(found) == 1 and (found[0].from_s, found[0].to_s) == (gap.from_s, end_s)
    return found if is_whole else []


def _one_sided(gap: GapFound, line: Line, alignment: Alignment) -> list[Fill]:
    """A gap at the session's very begin or end, as far as the other recording goes."""
    detail = "Nothing of ours lies beyond, so it is joined at one side alone."
    return list(_pieces(gap, gap.to_s, line, alignment, detail=detail))


def _pieces(
    gap: GapFound,
    to_s: Seconds,
    line: Line,
    alignment: Alignment,
    *,
    misfit_s: float = 0.0,
    detail: str = "",
) -> Iterator[Fill]:
    """The stretches of a gap, up to a moment, in which theirs has sound."""
    for sound_s, quiet_s in alignment.theirs:
        first_s, last_s = line.ours(sound_s), line.ours(quiet_s)
        begin_s = gap.from_s if first_s <= gap.from_s + _FITS_S else Seconds(first_s)
        end_s = to_s if last_s >= to_s - _FITS_S else Seconds(last_s)
        if end_s - begin_s >= _least_s(gap):
            yield Fill(
                gap=gap,
                from_s=begin_s,
                to_s=end_s,
                line=line,
                misfit_s=Seconds(misfit_s),
                detail=detail,
            )


def _is_ours(fill: Fill, alignment: Alignment) -> bool:
    """Whether theirs is there what ours has elsewhere."""
    from_s, to_s = fill.line.theirs(fill.from_s), fill.line.theirs(fill.to_s)
    known = [(echo.theirs_from_s, echo.theirs_to_s) for echo in alignment.echoes]
    for match in alignment.matches:
        for sound_s, quiet_s in alignment.ours:
            if min(quiet_s, match.to_s) > max(sound_s, match.from_s):
                begin_s, end_s = max(sound_s, match.from_s), min(quiet_s, match.to_s)
                known.append((match.line.theirs(begin_s), match.line.theirs(end_s)))
    shared_s = max((min(to_s, end) - max(from_s, begin) for begin, end in known), default=0.0)
    return shared_s > min(_SHARED_S, (to_s - from_s) / 2)


def _is_lacking(gap: GapFound, alignment: Alignment) -> bool:
    before, after = _before(gap, alignment), _after(gap, alignment)
    if not before or not after:
        return False
    from_s, to_s = before.line.theirs(gap.from_s), after.line.theirs(gap.to_s)
    sound_s = sum(max(0.0, min(to_s, end) - max(from_s, begin)) for begin, end in alignment.theirs)
    return sound_s < _least_s(gap)


def _least_s(gap: GapFound) -> float:
    """What is shorter isn't worth to be joined: edges are that far apart between recorders."""
    return min(_LEAST_S, (gap.to_s - gap.from_s) / 2)


def _fits(misfit_s: float, length_s: float) -> bool:
    """Whether that is what two clocks may differ by."""
    return abs(misfit_s) <= max(_FITS_S, 0.002 * length_s)


def _filled(timeline: Timeline, track: str) -> list[tuple[Seconds, Seconds]]:
    """The stretches of a track's gaps that are settled.

    Of a gap that is longer than what lies there, the rest is settled too.
    """
    held = timeline.tracks.get(track)
    found: list[tuple[Seconds, Seconds]] = []
    for fill in timeline.fills:
        for gap in held.gaps if held and fill.track == track else ():
            if gap.from_s <= fill.from_s < gap.to_s:
                is_short = not _fits(fill.misfit_s or 0.0, gap.to_s - gap.from_s)
                is_short = is_short and (fill.misfit_s or 0.0) < 0
                found.append((fill.from_s, gap.to_s if is_short else fill.to_s))
    return found


def _without(
    stretch: tuple[Seconds, Seconds], taken: list[tuple[Seconds, Seconds]], least_s: float
) -> Iterator[tuple[Seconds, Seconds]]:
    """A stretch without others; what would be left shorter than the least is none."""
    at_s, end_s = stretch
    for from_s, to_s in sorted(taken):
        if from_s < end_s and to_s > at_s:
            if from_s - at_s >= least_s:
                yield at_s, from_s
            at_s = max(at_s, to_s)
    if end_s - at_s >= least_s:
        yield at_s, end_s


# --- packets -----------------------------------------------------------------------------------


def _packets(other: Other, fills: list[Fill]) -> tuple[list[list[_Packet]], AudioFormat]:
    """The packets of each fill, and what they are.

    Raises:
        DecodeError: The other recording can't be read.
        ExportError: Its packets can't stand alone.
    """
    found: list[list[_Packet]] = [[] for _ in fills]
    wanted = [(fill.line.theirs(fill.from_s), fill.line.theirs(fill.to_s)) for fill in fills]
    fmt: AudioFormat | None = None
    for at_s, media in _opened(other):
        here = _format_of(media, other)
        fmt = fmt or here
        if here != fmt:
            raise ExportError(f"{other.name} changes its format on the way.", safe=_SAFE)
        for packet in _timed(media, fmt, at_s):
            for packets, (from_s, to_s) in zip(found, wanted, strict=True):
                if from_s - _PREROLL_S <= packet.at_s < to_s + packet.duration_s:
                    packets.append(packet)
    if fmt is None or not any(found):
        raise DecodeError(f"{other.name} holds no sound there.", safe=_SAFE)
    return found, fmt


_SAFE = "The session is as it was."


def _opened(other: Other) -> Iterator[tuple[float | None, Media]]:
    """The other recording's stretches, each with the time of its first packet, if that is known."""
    if other.path is not None:
        with open_media(other.path) as media:
            yield None, media
        return
    assert other.folder is not None
    for stretch in stretches(other.folder.timeline(), other.track):
        with open_part(other.folder.path, stretch.part, stretch.chunks) as media:
            yield stretch.start_s, media


def _format_of(media: Media, other: Other) -> AudioFormat:
    container, codec = _CONTAINERS.get(media.codec), media.codec
    if container is None:
        container, codec = "wav", _samples_of(media, other)
    return AudioFormat(
        container=container, codec=codec, rate_hz=media.rate_hz, channels=media.channels
    )


def _samples_of(media: Media, other: Other) -> str:
    """The PCM that holds a lossless codec's samples.

    Raises:
        ExportError: It isn't lossless, or none does.
    """
    kind = media.stream.codec_context.format.name.removesuffix("p")
    if not media.is_lossless or kind == "dbl":
        raise ExportError(
            f"{other.name} is {media.codec}, whose packets can't be kept as they are yet.",
            safe=_SAFE,
            hint="AAC, MP3, FLAC and WAV can.",
        )
    return "pcm_f32le" if kind == "flt" else f"pcm_s{media.bits}le"


def _timed(media: Media, fmt: AudioFormat, at_s: float | None) -> Iterator[_Packet]:
    """Packets with their times, by a count of samples, as they are decoded."""
    if fmt.container == "wav":
        yield from _timed_samples(media, fmt, at_s)
        return
    done = 0
    for packet in media.packets():
        if at_s is None:
            at_s = media.time_of(packet)
        samples = media.samples_of(packet)
        data = bytes(packet)
        if media.codec == "aac" and data[:1] != b"\xff":
            data = _adts_header(media, len(data)) + data
        yield _Packet(
            at_s=at_s + done / media.rate_hz, duration_s=samples / media.rate_hz, data=data
        )
        done += samples


def _timed_samples(media: Media, fmt: AudioFormat, at_s: float | None) -> Iterator[_Packet]:
    """Samples of a lossless codec, in short pieces, with their times."""
    done, piece_bytes = 0, _PIECE * pcm.frame_bytes(fmt)
    for frame in media.frames():
        if at_s is None:
            at_s = media.time_of(frame)
        data = pack.pcm_of(frame, fmt.codec)
        for offset in range(0, len(data), piece_bytes):
            piece = data[offset : offset + piece_bytes]
            samples = len(piece) // pcm.frame_bytes(fmt)
            yield _Packet(
                at_s=at_s + done / media.rate_hz, duration_s=samples / media.rate_hz, data=piece
            )
            done += samples


def _adts_header(media: Media, size: int) -> bytes:
    """What a packet from a container of its own needs to stand in a stream (ISO 13818-7, 6.2)."""
    config = media.stream.codec_context.extradata or b""
    if len(config) < 2:
        raise DecodeError("An AAC stream without its set-up can't be kept.", safe=_SAFE)
    kind, rate = config[0] >> 3, (config[0] & 7) << 1 | config[1] >> 7
    channels, whole = config[1] >> 3 & 15, size + 7
    if not 1 <= kind <= 4 or rate > 12:
        raise ExportError("This kind of AAC can't stand in a stream of its own.", safe=_SAFE)
    return bytes([
        0xFF, 0xF1, kind - 1 << 6 | rate << 2 | channels >> 2,
        (channels & 3) << 6 | whole >> 11, whole >> 3 & 0xFF, (whole & 7) << 5 | 0x1F, 0xFC,
    ])  # fmt: skip


# --- writing -----------------------------------------------------------------------------------


def _write(
    room: Path,
    written: _Written,
    fill: Fill,
    packets: list[_Packet],
    fmt: AudioFormat,
    other: Other,
) -> Path:
    """Write a part into a folder, synced; its lines, which know it in ``audio/``, are in `written`.

    Returns:
        Its file.
    """
    file = f"audio/{written.name}{fmt.suffix}"
    written.events.append(
        PartOpened(track=written.track, part=written.name, file=file, format=fmt, source=other.name)
    )
    begin_s, end_s = (fill.line.theirs(at_s) for at_s in (fill.from_s, fill.to_s))
    half_s = packets[0].duration_s / 2 if packets else 0.0
    before = [packet for packet in packets if packet.at_s < begin_s - half_s]
    inside = [packet for packet in packets if begin_s - half_s <= packet.at_s < end_s - half_s]
    if not inside:
        raise DecodeError(f"{other.name} holds no sound for {fill.from_s:.1f} s.", safe=_SAFE)
    needed = () if fmt.container == "wav" else (before,)
    for batch in (*needed, *_batches(inside)):
        if batch:
            _chunk(written, fill.line, batch)
    return _store(room / f"{written.name}{fmt.suffix}", written, fmt)


def _store(path: Path, written: _Written, fmt: AudioFormat) -> Path:
    """Write a part's file, synced, and the line that seals it; returns the file that stays."""
    is_wav = fmt.container == "wav"
    with path.open("wb") as target:
        if is_wav:
            target.write(wav.header(fmt, len(written.data) // pcm.frame_bytes(fmt)))
        target.write(written.data)
        target.flush()
        os.fsync(target.fileno())
    sha256 = hashlib.sha256(written.data).hexdigest()
    file = f"audio/{path.name}"
    sealed = PartSealed(
        track=written.track, part=written.name, file=file, bytes=path.stat().st_size, sha256=sha256
    )
    if is_wav:
        sealed = replace(sealed, sha256=sums.file_sha256(path), pcm_sha256=sha256)
    if pack.can_pack(fmt):
        flac = path.with_suffix(".flac")
        packed = pack.pack(path, flac)
        path.unlink()
        sealed = replace(
            sealed,
            file=f"audio/{flac.name}",
            bytes=packed.bytes,
            sha256=packed.sha256,
            packed_from=file,
        )
        path = flac
    written.events.append(sealed)
    return path


def _stored(written: _Written, fill: Fill) -> tuple[Seconds, Seconds]:
    """What of a gap the chunks that were written fill, a packet more or less."""
    chunks = [event for event in written.events if isinstance(event, Chunk)]
    begin_s = min(chunk.start_s for chunk in chunks)
    end_s = max(chunk.start_s + chunk.duration_s for chunk in chunks)
    from_s = fill.from_s if begin_s <= fill.from_s + _FITS_S else begin_s
    to_s = fill.to_s if end_s >= fill.to_s - _FITS_S else Seconds(end_s)
    return from_s, to_s


def _batches(packets: list[_Packet]) -> Iterator[list[_Packet]]:
    batch: list[_Packet] = []
    for packet in packets:
        if batch and packet.at_s - batch[0].at_s >= _CHUNK_S:
            yield batch
            batch = []
        batch.append(packet)
    yield batch


def _chunk(written: _Written, line: Line, packets: list[_Packet]) -> None:
    """Append packets and their line; placed anew where the other clock has led away."""
    data = b"".join(packet.data for packet in packets)
    start_s = line.ours(packets[0].at_s)
    if abs(start_s - written.end_s) > _MISPLACED_S:
        written.run += 1
        _end_before(written, start_s)
        written.events.append(
            RunStarted(
                track=written.track,
                run=written.run,
                start_s=Seconds(start_s),
                placed_by=PlacedBy.ALIGNMENT,
            )
        )
    else:
        start_s = written.end_s
    duration_s = sum(packet.duration_s for packet in packets)
    written.events.append(
        Chunk(
            track=written.track,
            part=written.name,
            run=written.run,
            offset=len(written.data),
            bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            start_s=Seconds(round(start_s, 6)),
            duration_s=Seconds(duration_s),
            arrived_at=iso(utc_now()),
            arrived_mono_s=round(time.monotonic(), 6),
        )
    )
    written.data += data
    written.end_s = start_s + duration_s


def _end_before(written: _Written, start_s: float) -> None:
    """End the last chunk a little before the next run, so that samples are counted anew there."""
    if written.end_s > start_s - _APART_S and isinstance(last := written.events[-1], Chunk):
        duration_s = Seconds(round(start_s - _APART_S - last.start_s, 6))
        written.events[-1] = replace(last, duration_s=duration_s)


def _reopened(folder: SessionFolder, reason: str) -> Reopened:
    """The line with which a sealed session goes on.

    Raises:
        ArchiveError: It isn't sealed, or its journal isn't the one that was sealed.
    """
    require_sealed(folder)
    sha256 = sums.file_sha256(folder.journal_path)
    listed: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError):
        listed = sums.parse(folder.sums_path.read_bytes())
    if listed.get(folder.journal_path.name) != sha256:
        raise ArchiveError(
            "The session isn't as it was sealed, so it isn't sealed anew.",
            safe="Nothing was touched.",
            hint="'aircheck verify' says what was changed.",
        )
    return Reopened(
        reason=reason,
        bytes=folder.journal_path.stat().st_size,
        journal_sha256=sha256,
        sums_sha256=sums.file_sha256(folder.sums_path),
    )


def _go_on(folder: SessionFolder, events: list[Event], before: Timeline) -> None:
    """Append lines in one piece, and seal again."""
    sealed = folder.sealed()
    log = journal.JournalWriter(folder.journal_path)
    try:
        log.append(*events)
        seal(
            folder,
            log,
            sealed.state if sealed else State.DONE,
            recovered=bool(sealed and sealed.recovered),
            detail=f"Sealed again; first sealed with {len(before.parts)} parts.",
        )
    finally:
        log.close()


def _free_letter(folder: SessionFolder) -> str:
    """The first letter that no track has or had."""
    events = (entry.event for entry in journal.read(folder.journal_path))
    used = {getattr(event, "track", "") for event in events} | {
        track for track, _ in folder.info().sources
    }
    return next(chr(code) for code in range(ord("b"), ord("z") + 1) if chr(code) not in used)
