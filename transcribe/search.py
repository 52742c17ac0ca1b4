"""Plan a search and answer it: which passages match, in which order, and what they say.

What people marked is found as what was said is (`transcribe.marks`), and told with its kind.

A first answer takes `PATIENCE_S` at most: it counts up to `MOST_COUNTED` matches (of one word all,
since that is known), ranks up to `MOST_RANKED`, and says where it didn't get to the end. What
there is more of comes newest first, which costs nothing, since passages sort by date. ``thorough``
asks for the exact count and order however long they take: on another thread, after the first
answer is shown (`transcribe.asking`).

A page names the next one (`Results.next_page`). Where hits come by date it goes on from the last
one, so the thousandth page takes as long as the first.

`transcribe.facets` tells how the matches are spread.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from typing import Final, NamedTuple

from recorder.types import Seconds, SessionId, parse_iso
from transcribe import hits, matches, query, ranking, scope, suggest, terms
from transcribe.database import MINUTE_BITS, SEGMENT_BITS, Database, broken
from transcribe.deadline import NEVER, Deadline
from transcribe.errors import NotAPage
from transcribe.hits import Found, Hit, Line
from transcribe.marks import Kind
from transcribe.matches import Matches, Place
from transcribe.query import Filter, Phrase, Query
from transcribe.scope import Scope, of_sessions

MOST_COUNTED: Final = 10_000
"""Matches that are counted at once; of more, `Results.total` is this and not exact."""

MOST_RANKED: Final = 3_000
"""Matches that are ranked at once, which takes some microseconds for each."""

PATIENCE_S: Final = 0.03
"""Seconds of processor time for finding and ranking, unless all of it is asked for."""

_WITHOUT_END = 1 << 62
_UNRANKED = f"More than {MOST_RANKED:,} matches, so they are shown newest first."
_UNFINISHED = "Not all of the archive was looked through yet; the newest matches are shown."
_INCOMPLETE = "The index is still being made, so there may be more."
_NO_WORDS = "Words to leave out need others to be searched."
_NO_WORD = "There is no word in it to search."


_UNHELD: Final = {
    "title": "No session has the title '{}'.",
    "source": "No session has the source '{}'.",
    "tag": "No session has the tag '{}'.",
    "speaker": "No session has the speaker '{}'.",
    "lang": "No session has the language '{}'.",
    "kind": "There is no {} in any session.",
}


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
        next_page: Names the next page, for `search`'s ``page``; empty on the last one.
        is_unfinished: Whether a thorough search would tell more: the exact total, or the order.
    """

    total: int
    exact: bool
    order: Order
    took_ms: float
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    suggestion: str = ""
    next_page: str = ""
    is_unfinished: bool = False


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
    page: str = "",
    zone: tzinfo | None = None,
    suggests: bool = True,
) -> Results:
    """Search what was said, and marked. Words are looked for in texts, fields alone in sessions.

    ``kind:marker`` or ``kind:note`` without words lists these.

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
        page: `Results.next_page` of the page before, instead of an offset; else as then.
        zone: Where a day begins; the machine's own zone if None.
        suggests: Whether it tells what may have been meant, where nothing is found.

    Raises:
        NotADate: ``from_`` or ``to`` is none.
        NotAPage: ``page`` names none.
        IndexBroken: The index is damaged.
        IndexBusy: It was locked for 5 s.
        Interrupted: `Database.interrupt` was called.
        ValueError: A negative limit or offset.
    """
    if limit < 0 or offset < 0:
        raise ValueError("limit and offset are counts")
    began_s = time.perf_counter()
    asked = query.parse(text, from_=from_, to=to, source=source, zone=zone)
    wanted = _Page(order=order, thorough=thorough, limit=limit, offset=offset).at(page)
    with index.reading():
        notes = asked.notes if index.fact("terms") else (*asked.notes, _INCOMPLETE)
        if asked.groups:
            results = _said(index, asked, scope.of(index, asked, session), wanted)
        elif asked.lists_marks:
            results = _marks(index, asked, scope.of(index, asked, session), wanted)
        else:
            results = _sessions(index, asked, session, wanted)
        nothing = suggests and results.exact and not results.total
        suggestion = suggest.did_you_mean(index, text) if nothing else ""
        notes += _unheld(index, asked) if nothing else ()
    took_ms = (time.perf_counter() - began_s) * 1000
    return replace(results, took_ms=took_ms, notes=notes + results.notes, suggestion=suggestion)


