"""Words found in the lines that a page shows. No Qt."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.gui.presenters import figures
from app.gui.presenters.language import translate
from app.gui.presenters.session import Line

MOST = 5_000


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Match:
    """Where something stands: which line, and from where to where in its text."""

    line: int
    begin: int
    end: int


def find(lines: Sequence[Line], query: str) -> tuple[Match, ...]:
    """All places of a text, whatever its case and white space; at most `MOST`, in order."""
    words = query.split()
    if not words:
        return ()
    pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
    found = (
        Match(line=number, begin=match.start(), end=match.end())
        for number, line in enumerate(lines)
        for match in pattern.finditer(line.text)
    )
    return tuple(match for match, _ in zip(found, range(MOST), strict=False))


def nearest(matches: Sequence[Match], line: int) -> int:
    """The first match from a line on; the first of all behind the last; -1 where there is none."""
    if not matches:
        return -1
    number = bisect.bisect_left(matches, line, key=lambda match: match.line)
    return number if number < len(matches) else 0


def counted(current: int, matches: Sequence[Match]) -> str:
    """``3 of 12``; ``nothing found``."""
    if not matches:
        return translate("Find", "nothing found")
    total = figures.number(len(matches)) + ("+" if len(matches) == MOST else "")
    return translate("Find", "{number} of {total}").format(number=current + 1, total=total)
