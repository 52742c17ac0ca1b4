"""The one place where worker threads meet the window.

    Bridge    brings results onto the GUI thread, in order, through one queued signal
    Latest    brings the newest of many results, and leaves out those that nobody saw
    Lane      a named thread that does one piece of work after the other
    Ticker    a named thread that looks at something again and again

Work is plain Python without Qt. What it returns or raises arrives on the GUI thread; a receiver
that was closed meanwhile gets nothing. Nothing queues up without bound: a lane keeps a fixed
number of jobs, or only the newest, and a ticker delivers only its latest result.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.gui.presenters.language import translate
from recorder.errors import AircheckError

T = TypeVar("T")
Failed = Callable[[AircheckError], None]

_JOIN_S = 2.0
_log = logging.getLogger(__name__)


class Bridge(QObject):
    """Carries callables from any thread to the GUI thread. Make it there; closed twice unharmed."""

    _sent = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._closed = threading.Event()
        self._sent.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    def send(self, call: Callable[[], None]) -> None:
        """Have something called on the GUI thread, soon. From any thread."""
        if not self._closed.is_set():
            self._sent.emit(call)

    def close(self) -> None:
        """Deliver nothing any more, not even what is on its way."""
        self._closed.set()

    @Slot(object)
    def _receive(self, call: Callable[[], None]) -> None:
        if not self._closed.is_set():
            call()


class Latest(Generic[T]):
    """Delivers the newest value to the GUI thread; at most one is on its way.

    Args:
        bridge: Carries it.
        then: Called on the GUI thread.
    """

    def __init__(self, bridge: Bridge, then: Callable[[T], None]) -> None:
        self._bridge = bridge
        self._then = then
        self._lock = threading.Lock()
        self._ready: list[T] = []

    def put(self, value: T) -> None:
        """Deliver this one, in place of one that is on its way. From any thread."""
        with self._lock:
            is_on_its_way = bool(self._ready)
            self._ready = [value]
        if not is_on_its_way:
            self._bridge.send(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            (value,), self._ready = self._ready, []
        self._then(value)


class _Job(Generic[T]):
    """A piece of work and who waits for it."""

    def __init__(self, work: Callable[[], T], then: Callable[[T], None], failed: Failed) -> None:
        self._work = work
        self._then = then
        self._failed = failed
        self.is_wanted = True

    def run(self, bridge: Bridge) -> None:
        """Do the work on this thread, and send what came of it."""
        try:
            result = self._work()
        except AircheckError as error:
            problem = error
            bridge.send(lambda: self._failed(problem) if self.is_wanted else None)
        except Exception as error:  # noqa: BLE001 (the edge of a thread: a bug ends no window)
            _log.exception("work of the window failed")
            unexpected = unexpected_error(error)
            bridge.send(lambda: self._failed(unexpected) if self.is_wanted else None)
        else:
            bridge.send(lambda: self._then(result) if self.is_wanted else None)


class Lane:
    """One named thread for one kind of work, in order. GUI thread only; closed twice unharmed.

    Args:
        bridge: Carries the results.
        name: Of the thread.
        room: Jobs that may wait. Where the newest alone matters (`newest_only`), a new job takes
            the place of those before it, and their results are no longer wanted.
    """

    def __init__(
        self, bridge: Bridge, name: str, *, room: int = 16, newest_only: bool = False
    ) -> None:
        self._bridge = bridge
        self._room = room
        self._newest_only = newest_only
        self._changed = threading.Condition()
        self._waiting: deque[_Job[Any]] = deque()
        self._latest: _Job[Any] | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def do(self, work: Callable[[], T], then: Callable[[T], None], failed: Failed) -> bool:
        """Do ``work`` on the lane's thread, then call ``then`` or ``failed`` on the GUI thread.

        Returns:
            Whether it was taken; False when too much waits already, or the lane is closed.
        """
        job: _Job[T] = _Job(work, then, failed)
        with self._changed:
            if self._closed:
                return False
            if self._newest_only:
                self._forget()
            elif len(self._waiting) >= self._room:
                return False
            self._latest = job
            self._waiting.append(job)
            self._changed.notify()
        return True

    def forget(self) -> None:
        """Want no result any more of what was asked for."""
        with self._changed:
            self._forget()

    def close(self) -> None:
        """Drop what waits, and let the thread end after the work it is at."""
        with self._changed:
            self._closed = True
            self._forget()
            self._changed.notify()
        self._thread.join(_JOIN_S)

    def _forget(self) -> None:
        self._waiting.clear()
        if self._latest is not None:
            self._latest.is_wanted = False
            self._latest = None

    def _serve(self) -> None:
        while job := self._next():
            job.run(self._bridge)

    def _next(self) -> _Job[Any] | None:
        with self._changed:
            while not (self._waiting or self._closed):
                self._changed.wait()
            return None if self._closed else self._waiting.popleft()


class Ticker(Generic[T]):
    """Looks at something at an interval and delivers what is new. Closed twice unharmed.

    Args:
        bridge: Carries the results.
        name: Of the thread.
        interval_s: From the end of one look to the next.
        look: Called on the thread; None is 'nothing new'.
        then: Called on the GUI thread with the latest look that had something new.
        failed: Called there when a look fails, once for the same failure again and again; the next
            look comes all the same.
        ended: Called on the thread, last of all.
        begins: Whether it looks from now on, or from `begin` on.
    """

    def __init__(
        self,
        bridge: Bridge,
        name: str,
        interval_s: float,
        look: Callable[[], T | None],
        then: Callable[[T], None],
        failed: Failed,
        ended: Callable[[], None] | None = None,
        *,
        begins: bool = True,
    ) -> None:
        self._bridge = bridge
        self._ended = ended
        self._interval_s = interval_s
        self._look = look
        self._latest: Latest[T] = Latest(
            bridge, lambda found: None if self._closed.is_set() else then(found)
        )
        self._failed = failed
        self._told = ""  # the failure that was delivered last
        self._woken = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._has_begun = False
        if begins:
            self.begin()

    def begin(self) -> None:
        """Look from now on; a second call does nothing."""
        if not (self._has_begun or self._closed.is_set()):
            self._has_begun = True
            self._thread.start()

    def look_now(self) -> None:
        """Look at once instead of after the interval."""
        self._woken.set()

    def end(self) -> None:
        """Let the thread end after the look it is at."""
        self._closed.set()
        self._woken.set()

    def close(self) -> None:
        """End the thread, and wait for it."""
        self.end()
        if self._has_begun:
            self._thread.join(_JOIN_S)

    def _serve(self) -> None:
        try:
            while not self._closed.is_set():
                self._woken.clear()
                if not self._closed.is_set():  # which may have come between
                    self._once()
                    self._woken.wait(self._interval_s)
        finally:
            if self._ended is not None:
                self._ended()

    def _once(self) -> None:
        try:
            found = self._look()
        except AircheckError as error:
            self._tell(error)
        except Exception as error:  # noqa: BLE001 (the edge of a thread: the next look may do)
            _log.exception("a look of the window failed")
            self._tell(unexpected_error(error))
        else:
            self._told = ""
            if found is not None:
                self._latest.put(found)

    def _tell(self, error: AircheckError) -> None:
        if str(error) != self._told:
            self._told = str(error)
            self._bridge.send(lambda: self._failed(error))


def unexpected_error(error: Exception) -> AircheckError:
    """The sentence for a bug of ours, which the log has in full."""
    return AircheckError(
        translate("Bridge", "Something in the window went wrong ({what}).").format(
            what=f"{type(error).__name__}: {error}"
        ),
        safe=translate("Bridge", "Recordings run in processes of their own and go on."),
        hint=translate("Bridge", "Please report it with the log."),
    )
