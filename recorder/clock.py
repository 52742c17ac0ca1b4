"""Session time by the computer's clocks; what sleep and a changed clock do to it.

Session time runs by the monotonic clock, so that a clock which is set changes nothing. Asleep, a
computer's monotonic clock may stand still (Linux, macOS) while the event goes on: what was slept
is added.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from recorder.types import Seconds

_JUMP_S = 2.0  # less is drift, or a busy machine between two readings
_MONOTONIC_SLEEPS = sys.platform != "win32"


class SessionClock:
    """Session time now, one clock for all tracks of a session. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claimed_by: str | None = None
        self._zero_mono_s: float | None = None
        self._heard_mono_s: float | None = None

    def heard_since(self, mono_s: float) -> None:
        """The first sample was taken at this moment, though it will be stored later."""
        with self._lock:
            self._heard_mono_s = mono_s

    @property
    def has_begun(self) -> bool:
        """Whether there is a first sample."""
        return self._zero_mono_s is not None

    @property
    def now_s(self) -> Seconds:
        """Session time now; 0 before the first sample."""
        zero_s = self._zero_mono_s
        return Seconds(0.0 if zero_s is None else max(0.0, time.monotonic() - zero_s))

    def claim(self, track: str) -> bool:
        """Whether this track's first sample is the session's: the first who asks has it."""
        with self._lock:
            if self._claimed_by is None and not self.has_begun:
                self._claimed_by = track
            return self._claimed_by == track and not self.has_begun

    def begin(self, zero_mono_s: float) -> None:
        """Session time 0 was at this moment of the monotonic clock; the first one counts."""
        with self._lock:
            if self._zero_mono_s is None:
                heard_s = self._heard_mono_s
                self._zero_mono_s = zero_mono_s if heard_s is None else min(heard_s, zero_mono_s)

    def slept(self, seconds: float) -> None:
        """The computer slept so long while the event went on."""
        with self._lock:
            if self._zero_mono_s is not None and _MONOTONIC_SLEEPS:
                self._zero_mono_s -= seconds


class Limit:
    """Session time at which a recording ends by itself. One thread looks, any may read.

    The length asked for counts from the first sample, or from the announced moment where the first
    sample came before that: what is heard until then is on top.
    """

    def __init__(self, for_s: Seconds | None, *, announced_at: datetime | None = None) -> None:
        """Set it.

        Args:
            for_s: The length asked for; None is 'without end'.
            announced_at: When the event is to begin, aware, if anybody said.
        """
        self._for_s = for_s
        self._announced_at = announced_at
        self._end_s = for_s if announced_at is None else None

    @property
    def end_s(self) -> Seconds | None:
        """The session time; None where there is none, and before the announced moment."""
        return self._end_s

    def look(self, *, heard_s: Seconds, now: datetime) -> None:
        """See whether the announced moment has come, and where in session time it was.

        Args:
            heard_s: Session time of what is heard now; 0 before the first sample.
            now: The wall clock now, aware.
        """
        if self._announced_at is None or self._for_s is None or self._end_s is not None:
            return
        past_s = (now - self._announced_at).total_seconds()
        if past_s >= 0:
            self._end_s = Seconds(self._for_s + max(0.0, heard_s - past_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """What happened to the clocks between two looks.

    Attributes:
        slept_s: Seconds that the computer was asleep; 0 if it was not.
        set_by_s: Seconds by which the wall clock was set, backward if negative; 0 if it was not.
    """

    slept_s: float
    set_by_s: float


class ClockWatch:
    """Notices sleep and a changed clock. Belongs to one thread."""

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        suspended: Callable[[], float] | None = None,
    ) -> None:
        """Begin to watch.

        Args:
            wall: Seconds of the wall clock.
            monotonic: Seconds of the clock that can't be set.
            suspended: Seconds asleep since an arbitrary moment; the platform's unless told.
        """
        self._wall, self._monotonic = wall, monotonic
        self._suspended = suspended or suspended_s
        self._last = self._read()

    def look(self) -> Jump | None:
        """What happened since the last look, if anything did."""
        before, self._last = self._last, self._read()
        wall_s, mono_s, asleep_s = (
            now - then for now, then in zip(self._last, before, strict=True)
        )
        slept_s = asleep_s if asleep_s > _JUMP_S else 0.0
        awake_s = mono_s if _MONOTONIC_SLEEPS else mono_s - asleep_s
        set_by_s = wall_s - awake_s - asleep_s
        if abs(set_by_s) <= _JUMP_S:
            set_by_s = 0.0
        return Jump(slept_s=slept_s, set_by_s=set_by_s) if slept_s or set_by_s else None

    @property
    def monotonic_s(self) -> float:
        """The monotonic clock at the last look."""
        return self._last[1]

    def _read(self) -> tuple[float, float, float]:
        return self._wall(), self._monotonic(), self._suspended()


def suspended_s() -> float:
    """Seconds that this computer was asleep since an arbitrary moment; 0 where it can't be known.

    The difference of two clocks, of which one goes on in sleep: CLOCK_BOOTTIME on Linux
    (clock_gettime(2)), CLOCK_MONOTONIC against CLOCK_UPTIME_RAW on macOS (its clock_gettime(3)),
    GetTickCount64 against QueryUnbiasedInterruptTime on Windows.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
    elif sys.platform == "darwin":  # noqa: RET505 (mypy follows platforms in a chain alone)
        return time.clock_gettime(time.CLOCK_MONOTONIC) - time.clock_gettime(time.CLOCK_UPTIME_RAW)
    elif sys.platform == "win32":
        return _suspended_on_windows()
    else:
        return 0.0


if sys.platform == "win32":

    def _suspended_on_windows() -> float:
        import ctypes  # noqa: PLC0415 (Windows alone)

        awake = ctypes.c_ulonglong()
        kernel = ctypes.windll.kernel32
        kernel.GetTickCount64.restype = ctypes.c_ulonglong
        kernel.QueryUnbiasedInterruptTime(ctypes.byref(awake))
        return float(kernel.GetTickCount64()) / 1e3 - awake.value / 1e7
