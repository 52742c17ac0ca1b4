"""How long somebody who types is kept waiting for a first answer."""

from __future__ import annotations

import time
from typing import Final

_WALL_FACTOR: Final = 5  # how much longer it may take where others keep the processor busy


class Deadline:
    """A moment at which what was found so far has to do.

    It counts this thread's own processor time, so that what is found in it doesn't depend on what
    else the machine does, unless it does so much that somebody would notice.

    Args:
        limit_s: Seconds of processor time; five times as many by the clock. None for no limit.

    Attributes:
        is_limited: Whether it will ever pass.
    """

    def __init__(self, limit_s: float | None) -> None:
        self.is_limited = limit_s is not None
        self._cpu_s = time.thread_time() + (limit_s or 0)
        self._wall_s = time.monotonic() + (limit_s or 0) * _WALL_FACTOR

    def is_over(self) -> bool:
        """Whether it has passed; asked on the thread that made it."""
        return self.is_limited and (
            time.thread_time() >= self._cpu_s or time.monotonic() >= self._wall_s
        )


NEVER: Final = Deadline(None)
"""Takes as long as it takes."""
