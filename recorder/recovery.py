"""What to mend after a crash: a torn journal, audio without a line, parts without a seal.

Nothing is thrown away that can be played: whole frames at the end of a part that have no line yet
are adopted, hashed and journaled as one chunk. What is cut (a torn frame, a torn line) is
journaled with its size, and with its bytes when they are few. HLS segments that waited on disk
for an earlier one are stored, over a gap that says which are missing.

After a power loss a file may hold zeros where it was not synced, up to the end of a block of the
disk. No sound is made of them: what is adopted then ends before the first that may be a hole.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from recorder import frames, journal, pcm, segments, staging, sums, wav
from recorder.archive import Archive, SessionFolder
from recorder.errors import AircheckError, CorruptSession, storage_error
from recorder.events import (
    Chunk,
    Event,
    Opened,
    PartOpened,
    PartSealed,
    Recovered,
    Repeated,
    RunStarted,
)
from recorder.packer import pack_part
from recorder.seal import complete, seal
from recorder.sources.base import Arrived
from recorder.timeline import Timeline
from recorder.types import AudioFormat, GapReason, Seconds, State, iso, utc_now
from recorder.writer import TrackWriter

_FEW_BYTES = 512
_SECTOR_BYTES = 512  # what a disk writes as one; blocks are multiples


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a dead session: recovered, or why not."""

    folder: SessionFolder
    problem: str = ""


def recover_all(archive: Archive) -> list[Outcome]:
    """Mend and seal every session whose recorder died; living ones are left alone.

    So are scheduled ones, which have nothing to mend: `launch.resume` has them wait on.

    Raises:
        StorageError: The archive can't be listed.
    """
    outcomes = []
    for folder in archive.folders():
        try:
            if folder.holder() or (folder.sealed() and not is_half_sealed(folder)):
                continue
            if folder.summary().state is State.SCHEDULED:
                continue
            recover(folder)
            outcomes.append(Outcome(folder=folder))
        except AircheckError as error:
            outcomes.append(Outcome(folder=folder, problem=str(error)))
    return outcomes


def recover(folder: SessionFolder) -> None:
    """Mend one session and seal it.

    Raises:
        SessionBusy: A recorder is at work on it.
        CorruptSession: Its journal can't be read.
        StorageError: The disk refuses.
    """
    is_half = is_half_sealed(folder)
    with folder.hold():
        if folder.sealed():
            if is_half:
                complete(folder)
            return
        mend(folder)
        log = journal.JournalWriter(folder.journal_path)
        seal(folder, log, State.DONE, recovered=True, detail="Sealed after its recorder died.")


def is_half_sealed(folder: SessionFolder) -> bool:
    """Whether a recorder died between the journal's last line and ``SHA256SUMS``.

    To be asked before the session is held. Sums that are missing otherwise were taken away, and
    are not made anew.
    """
    return folder.was_left() and not folder.sums_path.exists() and folder.sealed() is not None


def mend(folder: SessionFolder) -> Timeline | None:
    """Make an open session whole again, for sealing or for going on.

    The caller holds the session.

    Returns:
        What it holds; None when no recorder had begun.

    Raises:
        CorruptSession: Its journal can't be read.
        StorageError: The disk refuses.
    """
    if folder.sums_path.exists():
        raise CorruptSession(
            f"{folder.path.name} was sealed, and its journal has lost its end since.",
            safe="Its audio files and SHA256SUMS are left as they are.",
            hint=f"'aircheck verify {folder.id}' says what still holds; bring the journal back "
            "from a copy.",
        )
    torn = journal.mend(folder.journal_path)
    entries = list(journal.read(folder.journal_path))
    events = [entry.event for entry in entries]
    if all(isinstance(event, Opened) for event in events) and not torn:
        return None
    log = journal.JournalWriter(folder.journal_path)
    try:
        if torn:
            log.append(_dropped("The journal's last line was torn.", torn))
        sealed = {event.part for event in events if isinstance(event, PartSealed)}
        has_lost_power = bool(entries) and entries[-1].at.timestamp() < psutil.boot_time()
        # A part that came to nothing leaves its name to the next one.
        parts = {event.part: event for event in events if isinstance(event, PartOpened)}
        for opened in parts.values():
            if opened.part not in sealed:
                _mend_part(folder, log, opened, events, has_lost_power=has_lost_power)
        _clear_packed(folder, events)
        for track in staging.tracks(folder):
            _store_staged(folder, log, track)
        staging.clear(folder)
    finally:
        log.close()
    return folder.timeline()


def _store_staged(folder: SessionFolder, log: journal.JournalWriter, track: str) -> None:
    """Store the segments of a track that waited on disk."""
    events = [entry.event for entry in journal.read(folder.journal_path)]
    timeline = Timeline.of(events)
    chunks = timeline.tracks[track].chunks if track in timeline.tracks else ()
    for path, segment in staging.read(folder, track):
        number = segment.facts.media_sequence
        pieces = [chunk for chunk in chunks if chunk.media_sequence == number]
        if staging.stored_bytes(segment.data, pieces) == len(segment.data):
            staging.remove(path)  # it died between the line and this
    sources = [event.source for event in events if isinstance(event, PartOpened)]
    writer = TrackWriter(
        folder,
        track,
        log,
        source=sources[-1] if sources else "",
        before=timeline,
    )
    writer.store_staged(GapReason.KILLED, "The recorder died while it still asked for it.")
    writer.close()


