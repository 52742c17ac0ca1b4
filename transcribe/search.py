"""Plan a search and answer it: which passages match, in which order, and what they say.

Matches are counted up to `MOST_COUNTED` and ranked up to `MOST_RANKED`; what there is more of
comes newest first, which costs nothing, since passages sort by date. ``thorough`` asks for the
exact count and order however long they take: on another thread, after the first answer is shown.

`transcribe.facets` tells how the matches are spread.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from recorder.types import Seconds, SessionId, parse_iso
from transcribe import hits, matches, query, scope, suggest, terms
from transcribe.database import Database
from transcribe.hits import Hit, Line
from transcribe.matches import Place
from transcribe.query import Phrase, Query
from transcribe.scope import Scope, of_sessions

MOST_COUNTED: Final = 10_000
"""Matches that are counted at once; of more, `Results.total` is this and not exact."""

MOST_RANKED: Final = 8_000
"""Matches that are ranked at once: bm25 takes about a microsecond for each."""

_LINES_AROUND = 2  # segments shown before and after a passage
_WITHOUT_END = 1 << 62
_UNRANKED = f"More than {MOST_RANKED:,} matches, so they are shown newest first."
_INCOMPLETE = "The index is still being made, so there may be more."
_NO_WORDS = "Words to leave out need others to be searched."


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
    asked = query.parse(text, from_=from_, to=to, source=source, zone=zone)
    page = _Page(order=order, thorough=thorough, limit=limit, offset=offset)
    with index.reading():
        notes = asked.notes if index.fact("terms") else (*asked.notes, _INCOMPLETE)
        if asked.groups:
            results = _said(index, asked, scope.of(index, asked, session), page)
        else:
            results = _sessions(index, asked, session, page)
        suggestion = "" if results.total else suggest.did_you_mean(index, text)
    took_ms = (time.perf_counter() - began_s) * 1000
    return replace(results, took_ms=took_ms, notes=notes + results.notes, suggestion=suggestion)


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


def _said(index: Database, asked: Query, where: Scope, page: _Page) -> Results:
    """Places where it was said."""
    found = matches.find(index, asked, where, most=page.most_counted, shown=page.end)
    order = page.order if found.is_complete and found.count <= page.most_ranked else Order.NEWEST
    if order is Order.BEST:
        places = matches.best_first(index, asked, where, found, most=page.end)
    else:
        places = found.newest_first()
    names = where.speaker_names(index)
    return Results(
        total=found.count if found.is_complete else MOST_COUNTED,
        exact=found.is_complete,
        order=order,
        took_ms=0,
        hits=tuple(_hit(index, asked, place, names) for place in places[page.offset : page.end]),
        notes=(_UNRANKED,) if order is not page.order else (),
    )


def _hit(index: Database, asked: Query, place: Place, speakers: frozenset[str]) -> Hit:
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
