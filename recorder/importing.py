"""Audio files → sessions: the bytes kept as they are, in one part, hashed and sealed.

A file's own time becomes session time. Of MP3 and ADTS each chunk is about ten seconds of whole
frames. In other containers bytes don't map to time: chunks are a MiB each, and their durations are
proportional to their bytes, which places a changed byte roughly and adds up to the file's true
duration. A WAV file's container is called ``riff``: unlike a device's part its bytes count, not
its samples.

The session starts when the file's tags say that it was recorded, else at its modification time;
the journal says which. Its title is the file's stem, its host the tags' artist. A video keeps its
pictures: the bytes are the file's. What lies in the trash is not brought in a second time.

A session appears in the archive whole and sealed, or not at all.

What Aircheck exported is known again: a package, or another archive's session, comes in as the
session that it is (`recorder.adopting`), and a file beside its proof, as a clip or a page has it,
is here already where its session is.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from recorder import adopting, locks, sums, trash
from recorder.archive import TRASH, Archive, SessionFolder
from recorder.errors import AircheckError, DecodeError, storage_error
from recorder.events import Chunk, Connected, PartOpened, PartSealed, RunStarted
from recorder.frames import parser_for
from recorder.journal import JournalWriter
from recorder.media import open_media, probe
from recorder.seal import seal
from recorder.types import (
    AudioFormat,
    PlacedBy,
    Seconds,
    SessionId,
    SourceKind,
    SourceSpec,
    State,
    iso,
    utc_now,
)

SUFFIXES = frozenset({
    ".3gp", ".aac", ".ac3", ".aif", ".aiff", ".amr", ".ape", ".au", ".avi", ".caf", ".flac",
    ".flv", ".m4a", ".m4b", ".m4v", ".mka", ".mkv", ".mov", ".mp2", ".mp3", ".mp4", ".mpeg",
    ".mpg", ".oga", ".ogg", ".ogv", ".opus", ".ts", ".w64", ".wav", ".weba", ".webm", ".wma",
    ".wmv", ".wv",
})  # fmt: skip
"""What `find_audio` takes for audio in a folder. A file that is named itself may have any."""

_logger = logging.getLogger(__name__)
_STAGING = ".importing"
_LOCK = ".importing.lock"
_LOCK_WAIT_S = 60.0
_LEFT_S = 86_400.0  # no import takes so long
_CHUNK_S = 10.0
_CHUNK_BYTES = 1 << 20
_EXACT_HEADERS = ("flac", "riff", "mp4", "ogg")
"""Containers that leave out a coder's padding at the end, which packets still have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file.

    Attributes:
        path: The file, or the folder of a package or a session.
        folder: Its session, or None where it was not imported.
        was_here: Whether the archive had these very bytes already.
        thrown_away: The session in the trash that has these very bytes; nothing was imported then.
        problem: Why it was not imported, in words; empty where it was.
        is_export: Whether its session is here, and it was exported from that: texts beside it are
            in its own time.
    """

    path: Path
    folder: SessionFolder | None = None
    was_here: bool = False
    thrown_away: SessionId | None = None
    problem: str = ""
    is_export: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file as it was looked at."""

    path: Path
    format: AudioFormat
    duration_s: float
    sha256: str
    recorded_at: datetime
    dated_by: str
    artist: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Bytes that become a chunk."""

    data: bytes
    duration_s: float


def find_audio(paths: Iterable[Path], *, apart: Path | None = None) -> list[Path]:
    """Files as they are named, and in folders, at any depth, what has an audio file's suffix.

    A folder that is a package of ours, or a session's, is found as one. Hidden files and folders
    are left out; links to folders are not followed.

    Args:
        paths: Files and folders.
        apart: A folder whose files are not found, as the archive's: what is still being recorded
            there would become a session a second time.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        for root, folders, names in os.walk(path):
            if apart and Path(root).resolve().is_relative_to(apart.resolve()):
                folders.clear()
                continue
            if adopting.holds_session(Path(root)):
                folders.clear()
                found.append(Path(root))
                continue
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            found.extend(
                Path(root, name)
                for name in sorted(names)
                if not name.startswith(".")
                and Path(name).suffix.lower() in SUFFIXES
                and Path(root, name).is_file()  # no pipe, which nobody may ever write to
            )
    return found


def name_of(path: Path) -> str:
    """A file's name as it may be journaled: its path tells of its owner, half a letter nothing."""
    return path.name.encode(errors="replace").decode()


def import_paths(archive: Archive, paths: Iterable[Path]) -> Iterator[Imported]:
    """Import files and folders one by one; a file that fails stops no other.

    Whole sessions come first, so that what was exported from them finds them here.

    Yields:
        What became of each file, when it is done.
    """
    for path in sorted(find_audio(paths, apart=archive.root), key=lambda each: not each.is_dir()):
        try:
            yield _import(archive, path)
        except AircheckError as error:
            yield Imported(path=path, problem=str(error))
        except Exception as error:  # noqa: BLE001 (the edge of a file: the others go on)
            yield Imported(path=path, problem=str(unforeseen(path, error)))


