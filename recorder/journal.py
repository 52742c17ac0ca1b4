"""The session's log: append-only, one JSON object a line, each with the SHA-256 of the line before.

A line is ``{"n", "prev", "at", "mono", "kind", …}``: its number from 1, the hash of the bytes of
the line before it (without its newline; 64 zeros for the first), UTC wall clock, monotonic
seconds, and the fields of one of `recorder.events`. Lines are written canonically, compact and in
UTF-8, and reading demands just that, so that a line can't be written in two ways.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from recorder.errors import CorruptSession, storage_error
from recorder.events import Event, Sealed, event_from_json
from recorder.types import iso, parse_iso, utc_now

LONGEST_LINE = 65_536
"""Bytes that a line may have at most."""

_FIRST_PREV = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the journal.

    Attributes:
        number: 1 for the first line.
        at: Wall clock when it was written.
        mono_s: Monotonic clock of the same moment; comparable within one recorder's process.
        event: What it says.
    """

    number: int
    at: datetime
    mono_s: float
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLine:
    """A line that doesn't hold: its number from 1, and what is wrong with it, in words."""

    number: int
    what: str


class JournalWriter:
    """Appends to a journal. May be used from any thread; closed twice without harm.

    Opening an existing journal goes on with its chain, so a torn tail must be mended first
    (`mend`).
    """

    def __init__(self, path: Path) -> None:
        """Open a journal for appending, making it if need be.

        Raises:
            CorruptSession: The existing last line can't be read.
            StorageError: The disk refuses.
        """
        self._lock = threading.Lock()
        self._number, self._prev = _tail(path)
        try:
            self._file: BinaryIO | None = path.open("ab", buffering=0)
        except OSError as error:
            raise storage_error(error, doing="opening the journal") from error

    def append(self, *events: Event) -> None:
        """Write events as lines, in one piece.

        Raises:
            StorageError: The disk refuses; the journal may then have a torn last line.
            ValueError: The journal is closed.
        """
        with self._lock:
            if self._file is None:
                raise ValueError("the journal is closed")
            at, mono_s = iso(utc_now()), round(time.monotonic(), 6)
            lines = bytearray()
            number, prev = self._number, self._prev
            for event in events:
                number += 1
                line = _dump({
                    "n": number, "prev": prev, "at": at, "mono": mono_s,
                    "kind": event.kind, **event.to_json(),
                })  # fmt: skip
                prev = hashlib.sha256(line).hexdigest()
                lines += line + b"\n"
            self._write(bytes(lines))
            self._number, self._prev = number, prev

    def _write(self, data: bytes) -> None:
        """Write all of it or, as far as the disk lets us, nothing."""
        assert self._file is not None
        end = os.fstat(self._file.fileno()).st_size
        try:
            while data:
                data = data[self._file.write(data) or 0 :]
        except OSError as error:
            os.ftruncate(self._file.fileno(), end)
            raise storage_error(error, doing="writing the journal") from error

    def sync(self) -> None:
        """Bring what was appended to the disk.

        Raises:
            StorageError: The disk refuses.
        """
        with self._lock:
            if self._file is None:
                return
            try:
                os.fsync(self._file.fileno())
            except OSError as error:
                raise storage_error(error, doing="syncing the journal") from error

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None


def read(path: Path) -> Iterator[Entry]:
    """Read a journal, line by line. A torn last line, as a crash leaves it, ends the reading.

    Raises:
        CorruptSession: A line before the last can't be read, or there is no journal.
    """
    try:
        with path.open("rb") as file:
            yield from _entries(file, path)
    except FileNotFoundError as error:
        raise CorruptSession(
            f"{path.parent.name} has no journal.",
            safe="Its audio files, if any, are untouched.",
            hint="Import them with 'aircheck import'.",
        ) from error
    except OSError as error:
        raise storage_error(error, doing="reading the journal") from error


def _entries(file: BinaryIO, path: Path) -> Iterator[Entry]:
    for number, line in enumerate(file, 1):
        if not line.endswith(b"\n") or b"\0" in line:
            return
        try:
            yield _parse(line[:-1])
        except ValueError as error:
            raise CorruptSession(
                f"Line {number} of {path.parent.name}'s journal can't be read ({error}).",
                safe="The audio files are untouched.",
                hint="'aircheck verify' says what still holds.",
            ) from error


def follow(path: Path, stop: threading.Event, *, poll_s: float = 0.1) -> Iterator[Entry]:
    """Read a journal and go on as it grows, until its ``sealed`` line or until ``stop`` is set.

    Raises:
        CorruptSession: A line can't be read.
        StorageError: The disk refuses.
    """
    offset = 0
    while not stop.is_set():
        before = offset
        fresh, offset = _whole_lines(path, offset)
        for entry in _parsed(path, fresh):
            yield entry
            if isinstance(entry.event, Sealed):
                return
        if offset == before:
            stop.wait(poll_s)


