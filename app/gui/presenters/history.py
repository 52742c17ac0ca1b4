"""What the journals of a few sessions say, kept while they are looked at. No Qt; any thread.

To read eight hours of journal takes half a second, to read on what came since a few milliseconds.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from app.gui.presenters.language import translate
from recorder import journal
from recorder.archive import SessionFolder
from recorder.errors import CorruptSession, storage_error
from recorder.events import Sealed
from recorder.journal import Entry
from recorder.timeline import Timeline

_KEPT = 4
"""Sessions; eight hours of one are some twenty megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A session's journal as far as it was read.

    Attributes:
        entries: All of it. Others may read on meanwhile; this one stays as it is.
        is_sealed: Whether its last line seals the session.
        size: Bytes that it was read to.
    """

    entries: tuple[Entry, ...]
    timeline: Timeline
    is_sealed: bool
    size: int


class Histories:
    """Reads journals and remembers them. For any thread; two that ask for one session share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: OrderedDict[Path, _Reader] = OrderedDict()

    def read(self, folder: SessionFolder) -> History:
        """What is journaled by now. Takes as long as what is new takes.

        Raises:
            CorruptSession: The journal can't be read.
            StorageError: The disk refuses.
        """
        with self._lock:
            reader = self._readers.setdefault(folder.path, _Reader(folder))
            self._readers.move_to_end(folder.path)
            while len(self._readers) > _KEPT:
                self._readers.popitem(last=False)
        return reader.read()

    def known(self, folder: SessionFolder) -> History | None:
        """What was read last, at once and however old; None where nothing was."""
        with self._lock:
            reader = self._readers.get(folder.path)
        return reader.known if reader else None


class _Reader:
    """One journal."""

    def __init__(self, folder: SessionFolder) -> None:
        self._path = folder.journal_path
        self._lock = threading.Lock()
        self._inode = 0
        self.known: History | None = None

    def read(self) -> History:
        with self._lock:
            self._require_same_file()
            before = self.known
            fresh, size = journal.read_on(self._path, before.size if before else 0)
            if before is None or fresh:
                self.known = _history((*(before.entries if before else ()), *fresh), size)
            assert self.known is not None
            return self.known

    def _require_same_file(self) -> None:
        """Begin anew where the file is another one, or shorter than it was."""
        try:
            found = self._path.stat()
        except FileNotFoundError as error:
            raise CorruptSession(
                translate("Session", "{folder} has no journal.").format(
                    folder=self._path.parent.name
                ),
                safe=translate("Session", "Its audio files, if any, are untouched."),
                hint=translate("Session", "Import them with 'aircheck import'."),
            ) from error
        except OSError as error:
            raise storage_error(error, doing="reading the journal") from error
        if self.known and (found.st_ino != self._inode or found.st_size < self.known.size):
            self.known = None
        self._inode = found.st_ino


def _history(entries: tuple[Entry, ...], size: int) -> History:
    return History(
        entries=entries,
        timeline=Timeline.of(entry.event for entry in entries),
        is_sealed=bool(entries) and isinstance(entries[-1].event, Sealed),
        size=size,
    )