def unforeseen(path: Path, error: Exception) -> AircheckError:
    """What is told of a file that failed in a way that it should not; the log has where."""
    _logger.warning("%s failed in a way that it should not", path.name, exc_info=error)
    reason = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
    return AircheckError(
        f"{path.name} can't be imported ({reason}).",
        safe="It is left as it is.",
        hint="Check that it can be read, and is whole.",
    )


def import_audio(archive: Archive, path: Path) -> SessionFolder:
    """Make a sealed session of an audio file; its title is the file's stem.

    Where the archive has these very bytes already, that session is returned and nothing is made;
    from the trash it is brought back.

    Raises:
        DecodeError: It can't be read or decoded; the archive is as it was.
        StorageError: The disk refuses; the archive is as it was.
    """
    imported = _import(archive, path)
    return imported.folder or trash.restore(archive, str(imported.thrown_away))


def held(archive: Archive, path: Path) -> SessionFolder | None:
    """The session that has a file's very bytes, or None.

    Raises:
        StorageError: The file can't be read.
    """
    return _with_bytes(archive, sums.file_sha256(path))


def _import(archive: Archive, path: Path) -> Imported:
    if path.is_dir():
        return _import_session(archive, path)
    exported = _of_session(archive, path)
    if exported:
        return exported
    file = _look_at(path)
    here = _with_bytes(archive, file.sha256)
    if here:
        return Imported(path=path, folder=here, was_here=True)
    thrown_away = _with_bytes(Archive(archive.root / TRASH), file.sha256)
    if thrown_away:
        return Imported(path=path, thrown_away=thrown_away.id)
    folder, was_here = _bring_in(archive, file)
    return Imported(path=path, folder=folder, was_here=was_here)


def _import_session(archive: Archive, path: Path) -> Imported:
    """A package, or another archive's session, as the session that it is."""
    here = _with_id(archive, path, adopting.id_of(path))
    if here:
        return here
    _clear_left(Archive(archive.root / _STAGING))
    own = archive.root / _STAGING / f"{os.getpid()}-{threading.get_ident()}"  # the id is known
    try:
        folder = adopting.adopt(path, Archive(own))
        with _alone(archive):
            here = _with_id(archive, path, folder.id)
            return here or Imported(path=path, folder=folder.move(archive.root / folder.path.name))
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _of_session(archive: Archive, path: Path) -> Imported | None:
    """A file that was exported from a session which is here; None of any other."""
    session = adopting.session_of(path)
    here = session and _with_id(archive, path, session)
    return replace(here, is_export=True) if here else None


def _with_id(archive: Archive, path: Path, session: SessionId) -> Imported | None:
    """What is here already, or in the trash, of that very session."""
    for room in (archive, Archive(archive.root / TRASH)):
        for folder in room.folders():
            if folder.id == session and room is archive:
                return Imported(path=path, folder=folder, was_here=True)
            if folder.id == session:
                return Imported(path=path, thrown_away=session)
    return None


@contextlib.contextmanager
def _alone(archive: Archive) -> Iterator[None]:
    """Be the one that puts something into the archive.

    Raises:
        StorageError: Another process doesn't end, or the disk refuses.
    """
    busy = storage_error(OSError("another process doesn't end"), doing="importing")
    with locks.alone(archive.root / _LOCK, doing="importing", busy=busy, wait_s=_LOCK_WAIT_S):
        yield


def _look_at(path: Path) -> _File:
    """Read a file through: format, duration, hash, and when it was recorded.

    Raises:
        DecodeError: It isn't sound.
    """
    if path.exists() and not path.is_file():  # a pipe would be waited for, and a device has no end
        raise DecodeError(
            f"{path.name} is a pipe or a device, and no file.", safe="Nothing was read from it."
        )
    found = probe(path)
    duration_s = _sounding_s(path)
    if found.duration_s is not None and found.format.container in _EXACT_HEADERS:
        duration_s = min(duration_s, found.duration_s)
    if duration_s <= 0:
        raise DecodeError(f"{path.name} holds no sound.", safe="It is left as it is.")
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return _File(
        path=path,
        format=found.format,
        duration_s=duration_s,
        sha256=sums.file_sha256(path),
        recorded_at=found.created_at or modified,
        dated_by="its tags" if found.created_at else "its modification time",
        artist=found.artist,
    )


def _sounding_s(path: Path) -> float:
    """Seconds of sound in a file by its packets, whatever its header tells of them.

    Raises:
        DecodeError: Nothing in it can be decoded.
    """
    with open_media(path) as media:
        next(media.frames(), None)
    with open_media(path) as media:
        return max(
            (
                media.time_of(packet) + media.samples_of(packet) / media.rate_hz
                for packet in media.packets()
            ),
            default=0.0,
        )


