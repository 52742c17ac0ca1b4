"""Which matches are the best: Okapi BM25, over passages' own terms.

FTS5 has a bm25 of its own, which reads each searched word's whole list to learn how rare it is:
0.8 s for the commonest word of 10,000 hours. How rare a word is stands in ``term`` already, so
here only the matches themselves are read, except where one word is all that is searched. As in
Lucene (`BM25Similarity`), a phrase weighs as much as its words together.

All functions want to be called within `Database.reading`; they raise `IndexBroken` and `IndexBusy`
as `Database.rows` does.
"""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transcribe.database import Database
from transcribe.deadline import Deadline
from transcribe.matches import Matches, Place, passages_with
from transcribe.query import Atom, Phrase, Query
from transcribe.scope import Scope
from transcribe.terms import LAST_SIGN

_K1 = 1.2  # how soon saying it again counts no more; FTS5's and Lucene's own values
_B = 0.75  # how much shorter passages are preferred
_AT_ONCE = 500  # passages read between two looks at the clock


class _TooLate(Exception):
    """There is no time left to rank all of it. Never shown to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sought:
    """An atom as it is counted in a passage's text.

    Attributes:
        needles: One for each phrase, with the blanks around it.
        weight: What it is worth to hold it.
    """

    needles: tuple[str, ...]
    weight: float

    def count(self, said: str) -> int:
        """How often it stands there; two in a row that share their blank count as one."""
        if len(self.needles) == 1:
            return said.count(self.needles[0])
        return min(said.count(needle) for needle in self.needles)


def best_first(
    index: Database,
    asked: Query,
    where: Scope,
    found: Matches,
    *,
    most: int,
    deadline: Deadline,
) -> list[Place] | None:
    """The best of complete matches; of equal ones the newer first.

    Returns:
        At most so many; None if it took too long to look at all of them.
    """
    if asked.is_one_word:
        return _best_of_one_word(index, asked, where, most, deadline)
    sought = [_sought(index, atom) for atom in dict.fromkeys(sum(asked.groups, ()))]
    try:
        best = heapq.nlargest(most, _scored(index, sought, found, deadline))
    except _TooLate:
        return None
    return [(key, is_seam) for _, key, is_seam in best]


def _best_of_one_word(
    index: Database, asked: Query, where: Scope, most: int, deadline: Deadline
) -> list[Place] | None:
    """The same by FTS5, whose formula it is: how rare the word is makes no difference here."""
    held = where.condition("passage_fts.rowid")
    rows, is_done = index.rows_until(
        deadline,
        f"SELECT rowid FROM passage_fts WHERE passage_fts MATCH ? AND {held.sql}"  # noqa: S608 our own text
        " ORDER BY rank, rowid DESC LIMIT ?",
        (asked.match, *held.parameters, most),
    )
    return [(int(key), False) for (key,) in rows] if is_done else None


def _scored(
    index: Database, sought: Sequence[_Sought], found: Matches, deadline: Deadline
) -> Iterator[tuple[float, int, bool]]:
    """What each match is worth, the passage's id, and whether the seam on its right is meant."""
    mean = 0.0
    for texts in _texts(index, "passage", found.passages, deadline):
        mean = mean or sum(len(said) for _, said in texts) / len(texts)  # the newest ones' will do
        for key, said in texts:
            yield _score(said, sought, len(said) / mean), key, False
    for texts in _texts(index, "seam", found.seams, deadline):
        for key, said in texts:  # a seam is as long as the passages beside it
            yield _score(said, sought, 1), key, True


def _texts(
    index: Database, table: str, keys: Sequence[int], deadline: Deadline
) -> Iterator[list[tuple[int, str]]]:
    """Keys and terms, with a blank before and after each, some at once.

    Raises:
        _TooLate: It took too long.
    """
    for first in range(0, len(keys), _AT_ONCE):
        if deadline.is_over():
            raise _TooLate
        yield index.rows(
            f"SELECT id, ' ' || terms || ' ' FROM {table}"  # noqa: S608 our own names
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(keys[first : first + _AT_ONCE]),),
        )


def _score(said: str, sought: Sequence[_Sought], length: float) -> float:
    """What a text is worth.

    Args:
        said: Terms, with a blank before and after each.
        sought: What counts.
        length: Of the text, in mean lengths.
    """
    norm = _K1 * (1 - _B + _B * length)
    score = 0.0
    for atom in sought:
        count = atom.count(said)
        if count:
            score += atom.weight * count * (_K1 + 1) / (count + norm)
    return score


def _sought(index: Database, atom: Atom) -> _Sought:
    return _Sought(
        needles=tuple(
            f" {' '.join(phrase.terms)}" + ("" if phrase.prefix else " ") for phrase in atom.phrases
        ),
        weight=sum(_weight(index, phrase) for phrase in atom.phrases),
    )


def _weight(index: Database, phrase: Phrase) -> float:
    """How rare its words are, together."""
    *whole, last = phrase.terms
    held = [passages_with(index, term, term) for term in whole]
    held.append(passages_with(index, last, last + LAST_SIGN if phrase.prefix else last))
    everything = index.passage_count
    return sum(math.log(1 + (max(everything - count, 0) + 0.5) / (count + 0.5)) for count in held)
