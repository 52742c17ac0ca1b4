"""What a stream of samples says about time, and how samples that were lost show in it.

No sound library tells of every loss: PulseAudio drops what nobody fetched for half a minute, and
PortAudio's overflow flag stays down. But samples come at the device's pace: a block may be late,
never early. The least late of a second shows where the stream is; when even that one is
later than the best before, and by more than two clocks drift apart, samples are missing.
"""

from __future__ import annotations

from recorder.types import Seconds

LOSS_S = 0.1
"""Shorter losses are told once they add up to this; two blocks, so that it is no jitter."""

_WINDOW_S = 1.0
_FEWEST_BLOCKS = 10
_DRIFT = 500e-6  # between any two quartz clocks, with a margin


class SampleClock:
    """Places a stream's frames on the monotonic clock. Used by one thread."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._zero_mono_s = float("inf")  # of frame 0, by the least late block so far
        self._window_zero_s = float("inf")  # by the least late block of this window
        self._window_began_s = float("-inf")
        self._blocks = 0

    def at(self, position: int) -> Seconds:
        """Monotonic clock when a frame was sampled, as well as is known by now.

        Raises:
            ValueError: Nothing has arrived yet.
        """
        if self._zero_mono_s == float("inf"):
            raise ValueError("a clock without a block")
        return Seconds(self._zero_mono_s + position / self._rate_hz)

    def arrived(self, end_position: int, mono_s: float) -> Seconds:
        """Take note of a block.

        Args:
            end_position: Frames of the stream up to its end.
            mono_s: Monotonic clock when it arrived.

        Returns:
            How much is found to be missing before this block, within the last two seconds; mostly
            0. From then on `at` counts it.
        """
        zero_s = mono_s - end_position / self._rate_hz
        self._zero_mono_s = min(self._zero_mono_s, zero_s)
        self._window_zero_s = min(self._window_zero_s, zero_s)
        self._blocks += 1
        if self._window_began_s == float("-inf"):
            self._window_began_s = mono_s
        elapsed_s = mono_s - self._window_began_s
        if elapsed_s < _WINDOW_S or self._blocks < _FEWEST_BLOCKS:
            return Seconds(0.0)
        return self._end_window(elapsed_s, mono_s)

    def _end_window(self, elapsed_s: float, mono_s: float) -> Seconds:
        late_s = self._window_zero_s - self._zero_mono_s
        lost_s = late_s if late_s >= LOSS_S else 0.0
        self._zero_mono_s += lost_s or min(late_s, _DRIFT * elapsed_s)
        self._window_zero_s = float("inf")
        self._window_began_s, self._blocks = mono_s, 0
        return Seconds(lost_s)
