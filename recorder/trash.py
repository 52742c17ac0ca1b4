"""Sessions that were thrown away, and can be had back until the trash is emptied.

    <archive>/.trash/2024-08-13-…/        the session's folder as it was, moved in one step
    <archive>/.trash/2024-08-13-….json    when, and why
    <archive>/removals.jsonl              a line for each thrown away, brought back, deleted

What is in the trash is no session of the archive: it isn't listed, searched, or resumed. A session
that some process is at work on can't be thrown away.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from recorder import usage
from recorder.archive import TRASH, Archive, SessionFolder, write_whole
from recorder.errors import (
    CorruptSession,
    SessionBusy,
    SessionNotFound,
    StorageError,
    storage_error,
)
from recorder.types import SessionId, iso, parse_iso, utc_now

LOG_NAME = "removals.jsonl"
THROWN_AWAY, BROUGHT_BACK, DELETED = "thrown away", "brought back", "deleted"
"""What the log tells of."""

_logger = logging.getLogger(__name__)
_DELETED = ".deleted-"
_SAFE = "It is in the archive as it was."


@dataclass(frozen=True, slots=True, kw_only=True)
class Trashed:
    """A session in the trash.

    Attributes:
        folder: Where it lies now; it may be looked at like any other.
        trashed_at: When it was thrown away. Those of one act have the same time.
        why: Which rule threw it away; empty where a person did.
    """

    id: SessionId
    title: str
    folder: SessionFolder
    trashed_at: datetime
    why: str = ""

    @property
    def bytes(self) -> int:
        """The room that it takes."""
        return usage.bytes_in(self.folder.path)


def put(
    archive: Archive, folder: SessionFolder, *, why: str = "", at: datetime | None = None
) -> Trashed:
    """Throw a session away.

    Args:
        archive: Whose it is.
        folder: The session.
        why: The rule that it falls under; empty where a person wants it so.
        at: The moment of the act, for several that belong together; now unless told.

    Raises:
        SessionBusy: A process is at work on it; it stays.
        SessionNotFound: It isn't in the archive any more.
        StorageError: The disk refuses; it stays.
    """
    room = archive.root / TRASH
    try:
        room.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, doing="making the trash", safe=_SAFE) from error
    try:
        moved = folder.move(room / folder.path.name)
    except SessionBusy as error:
        raise _busy(folder) from error
    _note_down(moved.path, at or utc_now(), why)
    trashed = _trashed(moved)
    _log_if_possible(archive, THROWN_AWAY, trashed)
    return trashed


def listed(archive: Archive) -> list[Trashed]:
    """What is in the trash, the latest first.

    Raises:
        StorageError: It can't be listed.
    """
    found = map(_trashed, _inside(archive).folders())
    return sorted(found, key=lambda each: (each.trashed_at, each.id), reverse=True)


def find(archive: Archive, name: str) -> Trashed:
    """What is in the trash by its id, the beginning or end of one, or its folder's name.

    Raises:
        SessionNotFound: None fits, or several do.
    """
    try:
        return _trashed(_inside(archive).find(name))
    except SessionNotFound as error:
        raise SessionNotFound(
            f"In the trash: {error.message[0].lower()}{error.message[1:]}",
            hint="'aircheck trash list' shows what is there.",
        ) from error


def latest(archive: Archive) -> list[Trashed]:
    """What the last act threw away, or nothing.

    Raises:
        StorageError: The trash can't be listed.
    """
    found = listed(archive)
    return [each for each in found if each.trashed_at == found[0].trashed_at]


def restore(archive: Archive, session: SessionId | str) -> SessionFolder:
    """Bring a session back to its place.

    Args:
        archive: Whose it is.
        session: As for `find`.

    Raises:
        SessionNotFound: It isn't in the trash.
        StorageError: The disk refuses; it stays in the trash.
    """
    trashed = find(archive, session)
    folder = trashed.folder.move(archive.root / trashed.folder.path.name)
    with contextlib.suppress(OSError):
        _note_of(trashed.folder.path).unlink(missing_ok=True)
    _log_if_possible(archive, BROUGHT_BACK, replace(trashed, folder=folder))
    return folder


def empty(
    archive: Archive,
    *,
    older_than: timedelta = timedelta(0),
    sessions: Sequence[SessionId] | None = None,
) -> list[Trashed]:
    """Delete what is in the trash, for good.

    Killed half-way, it goes on with what it had begun when it is called again.

    Args:
        archive: Whose trash.
        older_than: Only what was thrown away longer ago than this.
        sessions: Only these; all unless told.

    Returns:
        What was deleted.

    Raises:
        StorageError: The disk refuses; what is not deleted can still be brought back.
    """
    room, before = archive.root / TRASH, utc_now() - older_than
    deleted = []
    try:
        for begun in room.glob(f"{_DELETED}*"):
            shutil.rmtree(begun)
        for each in listed(archive):
            if each.trashed_at <= before and (sessions is None or each.id in sessions):
                _log(archive, DELETED, each)
                _delete(each)
                deleted.append(each)
        for note in room.glob("*.json"):
            if not note.with_suffix("").exists():  # of what is gone
                note.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(error, doing="emptying the trash") from error
    return deleted


def _delete(trashed: Trashed) -> None:
    """Delete a folder; from the first step on it is no session any more, whatever happens."""
    path = trashed.folder.path
    begun = trashed.folder.move(path.with_name(f"{_DELETED}{path.name}~"))
    shutil.rmtree(begun.path)
    _note_of(path).unlink(missing_ok=True)


def removals(archive: Archive) -> list[dict[str, Any]]:
    """The log's lines, oldest first: ``at``, ``what``, ``session``, ``title``, ``bytes``, ``why``.

    Raises:
        StorageError: It can't be read.
    """
    try:
        lines = (archive.root / LOG_NAME).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        cause = error if isinstance(error, OSError) else OSError(str(error))
        raise storage_error(cause, doing=f"reading {LOG_NAME}") from error
    read = []
    for line in lines:
        with contextlib.suppress(ValueError):  # torn by a crash
            value = json.loads(line)
            if isinstance(value, dict):
                read.append(value)
    return read


def _log_if_possible(archive: Archive, what: str, trashed: Trashed) -> None:
    """Log what is done already, and can be undone."""
    try:
        _log(archive, what, trashed)
    except StorageError as error:
        _logger.warning("%s was %s, which could not be logged: %s", trashed.id, what, error)


def _log(archive: Archive, what: str, trashed: Trashed) -> None:
    line = {
        "at": iso(utc_now()),
        "what": what,
        "session": trashed.id,
        "title": trashed.title,
        "bytes": trashed.bytes,
        "why": trashed.why,
    }
    data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        descriptor = os.open(archive.root / LOG_NAME, flags, 0o666)
        try:
            os.write(descriptor, data)  # in one step, whoever else appends
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise storage_error(error, doing=f"writing {LOG_NAME}") from error


def _inside(archive: Archive) -> Archive:
    return Archive(archive.root / TRASH)


def _note_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _note_down(path: Path, at: datetime, why: str) -> None:
    try:
        write_whole(_note_of(path), json.dumps({"trashed_at": iso(at), "why": why}).encode())
    except StorageError as error:  # it is known by its folder's time all the same
        _logger.warning("when %s was thrown away is not written down: %s", path.name, error)


def _trashed(folder: SessionFolder) -> Trashed:
    try:
        title = folder.info().title
    except CorruptSession:
        title = folder.path.name
    at, why = _note(folder.path)
    return Trashed(id=folder.id, title=title, folder=folder, trashed_at=at, why=why)


def _note(path: Path) -> tuple[datetime, str]:
    """When and why; where that isn't written down, when the folder was moved."""
    try:
        values = json.loads(_note_of(path).read_bytes())
        return parse_iso(values["trashed_at"]), str(values["why"])
    except (OSError, ValueError, KeyError, TypeError):
        try:
            return datetime.fromtimestamp(path.stat().st_ctime, UTC), ""
        except OSError:
            return utc_now(), ""


def _busy(folder: SessionFolder) -> SessionBusy:
    return SessionBusy(
        f"{folder.path.name} can't be thrown away: a process is at work on it.",
        safe="It goes on undisturbed.",
        hint="Stop it with 'aircheck stop' first, or wait until it is done.",
    )
