"""How loud devices are now, without recording any of it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType
from typing import Self

from recorder.errors import SourceError
from recorder.pcm import Level
from recorder.sources.devices import DeviceInfo
from recorder.sources.levelmeter import LevelMeter
from recorder.sources.line import Line
from recorder.sources.watch import Verdict
from recorder.types import Seconds

_FORGET_S = 1.0  # what was heard last, where nothing more comes


class Listening:
    """Hears several devices at once; a context, for one thread. Keeps nothing of what it hears."""

    def __init__(self, infos: Iterable[DeviceInfo]) -> None:
        """Open each of them; one that can't be opened has no level."""
        self._heard: dict[str, _Heard] = {}
        for info in infos:
            with contextlib.suppress(SourceError):
                self._heard[info.id] = _Heard(Line(info))

    def __enter__(self) -> Self:
        """Listen."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        self.close()

    def levels(self) -> dict[str, Level]:
        """By id, how loud each one is now; without those that give nothing."""
        levels = {name: heard.level() for name, heard in self._heard.items()}
        return {name: level for name, level in levels.items() if level}

    def close(self) -> None:
        """Stop listening; done twice without harm."""
        for heard in self._heard.values():
            heard.line.close()


class _Heard:
    """A line, and how loud it is."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._meter = LevelMeter()
        self._heard_mono_s = float("-inf")
        self._clipped = 0

    def level(self) -> Level | None:
        """How loud it is now, and what was clipped since the last call.

        None where it gives nothing, or what isn't its own.
        """
        while block := self.line.get(Seconds(0)):
            self._meter.take(block.data, self.line.info.format)
            self._heard_mono_s = block.arrived_mono_s
        level = self._meter.level()
        is_heard = time.monotonic() - self._heard_mono_s < _FORGET_S
        if level is None or not is_heard or self.line.verdict is not Verdict.OURS:
            return None
        before, self._clipped = self._clipped, level.clipped
        return replace(level, clipped=level.clipped - before)
