"""The archive moves to another folder or disk: copied, compared by hashes, and only then removed.

The way is safe to be killed on. A file appears in the new folder under its name once its bytes were
read back and found equal; what is there with the same size and time is not copied again. The old
folder stays whole until all is in the new one and the settings name it (`copy`); only then does it
go, session by session (`clear`). On one disk files are linked, not copied.

    <new>/.moving.json     where it comes from, while it does

Index and queue are databases that may be open, and are the caller's.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder import disk, locks
from recorder.archive import TRASH, Archive, SessionFolder, sync_folder, write_whole
from recorder.errors import ArchiveError, DiskFull, SessionBusy, StorageError, storage_error

Progress = Callable[[int, int], None]
"""Is told the bytes that are in the new folder, of how many; on the thread that called."""

_MARKER = ".moving.json"
_LOCK = ".moving.lock"
_OWN = (".moving", "..moving")
_GOING = ".moved-"
_HOLDER = "recorder.json"
_BLOCK = 1 << 20
_DATABASES = ("index.db", ".index", "index.broken", "queue.db")
_SAFE = "The archive is where it was, whole."


class MoveRefused(ArchiveError):
    """The archive can't go there, or not now."""

    exit_status = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """What is left of the old folder.

    Attributes:
        left: Sessions that stay there, since a process is at work on them.
    """

    left: tuple[SessionFolder, ...]


def is_under_way(target: Path, root: Path | None = None) -> bool:
    """Whether an archive is on its way into a folder: that at `root`, or any."""
    source = origin(target)
    return source is not None and (root is None or source == root.absolute())


def origin(target: Path) -> Path | None:
    """Where the archive comes from that is on its way into a folder."""
    source = _marked(target).get("from")
    return Path(source) if isinstance(source, str) else None


def _marked(target: Path) -> dict[str, Any]:
    try:
        marked = json.loads((target / _MARKER).read_bytes())
    except (OSError, ValueError):
        return {}
    return marked if isinstance(marked, dict) else {}


def _mark(target: Path, values: dict[str, Any]) -> None:
    write_whole(target / _MARKER, json.dumps(values).encode())


def _sessions(archive: Archive) -> list[Path]:
    """The folders of all sessions, thrown away or not."""
    thrown = Archive(archive.root / TRASH)
    return [folder.path for folder in (*archive.folders(), *thrown.folders())]


@contextlib.contextmanager
def alone(target: Path) -> Iterator[None]:
    """Be the one process that moves an archive there.

    Raises:
        MoveRefused: Another one does, or it is a file.
        StorageError: The disk refuses.
    """
    if target.exists() and not target.is_dir():
        raise MoveRefused(f"{target} is a file.", safe=_SAFE, hint="Name a new or empty folder.")
    busy = MoveRefused(f"An archive is on its way to {target} already.", safe=_SAFE)
    absent = [place for place in (target, *target.parents) if not place.exists()]
    try:
        with locks.alone(target / _LOCK, doing=f"making {target}", busy=busy):
            try:
                yield
            finally:
                if not is_under_way(target):
                    with contextlib.suppress(OSError):
                        (target / _LOCK).unlink(missing_ok=True)
    except MoveRefused:
        with contextlib.suppress(OSError):  # one that something is in stays
            for folder in absent:
                folder.rmdir()
        raise


def copy(archive: Archive, target: Path, progress: Progress = lambda _, __: None) -> None:
    """Bring all of an archive into a new folder, and leave the old one as it is.

    Args:
        archive: That moves.
        target: A new or empty folder, or one into which a copy of this archive was begun.
        progress: Told as it goes.

    Raises:
        MoveRefused: The folder is no place for it.
        SessionBusy: A process is at work on a session; what was copied stays for the next time.
        DiskFull: There is no room; nothing was copied.
        StorageError: The disk refuses, or gave back what was not written.
    """
    root = archive.root.absolute()
    if is_under_way(target, root) and _marked(target).get("is_clearing"):
        return  # all is there, and the old folder was being removed
    _refuse_place(root, target)
    _refuse_busy(archive)
    _mark(target, {"from": str(root)})
    wanted = list(_files(root))
    missing = [name for name in wanted if not _is_same(root / name, target / name)]
    whole = sum(_size(root / name) for name in wanted)
    left = sum(_size(root / name) for name in missing)
    if not _is_one_disk(root, target) and left > disk.free_bytes(target):
        (target / _MARKER).unlink(missing_ok=True)
        raise DiskFull(
            f"{target} has not enough room: {left / 1e9:.1f} GB are missing there.", safe=_SAFE
        )
    done = whole - left
    for name in missing:
        _carry(root / name, target / name)
        done += _size(root / name)
        progress(done, whole)
    for name in _files(root):  # what changed meanwhile
        if not _is_same(root / name, target / name):
            _carry(root / name, target / name)
    _prune(root, target)
    _refuse_busy(archive)
    names = [path.name for path in _sessions(archive)]
    _mark(target, {"from": str(root), "sessions": names})


def clear(root: Path, target: Path) -> Cleared:
    """Remove the old folder's content once the settings name the new one.

    From then on the new one is the truth. What was changed in the old one after it was copied, and
    not in the new one since, is copied once more before it goes.

    Args:
        root: The old folder.
        target: The new one.

    Raises:
        StorageError: The disk refuses; what is still in the old folder is in the new one too.
    """
    left = []
    _mark(target, {**_marked(target), "from": str(root), "is_clearing": True})
    try:
        for room in (Archive(root), Archive(root / TRASH)):
            for folder in room.folders():
                try:
                    _clear_session(folder, target)
                except SessionBusy:
                    left.append(folder)
        for path in root.rglob(f"{_GOING}*~"):  # of a clearing that was killed
            shutil.rmtree(path)
        if not left:
            _clear_rest(root, target)
            (target / _MARKER).unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(error, doing="removing the old folder") from error
    return Cleared(left=tuple(left))


