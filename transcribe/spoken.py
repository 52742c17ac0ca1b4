"""Which language is spoken where: by vote, and chunk by chunk where several are.

A vote over chunks from all of a session is not misled by one of them. A session where the votes
differ is heard whole, and the language changes only where two chunks running are sure of another
one, as a single phrase that is taken for another language should change nothing
(https://github.com/SYSTRAN/faster-whisper/issues/265).
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

SURE = 0.8
"""Probability from which a chunk speaks for another language than those around it."""

VOTES = 5
"""Chunks that are asked at first."""

Likely = dict[str, float]
"""Probability of each language, by Whisper's code."""


class _Long(Protocol):
    @property
    def duration_s(self) -> float: ...


def voters(chunks: Sequence[_Long]) -> list[int]:
    """Places of the chunks that are asked: the longest of each fifth of the session."""
    count = min(VOTES, len(chunks))
    bounds = [len(chunks) * part // max(count, 1) for part in range(count + 1)]
    return [
        max(range(first, end), key=lambda place: chunks[place].duration_s)
        for first, end in itertools.pairwise(bounds)
    ]


def elected(votes: Iterable[Likely]) -> str:
    """The language that is the likeliest over all; empty where nobody voted."""
    total: Counter[str] = Counter()
    for likely in votes:
        total.update(likely)
    return total.most_common(1)[0][0] if total else ""


def is_mixed(votes: Iterable[Likely]) -> bool:
    """Whether two of those that are sure are sure of different languages."""
    return len({code for code, p in map(_best, votes) if p >= SURE}) > 1


def by_chunk(votes: Sequence[Likely], first: str) -> list[str]:
    """Each chunk's language.

    Args:
        votes: All chunks', in order.
        first: The language until two running are sure of another.
    """
    best = [_best(likely) for likely in votes]
    current, found = first, []
    for place, (code, p) in enumerate(best):
        following = best[place + 1] if place + 1 < len(best) else ("", 0.0)
        if code != current and p >= SURE and following[0] == code and following[1] >= SURE:
            current = code
        found.append(current)
    return found


def _best(likely: Likely) -> tuple[str, float]:
    return max(likely.items(), key=lambda item: item[1], default=("", 0.0))