def _with_bytes(archive: Archive, sha256: str) -> SessionFolder | None:
    """The newest sealed session that has a part of just these bytes."""
    for folder in archive.folders():
        with contextlib.suppress(OSError, ValueError):
            if sha256 in sums.parse(folder.sums_path.read_bytes()).values():
                return folder
    return None


def _bring_in(archive: Archive, file: _File) -> tuple[SessionFolder, bool]:
    """Make the session aside, and put it into the archive unless another process was quicker."""
    staging = Archive(archive.root / _STAGING)
    _clear_left(staging)
    spec = SourceSpec(kind=SourceKind.FILE, address=name_of(file.path))
    folder = staging.create(file.path.stem, [("a", spec)], at=file.recorded_at, host=file.artist)
    try:
        _fill(folder, file)
        with _alone(archive):
            here = _with_bytes(archive, file.sha256)
            if here:
                return here, True
            return folder.move(archive.root / folder.path.name), False
    except OSError as error:
        raise storage_error(error, doing="importing", safe="The file is untouched.") from error
    finally:
        shutil.rmtree(folder.path, ignore_errors=True)  # gone already where all went well


def _clear_left(staging: Archive) -> None:
    """Remove what an import left that was killed."""
    for path in staging.root.iterdir() if staging.root.is_dir() else ():
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _LEFT_S:
                shutil.rmtree(path)


def _fill(folder: SessionFolder, file: _File) -> None:
    """Copy the bytes and write the journal to its end."""
    name, suffix = "a-000001", _suffix(file)
    opened = PartOpened(
        track="a",
        part=name,
        file=f"audio/{name}{suffix}",
        format=file.format,
        source=name_of(file.path),
    )
    log = JournalWriter(folder.journal_path)
    try:
        log.append(
            Connected(
                track="a",
                address=name_of(file.path),
                identity={"file": name_of(file.path), "dated_by": file.dated_by},
            ),
            RunStarted(track="a", run=1, start_s=Seconds(0), placed_by=PlacedBy.FIRST),
            opened,
        )
        sealed = _copy(folder, file, opened, log)
        if sealed.sha256 != file.sha256:
            raise DecodeError(
                f"{file.path.name} changed while it was read.",
                safe="Nothing was imported.",
                hint="Try again when it is finished.",
            )
        log.append(sealed)
        seal(folder, log, State.DONE)
    finally:
        log.close()


def _copy(folder: SessionFolder, file: _File, opened: PartOpened, log: JournalWriter) -> PartSealed:
    """Write the part chunk by chunk, a journal line for each."""
    digest, offset, start_s = hashlib.sha256(), 0, 0.0
    with (folder.path / opened.file).open("xb") as target:
        for piece in _pieces(file):
            target.write(piece.data)
            digest.update(piece.data)
            chunk = Chunk(
                track="a",
                part=opened.part,
                run=1,
                offset=offset,
                bytes=len(piece.data),
                sha256=hashlib.sha256(piece.data).hexdigest(),
                start_s=Seconds(start_s),
                duration_s=Seconds(piece.duration_s),
                arrived_at=iso(utc_now()),
                arrived_mono_s=round(time.monotonic(), 6),
            )
            if offset == 0:
                chunk = replace(chunk, program_date_time=iso(file.recorded_at))
            log.append(chunk)
            offset += len(piece.data)
            start_s += piece.duration_s
        target.flush()
        os.fsync(target.fileno())
    return PartSealed(
        track="a", part=opened.part, file=opened.file, bytes=offset, sha256=digest.hexdigest()
    )


def _pieces(file: _File) -> Iterator[_Piece]:
    by_frames = file.format.container in ("mp3", "adts")
    with file.path.open("rb") as source:
        blocks = iter(lambda: source.read(_CHUNK_BYTES), b"")
        yield from _by_frames(blocks, file.format) if by_frames else _by_bytes(blocks, file)


def _by_bytes(blocks: Iterable[bytes], file: _File) -> Iterator[_Piece]:
    size = file.path.stat().st_size
    for block in blocks:
        yield _Piece(data=block, duration_s=file.duration_s * len(block) / size)


def _by_frames(blocks: Iterable[bytes], fmt: AudioFormat) -> Iterator[_Piece]:
    """Whole frames of about ten seconds; what is torn at the end belongs to the last piece."""
    parser = parser_for(fmt)
    assert parser is not None
    data, duration_s = bytearray(), 0.0
    for block in blocks:
        for frame in parser.feed(block):
            if duration_s >= _CHUNK_S:
                yield _Piece(data=bytes(data), duration_s=duration_s)
                data, duration_s = bytearray(), 0.0
            data += frame.data
            duration_s += frame.duration_s
    for frame in parser.finish():
        data += frame.data
        duration_s += frame.duration_s
    yield _Piece(data=bytes(data + parser.pending), duration_s=duration_s)


def _suffix(file: _File) -> str:
    """The file's own suffix where it is a plain one, as the name inside a package must be."""
    own = file.path.suffix.lower()
    return own if own in SUFFIXES else file.format.suffix
