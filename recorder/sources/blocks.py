"""What a device's callback gives, on its way to whoever records it."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass

from recorder.types import Seconds

BLOCK_S = 0.2
"""Length of a block: each one wakes three threads, and at most so much of what was heard is on its
way when a recorder is killed, or a stream moved."""

_MOST_BLOCKS = 150  # half a minute; PulseAudio holds 24 s more when those are full


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What one callback gave.

    Attributes:
        position: Frames that the stream gave before it, those that were dropped counted too.
        data: Interleaved samples.
        taken_mono_s: Monotonic clock when its first sample was taken, as the sound system tells.
        arrived_mono_s: Monotonic clock when it arrived: its last sample is older than that.
    """

    position: int
    frames: int
    data: bytes
    taken_mono_s: float
    arrived_mono_s: float


class BlockStream:
    """A running stream, filled by a callback and read by one thread.

    Whoever subclasses it calls `_put` and `_end` from the callback's thread, which never wait, and
    ends the stream in `close`.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._opened_mono_s = time.monotonic()
        self._blocks: queue.SimpleQueue[Block | None] = queue.SimpleQueue()
        self._ended = threading.Event()

    def wake(self) -> None:
        """End a `get` that waits. May be called from any thread."""
        if self._blocks.empty():  # else nobody waits
            self._blocks.put(None)

    @property
    def has_ended(self) -> bool:
        """Whether the device or its server ended the stream."""
        return self._ended.is_set()

    def get(self, wait_s: Seconds) -> Block | None:
        """The next block, or None where none came in time, or somebody woke the reader."""
        try:
            return self._blocks.get(timeout=wait_s) if wait_s > 0 else self._blocks.get_nowait()
        except queue.Empty:
            return None

    def close(self) -> None:
        """End the stream; what it gave can still be read. Done twice without harm."""
        raise NotImplementedError

    def _put(self, data: bytes, *, position: int, frames: int, age_s: float = 0.0) -> None:
        """Hand on a block, unless too many wait: the next one's position tells.

        Args:
            data: Its samples.
            position: Of its first frame.
            frames: How many it has.
            age_s: Since its first sample was taken, where the sound system tells. What can't be is
                taken for a block that arrived at once: it is no younger than it is long, and no
                older than the stream.
        """
        now_s = time.monotonic()
        if self._blocks.qsize() >= _MOST_BLOCKS:
            return
        if age_s > now_s - self._opened_mono_s:
            age_s = 0.0
        block = Block(
            position=position,
            frames=frames,
            data=data,
            taken_mono_s=now_s - max(age_s, frames / self._rate_hz),
            arrived_mono_s=now_s,
        )
        self._blocks.put(block)

    def _end(self) -> None:
        self._ended.set()
        self.wake()