def _clear_session(folder: SessionFolder, target: Path) -> None:
    name = folder.path.name
    here = [target / name, target / TRASH / name]
    there = next((path for path in here if path.exists()), None)
    if there is None and name not in _marked(target).get("sessions", ()):
        there = here[0]  # made in the old folder after it was copied
    if there is not None:
        with folder.hold():
            _mirror(folder.path, there)
    going = folder.move(folder.path.with_name(f"{_GOING}{name}~"))
    shutil.rmtree(going.path)


def _clear_rest(root: Path, target: Path) -> None:
    """What is no session; the folder itself only if nothing strange is left in it."""
    for name in list(_files(root)):
        if not (target / name).exists():
            _carry(root / name, target / name)
        (root / name).unlink(missing_ok=True)
    for path in root.iterdir() if root.exists() else ():
        if path.name.startswith((*_DATABASES, ".moving")) or path.name.endswith(".lock"):
            path.unlink(missing_ok=True)
    for emptied, _, _ in os.walk(root, topdown=False):
        with contextlib.suppress(OSError):
            Path(emptied).rmdir()


def _refuse_place(root: Path, target: Path) -> None:
    place = target.resolve()
    home = root.resolve()
    if place == home or place.is_relative_to(home) or home.is_relative_to(place):
        raise MoveRefused(
            f"{target} lies in the archive's own folder, or around it.",
            safe=_SAFE,
            hint="Name a folder of its own.",
        )
    if not root.is_dir():
        raise MoveRefused(f"There is no archive in {root}.", safe="Nothing was moved.")
    others = [path.name for path in target.iterdir() if not path.name.startswith(_OWN)]
    if others and not is_under_way(target, root):
        raise MoveRefused(
            f"{target} is not empty ({others[0]!r:.60} is in it).",
            safe=_SAFE,
            hint="Name a new or empty folder.",
        )


def _refuse_busy(archive: Archive) -> None:
    busy = [folder for folder in archive.folders() if folder.holder()]
    if busy:
        raise SessionBusy(
            f"A process is at work on {busy[0].path.name}; the archive stays until that is over.",
            safe=_SAFE,
            hint="'aircheck stop' ends a recording. Then move again: what was copied stays.",
        )


def _files(root: Path) -> Iterator[Path]:
    """All files that move, by their path in the archive."""
    for path, folders, names in os.walk(root):
        here = Path(path).relative_to(root)
        if here == Path():
            folders[:] = [name for name in folders if name != ".importing"]
        folders[:] = sorted(name for name in folders if not name.startswith(_GOING))
        for name in sorted(names):
            is_database = here == Path() and name.startswith(_DATABASES)
            if not is_database and not name.endswith(".lock"):
                yield here / name


def _prune(root: Path, target: Path) -> None:
    """Take out of a copy what went away while it was made."""
    wanted = set(_files(root))
    for name in list(_files(target)):
        if name not in wanted and name.name != _MARKER:
            (target / name).unlink(missing_ok=True)


def _mirror(source: Path, target: Path) -> None:
    """Carry those of a session's files that are newer than their copies, or have none."""
    for name in list(_files(source)):
        if name.name != _HOLDER and not _is_as_new(source / name, target / name):
            _carry(source / name, target / name)


def _is_as_new(source: Path, copied: Path) -> bool:
    try:
        return copied.lstat().st_mtime_ns >= source.lstat().st_mtime_ns
    except OSError:
        return False


def _is_same(source: Path, copied: Path) -> bool:
    try:
        ours, theirs = source.lstat(), copied.lstat()
    except OSError:
        return False
    return (ours.st_size, ours.st_mtime_ns) == (theirs.st_size, theirs.st_mtime_ns)


def _carry(source: Path, target: Path) -> None:
    """Bring one file there, and read it back; one that went away meanwhile is passed over."""
    temporary = target.with_name(f".{target.name[:200]}.moving")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        if not _linked(source, temporary):
            _copied(source, temporary)
            shutil.copystat(source, temporary, follow_symlinks=False)
        temporary.replace(target)
        sync_folder(target.parent)
    except FileNotFoundError:
        if source.exists():
            raise
    except OSError as error:
        raise storage_error(error, doing=f"copying {source.name}", safe=_SAFE) from error


def _linked(source: Path, target: Path) -> bool:
    """Give a file a second name, where both lie on one disk that can."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        return False
    return True


def _copied(source: Path, target: Path) -> None:
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return
    digest = hashlib.sha256()
    with source.open("rb") as from_file, target.open("xb") as to_file:
        while block := from_file.read(_BLOCK):
            digest.update(block)
            to_file.write(block)
        to_file.flush()
        os.fsync(to_file.fileno())
    if _read_back(target) != digest.digest():
        raise StorageError(
            f"The new disk did not keep {source.name} as it was written.",
            safe=_SAFE,
            hint="Check that disk before anything is stored on it.",
        )


def _read_back(path: Path) -> bytes:
    """The hash of what the disk holds, not of what memory does, where that can be told apart."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.digest()


def _is_one_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
