"""Where the frames of a new connection belong: what was stored last, and where live is now.

A server that is asked again begins with a burst, the last seconds that it sent to everybody. What
of it is stored already is found by equal frames. The clock bounds it: the edge of live, session
time against the monotonic clock, is as far ahead at each connection, so that what comes no faster
than it plays is new, be it equal to what was stored or not (a source that is started anew may send
the same again). Where no frames are equal there, the clock says how much is missing.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from hashlib import blake2b

from recorder.frames import Frame
from recorder.types import Seconds

REMEMBERED_S = 180.0
"""Seconds of stored frames that a burst is compared with: the longest bursts are of two minutes."""

EDGE_WINDOW_S = 60.0
"""Seconds that a lead counts: older ones tell of the drift between two clocks."""

CLOCK_AGREES_S = 1.0
"""Seconds by which the clock may be off, after a burst over a busy line."""

_LEAST_FRAMES = 3
_CLOCK_SAYS_LATER_S = 0.25


class FrameMemory:
    """Fingerprints of the frames stored last, with their session time."""

    def __init__(self, remembered_s: float = REMEMBERED_S) -> None:
        self._remembered_s = remembered_s
        self._prints: deque[bytes] = deque()
        self._starts_s: deque[float] = deque()
        self._held_s = 0.0
        self._durations_s: deque[float] = deque()

    def __len__(self) -> int:
        return len(self._prints)

    def remember(self, frame: Frame, start_s: Seconds) -> None:
        """Keep a frame of sound that was stored, and forget the oldest."""
        self._prints.append(fingerprint(frame))
        self._starts_s.append(start_s)
        self._durations_s.append(frame.duration_s)
        self._held_s += frame.duration_s
        while self._held_s > self._remembered_s:
            self._prints.popleft()
            self._starts_s.popleft()
            self._held_s -= self._durations_s.popleft()

    def equals(self, index: int, frame: Frame) -> bool:
        """Whether the frame stored at an index is this one."""
        return index < len(self._prints) and self._prints[index] == fingerprint(frame)

    def find(self, arrived: Sequence[Frame], clock_s: Seconds | None, end_s: Seconds) -> int | None:
        """Find the stored frame from which on all is equal to frames that arrived in a row.

        All that is stored from there on equals what arrived, as far as both go. A place is sure
        when three of these frames are stored once only (one Ogg page is enough: it carries its
        position). It proves that the bytes are equal, not that they were sent once: a source that
        was started anew may send the very same again, and that is new. So no place counts by which
        more had been sent before than the clock allows, give or take a second. Frames that recur,
        as those of silence or a loop, have many places; the one nearest by the clock is taken,
        where the clock agrees within a second.

        Args:
            arrived: Frames with a duration.
            clock_s: Session time of the first of them by the clock; None where it can't tell, and
                a sure place is all there is.
            end_s: Session time of the end of what is stored.

        Returns:
            The stored frame's index; None where nothing arrived that is stored.
        """
        places = self._places([fingerprint(frame) for frame in arrived])
        least = 1 if arrived and _is_ogg(arrived[0]) else _LEAST_FRAMES
        if clock_s is None:
            return next((index for index, telling in places if telling >= least), None)
        fitting = []
        for index, telling in places:
            misfit_s = self._starts_s[index] - clock_s
            if telling >= least:
                fits = misfit_s > -CLOCK_AGREES_S
            else:
                fits = abs(misfit_s) < CLOCK_AGREES_S and clock_s <= end_s + _CLOCK_SAYS_LATER_S
            if fits:
                fitting.append((abs(misfit_s), index))
        return min(fitting)[1] if fitting else None

    def holds(self, arrived: Sequence[Frame]) -> bool:
        """Whether frames that arrived in a row are stored in a row anywhere, as far as both go."""
        return bool(self._places([fingerprint(frame) for frame in arrived]))

    def find_in_burst(self, arrived: Sequence[Frame]) -> int | None:
        """Find a sure place, whatever the clock says, from which all stored frames arrived.

        For a burst that is through: what is equal came faster than it plays, to the last frame.
        """
        index = self.find(arrived, None, Seconds(0.0))
        reaches_end = index is not None and index + len(arrived) >= len(self)
        return index if reaches_end else None

    def _places(self, arrived: list[bytes]) -> list[tuple[int, int]]:
        """Indexes from which all is equal, each with the number of frames that are there once."""
        stored = list(self._prints)
        times = Counter(stored)
        found = []
        for index, first in enumerate(stored):
            if arrived and first == arrived[0]:
                length = min(len(stored) - index, len(arrived))
                if stored[index : index + length] == arrived[:length]:
                    found.append((index, sum(times[item] == 1 for item in arrived[:length])))
        return found


class LiveEdge:
    """How far ahead of the monotonic clock what has arrived reaches, at most, of late."""

    def __init__(self) -> None:
        self._leads: deque[tuple[float, float]] = deque()  # (when, lead), leads falling

    def seen(self, end_s: float, now_s: float) -> None:
        """All up to ``end_s`` has arrived at ``now_s`` of the monotonic clock."""
        lead_s = end_s - now_s
        while self._leads and self._leads[-1][1] <= lead_s:
            self._leads.pop()
        self._leads.append((now_s, lead_s))
        while self._leads[0][0] < now_s - EDGE_WINDOW_S:
            self._leads.popleft()

    @property
    def lead_s(self) -> Seconds | None:
        """The edge's position less the clock's; None while nothing has arrived."""
        return Seconds(self._leads[0][1]) if self._leads else None


def fingerprint(frame: Frame) -> bytes:
    """What makes frames equal: of an Ogg page position and packets, of others every byte.

    A page's serial number, sequence and checksum are made anew by some servers for each listener.
    """
    data = frame.data
    if _is_ogg(frame):
        data = data[6:14] + data[27 + data[26] :]
    return blake2b(data, digest_size=16).digest()


def _is_ogg(frame: Frame) -> bool:
    return frame.format is not None and frame.format.container == "ogg"