def read_on(path: Path, offset: int = 0) -> tuple[list[Entry], int]:
    """Read what a journal has from a place on, as far as its lines are whole.

    Args:
        path: The journal's.
        offset: Where to begin, in bytes: 0, or what an earlier call returned.

    Returns:
        The entries, and where to go on.

    Raises:
        CorruptSession: A line can't be read.
        StorageError: The disk refuses.
    """
    fresh, offset = _whole_lines(path, offset)
    return list(_parsed(path, fresh)), offset


def _whole_lines(path: Path, offset: int) -> tuple[bytes, int]:
    """The whole lines from a place on, and where they end."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            fresh = file.read()
    except OSError as error:
        raise storage_error(error, doing="reading the journal") from error
    whole = fresh[: _end_of_lines(fresh)]
    return whole, offset + len(whole)


def _end_of_lines(data: bytes) -> int:
    """Where the last whole line ends: before a torn one, and before what a power loss zeroed."""
    hole = data.find(b"\0")
    return data.rfind(b"\n", 0, len(data) if hole < 0 else hole) + 1


def _parsed(path: Path, whole: bytes) -> Iterator[Entry]:
    for line in whole[:-1].split(b"\n") if whole else ():
        try:
            yield _parse(line)
        except ValueError as error:
            raise CorruptSession(
                f"A line of {path.parent.name}'s journal is broken.",
                safe="The audio files are untouched.",
                hint="'aircheck verify' says what still holds.",
            ) from error


def last(path: Path) -> Entry | None:
    """The journal's last whole line, read without reading the rest; None where there is none.

    Raises:
        CorruptSession: It can't be read.
        StorageError: The disk refuses.
    """
    line = _last_line(path)
    if line is None:
        return None
    try:
        return _parse(line)
    except ValueError as error:
        raise CorruptSession(f"The end of {path.parent.name}'s journal can't be read.") from error


def check(path: Path) -> list[BrokenLine]:
    """Check the chain: every line readable, canonical, numbered, and hashed by the next.

    A changed last line shows only against the session's ``SHA256SUMS``.

    Raises:
        StorageError: The file can't be read.
    """
    broken: list[BrokenLine] = []
    prev = _FIRST_PREV
    try:
        lines: Iterable[bytes] = path.read_bytes().split(b"\n")
    except OSError as error:
        raise storage_error(error, doing="reading the journal") from error
    *whole, rest = lines
    if rest:
        broken.append(BrokenLine(number=len(whole) + 1, what="the last line is torn"))
    for number, line in enumerate(whole, 1):
        what = _fault(line, number, prev)
        if what:
            broken.append(BrokenLine(number=number, what=what))
        prev = hashlib.sha256(line).hexdigest()
    return broken


def mend(path: Path) -> bytes:
    """Cut a torn last line, as a crash leaves it, and return the bytes that were cut.

    So is what a power loss left as zeros, which no line ever has, and what stands behind them.

    Raises:
        StorageError: The disk refuses.
    """
    try:
        with path.open("r+b") as file:
            data = file.read()
            keep = _end_of_lines(data)
            if keep < len(data):
                file.truncate(keep)
                os.fsync(file.fileno())
            return data[keep:]
    except OSError as error:
        raise storage_error(error, doing="mending the journal") from error


def _fault(line: bytes, number: int, prev: str) -> str:
    try:
        values = json.loads(line)
        if _dump(values) != line:
            return "it isn't written as it was sealed"
        _parse(line)
    except (ValueError, TypeError) as error:
        return f"it can't be read ({error})"
    if values["prev"] != prev:
        return "the line before it was changed, added or removed"
    if values["n"] != number:
        return f"it is numbered {values['n']}"
    return ""


def _dump(values: dict[str, Any]) -> bytes:
    line = json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return line.encode("utf-8", errors="backslashreplace")


def _parse(line: bytes) -> Entry:
    try:
        values = json.loads(line)
        number, at, mono_s, kind = (values.pop(key) for key in ("n", "at", "mono", "kind"))
        values.pop("prev")
        event = event_from_json(kind, values)
        return Entry(number=number, at=parse_iso(at), mono_s=mono_s, event=event)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a journal line: {error}") from error


def _last_line(path: Path) -> bytes | None:
    """The last line that ends with a newline, without it."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 2 * LONGEST_LINE))
            data = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(error, doing="reading the journal") from error
    lines = data[: _end_of_lines(data)].split(b"\n")
    return lines[-2] if len(lines) > 1 else None


def _tail(path: Path) -> tuple[int, str]:
    """Number and hash of the last line, to go on with."""
    line = _last_line(path)
    if line is None:
        return 0, _FIRST_PREV
    try:
        return _parse(line).number, hashlib.sha256(line).hexdigest()
    except ValueError as error:
        raise CorruptSession(f"The end of {path.parent.name}'s journal can't be read.") from error
