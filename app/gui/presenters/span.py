"""Which stretch of a session a waveform shows: zoomed, moved, turned on as it plays. No Qt."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, replace

LEAST_S = 1.0
"""The shortest stretch that is shown: some six milliseconds a pixel, as fine as peaks are."""

_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_LEAD = 0.08  # of the view, that a playhead has before it after the view turned on


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A stretch of session time that is shown, inside of a whole.

    Attributes:
        from_s: Where it begins.
        to_s: Where it ends; the whole's end at most.
        whole_s: How long the whole is.
    """

    from_s: float = 0.0
    to_s: float = 0.0
    whole_s: float = 0.0

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self.to_s - self.from_s

    @property
    def is_whole(self) -> bool:
        """Whether all is shown."""
        return self.from_s <= 0 and self.to_s >= self.whole_s

    def of(self, whole_s: float) -> View:
        """The same stretch of a whole that grew or is another; all of it, where all was shown."""
        if self.is_whole or not whole_s:
            return View(to_s=whole_s, whole_s=whole_s)
        return self._placed(self.from_s, self.length_s, whole_s)

    def zoomed(self, factor: float, around_s: float) -> View:
        """Shorter or longer, so that a moment stays where it is.

        Args:
            factor: 2 shows half as much.
            around_s: Session time of the moment.
        """
        length_s = min(max(self.length_s / factor, LEAST_S), max(self.whole_s, LEAST_S))
        share = (around_s - self.from_s) / self.length_s if self.length_s else 0.5
        return self._placed(around_s - share * length_s, length_s, self.whole_s)

    def moved(self, by_s: float) -> View:
        """Farther along, as far as there is something."""
        return self._placed(self.from_s + by_s, self.length_s, self.whole_s)

    def shown(self, from_s: float, to_s: float) -> View:
        """Another stretch."""
        begin_s, end_s = sorted((from_s, to_s))
        return self._placed(begin_s, max(end_s - begin_s, LEAST_S), self.whole_s)

    def following(self, at_s: float) -> View:
        """Turned on so that a moment is seen; the same where it is seen already."""
        if self.from_s <= at_s < self.to_s or not self.length_s:
            return self
        return self._placed(at_s - _LEAD * self.length_s, self.length_s, self.whole_s)

    def ticks(self, most: int) -> list[float]:
        """Round moments in it, evenly apart, at most about so many."""
        if not self.length_s or most < 1:
            return []
        wanted = self.length_s / most
        step_s = _STEPS_S[min(bisect.bisect_left(_STEPS_S, wanted), len(_STEPS_S) - 1)]
        first = int(self.from_s / step_s)
        count = int(self.length_s / step_s) + 2
        marks = [round((first + number) * step_s, 3) for number in range(count)]
        return [mark for mark in marks if self.from_s <= mark <= self.to_s]

    def _placed(self, from_s: float, length_s: float, whole_s: float) -> View:
        length_s = min(length_s, whole_s)
        begin_s = min(max(from_s, 0.0), whole_s - length_s)
        return replace(self, from_s=begin_s, to_s=begin_s + length_s, whole_s=whole_s)
