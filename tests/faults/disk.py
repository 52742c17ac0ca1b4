"""What a power loss leaves of a folder: what was synced, and of the rest whatever the disk likes.

POSIX promises no more than this: a file has what it had at its last sync, a folder the names that
it had at its own. What came after may be there, in part, as zeros, or not at all; what was removed
or replaced may be back.
"""

import os
import random
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_SECTOR = 512
_LOST = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A folder in a moment, with what of it is on the disk for certain."""

    files: dict[str, bytes]
    synced: dict[str, int]  # bytes of a file
    durable: frozenset[str]  # names
    removed: dict[str, bytes] = field(default_factory=dict)
    replaced: dict[str, bytes] = field(default_factory=dict)

    def lose_power(self, target: Path, dice: random.Random) -> None:
        """Write what the disk holds when it has power again."""
        shutil.rmtree(target, ignore_errors=True)
        for name, content in self._left(dice).items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (target / "audio").mkdir(parents=True, exist_ok=True)

    def _left(self, dice: random.Random) -> dict[str, bytes]:
        left = {name: data for name, data in self.removed.items() if dice.random() < 0.5}
        for name, data in self.files.items():
            if name not in self.durable and dice.random() < 0.5:
                continue
            if name in self.replaced and dice.random() < 0.5:
                left[name] = self.replaced[name]
                continue
            kept = self.synced.get(name, 0)
            left[name] = _torn(data, kept, dice)
        return left


def _torn(data: bytes, kept: int, dice: random.Random) -> bytes:
    """What may be left of a file that was synced up to a length: any size, and sectors of zeros."""
    size = dice.choice([kept, len(data), dice.randint(kept, len(data))])
    left = bytearray(data[:size])
    for begin in range(kept - kept % _SECTOR, size, _SECTOR):
        if dice.random() < _LOST:
            begin, end = max(kept, begin), min(size, begin + _SECTOR)  # noqa: PLW2901 (its rest)
            left[begin:end] = bytes(end - begin)
    return bytes(left)


class Disk:
    """Watches what this process does to a folder, and takes a photo around each sync.

    Attributes:
        photos: In the order of time.
    """

    def __init__(self, patch: pytest.MonkeyPatch, root: Path) -> None:
        self._root = root.resolve()
        self._synced = {name: len(data) for name, data in self._files().items()}
        self._durable = set(self._synced)
        self._removed: dict[str, bytes] = {}
        self._replaced: dict[str, bytes] = {}
        self.photos: list[Photo] = []
        for name in ("fsync", "fdatasync"):
            patch.setattr(os, name, self._syncing(getattr(os, name)))
        patch.setattr(os, "unlink", self._unlinking(os.unlink))
        patch.setattr(os, "replace", self._replacing(os.replace))

    def _syncing(self, sync: Any) -> Any:
        def done(descriptor: int) -> None:
            path = Path(f"/proc/self/fd/{descriptor}").readlink()
            if not path.is_relative_to(self._root):
                sync(descriptor)
                return
            self._take_photo()
            sync(descriptor)
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                self._sync_names(path)
            else:
                self._synced[self._name(path)] = os.fstat(descriptor).st_size
            self._take_photo()

        return done

    def _sync_names(self, folder: Path) -> None:
        name = self._name(folder)
        prefix = "" if name == "." else f"{name}/"
        for held in (self._removed, self._replaced):
            for gone in [each for each in held if Path(each).parent == Path(name)]:
                del held[gone]
        self._durable |= {f"{prefix}{each.name}" for each in folder.iterdir() if each.is_file()}

    def _unlinking(self, unlink: Any) -> Any:
        def done(path: Any, **keys: Any) -> None:
            name = self._name(Path(path))
            content = Path(path).read_bytes() if name and Path(path).is_file() else None
            unlink(path, **keys)
            if name and content is not None:
                kept = content[: self._synced.pop(name, 0)]
                if name in self._durable:
                    self._removed[name] = kept
                self._durable.discard(name)

        return done

    def _replacing(self, replace: Any) -> Any:
        def done(source: Any, target: Any, **keys: Any) -> None:
            name = self._name(Path(target))
            before = Path(target).read_bytes() if name and Path(target).is_file() else None
            replace(source, target, **keys)
            if name:
                if before is not None and name in self._durable:
                    self._replaced[name] = before
                self._synced[name] = self._synced.pop(self._name(Path(source)), 0)

        return done

    def _take_photo(self) -> None:
        self.photos.append(
            Photo(
                files=self._files(),
                synced=dict(self._synced),
                durable=frozenset(self._durable),
                removed=dict(self._removed),
                replaced=dict(self._replaced),
            )
        )

    def _files(self) -> dict[str, bytes]:
        files = {}
        for path in sorted(self._root.rglob("*")):
            if path.is_file() and path.name != ".lock":
                files[self._name(path)] = path.read_bytes()
        return files

    def _name(self, path: Path) -> str:
        path = path.absolute()
        return str(path.relative_to(self._root)) if path.is_relative_to(self._root) else ""