def untranscribed(index: Database) -> int:
    """How many sessions there are in which nobody can find what was said.

    Raises:
        IndexBroken: The index is damaged.
        IndexBusy: It was locked for 5 s.
    """
    held = of_sessions([Filter(name="kind", value=Kind.SPEECH, wanted=False)])
    sql = f"SELECT count(*) FROM session WHERE {held.sql}"  # noqa: S608 our own text
    return int(index.rows(sql, held.parameters)[0][0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """What the first page by date came to, told to the next ones."""

    total: int
    exact: bool
    shown: int  # so far
    last: Place


_BY_PLACE = re.compile(r"(-?\d{1,18})\.([01])\.(\d{1,12})\.([01])\.(\d{1,12})", re.ASCII)
_BY_OFFSET = re.compile(r"\d{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    order: Order
    thorough: bool
    limit: int
    offset: int
    after: _Counted | None = None

    @property
    def end(self) -> int:
        return self.offset + self.limit

    @property
    def most_counted(self) -> int:
        return _WITHOUT_END if self.thorough else max(MOST_COUNTED, self.end)

    @property
    def most_named(self) -> int:
        if self.thorough:
            return _WITHOUT_END
        return max(MOST_RANKED, self.end) if self.order is Order.BEST else self.end

    @property
    def most_ranked(self) -> int:
        return _WITHOUT_END if self.thorough else MOST_RANKED

    def at(self, name: str) -> _Page:
        """The page that `Results.next_page` named; itself for an empty name."""
        if not name:
            return self
        if _BY_OFFSET.fullmatch(name):
            return replace(self, offset=int(name))
        match = _BY_PLACE.fullmatch(name)
        if not match:
            raise NotAPage(
                f"'{name[:40]}' names no page of results.",
                hint="Leave it out for the first page.",
            )
        key, is_seam, total, exact, shown = map(int, match.groups())
        after = _Counted(total=total, exact=bool(exact), shown=shown, last=(key, bool(is_seam)))
        return replace(self, order=Order.NEWEST, after=after)


def _said(index: Database, asked: Query, where: Scope, page: _Page) -> Results:
    """Places where it was said, or marked."""
    deadline = NEVER if page.thorough else Deadline(PATIENCE_S)
    if page.after:
        return _further(index, asked, where, page, page.after)
    found = _matches(index, asked, where, page, deadline)
    ranked = None
    if page.order is Order.BEST and _is_rankable(asked, found, page):
        ranked = ranking.best_first(index, asked, where, found, most=page.end, deadline=deadline)
    order = page.order if ranked is not None else Order.NEWEST
    places = found.newest_first(page.end) if ranked is None else ranked
    shown = places[page.offset : page.end]
    results = Results(
        total=found.count,
        exact=found.is_counted,
        order=order,
        took_ms=0,
        hits=_hits(index, asked, where, shown),
        notes=_remarks(found, page, order),
        is_unfinished=not found.is_counted or order is not page.order,
    )
    if order is Order.BEST:
        return replace(results, next_page=str(page.end) if page.end < found.count else "")
    return replace(results, next_page=_next_page(results, page, shown, before=page.offset))


def _matches(
    index: Database, asked: Query, where: Scope, page: _Page, deadline: Deadline
) -> Matches:
    """What matches, as far as the page and the time allow."""
    within_reach, has_all = asked, True
    if not page.thorough:
        within_reach, has_all = matches.within_reach(index, asked)
    found = matches.find(
        index,
        within_reach,
        where,
        most=page.most_counted,
        named=page.end if asked.is_one_word else page.most_named,
        shown=page.end,
        deadline=deadline,
    )
    return found if has_all else replace(found, is_counted=False)


def _is_rankable(asked: Query, found: Matches, page: _Page) -> bool:
    """Whether all that matches is known well enough; one word is ranked where it is found."""
    is_known = found.is_counted if asked.is_one_word else found.is_complete
    return is_known and found.count <= page.most_ranked


def _remarks(found: Matches, page: _Page, order: Order) -> tuple[str, ...]:
    if not found.is_counted and found.count < page.most_counted:
        return (_UNFINISHED,)
    return (_UNRANKED,) if order is not page.order else ()


def _further(index: Database, asked: Query, where: Scope, page: _Page, after: _Counted) -> Results:
    """A later page by date: only what comes after the last place is looked for."""
    rest = where.until(after.last[0] + 1)
    wanted = page.limit + 2  # the last place may be found again, and the passage on its left
    within_reach, has_all = matches.within_reach(index, asked)
    if after.exact and not has_all:
        within_reach = asked
    found = matches.find(index, within_reach, rest, most=wanted, named=wanted, shown=wanted)
    shown = [place for place in found.newest_first(wanted) if place < after.last][: page.limit]
    results = Results(
        total=after.total,
        exact=after.exact,
        order=Order.NEWEST,
        took_ms=0,
        hits=_hits(index, asked, where, shown),
        is_unfinished=not after.exact,
    )
    return replace(results, next_page=_next_page(results, page, shown, before=after.shown))


def _next_page(results: Results, page: _Page, shown: list[Place], before: int) -> str:
    """The name of the page after one by date."""
    count = before + len(shown)
    if len(shown) < page.limit or not shown or (results.exact and count >= results.total):
        return ""
    key, is_seam = shown[-1]
    return f"{key}.{is_seam:d}.{results.total}.{results.exact:d}.{count}"


def _hits(index: Database, asked: Query, where: Scope, places: list[Place]) -> tuple[Hit, ...]:
    """What was said at these places; few statements, however many they are."""
    if not places:
        return ()
    found = _ranges(index, places)
    lines = _lines(index, found)
    names = where.speaker_names(index)
    return tuple(
        _hit(item, _beside(index, item, key, hits.find(of_range, asked.groups, names)))
        for (key, _), item, of_range in zip(places, found, lines, strict=True)
    )


class _Range(NamedTuple):
    """The segments of a place, by their first and last id, and what session they are of."""

    first: int
    last: int
    session: str
    title: str
    source: str
    started_at: str
    language: str
    kind: str


def _ranges(index: Database, places: list[Place]) -> list[_Range]:
    """The segments of passages; of a seam, those of the passages on both sides.

    Raises:
        IndexBroken: The full text names passages that there aren't.
    """
    lefts = json.dumps([left for left, is_seam in places if is_seam])
    rights = dict(
        index.rows(
            "SELECT id, right_id FROM seam WHERE id IN (SELECT value FROM json_each(?))", (lefts,)
        )
    )
    keys = json.dumps([*(key for key, _ in places), *rights.values()])
    rows = index.rows(
        "SELECT passage.id, first_segment, last_segment, session.session, title, source,"
        " started_at, language, kind FROM passage JOIN session ON session.id = passage.session_id"
        " JOIN transcript ON transcript.id = passage.transcript_id"
        " WHERE passage.id IN (SELECT value FROM json_each(?))",
        (keys,),
    )
    known = {key: _Range(*values) for key, *values in rows}
    try:
        return [
            known[key]._replace(last=known[rights[key]].last) if is_seam else known[key]
            for key, is_seam in places
        ]
    except KeyError as error:
        raise broken(index.path, "what was found in it is not there") from error


def _hit(place: _Range, found: Found) -> Hit:
    return Hit(
        session=place.session,
        title=place.title,
        kind=Kind(place.kind),
        start_s=found.start_s,
        end_s=found.end_s,
        text=found.text,
        snippet=found.snippet,
        marks=found.marks,
        speaker=found.speaker,
        language=place.language,
        source=place.source,
        session_started_at=parse_iso(place.started_at),
        before=found.before,
        after=found.after,
    )


def _lines(index: Database, ranges: list[_Range]) -> list[list[Line]]:
    """Segments from first to last of each range, and some around what was said."""
    wide = [
        _widened(place.first, place.last)
        if place.kind == Kind.SPEECH
        else (place.first, place.last)
        for place in ranges
    ]
    rows = index.rows(
        "SELECT asked.key, segment.id, start_s, end_s, coalesce(speaker.name, ''), text"
        " FROM json_each(?) AS asked CROSS JOIN segment"  # in this order, says CROSS
        " ON segment.id BETWEEN json_extract(asked.value, '$[0]')"
        " AND json_extract(asked.value, '$[1]')"
        " LEFT JOIN speaker ON speaker.id = segment.speaker_id",
        (json.dumps(wide),),
    )
    found: list[list[Line]] = [[] for _ in ranges]
    for place, key, start_s, end_s, speaker, text in sorted(rows):
        outside = not ranges[place].first <= key <= ranges[place].last
        found[place].append(Line(Seconds(start_s), Seconds(end_s), speaker, text, outside))
    return found


def _widened(first: int, last: int) -> tuple[int, int]:
    """The first and the last segment of a range and what stands around it in its transcript."""
    begin = first >> SEGMENT_BITS << SEGMENT_BITS
    end = (last >> SEGMENT_BITS) + 1 << SEGMENT_BITS
    return max(first - hits.LINES_AROUND, begin), min(last + hits.LINES_AROUND, end - 1)


def _beside(index: Database, place: _Range, key: int, found: Found) -> Found:
    """A mark with what was said before it and from there on; what was said has that already.

    Args:
        index: To be searched.
        place: The mark's.
        key: The id of its passage.
        found: The mark, with nothing beside it.
    """
    if place.kind == Kind.SPEECH:
        return found
    said = index.rows(
        "SELECT first_segment, last_segment FROM passage"
        " JOIN transcript ON transcript.id = passage.transcript_id"
        " WHERE passage.session_id = (SELECT session_id FROM passage WHERE id = ?)"
        " AND passage.id < ? AND kind = ? ORDER BY passage.id DESC LIMIT 1",
        (key, (key >> MINUTE_BITS) + 1 << MINUTE_BITS, Kind.SPEECH),
    )
    if not said:
        return found
    lines = index.rows(
        "SELECT start_s, text FROM segment WHERE id BETWEEN ? AND ? ORDER BY id", _widened(*said[0])
    )
    before = [text for start_s, text in lines if start_s <= found.start_s]
    after = [text for start_s, text in lines if start_s > found.start_s]
    return replace(
        found,
        before=" ".join(before[-hits.LINES_AROUND :]),
        after=" ".join(after[: hits.LINES_AROUND]),
    )


def _marks(index: Database, asked: Query, where: Scope, page: _Page) -> Results:
    """Markers or notes, newest first, where only fields were given."""
    held = where.condition("marked.id")
    found = (
        "FROM transcript JOIN passage AS marked ON marked.session_id = transcript.session_id"
        " AND marked.transcript_id = transcript.id"
        f" WHERE kind <> ? AND {held.sql}"
    )
    values = (Kind.SPEECH, *held.parameters)
    total = index.rows(f"SELECT count(*) {found}", values)[0][0]
    rows = index.rows(
        f"SELECT marked.id {found} ORDER BY marked.id DESC LIMIT ? OFFSET ?",
        (*values, page.limit, page.offset),
    )
    return Results(
        total=total,
        exact=True,
        order=Order.NEWEST,
        took_ms=0,
        hits=_hits(index, asked, where, [(int(key), False) for (key,) in rows]),
        next_page=str(page.end) if rows and page.end < total else "",
    )


def _unheld(index: Database, asked: Query) -> tuple[str, ...]:
    """What is asked of sessions and holds for none: a name, perhaps, that is written otherwise."""
    notes = []
    for item in asked.filters:
        held = of_sessions([item])
        sql = f"SELECT 1 FROM session WHERE {held.sql} LIMIT 1"  # noqa: S608 our own text
        if item.wanted and not index.rows(sql, held.parameters):
            notes.append(_UNHELD[item.name].format(item.value))
    return tuple(notes)


def _sessions(
    index: Database, asked: Query, session: SessionId | str | None, page: _Page
) -> Results:
    """Sessions themselves, newest first, where only fields were given."""
    notes = (_NO_WORDS,) if asked.excluded else ()
    if not asked.is_limited and session is None:
        notes = notes or (_NO_WORD,)
        return Results(total=0, exact=True, order=Order.NEWEST, took_ms=0, hits=(), notes=notes)
    held = of_sessions(asked.filters, session, asked.since, asked.until)
    total = index.rows(f"SELECT count(*) FROM session WHERE {held.sql}", held.parameters)[0][0]  # noqa: S608 our own text
    rows = index.rows(
        "SELECT session, title, source, started_at, duration_s FROM session"  # noqa: S608 our own text
        f" WHERE {held.sql} ORDER BY started_at DESC, id DESC LIMIT ? OFFSET ?",
        (*held.parameters, page.limit, page.offset),
    )
    found = tuple(_session_hit(asked, *row) for row in rows)
    return Results(
        total=total,
        exact=True,
        order=Order.NEWEST,
        took_ms=0,
        hits=found,
        notes=notes,
        next_page=str(page.end) if found and page.end < total else "",
    )


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
        kind=None,
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
