"""The whole archive against its hashes, for what rots on disks; and when each session last was.

``<archive>/checks.json`` says when each session was last read through and what was found. A round
begins with those that were never read or longest ago; one that was ended half-way is gone on with,
so that an archive of any size is read in as many nights as it takes.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psutil

from recorder import usage, verify
from recorder.archive import Archive, SessionFolder
from recorder.errors import StorageError
from recorder.lists import NamedList
from recorder.types import SessionId, iso, parse_iso, utc_now
from recorder.verify import Problem

FILE_NAME = "checks.json"

_LEAST_POLITE = 10  # of Unix's niceness


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the last reading of a session found.

    Attributes:
        at: When it was.
        problems: How many things were not as they had been.
    """

    session: SessionId
    at: datetime
    problems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A session that is to be read.

    Attributes:
        bytes: That are to be read, about.
        before: What was found the last time; None where there was none.
    """

    folder: SessionFolder
    bytes: int
    before: Check | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found in a session."""

    due: Due
    problems: tuple[Problem, ...]


def due(archive: Archive, *, older_than: timedelta = timedelta(0)) -> list[Due]:
    """What is to be read, those first that never were, then those that were longest ago.

    Args:
        archive: Whose sessions.
        older_than: Only what was last read longer ago than this, and what was found changed then;
            zero asks for all of them, but where a round was ended half-way only for its rest.

    Raises:
        StorageError: The archive or its ``checks.json`` can't be read.
    """
    known = {check.session: check for check in checks(archive)}
    now = utc_now()
    since = now - older_than if older_than else _round_began(archive) or now
    waiting = [
        (check.at.timestamp() if check else 0.0, folder, check)
        for folder in archive.folders()
        if (check := known.get(folder.id)) is None or check.problems or check.at < since
    ]
    waiting.sort(key=lambda each: (each[0], each[1].id))
    return [
        Due(folder=folder, bytes=usage.bytes_in(folder.audio), before=check)
        for _, folder, check in waiting
    ]


def run(archive: Archive, sessions: list[Due], *, is_round: bool = True) -> Iterator[Found]:
    """Read sessions through, and remember what was found. A session that goes away is passed over.

    Args:
        archive: Whose they are.
        sessions: In the order in which they are read.
        is_round: Whether that is all that was due, so that whoever comes after an end half-way
            goes on.

    Raises:
        StorageError: ``checks.json`` can't be written.
    """
    if is_round:
        _begin_round(archive)
    for each in sessions:
        report = verify.verify(each.folder.path)
        if not each.folder.path.exists():
            continue
        _remember(archive, each.folder.id, len(report.problems))
        yield Found(due=each, problems=report.problems)
    if is_round:
        _end_round(archive)


def checks(archive: Archive) -> list[Check]:
    """The last reading of each session, as far as there was one.

    Raises:
        StorageError: They can't be read.
    """
    found = []
    for item in _items(archive):
        with contextlib.suppress(KeyError, ValueError, TypeError):
            found.append(
                Check(
                    session=SessionId(item["session"]),
                    at=parse_iso(item["at"]),
                    problems=int(item["problems"]),
                )
            )
    return found


def give_way() -> None:
    """Let all other processes go first, at the processor and, where it can be, at the disk."""
    process = psutil.Process()
    with contextlib.suppress(psutil.Error, OSError):
        if sys.platform == "win32":
            process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
            process.ionice(psutil.IOPRIO_VERYLOW)
        else:
            process.nice(max(process.nice(), _LEAST_POLITE))
            if sys.platform == "linux":
                process.ionice(psutil.IOPRIO_CLASS_IDLE)


def _kept(archive: Archive) -> NamedList:
    return NamedList(archive.root / FILE_NAME, "checks")


def _items(archive: Archive) -> list[dict[str, Any]]:
    try:
        return _kept(archive).read()
    except ValueError as error:
        raise StorageError(
            f"{archive.root / FILE_NAME} can't be read ({error}).",
            safe="The sessions are untouched.",
            hint="Delete it; then all is checked anew.",
        ) from error


def _remember(archive: Archive, session: SessionId, problems: int) -> None:
    here = {folder.id for folder in archive.folders()}
    line = {"session": session, "at": iso(utc_now()), "problems": problems}
    with _kept(archive).alone():
        others = [
            item
            for item in _items(archive)
            if item.get("session") != session and ("round" in item or item.get("session") in here)
        ]
        _kept(archive).write([*others, line])


def _round_began(archive: Archive) -> datetime | None:
    """When the round began that was not ended, if there is one."""
    for item in _items(archive):
        with contextlib.suppress(KeyError, ValueError, TypeError):
            return parse_iso(item["round"])
    return None


def _begin_round(archive: Archive) -> None:
    if _round_began(archive) is None:
        with _kept(archive).alone():
            _kept(archive).write([{"round": iso(utc_now())}, *_items(archive)])


def _end_round(archive: Archive) -> None:
    with _kept(archive).alone():
        _kept(archive).write([item for item in _items(archive) if "round" not in item])
