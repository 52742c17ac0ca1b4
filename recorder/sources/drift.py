"""How a device's clock runs against the computer's, measured and made up for.

No two quartz clocks agree: 100 ppm are 1.4 s in four hours. Session time is the computer's, so
that tracks of several devices stay side by side: a device's seconds are told as slightly longer
or shorter than they claim to be. Its samples stay what they are.
"""

from __future__ import annotations

from recorder.types import Seconds

_DEADBAND_S = 2e-3
"""What is no drift: the sound system hands samples over a little sooner or later."""

_CATCH_UP_S = 15.0
_MOST = 500e-6  # of a second, for each second
_MEASURED_S = 60.0
_AGAIN_S = 3_600.0


class Drift:
    """The drift of one run. Used by one thread.

    Attributes:
        stretch: By how much a second of samples is longer than it claims; about 1.
    """

    def __init__(self, mono_s: Seconds) -> None:
        """Begin at the run's first sample.

        Args:
            mono_s: Its moment on the monotonic clock.
        """
        self.stretch = 1.0
        self._mono_s = mono_s
        self._media_s = self._told_as_s = 0.0  # of what was told so far
        self._elapsed_s = 0.0
        self._drift_s = 0.0
        self._told_s = 0.0

    def told(self, media_s: float) -> Seconds:
        """How long samples are told to last that last so long by the device's clock."""
        seconds = Seconds(round(media_s * self.stretch, 9))
        self._media_s += media_s
        self._told_as_s += seconds
        return seconds

    def measure(self, mono_s: Seconds) -> None:
        """Note when the sample that follows was taken.

        Args:
            mono_s: Its moment on the monotonic clock.
        """
        self._elapsed_s = mono_s - self._mono_s
        self._drift_s = self._elapsed_s - self._media_s
        behind_s = self._elapsed_s - self._told_as_s
        beyond_s = max(0.0, abs(behind_s) - _DEADBAND_S)
        pull = min(_MOST, beyond_s / _CATCH_UP_S)
        self.stretch = 1 + (pull if behind_s > 0 else -pull)

    @property
    def is_due(self) -> bool:
        """Whether an hour has passed since it was told."""
        return self._elapsed_s - self._told_s >= _AGAIN_S

    def sentence(self) -> str:
        """What was measured, in words; empty where it was too short to measure."""
        if self._elapsed_s < _MEASURED_S:
            return ""
        self._told_s = self._elapsed_s
        ppm = self._drift_s / self._elapsed_s * 1e6
        pace = "slower" if ppm > 0 else "faster"
        return (
            f"Its clock runs {abs(ppm):.0f} ppm {pace} than the computer's: "
            f"{abs(self._drift_s) * 1e3:.0f} ms in {self._elapsed_s / 60:.0f} min, made up for."
        )
