"""How loud devices are now, without recording any of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from recorder import pcm
from recorder.errors import SourceError
from recorder.pcm import Level
from recorder.sources.devices import DeviceInfo
from recorder.sources.line import Line
from recorder.sources.watch import Verdict
from recorder.types import Seconds


class Listening:
    """Hears several devices at once; a context, for one thread. Keeps nothing of what it hears."""

    def __init__(self, infos: Iterable[DeviceInfo]) -> None:
        """Open each of them; one that can't be opened has no level."""
        self._lines: dict[str, Line] = {}
        for info in infos:
            with contextlib.suppress(SourceError):
                self._lines[info.id] = Line(info)

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
        """By id, how loud each one was since the last call; without those that gave nothing."""
        heard = {name: self._level(line) for name, line in self._lines.items()}
        return {name: level for name, level in heard.items() if level}

    def close(self) -> None:
        """Stop listening; done twice without harm."""
        for line in self._lines.values():
            line.close()

    def _level(self, line: Line) -> Level | None:
        data = bytearray()
        while block := line.get(Seconds(0)):
            data += block.data
        is_own = line.verdict is Verdict.OURS
        return pcm.level(bytes(data), line.info.format) if data and is_own else None
