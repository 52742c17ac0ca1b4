"""The library's list: filtered, sorted, counted, and its selection in words. No Qt; any thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from app import shelf
from app.gui.presenters import figures, words
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.shelf import Collection, Filter, Kind
from recorder.archive import SessionFolder, Summary
from recorder.trash import Trashed
from recorder.types import State

_DAWN = datetime.min.replace(tzinfo=UTC)


class Sort(StrEnum):
    """What the list is sorted by."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    LONGEST = "longest"
    SOURCE = "source"
    STATE = "state"

    @property
    def word(self) -> str:
        """It, as people read it."""
        return {
            Sort.NEWEST: translate("Library", "Newest first"),
            Sort.OLDEST: translate("Library", "Oldest first"),
            Sort.TITLE: translate("Library", "By title"),
            Sort.LONGEST: translate("Library", "Longest first"),
            Sort.SOURCE: translate("Library", "By source"),
            Sort.STATE: translate("Library", "By state"),
        }[self]


def kind_word(kind: Kind) -> str:
    """A kind of session, as people read it."""
    return {
        Kind.LIVE: translate("Library", "Live"),
        Kind.TO_COME: translate("Library", "To come"),
        Kind.INTERRUPTED: translate("Library", "Interrupted"),
        Kind.DONE: translate("Library", "Done"),
        Kind.RECOVERED: translate("Library", "Recovered"),
        Kind.FAILED: translate("Library", "Failed"),
        Kind.UNREADABLE: translate("Library", "Unreadable"),
    }[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A value that sessions have, and how many have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What there is to choose from, in the whole archive.

    Attributes:
        kinds: In the order of `Kind`.
        sources: The commonest first.
        years: The latest first.
        tags: By name; spellings that differ in case alone are one.
        collections: By name, each with its sessions' count.
    """

    kinds: tuple[Counted, ...] = ()
    sources: tuple[Counted, ...] = ()
    years: tuple[Counted, ...] = ()
    tags: tuple[Counted, ...] = ()
    collections: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be listed."""

    filter: Filter = field(default_factory=Filter)
    sort: Sort = Sort.NEWEST
    collection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The list.

    Attributes:
        total: Sessions in the archive.
        duration_s: Of those that are listed, together.
    """

    asked: Asked
    rows: tuple[Row, ...]
    total: int
    duration_s: float
    spread: Spread

    @property
    def sentence(self) -> str:
        """How many, of how many, how long."""
        count = len(self.rows)
        if not self.total:
            return ""
        told = translate("Library", "%n session(s)", n=count)
        if count < self.total:
            told = translate("Library", "{count} of %n session(s)", n=self.total).format(
                count=figures.number(count)
            )
        return f"{told} · {words.length(self.duration_s)}" if self.duration_s else told


def browse(
    rows: Sequence[Row],
    asked: Asked,
    collections: Sequence[Collection],
    known: Spread | None = None,
) -> Listing:
    """Filter, sort and count. Takes some milliseconds for ten thousand sessions.

    Args:
        rows: All of them.
        asked: Which are wanted.
        collections: All of them.
        known: What there is to choose from, where these rows and collections were counted before.
    """
    within = next((each for each in collections if each.name == asked.collection), None)
    found = [
        row
        for row in rows
        if asked.filter.holds(row.summary, transcribed=row.is_transcribed)
        and (within is None or within.holds(row.summary, transcribed=row.is_transcribed))
    ]
    return Listing(
        asked=asked,
        rows=tuple(_sorted(found, asked.sort)),
        total=len(rows),
        duration_s=sum(row.summary.duration_s for row in found),
        spread=known or _spread(rows, collections),
    )


def begun(summary: Summary) -> datetime | None:
    """When a session began, or is to begin, or was made."""
    return summary.started_at or summary.announced_for or summary.created_at


def _sorted(rows: list[Row], sort: Sort) -> list[Row]:
    newest = sorted(rows, key=lambda row: begun(row.summary) or _DAWN, reverse=True)
    match sort:
        case Sort.NEWEST:
            return newest
        case Sort.OLDEST:
            return newest[::-1]
        case Sort.LONGEST:
            return sorted(newest, key=lambda row: -row.summary.duration_s)
        case Sort.TITLE:
            return sorted(newest, key=lambda row: row.summary.title.casefold())
        case Sort.SOURCE:
            return sorted(newest, key=lambda row: shelf.source_of(row.summary))
        case Sort.STATE:
            order = list(Kind)
            return sorted(newest, key=lambda row: order.index(shelf.kind_of(row.summary)))


def _spread(rows: Sequence[Row], collections: Sequence[Collection]) -> Spread:
    summaries = [row.summary for row in rows]
    kinds = Counter(map(shelf.kind_of, summaries))
    sources = Counter(source for each in summaries if (source := shelf.source_of(each)))
    years = Counter(year for each in summaries if (year := shelf.year_of(each)))
    return Spread(
        kinds=tuple(Counted(value=kind, count=kinds[kind]) for kind in Kind if kinds[kind]),
        sources=tuple(Counted(value=value, count=count) for value, count in sources.most_common()),
        years=tuple(
            Counted(value=str(year), count=years[year]) for year in sorted(years, reverse=True)
        ),
        tags=_tags(summaries),
        collections=tuple(
            Counted(
                value=each.name,
                count=sum(each.holds(row.summary, transcribed=row.is_transcribed) for row in rows),
            )
            for each in collections
        ),
    )


def _tags(summaries: Iterable[Summary]) -> tuple[Counted, ...]:
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for summary in summaries:
        for key in {tag.casefold(): tag for tag in summary.tags}.items():
            counts[key[0]] += 1
            spelled.setdefault(*key)
    return tuple(Counted(value=spelled[key], count=counts[key]) for key in sorted(counts))


def chosen_sentence(rows: Sequence[Row]) -> str:
    """A selection in words: ``3 sessions · 4 h 12 min``."""
    if len(rows) == 1:
        return rows[0].summary.title or rows[0].summary.folder.name
    told = translate("Library", "%n session(s)", n=len(rows))
    duration_s = sum(row.summary.duration_s for row in rows)
    return f"{told} · {words.length(duration_s)}" if duration_s else told


def trashed_row(trashed: Trashed) -> Row:
    """A session in the trash, as the list shows it."""
    summary = trashed.folder.summary()
    thrown = translate("Library", "thrown away {when}").format(
        when=words.day(trashed.trashed_at, datetime.now(UTC).astimezone())
    )
    look = words.Look(icon="trash-2", word=thrown, role="muted")
    return Row(summary=summary, is_transcribed=True, said=look)


def may_transcribe(row: Row) -> bool:
    """Whether a transcript of it can be asked for."""
    return bool(row.summary.duration_s) and not row.is_open and not row.summary.problem


def may_export(row: Row) -> bool:
    """Whether something of it can be exported."""
    return row.summary.state is State.DONE and not row.summary.problem


def may_trash(row: Row) -> bool:
    """Whether it can be thrown away: no recorder is at work on it."""
    return not row.is_live


def folders_of(rows: Iterable[Row]) -> tuple[SessionFolder, ...]:
    """Their folders."""
    return tuple(SessionFolder(row.summary.folder) for row in rows)


def tags_of(text: str) -> tuple[str, ...]:
    """The tags that somebody typed, separated by commas; each once."""
    typed = (" ".join(part.split()) for part in text.split(","))
    return tuple({tag.casefold(): tag for tag in typed if tag}.values())


def with_tags(before: tuple[str, ...], added: tuple[str, ...]) -> tuple[str, ...]:
    """A session's tags with others; one that it has already isn't added twice."""
    there = {tag.casefold() for tag in before}
    return (*before, *(tag for tag in added if tag.casefold() not in there))


def without_tag(before: tuple[str, ...], gone: str) -> tuple[str, ...]:
    """A session's tags without one, however it is spelled."""
    return tuple(tag for tag in before if tag.casefold() != gone.casefold())
