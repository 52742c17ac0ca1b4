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
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from recorder import journal, sums
from recorder.align import Alignment, Match
from recorder.archive import SessionFolder
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
"""Codecs whose packets, one after the other, are a stream of their own."""

_CHUNK_S = 5.0
_PREROLL_S = 0.3
"""What is kept before a gap, for decoders: MP3's bit reservoir reaches back 511 bytes, AAC's
frames overlap."""

_MISPLACED_S = 0.004  # by which a clock may lead a run astray before it is placed anew
_APART_S = 0.0011  # what touches more closely than 1 ms, `recorder.decode` counts as one stretch
_LEAST_S = 0.05
_NEAR_S = 0.2
_FITS_S = 0.05


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
    """A gap and what fills it.

    Attributes:
        gap: Ours.
        to_s: Session time where what fills it ends: the gap's end unless theirs is shorter.
        line: Where that is in the other recording.
        misfit_s: By how much the other one is longer there than our gap; it was placed by the
            wall clock, say.
        detail: A sentence for people.
    """

    gap: GapFound
    to_s: Seconds
    line: Line
    misfit_s: Seconds
    detail: str = ""

    @property
    def from_s(self) -> Seconds:
        """Session time where it begins: with the gap."""
        return self.gap.from_s


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


def plan(timeline: Timeline, comparison: Comparison, track: str = "a") -> list[Fill]:
    """Which gaps can be filled: those whose edges lie in what is the same in both.

    Args:
        timeline: Of our session.
        comparison: Of ours, the track, with the other recording.
        track: Whose gaps.
    """
    held = timeline.tracks.get(track)
    done = [(fill.from_s, fill.to_s) for fill in timeline.fills if fill.track == track]
    gaps = [gap for gap in held.gaps if (gap.from_s, gap.to_s) not in done] if held else []
    fills = (_fill(gap, comparison.alignment) for gap in gaps)
    return [fill for fill in fills if fill is not None]


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
        parts: list[Path] = []
        run = 0
        events: list[Event] = [
            reopened,
            Connected(track=letter, address=other.name, identity=other.facts),
        ]
        try:
            for number, (fill, packets) in enumerate(zip(fills, sources, strict=True), 1):
                written = _Written(name=f"{letter}-{number:06}", track=letter, run=run)
                parts.append(_write(folder, written, fill, packets, fmt, other))
                events += written.events
                run = written.run
                events.append(
                    Completed(
                        track=track,
                        by=letter,
                        from_s=fill.from_s,
                        to_s=fill.to_s,
                        misfit_s=Seconds(round(fill.misfit_s, 6)),
                        detail=fill.detail,
                    )
                )
            _go_on(folder, events, timeline)
        except BaseException as error:
            for path in parts:
                path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise storage_error(error, doing="completing the session") from error
            raise
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


def _fill(gap: GapFound, alignment: Alignment) -> Fill | None:
    """What fills a gap: by the matches that hold at its edges."""
    before, after = _at(alignment, gap.from_s), _at(alignment, gap.to_s)
    match before, after:
        case None, None:
            return None
        case None, only:
            assert only is not None
            return None if gap.from_s > 0 else _one_sided(gap, only.line, alignment)
        case only, None:
            assert only is not None
            return _one_sided(gap, only.line, alignment)
    assert before is not None
    assert after is not None
    from_s, to_s = before.line.theirs(gap.from_s), after.line.theirs(gap.to_s)
    length_s = gap.to_s - gap.from_s
    misfit_s = to_s - from_s - length_s
    if to_s - from_s < _LEAST_S:
        return None
    if abs(misfit_s) <= max(_FITS_S, 0.002 * length_s):
        line = Line(
            at_s=np.array([gap.from_s, gap.to_s]),
            delay_s=np.array([from_s - gap.from_s, to_s - gap.to_s]),
        )
        return Fill(gap=gap, to_s=gap.to_s, line=line, misfit_s=Seconds(misfit_s))
    line = Line(at_s=np.array([gap.from_s]), delay_s=np.array([from_s - gap.from_s]))
    end_s = gap.from_s + min(length_s, to_s - from_s)
    longer = "longer" if misfit_s > 0 else "shorter"
    detail = f"There it is {abs(misfit_s):.2f} s {longer} than our gap; placed from its begin."
    return Fill(gap=gap, to_s=Seconds(end_s), line=line, misfit_s=Seconds(misfit_s), detail=detail)


def _at(alignment: Alignment, at_s: float) -> Match | None:
    near = (each for each in alignment.matches if _is_at(each, at_s))
    return next(near, None)


def _is_at(match: Match, at_s: float) -> bool:
    return match.from_s - _NEAR_S <= at_s <= match.to_s + _NEAR_S


def _one_sided(gap: GapFound, line: Line, alignment: Alignment) -> Fill | None:
    """A gap at the session's very begin or end, as far as the other recording goes."""
    end_s = min(gap.to_s, line.ours(alignment.theirs[-1][1]))
    if line.theirs(gap.from_s) < 0 or end_s - gap.from_s < _LEAST_S:
        return None
    detail = "Nothing of ours follows, so it is joined at one side alone."
    return Fill(gap=gap, to_s=Seconds(end_s), line=line, misfit_s=Seconds(0), detail=detail)


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
        fmt = fmt or _format_of(media, other)
        if (fmt.codec, fmt.rate_hz, fmt.channels) != (media.codec, media.rate_hz, media.channels):
            raise ExportError(f"{other.name} changes its format on the way.", safe=_SAFE)
        for packet in _timed(media, at_s):
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
    container = _CONTAINERS.get(media.codec)
    if container is None:
        raise ExportError(
            f"{other.name} is {media.codec}, whose packets can't be kept as they are yet.",
            safe=_SAFE,
            hint="AAC and MP3 can.",
        )
    return AudioFormat(
        container=container, codec=media.codec, rate_hz=media.rate_hz, channels=media.channels
    )


def _timed(media: Media, at_s: float | None) -> Iterator[_Packet]:
    """Packets with their times, by a count of samples, as they are decoded."""
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
    folder: SessionFolder,
    written: _Written,
    fill: Fill,
    packets: list[_Packet],
    fmt: AudioFormat,
    other: Other,
) -> Path:
    """Write a part, synced; its lines are in `written`."""
    if not packets:
        raise DecodeError(f"{other.name} holds no sound for {fill.from_s:.1f} s.", safe=_SAFE)
    file = f"audio/{written.name}{fmt.suffix}"
    written.events.append(
        PartOpened(track=written.track, part=written.name, file=file, format=fmt, source=other.name)
    )
    half_s = packets[0].duration_s / 2
    begin_s, end_s = (fill.line.theirs(at_s) for at_s in (fill.from_s, fill.to_s))
    before = [packet for packet in packets if packet.at_s < begin_s - half_s]
    inside = [packet for packet in packets if begin_s - half_s <= packet.at_s < end_s - half_s]
    for batch in (before, *_batches(inside)):
        if batch:
            _chunk(written, fill.line, batch)
    path = folder.path / file
    with path.open("wb") as target:  # what a crash left there is in no journal
        target.write(written.data)
        target.flush()
        os.fsync(target.fileno())
    written.events.append(
        PartSealed(
            track=written.track,
            part=written.name,
            file=file,
            bytes=len(written.data),
            sha256=hashlib.sha256(written.data).hexdigest(),
        )
    )
    return path


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
