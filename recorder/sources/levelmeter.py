"""How loud a device is, worked out when somebody asks, and how many of its samples were clipped."""

from __future__ import annotations

import time
from dataclasses import replace

from recorder import pcm
from recorder.pcm import Level
from recorder.types import AudioFormat

_STEP_S = 0.1


class LevelMeter:
    """Shows the samples of a device as they go by, a tenth of a second at a time.

    One thread gives it blocks, which may be longer than that; any thread asks. While nobody does,
    it only looks for clipped samples.
    """

    def __init__(self) -> None:
        self._clipped = 0
        self._newest: tuple[bytes, AudioFormat, float] | None = None  # and when it was given

    def take(self, data: bytes, fmt: AudioFormat) -> None:
        """Note a block of whole frames, at least one."""
        self._clipped += pcm.clipped(data, fmt)
        self._newest = (data, fmt, time.monotonic())

    def level(self) -> Level | None:
        """The level now, and the samples clipped so far; None before the first block."""
        if self._newest is None:
            return None
        data, fmt, given_mono_s = self._newest
        size = max(1, round(_STEP_S * fmt.rate_hz)) * pcm.frame_bytes(fmt)
        last = (len(data) - 1) // size
        step = min(int((time.monotonic() - given_mono_s) / _STEP_S), last)
        heard = data[step * size : (step + 1) * size]
        return replace(pcm.level(heard, fmt), clipped=self._clipped)
