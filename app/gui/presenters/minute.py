"""The newest minute of a live session: where it sounded, and how loud. No Qt."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from app.gui.presenters.session import Span, Strip, Wave
from recorder.archive import SessionFolder
from recorder.types import Seconds

if TYPE_CHECKING:
    from recorder.decode import Block

MINUTE_S = 60.0
_COLUMNS_A_SECOND = 4


class Minute:
    """Keeps the smallest and largest samples of a minute, a quarter of a second a column.

    Belongs to one thread.
    """

    def __init__(self, folder: SessionFolder) -> None:
        self._folder = folder
        self._columns: dict[int, tuple[float, float]] = {}

    def take(self, block: Block) -> None:
        """Learn a piece of sound."""
        size = block.rate_hz / _COLUMNS_A_SECOND
        first = math.floor(block.start_s * _COLUMNS_A_SECOND)
        ahead = block.start_s * block.rate_hz - first * size
        column = first
        while (begin := round((column - first) * size - ahead)) < len(block.samples):
            heard = block.samples[max(0, begin) : round(begin + size)]
            if len(heard):
                low, high = self._columns.get(column, (0.0, 0.0))
                pair = (float(heard.min()), float(heard.max()))
                self._columns[column] = (min(low, pair[0]), max(high, pair[1]))
            column += 1
        oldest = column - int(MINUTE_S + 1) * _COLUMNS_A_SECOND
        for old in [each for each in self._columns if each < oldest]:
            del self._columns[old]

    def wave(self, end_s: float) -> Wave:
        """The minute before a moment of session time."""
        last = math.floor(end_s * _COLUMNS_A_SECOND)
        first = last - int(MINUTE_S) * _COLUMNS_A_SECOND
        return Wave(
            folder=self._folder,
            duration_s=Seconds(MINUTE_S),
            pairs=tuple(self._columns.get(column) for column in range(first, last)),
        )


def minute_of(strip: Strip) -> Strip:
    """The newest minute of a session's time, counted from its own begin."""
    from_s = strip.duration_s - MINUTE_S

    def shifted(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(
            replace(
                span,
                from_s=Seconds(max(0.0, span.from_s - from_s)),
                to_s=Seconds(span.to_s - from_s),
            )
            for span in spans
            if span.to_s >= from_s
        )

    return Strip(
        duration_s=Seconds(MINUTE_S),
        runs=shifted(strip.runs),
        gaps=shifted(strip.gaps),
        markers=shifted(strip.markers),
    )
