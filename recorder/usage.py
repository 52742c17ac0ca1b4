"""How much room an archive takes: by session, and by what it is for.

Counted are the bytes that files hold, not the blocks that a disk gives them. Links are not
followed, and a file that goes away while it is counted counts nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from recorder import disk
from recorder.archive import TRASH, Archive, SessionFolder


class Kind(StrEnum):
    """What bytes are for."""

    AUDIO = "audio"
    TRANSCRIPTS = "transcripts"
    DERIVED = "derived"  # may be deleted, and is made again
    RECORDS = "records"  # journal, sums, session.json, the cover
    INDEX = "index"  # search and queue: of the archive, not of a session
    TRASH = "trash"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The room that a session takes.

    Attributes:
        kinds: Bytes by what they are for; kinds without a byte are left out.
    """

    folder: SessionFolder
    kinds: dict[Kind, int]

    @property
    def bytes(self) -> int:
        """All of it."""
        return sum(self.kinds.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The room that an archive takes.

    Attributes:
        sessions: One each, the largest first.
        kinds: Bytes of the whole archive by what they are for.
        free_bytes: That are left on its disk.
    """

    sessions: tuple[Usage, ...]
    kinds: dict[Kind, int]
    free_bytes: int

    @property
    def bytes(self) -> int:
        """All of it."""
        return sum(self.kinds.values())


_OF_SESSION = {"audio": Kind.AUDIO, "transcript": Kind.TRANSCRIPTS, "derived": Kind.DERIVED}
_OF_ARCHIVE = {TRASH: Kind.TRASH}
_INDEX_PREFIXES = ("index", ".index", "queue")


def of_session(folder: SessionFolder) -> Usage:
    """The room that one session takes."""
    kinds: dict[Kind, int] = {}
    for name, size in _by_name(folder.path):
        kind = _OF_SESSION.get(name, Kind.RECORDS)
        kinds[kind] = kinds.get(kind, 0) + size
    return Usage(folder=folder, kinds=_without_nothing(kinds))


def of_archive(archive: Archive) -> Total:
    """The room that a whole archive takes.

    Raises:
        StorageError: The archive can't be listed.
    """
    sessions = sorted(map(of_session, archive.folders()), key=lambda each: -each.bytes)
    kinds = dict.fromkeys(Kind, 0)
    for usage in sessions:
        for kind, size in usage.kinds.items():
            kinds[kind] += size
    held = {usage.folder.path.name for usage in sessions}
    for name, size in _by_name(archive.root):
        if name not in held:
            kinds[_of_archive(name)] += size
    return Total(
        sessions=tuple(sessions), kinds=_without_nothing(kinds), free_bytes=_free(archive.root)
    )


def bytes_in(path: Path) -> int:
    """All bytes in a folder, at any depth; 0 where there is none."""
    return sum(size for _, size in _by_name(path))


def _by_name(path: Path) -> Iterator[tuple[str, int]]:
    """The names in a folder, each with the bytes in it."""
    try:
        with os.scandir(path) as items:
            entries = list(items)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield entry.name, bytes_in(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield entry.name, _size(entry)


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0


def _of_archive(name: str) -> Kind:
    if name.startswith(_INDEX_PREFIXES):
        return Kind.INDEX
    return _OF_ARCHIVE.get(name, Kind.OTHER)


def _free(root: Path) -> int:
    """Bytes that are free where an archive lies, or is to lie."""
    while not root.exists() and root != root.parent:
        root = root.parent
    return disk.free_bytes(root)


def _without_nothing(kinds: dict[Kind, int]) -> dict[Kind, int]:
    return {kind: size for kind, size in kinds.items() if size}
