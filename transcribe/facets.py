"""How the matches of a search are spread: over sources, years, speakers, tags, languages, kinds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from recorder.types import SessionId
from transcribe import matches, query, scope
from transcribe.database import MINUTE_BITS, Database

MOST_SPREAD: Final = 10_000
"""Matches that are looked at; of more, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A value, and how many matches have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """The commonest values of each kind, most matches first.

    A match in which several speak, or whose session has several tags, counts for each.

    Attributes:
        years: Of the wall clock, UTC.
        kinds: Of `marks.Kind`.
        is_complete: Whether all matches were looked at; else only the newest ones.
    """

    sources: tuple[Facet, ...]
    years: tuple[Facet, ...]
    speakers: tuple[Facet, ...]
    tags: tuple[Facet, ...]
    languages: tuple[Facet, ...]
    kinds: tuple[Facet, ...]
    is_complete: bool


def facets(
    index: Database,
    text: str,
    *,
    from_: str | None = None,
    to: str | None = None,
    source: str | None = None,
    session: SessionId | str | None = None,
    limit: int = 10,
    zone: tzinfo | None = None,
) -> Facets:
    """Count the matches of a search by what they have in common.

    Args:
        index: Open on this thread.
        text: As a person typed it; without words nothing is counted.
        from_: As the field ``from:``.
        to: As the field ``to:``.
        source: As the field ``source:``.
        session: Search in this session alone.
        limit: Values of each kind, at most.
        zone: Where a day begins; the machine's own zone if None.

    Raises:
        NotADate: ``from_`` or ``to`` is none.
        IndexBroken: The index is damaged.
        IndexBusy: It was locked for 5 s.
    """
    asked = query.parse(text, from_=from_, to=to, source=source, zone=zone)
    with index.reading():
        if asked.groups:
            where = scope.of(index, asked, session)
            found = matches.find(
                index, asked, where, most=MOST_SPREAD, named=MOST_SPREAD, shown=MOST_SPREAD
            )
        else:
            found = matches.Matches(passages=(), seams=(), count=0, is_counted=True)
        places = json.dumps(found.passages + found.seams)
        spread = [_spread(index, value, rows, places, limit) for value, rows in _SPREADS]
    sources, years, speakers, tags, languages, kinds = spread
    return Facets(
        sources=sources,
        years=years,
        speakers=speakers,
        tags=tags,
        languages=languages,
        kinds=kinds,
        is_complete=found.is_complete,
    )


_HEARD = (
    "(SELECT DISTINCT places.id, segment.speaker_id FROM places JOIN segment"
    " ON segment.id BETWEEN places.first_segment AND places.last_segment) AS heard"
)
_OF_TEXT = "places JOIN transcript ON transcript.id = places.transcript_id"
_SPREADS: Final = (  # what is counted, and among which rows
    ("session.source", "places JOIN session ON session.id = places.session_id"),
    (f"strftime('%Y', (places.id >> {MINUTE_BITS}) * 60, 'unixepoch')", "places"),
    ("speaker.name", f"{_HEARD} JOIN speaker ON speaker.id = heard.speaker_id"),
    ("tag.tag", "places JOIN tag ON tag.session_id = places.session_id"),
    ("transcript.language", f"{_OF_TEXT} AND transcript.language <> ''"),
    ("transcript.kind", _OF_TEXT),
)


def _spread(index: Database, value: str, rows: str, places: str, limit: int) -> tuple[Facet, ...]:
    found = index.rows(
        "WITH places AS (SELECT passage.* FROM json_each(?) JOIN passage ON passage.id = value)"  # noqa: S608 our own text
        f" SELECT {value}, count(*) FROM {rows} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (places, limit),
    )
    return tuple(Facet(value=str(name), count=count) for name, count in found)
