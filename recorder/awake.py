"""Keeps the computer awake while something is recorded.

By wakepy, which asks the desktop over D-Bus on Linux, macOS by caffeinate, and Windows itself.
Where nobody can be asked (no desktop, no D-Bus) nothing happens, and the log says so. The asking
is done in a thread of its own, so that a desktop which doesn't answer holds no recording.
"""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

_logger = logging.getLogger(__name__)
logging.getLogger("wakepy").setLevel(logging.WARNING)  # what it can't do is said below


class KeepAwake:
    """Holds sleep off from entry to exit. Screens may go dark."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._hold, name="awake", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()  # the thread lets go by itself; nobody waits for a desktop

    def _hold(self) -> None:
        try:
            from wakepy import keep  # noqa: PLC0415 (only here, where its failing costs nothing)

            with keep.running(on_fail="pass") as mode:
                if not mode.active:
                    _logger.info("nobody here can keep the computer awake")
                self._over.wait()
        except Exception:
            _logger.exception("keeping the computer awake failed")