def _mend_part(
    folder: SessionFolder,
    log: journal.JournalWriter,
    opened: PartOpened,
    events: list[Event],
    *,
    has_lost_power: bool,
) -> None:
    """Adopt the tail of a part that has no line, and seal the part.

    What is kept whole in `recorder.staging` is stored from there instead.
    """
    path = folder.path / opened.file
    if not path.exists():
        log.append(Recovered(detail=f"{opened.file} was not there yet."))
        return
    held = [
        event
        for event in events
        if isinstance(event, Chunk | Repeated) and event.part == opened.part
    ]
    known = max(
        (event.offset + event.bytes for event in held if event.offset is not None), default=0
    )
    start = wav.data_offset(path) if opened.format.container == "wav" else 0
    data = _read_from(path, start)
    before, tail = data[:known], data[known:]
    sound = tail[: _hole_in(data, known) - known] if has_lost_power else tail
    sequence = _next_sequence(opened, held)
    kept = [segment for _, segment in staging.read(folder, opened.track)]
    whole, duration_s = 0, Seconds(0)
    if not any(_is_begun(segment, sequence, sound) for segment in kept):
        whole, duration_s = measure(opened.format, before, sound)
    if whole:
        log.append(_adopted(opened, events, known, tail[:whole], duration_s, sequence))
    if whole < len(tail):
        log.append(_dropped(f"{opened.file} ended in what was not whole.", tail[whole:]))
        _truncate(path, start + known + whole)
    if known + whole == 0:
        path.unlink()
        return
    _seal_part(folder, log, opened)


def _hole_in(data: bytes, begin: int) -> int:
    """Where the first zeros begin that reach the end of a sector, or the end of all."""
    for end in (*range(begin + -begin % _SECTOR_BYTES, len(data), _SECTOR_BYTES), len(data)):
        if end > begin and data[end - 1] == 0:
            return max(begin, len(data[:end].rstrip(b"\0")))
    return len(data)


def _next_sequence(opened: PartOpened, held: list[Chunk | Repeated]) -> int | None:
    """The number of the HLS segment that has no line: those of a part have no hole."""
    numbers = [event.media_sequence for event in held if isinstance(event, Chunk)]
    last = next((number for number in reversed(numbers) if number is not None), None)
    return opened.media_sequence if last is None else last + 1


def _is_begun(segment: Arrived, sequence: int | None, tail: bytes) -> bool:
    """Whether bytes without a line are the beginning of a segment that is kept."""
    if segment.facts.media_sequence != sequence:
        return False
    return segment.data.startswith(tail) or (segment.header + segment.data).startswith(tail)


def _seal_part(folder: SessionFolder, log: journal.JournalWriter, opened: PartOpened) -> None:
    path = folder.path / opened.file
    is_wav = opened.format.container == "wav"
    if is_wav:
        wav.finish(path)
    closed = PartSealed(
        track=opened.track,
        part=opened.part,
        file=opened.file,
        bytes=path.stat().st_size,
        sha256=sums.file_sha256(path, offset=wav.data_offset(path) if is_wav else 0),
    )
    if is_wav:
        pack_part(folder, log, closed, opened.format)
    else:
        log.append(closed)


def measure(fmt: AudioFormat, before: bytes, tail: bytes) -> tuple[int, Seconds]:
    """How much of the bytes at a part's end is whole, and how long that sounds.

    Args:
        fmt: The part's format.
        before: The part up to the tail, which some containers need to be understood.
        tail: What has no line yet.

    Returns:
        Bytes from the tail's beginning that are whole frames or packets, and their duration.
    """
    if fmt.container == "wav":
        frame_bytes = pcm.frame_bytes(fmt)
        whole = len(tail) - len(tail) % frame_bytes
        return whole, Seconds(whole / frame_bytes / fmt.rate_hz)
    parser = frames.parser_for(fmt)
    if parser is None:
        return segments.whole_bytes(fmt, before, tail)
    if fmt.container == "ogg":
        parser.feed(before)
    found = parser.feed(tail)
    return (
        sum(len(frame.data) for frame in found),
        Seconds(sum(frame.duration_s for frame in found)),
    )


def _adopted(
    opened: PartOpened,
    events: list[Event],
    offset: int,
    data: bytes,
    duration_s: Seconds,
    sequence: int | None,
) -> Chunk:
    chunks = [event for event in events if isinstance(event, Chunk)]
    runs = [
        event for event in events if isinstance(event, RunStarted) and event.track == opened.track
    ]
    own = [chunk.run for chunk in chunks if chunk.part == opened.part]
    number = own[-1] if own else opened.run or runs[-1].run
    run = next((run for run in runs if run.run == number), runs[-1])
    ends = [
        c.start_s + c.duration_s for c in chunks if c.track == opened.track and c.run == run.run
    ]
    return Chunk(
        track=opened.track,
        part=opened.part,
        run=run.run,
        offset=offset,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        start_s=Seconds(max(ends, default=run.start_s)),
        duration_s=duration_s,
        arrived_at=iso(utc_now()),
        arrived_mono_s=0.0,
        adopted=True,
        media_sequence=sequence,
    )


def _dropped(detail: str, data: bytes) -> Recovered:
    return Recovered(
        detail=detail,
        dropped_bytes=len(data),
        dropped_hex=data.hex() if len(data) <= _FEW_BYTES else "",
    )


def _clear_packed(folder: SessionFolder, events: Iterable[Event]) -> None:
    """Remove WAVs whose FLAC is journaled, and FLACs that were never finished."""
    for event in events:
        if isinstance(event, PartSealed) and event.packed_from:
            (folder.path / event.packed_from).unlink(missing_ok=True)


def _read_from(path: Path, offset: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read()
    except OSError as error:
        raise storage_error(error, doing="reading a part's end") from error


def _truncate(path: Path, size: int) -> None:
    try:
        os.truncate(path, size)
    except OSError as error:
        raise storage_error(error, doing="mending a part") from error
