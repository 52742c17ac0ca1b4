"""A whole recording's sound, small and on disk, to be looked at anywhere: what alignment reads.

Mono at `RATE_HZ`, high tones lifted, 16 bits, in a file without a name: three hours take 86 MB of
disk and no memory. The talk and the music that tell two recordings apart lie below 2 kHz, and
what codecs change lies mostly above.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterable
from typing import Self

import numpy as np
import numpy.typing as npt

from recorder.decode import Block
from recorder.errors import storage_error
from recorder.types import Seconds

RATE_HZ = 4_000

Wave = npt.NDArray[np.float32]
"""Mono, shape [frames]."""

_LIFT = 0.7
_FULL_SCALE = 32_767
_TOUCHING_S = 0.002
_WIDTH = np.dtype(np.int16).itemsize


class Spool:
    """A recording as a row of samples by its own time; where it has no sound there are zeros.

    May be read from any thread once it is filled; closed twice without harm.

    Attributes:
        stretches: Begin and end in seconds of each stretch without a gap, in order.
    """

    def __init__(self, blocks: Iterable[Block], stop: threading.Event | None = None) -> None:
        """Decode a recording to its end.

        Args:
            blocks: At `RATE_HZ` with one channel, in order of time; a hole between them is a gap.
            stop: Ends it early when set.

        Raises:
            AircheckError: As the blocks raise.
            StorageError: The disk refuses.
        """
        self._file = tempfile.TemporaryFile(prefix="aircheck-")  # noqa: SIM115 (`close` does)
        self.stretches: list[tuple[float, float]] = []
        self._size = 0
        before = np.zeros(1, np.float32)
        try:
            for block in blocks:
                if stop is not None and stop.is_set():
                    break
                before = self._add(block, before)
        except OSError as error:
            self.close()
            raise storage_error(error, doing="comparing", safe="Both are untouched.") from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file, and so of the room that it took."""
        self._file.close()

    @property
    def duration_s(self) -> Seconds:
        """The end of the last sound."""
        return Seconds(self._size / RATE_HZ)

    @property
    def sounding_s(self) -> Seconds:
        """Seconds of sound, without the gaps."""
        return Seconds(sum(end_s - begin_s for begin_s, end_s in self.stretches))

    def read(self, begin: int, count: int) -> Wave:
        """Samples from a place on, full scale at ±1; zeros where there are none."""
        wave = np.zeros(count, np.float32)
        first, last = max(0, begin), min(self._size, begin + count)
        if first < last:
            data = os.pread(self._file.fileno(), (last - first) * _WIDTH, first * _WIDTH)
            found = np.frombuffer(data, np.int16)
            wave[first - begin : first - begin + len(found)] = found
            wave /= _FULL_SCALE
        return wave

    def at(self, times_s: npt.NDArray[np.float64]) -> Wave:
        """Samples between samples: at rising moments that lie about a sample apart, by a cubic."""
        if not len(times_s):
            return np.zeros(0, np.float32)
        places = times_s * RATE_HZ
        whole = np.floor(places)
        base = int(whole[0]) - 1
        wave = self.read(base, int(whole[-1]) - base + 3)
        first = (whole - base).astype(np.int64)
        x = (places - whole).astype(np.float32)
        a, b, c, d = (wave[first + offset] for offset in (-1, 0, 1, 2))
        return np.asarray(
            b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)))
        )

    @property
    def size(self) -> int:
        """Samples up to the end of the last sound."""
        return self._size

    def envelope(self, count: int) -> Wave:
        """The level of so many equal stretches: root mean square, full scale at 1."""
        levels = np.zeros(count, np.float32)
        step = max(1, -(-self._size // count))
        for number in range(min(count, -(-self._size // step))):
            levels[number] = np.sqrt(np.mean(np.square(self.read(number * step, step))))
        return levels

    def is_known(self, times_s: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Whether there is sound at each moment, be it silence, and no gap."""
        if not self.stretches:
            return np.zeros(len(times_s), np.bool_)
        begins, ends = np.array(self.stretches).T
        index = np.searchsorted(begins, times_s, side="right") - 1
        known: npt.NDArray[np.bool_] = (index >= 0) & (times_s < ends[np.maximum(index, 0)])
        return known

    def _add(self, block: Block, before: Wave) -> Wave:
        """Append a block; gives its last sample, which the next one is lifted against."""
        if block.rate_hz != RATE_HZ:
            raise ValueError(f"{block.rate_hz} Hz, not {RATE_HZ}")
        wave = block.samples[:, 0]
        lifted = wave - _LIFT * np.concatenate([before, wave[:-1]])
        data = np.clip(np.rint(lifted * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE)
        begin = round(block.start_s * RATE_HZ)
        if self.stretches and abs(block.start_s - self.stretches[-1][1]) < _TOUCHING_S:
            begin = self._size  # so that rounding neither overwrites nor leaves a sample
            self.stretches[-1] = (self.stretches[-1][0], float(block.end_s))
        else:
            self.stretches.append((float(block.start_s), float(block.end_s)))
        os.pwrite(self._file.fileno(), data.astype(np.int16).tobytes(), begin * _WIDTH)
        self._size = max(self._size, begin + len(wave))
        return wave[-1:]
