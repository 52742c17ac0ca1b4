"""Watched folders: what is put there is imported once it is whole, and stays where it is.

Files are looked at, every two seconds: no file system tells of what another machine writes to it. A
file is whole when its size and time have stood still for a while and nobody on this machine writes
to it any more; an audio file and its transcripts wait for each other. What was imported is
remembered in ``<archive>/watched.json``, so that what was thrown away does not come back by itself.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.importing import Outcome, find_texts, import_paths, is_text, texts_of
from recorder import locks
from recorder.archive import Archive
from recorder.errors import AircheckError, SessionBusy
from recorder.importing import find_audio
from recorder.lists import NamedList

FILE_NAME = "watched.json"

_logger = logging.getLogger(__name__)
_LOCK_NAME = ".watching.lock"
_LOOKS_EVERY_S = 2.0
_SETTLES_S = 5.0
_AGAIN_S = 600.0  # after what failed, unless the file changes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stamp:
    """What changes when a file does."""

    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A file as it was last found, and since when (monotonic seconds) it is so."""

    stamp: _Stamp
    since_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failed:
    """Why a file could not be imported, and when (monotonic seconds) it is tried again."""

    stamp: _Stamp
    problem: str
    again_s: float


class Watch:
    """Folders that are looked at. Belongs to one thread.

    Args:
        archive: Into which is imported.
        folders: That are watched, at any depth; one that isn't there is waited for.
        settles_s: How long a file has to stand still.
        monotonic: Seconds of the clock that can't be set.
    """

    def __init__(
        self,
        archive: Archive,
        folders: Sequence[Path],
        *,
        settles_s: float = _SETTLES_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._archive, self._folders = archive, [folder.absolute() for folder in folders]
        self._settles_s, self._monotonic = settles_s, monotonic
        self._seen: dict[Path, _Seen] = {}
        self._kept = NamedList(archive.root / FILE_NAME, "files")
        self._done = self._read()
        self._failed: dict[Path, _Failed] = {}

    def look(self) -> Iterator[Outcome]:
        """Look once, and import what has become whole.

        Yields:
            What became of each file. One that could not be imported is tried again when it
            changed, or after ten minutes.

        Raises:
            AircheckError: The archive takes nothing now; what waits is tried again.
        """
        self._find()
        groups = [group for group in self._groups() if all(map(self._is_settled, group))]
        if not groups:
            return
        written = _being_written()
        for group in groups:
            new = [path for path in group if self._is_new(path)]
            if new and not any(path.resolve() in written for path in group):
                yield from self._import(new)

    def _import(self, new: list[Path]) -> Iterator[Outcome]:
        """Import files; those that fail are tried again later, and told of when it is otherwise."""
        stamps = {path: self._seen[path].stamp for path in new}
        failed = {}
        for outcome in import_paths(self._archive, new, brings_back=False):
            path = outcome.path
            if outcome.problem and path in stamps:
                before = self._failed.get(path)
                failed[path] = _Failed(
                    stamp=stamps[path],
                    problem=outcome.problem,
                    again_s=self._monotonic() + _AGAIN_S,
                )
                if before and before.problem == outcome.problem:
                    continue
            yield outcome
        self._failed = {path: self._failed[path] for path in self._failed.keys() - stamps} | failed
        self._done |= {path: stamp for path, stamp in stamps.items() if path not in failed}
        self._write()

    def _find(self) -> None:
        """Note the files that are there, and since when they are as they are."""
        now_s, found = self._monotonic(), {}
        for path in self._files():
            with contextlib.suppress(OSError):
                stamp = _stamp(path)
                before = self._seen.get(path)
                stands = before is not None and before.stamp == stamp
                since_s = before.since_s if before and stands else now_s
                found[path] = _Seen(stamp=stamp, since_s=since_s)
        self._seen = found

    def _files(self) -> Iterator[Path]:
        yield from find_audio(folder for folder in self._folders if folder.is_dir())
        for folder in self._folders:
            yield from find_texts(folder)

    def _groups(self) -> Iterator[list[Path]]:
        """Audio files with their transcripts, then transcripts that have none here."""
        alone = {path for path in self._seen if is_text(path)}
        for audio in sorted(self._seen.keys() - alone):
            texts = [text for text in texts_of(audio) if text in self._seen]
            alone.difference_update(texts)
            yield [audio, *texts]
        yield from ([text] for text in sorted(alone))

    def _is_settled(self, path: Path) -> bool:
        seen = self._seen[path]
        return seen.stamp.size > 0 and self._monotonic() - seen.since_s >= self._settles_s

    def _is_new(self, path: Path) -> bool:
        stamp, failed = self._seen[path].stamp, self._failed.get(path)
        if failed and failed.stamp == stamp and self._monotonic() < failed.again_s:
            return False
        return self._done.get(path) != stamp

    def _read(self) -> dict[Path, _Stamp]:
        try:
            items = self._kept.read()
        except ValueError as error:  # duplicates are found by their hashes all the same
            _logger.warning("%s can't be read (%s); it is made anew", FILE_NAME, error)
            return {}
        done = {}
        for item in items:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                stamp = _Stamp(size=int(item["size"]), mtime_ns=int(item["mtime_ns"]))
                done[Path(item["path"])] = stamp
        return done

    def _write(self) -> None:
        items = [
            {"path": str(path), "size": stamp.size, "mtime_ns": stamp.mtime_ns}
            for path, stamp in sorted(self._done.items())
        ]
        with self._kept.alone():
            self._kept.write(items)


def _stamp(path: Path) -> _Stamp:
    """A file's size and time; of a package's folder the size of all its files, and the latest."""
    files = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
    found = [each.stat() for each in files]
    return _Stamp(
        size=sum(status.st_size for status in found),
        mtime_ns=max((status.st_mtime_ns for status in found), default=0),
    )


def watch(
    archive: Archive,
    folders: Sequence[Path],
    *,
    stop: threading.Event,
    tell: Callable[[Outcome], None],
    tell_trouble: Callable[[AircheckError], None],
) -> None:
    """Watch folders until it is stopped. Blocks.

    Args:
        archive: Into which is imported.
        folders: That are watched.
        stop: Set to end it; a file that is being imported is finished.
        tell: Told what became of each file, on this thread.
        tell_trouble: Told, once, why nothing can be imported now; it is tried again and again.

    Raises:
        SessionBusy: Another process watches for this archive.
        StorageError: The disk refuses.
    """
    busy = SessionBusy(
        "Another process imports for this archive from watched folders.",
        safe="It goes on undisturbed.",
        hint="End it first, or name all folders to it.",
    )
    with locks.alone(archive.root / _LOCK_NAME, doing="watching for the archive", busy=busy):
        looked = Watch(archive, folders)
        trouble = ""
        while not stop.is_set():
            try:
                for outcome in looked.look():
                    tell(outcome)
                trouble = ""
            except Exception as error:  # noqa: BLE001 (the edge of a look: the next may go well)
                told = error if isinstance(error, AircheckError) else _unforeseen(error)
                if told.message != trouble:
                    tell_trouble(told)
                trouble = told.message
            stop.wait(_LOOKS_EVERY_S)


def _unforeseen(error: Exception) -> AircheckError:
    _logger.warning("a look failed in a way that it should not", exc_info=error)
    return AircheckError(
        f"The watched folders can't be looked at now ({type(error).__name__}).",
        safe="What they hold is untouched.",
        hint="It is tried again by itself.",
    )


def _being_written() -> frozenset[Path]:
    """The files that processes of this user have open to write, where the system tells."""
    if sys.platform != "linux":
        return frozenset()
    return frozenset(path for process in psutil.process_iter() for path in _written_by(process))


def _written_by(process: psutil.Process) -> Iterable[Path]:
    try:
        return [Path(item.path) for item in process.open_files() if item.mode != "r"]
    except (psutil.Error, OSError):
        return []
