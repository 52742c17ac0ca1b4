"""A list of named things that people keep beside their sessions, as one small JSON file.

    {"searches": [{"name": "debt", "text": "national debt"}]}

It may be edited by hand, and several processes may change it: each does so alone, and the file is
there whole or as it was before.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recorder import locks
from recorder.archive import write_whole
from recorder.errors import storage_error

_LOCK_WAIT_S = 5.0


class NamedList:
    """The file. Holds nothing open; any number may look at it.

    Args:
        path: Of the file, which needn't be there.
        key: Under which the list stands in it.
    """

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self._key = key

    def read(self) -> list[dict[str, Any]]:
        """What stands in it; nothing where there is no file.

        Raises:
            StorageError: The disk refuses.
            ValueError: It isn't such a list.
        """
        try:
            items = json.loads(self.path.read_bytes())[self._key]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise storage_error(error, doing=f"reading {self.path.name}") from error
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"no list of {self._key}") from error
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise ValueError(f"{self._key} is no list of objects")
        return items

    def write(self, items: list[dict[str, Any]]) -> None:
        """Replace it; between `alone`'s begin and end.

        Raises:
            StorageError: The disk refuses; the file is as it was.
        """
        data = json.dumps({self._key: items}, ensure_ascii=False, indent=1)
        write_whole(self.path, data.encode("utf-8", errors="backslashreplace") + b"\n")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one process that changes it.

        Raises:
            StorageError: The disk refuses, or another process was at it for 5 s.
        """
        doing = f"changing {self.path.name}"
        busy = storage_error(OSError("another process is at it"), doing=doing)
        lock = self.path.with_name(f".{self.path.stem}.lock")
        with locks.alone(lock, doing=doing, busy=busy, wait_s=_LOCK_WAIT_S):
            yield
