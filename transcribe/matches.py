"""Which passages match.

A match is a passage, or a seam between two passages neither of which matches by itself, so nothing
is counted twice. All functions here want to be called within `Database.reading`, so that they see
one state of the index; they raise `IndexBroken` and `IndexBusy` as `Database.rows` does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Final

from transcribe import hits
from transcribe.database import Database
from transcribe.deadline import NEVER, Deadline
from transcribe.passages import SEAM_TERMS
from transcribe.query import Atom, Phrase, Query
from transcribe.scope import Scope
from transcribe.terms import LAST_SIGN

Place = tuple[int, bool]
"""A passage's id, and whether the seam on its right is meant."""

_MOST_BEGINNING: Final = 5_000  # passages with such words, which FTS5 reads in some milliseconds
_MOST_BEGUN: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What was found.

    Attributes:
        passages: Their ids, newest first; the newest ones, if there are more.
        seams: The ids of those on their left, newest first; no older than the oldest passage
            that is shown, if there are more of these.
        count: How many there are, as far as was counted.
        is_counted: Whether these are all that there are.
    """

    passages: tuple[int, ...]
    seams: tuple[int, ...]
    count: int
    is_counted: bool

    @property
    def is_complete(self) -> bool:
        """Whether every match is named here."""
        return self.is_counted and self.count == len(self.passages) + len(self.seams)

    def newest_first(self, most: int) -> list[Place]:
        """The newest of them, by date."""
        places = [(place, False) for place in self.passages[:most]]
        places += [(left, True) for left in self.seams[:most]]
        return sorted(places, reverse=True)[:most]


def find(
    index: Database,
    asked: Query,
    where: Scope,
    *,
    most: int,
    named: int,
    shown: int,
    deadline: Deadline = NEVER,
) -> Matches:
    """Find what matches.

    Args:
        index: To be searched.
        asked: With words.
        where: To search.
        most: Passages to count.
        named: Passages whose ids are wanted; if there are more, those of the newest; at most as
            many as are counted.
        shown: Matches that will be shown, newest first, if there are more; at most as many.
        deadline: Until when; then the newest are found.
    """
    least, is_exact = _expected(index, asked, where)
    if least > named:  # they won't be ranked, so those that are shown will do
        named = min(named, shown)
    passages, is_counted = _passages(index, asked, where, named + 1, deadline)
    count = len(passages)
    if is_exact:
        count, is_counted = max(count, least), True
    elif count > named and least <= most:
        rest = where.until(passages[named])
        further, is_counted = _count(index, asked, rest, most - count + 1, deadline)
        count += further
    if max(count, least) > most and not is_exact:
        count, is_counted = most, False
    if count >= shown > 0 and not is_counted:  # older seams are not shown
        where = where.since(passages[shown - 1])
    seams: list[int] = []
    if asked.crosses:
        seams, has_all = _seams(index, asked, where, set(passages), deadline)
        is_counted = is_counted and has_all
    return Matches(
        passages=tuple(passages[:named]),
        seams=tuple(seams),
        count=count + len(seams) if is_counted else max(count, len(seams)),
        is_counted=is_counted,
    )


def within_reach(index: Database, asked: Query) -> tuple[Query, bool]:
    """A query whose newest matches are found at once, and whether it has all matches.

    To find the beginning of a word, FTS5 first reads all that is known of every word that begins
    so. Where that is much, the commonest of these words stand for it: they are found by date.
    """
    groups: list[tuple[Atom, ...]] = []
    has_all = True
    for group in asked.groups:
        atoms: list[Atom] = []
        for atom in group:
            words = _begun(index, atom)
            has_all = has_all and len(words) <= _MOST_BEGUN
            atoms += words[:_MOST_BEGUN] or [atom]
        groups.append(tuple(atoms))
    return replace(asked, groups=tuple(groups)), has_all


def _begun(index: Database, atom: Atom) -> list[Atom]:
    """What the beginning of a word stands for, the commonest first, where that is said often."""
    if not isinstance(atom, Phrase) or not atom.prefix:
        return []
    *whole, begin = atom.terms
    if passages_with(index, begin, begin + LAST_SIGN) <= _MOST_BEGINNING:
        return []
    rows = index.rows(
        "SELECT term FROM term WHERE term BETWEEN ? AND ? ORDER BY passages DESC, term LIMIT ?",
        (begin, begin + LAST_SIGN, _MOST_BEGUN + 1),
    )
    return [Phrase(terms=(*whole, str(word))) for (word,) in rows]


def passages_with(index: Database, first: str, last: str) -> int:
    """How many passages hold a word between these; one that holds several of them counts again."""
    sql = "SELECT coalesce(sum(passages), 0) FROM term WHERE term BETWEEN ? AND ?"
    return int(index.rows(sql, (first, last))[0][0])


def _expected(index: Database, asked: Query, where: Scope) -> tuple[int, bool]:
    """How many passages match at least, as far as terms are counted, and whether that is all.

    Where any of several words will do, the commonest of them is found so often.
    """
    if where != Scope() or asked.excluded or len(asked.groups) != 1:
        return 0, False
    [atoms] = asked.groups
    words = [atom.phrases[0].terms[0] for atom in atoms if _is_plain_word(atom)]
    counts = [passages_with(index, word, word) for word in words]
    return max(counts, default=0), len(atoms) == len(counts) == 1


def _is_plain_word(atom: Atom) -> bool:
    """Whether it is one whole word, and SQLite's tokenizer is sure to see one in it, too."""
    if not isinstance(atom, Phrase) or atom.prefix:
        return False
    return len(atom.terms) == 1 and atom.terms[0].isascii()


