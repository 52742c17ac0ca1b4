"""Dates, times and numbers as people write them where they live. No Qt.

The application says who writes them; where nobody does, it is done as in English.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Figures(Protocol):
    """Writes figures for people. From any thread."""

    def date(self, moment: datetime, *, has_year: bool) -> str:
        """A day, as in ``13 Aug`` or ``13 Aug 2024``."""

    def weekday(self, moment: datetime, *, is_short: bool) -> str:
        """The name of its day, as in ``Tuesday`` or ``Tue``."""

    def time(self, moment: datetime) -> str:
        """A time of day, without seconds."""

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with so many decimals."""


class English:
    """As in English, on a clock of 24 hours."""

    def date(self, moment: datetime, *, has_year: bool) -> str:
        """See `Figures`."""
        return f"{moment.day} {moment:%b %Y}" if has_year else f"{moment.day} {moment:%b}"

    def weekday(self, moment: datetime, *, is_short: bool) -> str:
        """See `Figures`."""
        return f"{moment:%a}" if is_short else f"{moment:%A}"

    def time(self, moment: datetime) -> str:
        """See `Figures`."""
        return f"{moment:%H:%M}"

    def number(self, value: float, decimals: int = 0) -> str:
        """See `Figures`."""
        return f"{value:,.{decimals}f}"


_writing: list[Figures] = [English()]


def use(figures: Figures) -> None:
    """Have all figures from now on written so. GUI thread, before the first window."""
    _writing[0] = figures


def date(moment: datetime, *, has_year: bool = True) -> str:
    """A day: ``13 Aug 2024``; in the zone that the moment is in, as is the time."""
    return _writing[0].date(moment, has_year=has_year)


def weekday(moment: datetime, *, is_short: bool = False) -> str:
    """The name of a day: ``Tuesday``."""
    return _writing[0].weekday(moment, is_short=is_short)


def time(moment: datetime) -> str:
    """A time of day: ``20:00``."""
    return _writing[0].time(moment)


def number(value: float, decimals: int = 0) -> str:
    """A number: ``1,234``, ``0.5``."""
    return _writing[0].number(value, decimals)


def percent(share: float) -> str:
    """A share of 0 to 1: ``42 %``."""
    return f"{number(100 * share)} %"
