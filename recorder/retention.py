"""Rules by which old sessions go: none unless somebody sets them, and to the trash first.

A rule takes only what nobody has laid a hand on. A session stays that is not sealed, that a process
is at work on, that can't be read, that has a tag or notes, or that is listed in a collection. Its
age counts from when it came into the archive, was completed, or was brought back from the trash,
not from when it was spoken: an old recording that was imported today is a day old tomorrow.
"""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from recorder import disk, journal, trash, usage
from recorder.archive import TRASH, Archive, SessionFolder
from recorder.errors import ArchiveError
from recorder.events import Sealed
from recorder.trash import Trashed
from recorder.types import SessionId, parse_iso, utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is to go by itself; zero is never.

    Attributes:
        keep_days: What is older goes to the trash.
        keep_free_bytes: While less of the disk is free, the oldest go to the trash.
        trash_days: What lies longer in the trash is deleted, whoever threw it away.
    """

    keep_days: int = 0
    keep_free_bytes: int = 0
    trash_days: int = 0

    @property
    def is_any(self) -> bool:
        """Whether somebody set one."""
        return bool(self.keep_days or self.keep_free_bytes or self.trash_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A session that a rule takes.

    Attributes:
        why: The rule, in words.
        kept_since: From when its age counts.
        bytes: The room that it takes.
    """

    folder: SessionFolder
    title: str
    why: str
    kept_since: datetime
    bytes: int


def due(
    archive: Archive,
    rules: Rules,
    *,
    spared: Container[SessionId] = frozenset(),
    now: datetime | None = None,
    free_bytes: int | None = None,
) -> list[Due]:
    """What the rules throw away now, the oldest first. Changes nothing.

    Args:
        archive: Whose sessions.
        rules: That were set.
        spared: Sessions that stay, whatever the rules say.
        now: The present, unless told.
        free_bytes: Of the disk; asked for unless told.

    Raises:
        StorageError: The archive can't be listed, or the disk not asked.
    """
    if not (rules.keep_days or rules.keep_free_bytes):
        return []
    loose = sorted(_loose(archive, spared), key=lambda each: each.kept_since)
    before = (now or utc_now()) - timedelta(days=rules.keep_days)
    missing = 0
    if rules.keep_free_bytes:
        free = disk.free_bytes(archive.root) if free_bytes is None else free_bytes
        missing = rules.keep_free_bytes - free - usage.bytes_in(archive.root / TRASH)
    return list(_taken(loose, rules, before, missing))


def _taken(loose: list[Due], rules: Rules, before: datetime, missing: int) -> Iterator[Due]:
    for each in loose:
        if rules.keep_days and each.kept_since < before:
            why = f"older than {rules.keep_days} days"
        elif missing > 0:
            why = f"less than {rules.keep_free_bytes / 1e9:g} GB free"
        else:
            continue
        missing -= each.bytes
        yield replace(each, why=why)


def due_in_trash(archive: Archive, rules: Rules, *, now: datetime | None = None) -> list[Trashed]:
    """What the rules delete from the trash now. Changes nothing.

    Raises:
        StorageError: The trash can't be listed.
    """
    if not rules.trash_days:
        return []
    before = (now or utc_now()) - timedelta(days=rules.trash_days)
    return [each for each in trash.listed(archive) if each.trashed_at < before]


def _loose(archive: Archive, spared: Container[SessionId]) -> Iterator[Due]:
    """The sessions that a rule may take, with no rule yet."""
    back = _brought_back(archive)
    for folder in archive.folders():
        with contextlib.suppress(ArchiveError):
            info, entry = folder.info(), journal.last(folder.journal_path)
            is_sealed = entry is not None and isinstance(entry.event, Sealed)
            if entry is None or not is_sealed or folder.holder() or folder.id in spared:
                continue
            if info.tags or info.notes.strip():
                continue
            yield Due(
                folder=folder,
                title=info.title,
                why="",
                kept_since=max(entry.at, back.get(folder.id, entry.at)),
                bytes=usage.of_session(folder).bytes,
            )


def _brought_back(archive: Archive) -> dict[str, datetime]:
    """When sessions were last brought back from the trash."""
    times: dict[str, datetime] = {}
    for line in trash.removals(archive):
        if line.get("what") == trash.BROUGHT_BACK:
            with contextlib.suppress(ValueError, TypeError, KeyError):
                times[str(line["session"])] = parse_iso(line["at"])
    return times
