"""Which passages match, and in which order.

A match is a passage, or a seam between two passages neither of which matches by itself, so nothing
is counted twice. All functions here want to be called within `Database.reading`, so that they see
one state of the index; they raise `IndexBroken` and `IndexBusy` as `Database.rows` does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from transcribe import hits
from transcribe.database import Database
from transcribe.passages import SEAM_TERMS
from transcribe.query import Query
from transcribe.scope import Scope

Place = tuple[int, bool]
"""A passage's id, and whether the seam on its right is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What was found.

    Attributes:
        passages: Their ids, newest first.
        seams: The ids of those on their left.
        is_complete: Whether these are all; else they are the newest ones.
    """

    passages: tuple[int, ...]
    seams: tuple[int, ...]
    is_complete: bool

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.passages) + len(self.seams)

    def newest_first(self) -> list[Place]:
        """All of them, by date."""
        places = [(place, False) for place in self.passages] + [(left, True) for left in self.seams]
        return sorted(places, reverse=True)


def find(index: Database, asked: Query, where: Scope, *, most: int, shown: int) -> Matches:
    """Find what matches.

    Args:
        index: To be searched.
        asked: With words.
        where: To search.
        most: Passages to look for; if there are more, the newest are found.
        shown: Matches that will be shown, newest first, if there are more; at most as many.
    """
    passages = _passages(index, asked, where, most + 1)
    is_complete = len(passages) <= most
    if not is_complete:  # older seams are not shown
        where = where.since(passages[max(shown, 1) - 1])
    seams = _seams(index, asked, where, set(passages)) if asked.crosses else []
    return Matches(passages=tuple(passages[:most]), seams=tuple(seams), is_complete=is_complete)


def best_first(
    index: Database, asked: Query, where: Scope, found: Matches, *, most: int
) -> list[Place]:
    """The best of complete matches; of equal ones the newer first."""
    held = where.condition("passage_fts.rowid")
    rows = index.rows(
        f"SELECT rank, rowid FROM passage_fts WHERE passage_fts MATCH ? AND {held.sql}"  # noqa: S608 our own text
        " ORDER BY rank, rowid DESC LIMIT ?",
        (asked.match, *held.parameters, most),
    )
    ranked = [(rank, -place, False) for rank, place in rows]
    if found.seams:
        rows = index.rows(
            "SELECT rank, rowid FROM seam_fts WHERE seam_fts MATCH ?"
            " AND rowid IN (SELECT value FROM json_each(?))",
            (asked.wanted_across(SEAM_TERMS), json.dumps(found.seams)),
        )
        ranked += [(rank, -place, True) for rank, place in rows]
    return [(-place, is_seam) for _, place, is_seam in sorted(ranked)]


def _passages(index: Database, asked: Query, where: Scope, most: int) -> list[int]:
    """Passages that match, newest first."""
    held = where.condition("passage_fts.rowid")
    rows = index.rows(
        f"SELECT rowid FROM passage_fts WHERE passage_fts MATCH ? AND {held.sql}"  # noqa: S608 our own text
        " ORDER BY rowid DESC LIMIT ?",
        (asked.match, *held.parameters, most),
    )
    return [int(place) for (place,) in rows]


def _seams(index: Database, asked: Query, where: Scope, known: set[int]) -> list[int]:
    """Seams that match where neither passage beside them does."""
    held = where.condition("seam_fts.rowid")
    rows = index.rows(
        "SELECT seam.id, seam.right_id FROM seam_fts JOIN seam ON seam.id = seam_fts.rowid"  # noqa: S608 our own text
        f" WHERE seam_fts MATCH ? AND {held.sql}",
        (asked.wanted_across(SEAM_TERMS), *held.parameters),
    )
    new = [(left, right) for left, right in rows if left not in known and right not in known]
    beside = _matching(index, asked, {place for seam in new for place in seam})
    new = [(left, right) for left, right in new if left not in beside and right not in beside]
    if asked.has_longer(SEAM_TERMS):
        new = [seam for seam in new if _is_said_across(index, asked, *seam)]
    return [left for left, _ in new]


def _matching(index: Database, asked: Query, places: set[int]) -> set[int]:
    """Those of these passages that match by themselves, or hold what is excluded."""
    if not places:
        return set()
    either = f"({asked.wanted}) OR ({asked.unwanted})" if asked.excluded else asked.wanted
    rows = index.rows(
        "SELECT rowid FROM passage_fts WHERE passage_fts MATCH ?"
        " AND rowid IN (SELECT value FROM json_each(?))",
        (either, json.dumps(sorted(places))),
    )
    return {int(place) for (place,) in rows}


def _is_said_across(index: Database, asked: Query, left: int, right: int) -> bool:
    rows = index.rows("SELECT terms FROM passage WHERE id IN (?, ?) ORDER BY id", (left, right))
    return hits.holds([term for (said,) in rows for term in said.split()], asked.groups)
