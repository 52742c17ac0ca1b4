"""All hits of a search, one after the other, and as files: CSV for tables, JSON for programs.

Hits are read a page at a time, so a list may be as long as the archive.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final, TextIO

from recorder.types import SessionId, iso
from transcribe import search
from transcribe.database import Database
from transcribe.hits import Hit
from transcribe.search import Order

COLUMNS: Final = (
    "session", "title", "started_at", "start_s", "end_s", "speaker", "text", "before", "after",
    "source", "language", "link", "kind",
)  # fmt: skip
"""What is told of each hit; ``started_at`` is the wall clock of ``start_s``, in UTC.

``kind`` is one of `marks.Kind`, or ``session`` where whole sessions were searched.
"""

_PAGE = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is listed, as `search.search` takes it."""

    text: str
    from_: str | None = None
    to: str | None = None
    source: str | None = None
    session: SessionId | str | None = None
    order: Order = Order.NEWEST
    zone: tzinfo | None = None


def every(index: Database, wanted: Wanted, limit: int | None = None) -> Iterator[Hit]:
    """Every hit. Best first, each page is ranked again; newest first it goes on where it was.

    Args:
        index: Open on this thread.
        wanted: What is searched.
        limit: Hits, at most; None for all.

    Raises:
        NotADate: ``from_`` or ``to`` is none.
        IndexBroken: The index is damaged.
        IndexBusy: It was locked for 5 s.
    """
    page, left = "", limit
    while left is None or left > 0:
        results = search.search(
            index,
            wanted.text,
            from_=wanted.from_,
            to=wanted.to,
            source=wanted.source,
            session=wanted.session,
            order=wanted.order,
            thorough=True,
            limit=_PAGE if left is None else min(_PAGE, left),
            page=page,
            zone=wanted.zone,
        )
        yield from results.hits
        page = results.next_page
        left = None if left is None else left - len(results.hits)
        if not page:
            return


def as_json(hit: Hit) -> dict[str, Any]:
    """A hit as JSON values: `COLUMNS` and ``snippet``."""
    return {
        "session": hit.session,
        "title": hit.title,
        "start_s": hit.start_s,
        "end_s": hit.end_s,
        "text": hit.text,
        "snippet": hit.snippet,
        "speaker": hit.speaker,
        "started_at": iso(hit.started_at),
        "before": hit.before,
        "after": hit.after,
        "source": hit.source,
        "language": hit.language,
        "link": hit.link,
        "kind": hit.kind or "session",
    }


def write_csv(hits: Iterable[Hit], file: TextIO) -> int:
    """Write hits as CSV (RFC 4180) with a head.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it
    (https://owasp.org/www-community/attacks/CSV_Injection): titles come from strangers' pages.

    Returns:
        How many there were.
    """
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    for hit in hits:
        count += 1
        values = as_json(hit)
        writer.writerow([_harmless(values[name]) for name in COLUMNS])
    return count


def write_json(hits: Iterable[Hit], file: TextIO, query: str) -> int:
    """Write hits as one JSON object with ``query`` and ``hits``.

    Returns:
        How many there were.
    """
    file.write(f'{{"query": {json.dumps(query)},\n "hits": [')
    count = 0
    for hit in hits:
        count += 1
        file.write((",\n  " if count > 1 else "\n  ") + json.dumps(as_json(hit)))
    file.write("\n]}\n")
    return count


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
