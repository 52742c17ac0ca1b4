"""Hits grouped by session, with their marks, and an honest footer. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby
from typing import TYPE_CHECKING

from app.gui.presenters import words
from recorder.archive import Archive
from recorder.types import Seconds, SessionId

if TYPE_CHECKING:  # loads sqlite-utils, and that numpy: not before somebody searches
    from transcribe.asking import Answer, Asker
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
        count: How many, in words.
        order: How they are sorted, in words.
        took: How long it took, in words.
        notes: Sentences about what was understood otherwise than it may have been meant.
        suggestion: What may have been meant, where nothing was found; or empty.
    """

    query: str
    entries: tuple[Entry, ...]
    hit_count: int
    has_more: bool
    count: str
    order: str
    took: str
    notes: tuple[str, ...]
    suggestion: str

    @property
    def footer(self) -> str:
        """How many, in what order, how fast."""
        if not self.entries:
            return self.count
        return f"{self.count} · {self.order} · {self.took}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Why there is no answer."""

    query: str
    message: words.Message


Told = Callable[[Found | Failed], None]
Indexed = Callable[[int, int], None]


class Searching:
    """Answers the newest question: at once as well as can be, then exactly.

    `ask` and `rest` are called from one thread at a time.

    Args:
        archive: Whose sessions; their index is brought up to date beside the first answers.
        told: Is told each answer, on a thread of the search's own.
        indexed: Is told how many sessions are indexed, of how many, while the index is made anew;
            on another one.
    """

    def __init__(self, archive: Archive, told: Told, indexed: Indexed) -> None:
        self._archive = archive
        self._told = told
        self._indexed = indexed
        self._asker: Asker | None = None

    def ask(self, query: str, zone: tzinfo | None, *, limit: int = PAGE) -> None:
        """Ask, in place of what was asked before; the answers follow.

        Args:
            query: As typed; any text.
            zone: That days are shown in.
            limit: How many hits at most.
        """
        from transcribe.asking import Asker, Question  # noqa: PLC0415 (as above)

        if self._asker is None:
            self._asker = Asker(self._archive, self._tell, self._indexed)
        self._asker.ask(Question(text=query, limit=limit, zone=zone))

    def rest(self) -> None:
        """Answer nothing more until something is asked again; twice unharmed."""
        if self._asker is not None:
            self._asker.close()
            self._asker = None

    def _tell(self, answer: Answer) -> None:
        question = answer.question
        if answer.results is not None:
            self._told(_found(question.text, answer.results, datetime.now(question.zone)))
        elif answer.problem is not None:
            message = words.Message.of(answer.problem)
            self._told(Failed(query=question.text, message=message))


def indexing(done: int, total: int) -> str:
    """How far the index is; empty when it is complete."""
    return f"{done:,} of {total:,} sessions are indexed" if done < total else ""


def _found(query: str, results: Results, now: datetime) -> Found:
    return Found(
        query=query,
        entries=tuple(_grouped(results.hits, now)),
        hit_count=len(results.hits),
        has_more=len(results.hits) < results.total,
        count=_count(results),
        order=str(results.order),
        took=f"{results.took_ms:.0f} ms",
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


def _count(results: Results) -> str:
    if not results.total:
        return "Nothing found."
    count = f"{results.total:,}" if results.exact else f"more than {results.total:,}"
    noun = "hit" if results.total == 1 and results.exact else "hits"
    shown = f", the first {len(results.hits)} shown" if len(results.hits) < results.total else ""
    return f"{count} {noun}{shown}"
