"""Plan a search and answer it: which passages match, in which order, and what they say.

Matches are counted up to `MOST_COUNTED` and ranked up to `MOST_RANKED`; what there is more of
comes newest first, which costs nothing, since passages sort by date. ``thorough`` asks for the
exact count and order however long they take: on another thread, after the first answer is shown.

A hit is a passage, or a seam between two passages neither of which matches by itself, so nothing
is counted twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from recorder.types import Seconds, SessionId, parse_iso
from transcribe import hits, query, scope, suggest, terms
from transcribe.database import Database
from transcribe.hits import Hit, Line
from transcribe.passages import SEAM_TERMS
from transcribe.query import Filter, Phrase, Query
from transcribe.scope import Scope, of_sessions

MOST_COUNTED: Final = 10_000
"""Matches that are counted at once; of more, `Results.total` is this and not exact."""

MOST_RANKED: Final = 8_000
"""Matches that are ranked at once: bm25 takes about a microsecond for each."""

_LINES_AROUND = 2  # segments shown before and after a passage
_WITHOUT_END = 1 << 62
_UNRANKED = f"More than {MOST_RANKED:,} matches, so they are shown newest first."
_NO_WORDS = "Words to leave out need others to be searched."

_Place = tuple[int, bool]  # a passage's id, and whether the seam on its right is meant


class Order(StrEnum):
    """How hits are sorted."""

    BEST = "best first"
    NEWEST = "newest first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A page of hits.

    Attributes:
        total: Matches; if not ``exact``, there are more.
        order: How the hits really are sorted, which may not be as asked.
        took_ms: Milliseconds that it took.
        notes: Sentences about what was understood or done otherwise than it may have been meant.
        suggestion: What may have been meant, where nothing was found; or empty.
    """

    total: int
    exact: bool
    order: Order
    took_ms: float
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    suggestion: str = ""