def _passages(
    index: Database, asked: Query, where: Scope, most: int, deadline: Deadline
) -> tuple[list[int], bool]:
    """Passages that match, newest first, and whether these are all."""
    held = where.condition("passage_fts.rowid")
    rows, is_complete = index.rows_until(
        deadline,
        f"SELECT rowid FROM passage_fts WHERE passage_fts MATCH ? AND {held.sql}"  # noqa: S608 our own text
        " ORDER BY rowid DESC LIMIT ?",
        (asked.match, *held.parameters, most),
    )
    return [int(place) for (place,) in rows], is_complete


def _count(
    index: Database, asked: Query, where: Scope, most: int, deadline: Deadline
) -> tuple[int, bool]:
    """How many passages match, up to so many, and whether it was found out in time."""
    held = where.condition("passage_fts.rowid")
    rows, is_done = index.rows_until(
        deadline,
        "SELECT count(*) FROM (SELECT rowid FROM passage_fts WHERE passage_fts MATCH ?"  # noqa: S608 our own text
        f" AND {held.sql} ORDER BY rowid DESC LIMIT ?)",
        (asked.match, *held.parameters, most),
    )
    return (int(rows[0][0]), True) if is_done else (0, False)


def _seams(
    index: Database, asked: Query, where: Scope, known: set[int], deadline: Deadline
) -> tuple[list[int], bool]:
    """Seams that match where neither passage beside them does, and whether these are all."""
    held = where.condition("seam_fts.rowid")
    rows, is_complete = index.rows_until(
        deadline,
        "SELECT seam.id, seam.right_id FROM seam_fts JOIN seam ON seam.id = seam_fts.rowid"  # noqa: S608 our own text
        f" WHERE seam_fts MATCH ? AND {held.sql} ORDER BY seam_fts.rowid DESC",
        (asked.wanted_across(SEAM_TERMS), *held.parameters),
    )
    new = [(left, right) for left, right in rows if left not in known and right not in known]
    beside = _matching(index, asked, {place for seam in new for place in seam})
    new = [(left, right) for left, right in new if left not in beside and right not in beside]
    if asked.has_longer(SEAM_TERMS):
        new = [seam for seam in new if _is_said_across(index, asked, *seam)]
    return [left for left, _ in new], is_complete


def _matching(index: Database, asked: Query, places: set[int]) -> set[int]:
    """Those of these passages that match by themselves, or hold what is excluded.

    For each id that it is asked for, FTS5 begins its query anew, which takes no time with whole
    words. For the beginning of one it reads all that is known of every word that begins so, each
    time: there it is asked once, for all passages from the first to the last.
    """
    if not places:
        return set()
    either = f"({asked.wanted}) OR ({asked.unwanted})" if asked.excluded else asked.wanted
    if asked.has_beginning:
        sql = "SELECT rowid FROM passage_fts WHERE passage_fts MATCH ? AND rowid BETWEEN ? AND ?"
        rows = index.rows(sql, (either, min(places), max(places)))
    else:
        rows = index.rows(
            "SELECT rowid FROM passage_fts WHERE passage_fts MATCH ?"
            " AND rowid IN (SELECT value FROM json_each(?))",
            (either, json.dumps(sorted(places))),
        )
    return places.intersection(place for (place,) in rows)


def _is_said_across(index: Database, asked: Query, left: int, right: int) -> bool:
    rows = index.rows("SELECT terms FROM passage WHERE id IN (?, ?) ORDER BY id", (left, right))
    return hits.holds([term for (said,) in rows for term in said.split()], asked.groups)
