"""What a stream of samples says about time, and how samples that were lost show in it.

No sound library tells of every loss: PulseAudio drops what nobody fetched for half a minute, and
PortAudio's overflow flag stays down. But samples are taken at the device's pace, and the sound
system tells when a block's first one was, however late the block comes: it may be wrong by what it
doesn't know of, which makes samples seem younger than they are. The oldest of a second shows where
the stream is, unless it is far from all others, a mistake; when even that one is younger than the
best before, and by more than two clocks drift apart, samples are missing.

When a block arrives tells less. Once a machine was too busy for some tenths of a second, every
block after that may come 0.09 s later than those before, though nothing was lost.
"""

from __future__ import annotations

from recorder.types import Seconds

LOSS_S = 0.1
"""Shorter losses are told once they add up to this; a tenth of it is jitter."""

_MISTAKE_S = 0.05  # older than any other
_WINDOW_S = 1.0
_FEWEST_BLOCKS = 5
_DRIFT = 500e-6  # between any two quartz clocks, with a margin


class SampleClock:
    """Places a stream's frames on the monotonic clock. Used by one thread."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._zero_mono_s = float("inf")  # of frame 0, as well as is known
        self._zeros_s: list[float] = []  # by each block of this window
        self._window_began_s = float("-inf")
        self._is_first_window = True

    def at(self, position: int) -> Seconds:
        """Monotonic clock when a frame was sampled, as well as is known by now.

        Raises:
            ValueError: Nothing has arrived yet.
        """
        if self._zero_mono_s == float("inf"):
            raise ValueError("a clock without a block")
        return Seconds(self._zero_mono_s + position / self._rate_hz)

    def arrived(self, position: int, taken_mono_s: float, arrived_mono_s: float) -> Seconds:
        """Take note of a block.

        Args:
            position: Frames of the stream before it.
            taken_mono_s: Monotonic clock when its first sample was taken, as is told.
            arrived_mono_s: Monotonic clock when it arrived.

        Returns:
            How much is found to be missing before this block, within the last two seconds; mostly
            0. From then on `at` counts it.
        """
        zero_s = taken_mono_s - position / self._rate_hz
        self._zeros_s.append(zero_s)
        if self._is_first_window:
            self._zero_mono_s = min(self._zero_mono_s, zero_s)
        if self._window_began_s == float("-inf"):
            self._window_began_s = arrived_mono_s
        elapsed_s = arrived_mono_s - self._window_began_s
        if elapsed_s < _WINDOW_S or len(self._zeros_s) < _FEWEST_BLOCKS:
            return Seconds(0.0)
        self._window_began_s = arrived_mono_s
        return self._end_window(elapsed_s)

    def _end_window(self, elapsed_s: float) -> Seconds:
        oldest_s, next_s = sorted(self._zeros_s)[:2]
        zero_s = next_s if next_s - oldest_s > _MISTAKE_S else oldest_s
        self._zeros_s.clear()
        late_s = zero_s - self._zero_mono_s
        if self._is_first_window or late_s < 0:
            self._is_first_window = False
            self._zero_mono_s = zero_s
            return Seconds(0.0)
        lost_s = late_s if late_s >= LOSS_S else 0.0
        self._zero_mono_s += lost_s or min(late_s, _DRIFT * elapsed_s)
        return Seconds(lost_s)
