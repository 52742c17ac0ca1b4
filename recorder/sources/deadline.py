"""Calls that may hang, given a time: a sound server that is stuck holds whoever asks it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from recorder.types import Seconds

T = TypeVar("T")


def call(
    function: Callable[[], T],
    *,
    within_s: Seconds,
    name: str,
    if_late: Callable[[T], None] = lambda _result: None,
) -> T:
    """Call a function in a thread of its own, and wait for its result for so long.

    Args:
        function: What may hang.
        within_s: How long to wait.
        name: The thread's.
        if_late: Takes the result that nobody waits for any more, in that thread.

    Raises:
        TimeoutError: It hangs; the thread goes on, and ends when the function does.
        Exception: What the function raised.
    """
    return _Call(function, if_late).run(within_s, name)


class _Call(Generic[T]):
    """One call; the lock decides whether its result came in time."""

    def __init__(self, function: Callable[[], T], if_late: Callable[[T], None]) -> None:
        self._function, self._if_late = function, if_late
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._given_up = False
        self._results: list[T] = []
        self._error: Exception | None = None

    def run(self, within_s: Seconds, name: str) -> T:
        threading.Thread(target=self._work, name=name, daemon=True).start()
        self._done.wait(within_s)
        with self._lock:
            self._given_up = not self._done.is_set()
        if self._given_up:
            raise TimeoutError(f"{name} hangs")
        if self._error:
            raise self._error
        return self._results[0]

    def _work(self) -> None:
        try:
            self._results.append(self._function())
        except Exception as error:  # noqa: BLE001 (the edge of the thread: the caller gets it)
            self._error = error
        with self._lock:
            self._done.set()
        if self._given_up and self._results:
            self._if_late(self._results[0])
