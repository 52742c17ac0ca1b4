"""Hits grouped by session, with their marks, and an honest footer. No Qt."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from app.gui.presenters import words
from recorder.archive import Archive
from recorder.types import Seconds, SessionId

if TYPE_CHECKING:  # loads sqlite-utils, and that numpy: not before somebody searches
    from transcribe.hits import Hit
    from transcribe.search import Results

PAGE = 60
"""Hits that are fetched at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadEntry:
    """The session that the hits below are from."""

    session: SessionId
    title: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HitEntry:
    """A hit.

    Attributes:
        marks: From and to of the found words in ``text``.
    """

    session: SessionId
    start_s: Seconds
    text: str
    marks: tuple[tuple[int, int], ...]
    speaker: str


Entry = HeadEntry | HitEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search page shows.

    Attributes:
        hit_count: Hits that are shown.
        has_more: Whether there are more.
        notes: Sentences about what was understood otherwise than it may have been meant.
        suggestion: What may have been meant, where nothing was found; or empty.
    """

    query: str
    entries: tuple[Entry, ...]
    hit_count: int
    has_more: bool
    footer: str
    notes: tuple[str, ...]
    suggestion: str


def find(archive: Archive, query: str, now: datetime, *, limit: int = PAGE) -> Found:
    """Search the archive. Takes as long as a disk does.

    Args:
        archive: Whose sessions; their index is brought up to date first.
        query: As typed; any text.
        now: Aware, in the zone that days are shown in.
        limit: How many hits at most.

    Raises:
        IndexBusy: The index is being made anew by another process.
        StorageError: The disk refuses.
    """
    from transcribe import index, search  # noqa: PLC0415 (as above)

    with contextlib.closing(index.ready(archive)) as db:
        results = search.search(db, query, limit=limit, zone=now.tzinfo)
    return Found(
        query=query,
        entries=tuple(_grouped(results.hits, now)),
        hit_count=len(results.hits),
        has_more=len(results.hits) < results.total,
        footer=_footer(results),
        notes=results.notes,
        suggestion=results.suggestion,
    )


def _grouped(hits: tuple[Hit, ...], now: datetime) -> Iterator[Entry]:
    """Hits under their sessions' heads; sessions and hits stay in the order of the answer."""
    order = {hit.session: place for place, hit in reversed(list(enumerate(hits)))}
    together = sorted(hits, key=lambda hit: order[hit.session])
    for session, group in groupby(together, key=lambda hit: hit.session):
        of_session = list(group)
        first = of_session[0]
        yield HeadEntry(
            session=SessionId(session),
            title=first.title,
            when=words.day(first.session_started_at, now),
        )
        for hit in of_session:
            yield HitEntry(
                session=SessionId(hit.session),
                start_s=hit.start_s,
                text=hit.snippet,
                marks=hit.marks,
                speaker=hit.speaker,
            )


def _footer(results: Results) -> str:
    """How many, in what order, how fast."""
    if not results.total:
        return "Nothing found."
    count = f"{results.total:,}" if results.exact else f"more than {results.total:,}"
    noun = "hit" if results.total == 1 and results.exact else "hits"
    shown = f", the first {len(results.hits)} shown" if len(results.hits) < results.total else ""
    return f"{count} {noun}{shown} · {results.order} · {results.took_ms:.0f} ms"
