"""What a device's callback gives, on its way to whoever records it."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from dataclasses import dataclass

from recorder.types import Seconds

BLOCK_S = 0.1
"""Length of a block. PulseAudio sends as much at once, so that shorter ones come no sooner."""

_MOST_BLOCKS = 300  # half a minute; PulseAudio holds 24 s more when those are full


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What one callback gave.

    Attributes:
        position: Frames that the stream gave before it, those that were dropped counted too.
        data: Interleaved samples.
        arrived_mono_s: Monotonic clock when it arrived: its last sample is older than that.
    """

    position: int
    frames: int
    data: bytes
    arrived_mono_s: float


class BlockStream:
    """A running stream, filled by a callback and read by one thread.

    Whoever subclasses it calls `_put` and `_end` from the callback's thread, which never wait, and
    ends the stream in `close`.
    """

    def __init__(self) -> None:
        self._blocks: queue.Queue[Block | None] = queue.Queue(_MOST_BLOCKS)
        self._ended = threading.Event()

    def wake(self) -> None:
        """End a `get` that waits. May be called from any thread."""
        with contextlib.suppress(queue.Full):  # then nobody waits
            self._blocks.put_nowait(None)

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

    def _put(self, data: bytes, *, position: int, frames: int) -> None:
        block = Block(position=position, frames=frames, data=data, arrived_mono_s=time.monotonic())
        with contextlib.suppress(queue.Full):  # the next block's position tells
            self._blocks.put_nowait(block)

    def _end(self) -> None:
        self._ended.set()
        self.wake()