def search(
    index: Database,
    text: str,
    *,
    from_: str | None = None,
    to: str | None = None,
    source: str | None = None,
    session: SessionId | str | None = None,
    order: Order = Order.BEST,
    thorough: bool = False,
    limit: int = 20,
    offset: int = 0,
    zone: tzinfo | None = None,
) -> Results:
    """Search what was said. Words alone are looked for in transcripts, fields alone in sessions.

    Args:
        index: Open on this thread.
        text: As a person typed it (`transcribe.query`).
        from_: As the field ``from:``.
        to: As the field ``to:``.
        source: As the field ``source:``.
        session: Search in this session alone.
        order: How the hits should be sorted.
        thorough: Count and rank everything, however long it takes.
        limit: Hits of a page, at most.
        offset: Hits before the page.
        zone: Where a day begins; the machine's own zone if None.

    Raises:
        NotADate: ``from_`` or ``to`` is none.
        IndexBroken: The index is damaged.
        IndexBusy: It was locked for 5 s.
        ValueError: A negative limit or offset.
    """
    if limit < 0 or offset < 0:
        raise ValueError("limit and offset are counts")
    began_s = time.perf_counter()
    asked = _limited(query.parse(text, zone=zone), from_, to, source, zone)
    page = _Page(order=order, thorough=thorough, limit=limit, offset=offset)
    with index.reading():
        if asked.groups:
            results = _said(index, asked, scope.of(index, asked, session), page)
        else:
            results = _sessions(index, asked, session, page)
        suggestion = "" if results.total else suggest.did_you_mean(index, text)
    took_ms = (time.perf_counter() - began_s) * 1000
    return replace(
        results, took_ms=took_ms, notes=asked.notes + results.notes, suggestion=suggestion
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    order: Order
    thorough: bool
    limit: int
    offset: int

    @property
    def end(self) -> int:
        return self.offset + self.limit

    @property
    def most_counted(self) -> int:
        return _WITHOUT_END if self.thorough else max(MOST_COUNTED, self.end)

    @property
    def most_ranked(self) -> int:
        return _WITHOUT_END if self.thorough else MOST_RANKED


def _limited(
    asked: Query, from_: str | None, to: str | None, source: str | None, zone: tzinfo | None
) -> Query:
    since = query.moments(from_, zone=zone)[0] if from_ else None
    until = query.moments(to, zone=zone)[1] if to else None
    wanted = (Filter(name="source", value=source),) if source else ()
    return replace(
        asked,
        filters=asked.filters + wanted,
        since=max((moment for moment in (asked.since, since) if moment), default=None),
        until=min((moment for moment in (asked.until, until) if moment), default=None),
    )


def _said(index: Database, asked: Query, where: Scope, page: _Page) -> Results:
    """Passages in which it was said."""
    core = _passages(index, asked, where, page.most_counted + 1)
    is_counted = len(core) <= page.most_counted
    order = page.order if is_counted and len(core) <= page.most_ranked else Order.NEWEST
    if order is Order.NEWEST and not is_counted:  # older seams can't come onto the page
        where = where.since(core[page.end - 1] if page.end else core[0])
    seams = _seams(index, asked, where, core) if asked.crosses else []
    if order is Order.BEST:
        places = _ranked(index, asked, where, page, seams)
    else:
        places = sorted([(place, False) for place in core] + seams, reverse=True)
    total = len(core) + len(seams) if is_counted else MOST_COUNTED
    names = where.speaker_names(index)
    found = tuple(_hit(index, asked, place, names) for place in places[page.offset : page.end])
    notes = (_UNRANKED,) if order is not page.order else ()
    return Results(total=total, exact=is_counted, order=order, took_ms=0, hits=found, notes=notes)


def _passages(index: Database, asked: Query, where: Scope, most: int) -> list[int]:
    """Passages that match, newest first."""
    held = where.condition("passage_fts.rowid")
    rows = index.rows(
        f"SELECT rowid FROM passage_fts WHERE passage_fts MATCH ? AND {held.sql}"  # noqa: S608 our own text
        " ORDER BY rowid DESC LIMIT ?",
        (asked.match, *held.parameters, most),
    )
    return [int(place) for (place,) in rows]


def _seams(index: Database, asked: Query, where: Scope, core: Sequence[int]) -> list[_Place]:
    """Seams that match where neither passage beside them does."""
    held = where.condition("seam_fts.rowid")
    rows = index.rows(
        "SELECT seam.id, seam.right_id FROM seam_fts JOIN seam ON seam.id = seam_fts.rowid"  # noqa: S608 our own text
        f" WHERE seam_fts MATCH ? AND {held.sql}",
        (asked.wanted_across(SEAM_TERMS), *held.parameters),
    )
    known = set(core)
    open_ = [(left, right) for left, right in rows if left not in known and right not in known]
    beside = _matching(index, asked, {place for seam in open_ for place in seam})
    open_ = [(left, right) for left, right in open_ if left not in beside and right not in beside]
    if asked.has_longer(SEAM_TERMS):
        open_ = [seam for seam in open_ if _is_said_across(index, asked, *seam)]
    return [(left, True) for left, _ in open_]


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


def _ranked(
    index: Database, asked: Query, where: Scope, page: _Page, seams: Sequence[_Place]
) -> list[_Place]:
    """The best matches up to the page's end; of equal ones the newer first."""
    held = where.condition("passage_fts.rowid")
    rows = index.rows(
        f"SELECT rank, rowid FROM passage_fts WHERE passage_fts MATCH ? AND {held.sql}"  # noqa: S608 our own text
        " ORDER BY rank, rowid DESC LIMIT ?",
        (asked.match, *held.parameters, page.end),
    )
    ranked = [(rank, -place, False) for rank, place in rows]
    if seams:
        places = json.dumps([place for place, _ in seams])
        rows = index.rows(
            "SELECT rank, rowid FROM seam_fts WHERE seam_fts MATCH ?"
            " AND rowid IN (SELECT value FROM json_each(?))",
            (asked.wanted_across(SEAM_TERMS), places),
        )
        ranked += [(rank, -place, True) for rank, place in rows]
    return [(-place, is_seam) for _, place, is_seam in sorted(ranked)]


def _hit(index: Database, asked: Query, place: _Place, speakers: frozenset[str]) -> Hit:
    """What was said there."""
    left, is_seam = place
    right = "(SELECT right_id FROM seam WHERE seam.id = passage.id)" if is_seam else "passage.id"
    row = index.rows(
        "SELECT session.session, session.title, session.source, session.started_at,"  # noqa: S608 our own text
        " transcript.id, transcript.language, passage.first_segment,"
        f" (SELECT last_segment FROM passage AS other WHERE other.id = {right})"
        " FROM passage JOIN session ON session.id = passage.session_id"
        " JOIN transcript ON transcript.id = passage.transcript_id WHERE passage.id = ?",
        (left,),
    )[0]
    session, title, source, started_at, transcript_id, language, first, last = row
    found = hits.find(_lines(index, transcript_id, first, last), asked.groups, speakers)
    return Hit(
        session=session,
        title=title,
        start_s=found.start_s,
        end_s=found.end_s,
        text=found.text,
        snippet=found.snippet,
        marks=found.marks,
        speaker=found.speaker,
        language=language,
        source=source,
        session_started_at=parse_iso(started_at),
    )


def _lines(index: Database, transcript_id: int, first: int, last: int) -> list[Line]:
    """Segments from first to last, and some around them."""
    rows = index.rows(
        "SELECT segment.id, start_s, end_s, coalesce(speaker.name, ''), text FROM segment"
        " LEFT JOIN speaker ON speaker.id = segment.speaker_id"
        " WHERE segment.id BETWEEN ? AND ? AND transcript_id = ? ORDER BY segment.id",
        (first - _LINES_AROUND, last + _LINES_AROUND, transcript_id),
    )
    return [
        Line(
            start_s=Seconds(start_s),
            end_s=Seconds(end_s),
            speaker=speaker,
            text=text,
            outside=not first <= key <= last,
        )
        for key, start_s, end_s, speaker, text in rows
    ]


def _sessions(
    index: Database, asked: Query, session: SessionId | str | None, page: _Page
) -> Results:
    """Sessions themselves, newest first, where only fields were given."""
    notes = (_NO_WORDS,) if asked.excluded else ()
    if not asked.is_limited and session is None:
        return Results(total=0, exact=True, order=Order.NEWEST, took_ms=0, hits=(), notes=notes)
    held = of_sessions(asked.filters, session, asked.since, asked.until)
    total = index.rows(f"SELECT count(*) FROM session WHERE {held.sql}", held.parameters)[0][0]  # noqa: S608 our own text
    rows = index.rows(
        "SELECT session, title, source, started_at, duration_s FROM session"  # noqa: S608 our own text
        f" WHERE {held.sql} ORDER BY started_at DESC, id DESC LIMIT ? OFFSET ?",
        (*held.parameters, page.limit, page.offset),
    )
    found = tuple(_session_hit(asked, *row) for row in rows)
    return Results(total=total, exact=True, order=Order.NEWEST, took_ms=0, hits=found, notes=notes)


def _session_hit(
    asked: Query, session: str, title: str, source: str, started_at: str, duration_s: float
) -> Hit:
    groups = tuple(
        (Phrase(terms=tuple(terms.terms(item.value)), prefix=True),)
        for item in asked.filters
        if item.name == "title" and item.wanted
    )
    line = Line(start_s=Seconds(0), end_s=Seconds(duration_s), speaker="", text=title)
    found = hits.find([line], groups, frozenset())
    return Hit(
        session=session,
        title=title,
        start_s=found.start_s,
        end_s=found.end_s,
        text=found.text,
        snippet=found.snippet,
        marks=found.marks,
        speaker="",
        language="",
        source=source,
        session_started_at=parse_iso(started_at),
    )
