"""When the disk will be full, said before it is."""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from recorder.errors import storage_error
from recorder.types import Seconds

_WINDOW_S = 60.0
_SHORTEST_S = 10.0  # before that a rate says little
_PLENTY_BYTES = 10_000_000_000  # more is left: whoever fills the disk so fast will stop
_WARN_AT_S = (3_600.0, 1_200.0, 300.0)  # once at each, the first time that it is under


def free_bytes(path: Path) -> int:
    """Bytes that this user may still write where a path lies.

    Raises:
        StorageError: It can't be said.
    """
    try:
        return shutil.disk_usage(path).free
    except OSError as error:
        raise storage_error(error, doing="asking for the room on the disk") from error


class DiskWatch:
    """The time left at the present rate, by how the free room shrinks, whoever fills it.

    Belongs to one thread.
    """

    def __init__(
        self, free: Callable[[], int], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin to watch.

        Args:
            free: Bytes that are free now.
            monotonic: Seconds of the clock that can't be set.
        """
        self._free, self._monotonic = free, monotonic
        self._seen: deque[tuple[float, int]] = deque()
        self._warned_at_s: float | None = None
        self.left_s: Seconds | None = None
        """Seconds until the disk is full at the rate of the last minute; None while it isn't."""

    def look(self) -> str:
        """Measure; where it has become urgent since the last time, a sentence about it.

        Raises:
            StorageError: The room can't be asked for.
        """
        now_s, free = self._monotonic(), self._free()
        self._seen.append((now_s, free))
        while now_s - self._seen[0][0] > _WINDOW_S:
            self._seen.popleft()
        then_s, before = self._seen[0]
        passed_s, used = now_s - then_s, before - free
        if passed_s < _SHORTEST_S:
            return ""
        self.left_s = Seconds(free * passed_s / used) if used > 0 else None
        return self._warning()

    def _warning(self) -> str:
        left_s = self.left_s
        is_plenty = self._seen[-1][1] > _PLENTY_BYTES
        if left_s is None or is_plenty or left_s > 2 * _WARN_AT_S[0]:
            self._warned_at_s = None
            return ""
        due = [limit_s for limit_s in _WARN_AT_S if left_s <= limit_s]
        if not due or (self._warned_at_s is not None and due[-1] >= self._warned_at_s):
            return ""
        self._warned_at_s = due[-1]
        return f"The disk is full in {_spoken(left_s)} at the present rate."


def _spoken(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"
