"""What a search page shows: hits with their marks, what narrows them, an honest footer. No Qt.

Searching    answers the newest question: at once as well as can be, then exactly
page_after   what comes after the hits that are shown
spread       sources, years, speakers, tags, languages, kinds of what is found
narrowed     a query with such a value, or without it again
arranged     hits, flat or under the heads of their sessions
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from app.gui.presenters import figures, reasons, words
from app.gui.presenters.language import translate
from recorder.archive import Archive
from recorder.errors import storage_error
from recorder.types import Seconds, SessionId

if TYPE_CHECKING:  # loads sqlite-utils, and that numpy: not before somebody searches
    from transcribe.asking import Answer, Asker, Question
    from transcribe.database import Database
    from transcribe.facets import Facets
    from transcribe.hits import Hit
    from transcribe.saved import Saved
    from transcribe.search import Results

FIRST_PAGE = 24
"""Hits of a first answer, which somebody who types waits for: as many as a large window shows."""

PAGE = 60
"""Hits that are fetched at once as one scrolls."""

MOST_VALUES = 6
"""Values of each kind that a search can be narrowed by at a click."""

_LAST_WORD = re.compile(r"(?<![^\s\"(-])[^\s\":*()-]{2,}$")


class Sorted(StrEnum):
    """How hits are to be sorted; as `transcribe.search.Order`, which isn't loaded here."""

    BEST = "best first"
    NEWEST = "newest first"

    @property
    def word(self) -> str:
        """It, as people read it."""
        if self is Sorted.BEST:
            return translate("Search", "best first")
        return translate("Search", "newest first")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadEntry:
    """The session that the hits below are from."""

    session: SessionId
    title: str
    when: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HitEntry:
    """A hit.

    Attributes:
        marks: From and to of the found words in ``text``.
        title: The session's.
        said_at: Wall clock, as people read it.
        before: What was said before it.
        after: What was said after it.
        link: For 'aircheck show' and other programs.
        kind: As `transcribe.marks.Kind`; ``session`` of a session as a whole.
    """

    session: SessionId
    start_s: Seconds
    text: str
    marks: tuple[tuple[int, int], ...]
    speaker: str
    end_s: Seconds = Seconds(0)  # noqa: RUF009 (a float with a name)
    title: str = ""
    said_at: str = ""
    day: str = ""
    source: str = ""
    before: str = ""
    after: str = ""
    link: str = ""
    kind: str = "speech"

    @property
    def is_written(self) -> bool:
        """Whether somebody marked or noted it; else it was said, or is a session as a whole."""
        return self.kind in ("marker", "note")

    @property
    def by(self) -> str:
        """Who said it, or as what it was written; or empty."""
        return kind_word(self.kind) if self.is_written else self.speaker


def kind_word(kind: str) -> str:
    """What is found, as people call it, by `transcribe.marks.Kind`'s value."""
    return {
        "speech": translate("Search", "Said"),
        "marker": translate("Search", "Marker"),
        "note": translate("Search", "Note"),
    }.get(kind, kind)


Entry = HeadEntry | HitEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is searched.

    Attributes:
        session: The only session, or empty.
    """

    query: str
    order: Sorted = Sorted.BEST
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search page shows.

    Attributes:
        asked: What was searched.
        answers: What was asked, where that isn't what was searched (`wider`); or None.
        next_page: Names the hits after these; empty where there are no more.
        count: How many, in words.
        order: How they really are sorted.
        took: How long it took, in words.
        notes: Sentences about what was understood otherwise than it may have been meant.
        suggestion: What may have been meant, where nothing was found; or empty.
    """

    asked: Asked
    hits: tuple[HitEntry, ...]
    next_page: str
    count: str
    order: str
    took: str
    notes: tuple[str, ...] = ()
    suggestion: str = ""
    answers: Asked | None = None

    @property
    def question(self) -> Asked:
        """What was asked."""
        return self.answers or self.asked

    @property
    def footer(self) -> str:
        """How many, in what order, how fast."""
        if not self.hits:
            return self.count
        return f"{self.count} · {Sorted(self.order).word} · {self.took}"

    def and_then(self, page: Found) -> Found:
        """With the hits of the next page."""
        return replace(self, hits=self.hits + page.hits, next_page=page.next_page)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Why there is no answer."""

    asked: Asked
    message: words.Message


Told = Callable[[Found | Failed], None]
Indexed = Callable[[int, int], None]


class Searching:
    """Answers the newest question: at once as well as can be, then exactly.

    `ask_at_once` and `leave` are called on the thread of whoever asks; `ask` and `rest`, which may
    take long, on another one.

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
        self._lock = threading.Lock()
        self._asker: Asker | None = None
        self._is_left = True

    def ask_at_once(self, asked: Asked, zone: tzinfo | None) -> bool:
        """Ask if that takes no time; returns whether it was done, and else wants `ask`."""
        with self._lock:
            self._is_left = False
            if self._asker is not None:
                self._asker.ask(_question(asked, zone))
            return self._asker is not None

    def leave(self) -> None:
        """Want nothing any more: `rest` follows, and does nothing if something is asked before."""
        with self._lock:
            self._is_left = True

    def ask(self, asked: Asked, zone: tzinfo | None) -> None:
        """Ask, in place of what was asked before; the answers follow.

        Args:
            asked: Any text.
            zone: That days are shown in.
        """
        from transcribe.asking import Asker  # noqa: PLC0415 (as above)

        with self._lock:
            if self._asker is None:
                self._asker = Asker(self._archive, self._tell, self._indexed)
            self._asker.ask(_question(asked, zone))

    def rest(self) -> None:
        """Answer nothing more, if nothing was asked since `leave`; twice unharmed."""
        with self._lock:
            if not self._is_left:
                return
            asker, self._asker = self._asker, None
        if asker is not None:
            asker.close()

    def _tell(self, answer: Answer) -> None:
        question = answer.question
        asked = Asked(
            query=question.text,
            order=Sorted(question.order),
            session=str(question.session or ""),
        )
        if answer.results is not None:
            searched = replace(asked, query=question.wider) if answer.is_wider else asked
            found = _found(searched, answer.results, datetime.now(question.zone))
            self._told(_noted(replace(found, answers=asked)) if answer.is_wider else found)
        elif answer.problem is not None:
            self._told(Failed(asked=asked, message=words.Message.of(answer.problem)))


def _question(asked: Asked, zone: tzinfo | None) -> Question:
    from transcribe.asking import Question  # noqa: PLC0415 (as above)
    from transcribe.search import Order  # noqa: PLC0415 (as above)

    return Question(
        text=asked.query,
        wider=wider(asked.query),
        session=asked.session or None,
        order=Order(asked.order),
        limit=FIRST_PAGE,
        zone=zone,
    )


def indexing(done: int, total: int) -> str:
    """How far the index is; empty when it is complete."""
    if done >= total:
        return ""
    return translate("Search", "{done} of %n session(s) are indexed", n=total).format(
        done=figures.number(done)
    )


def page_after(archive: Archive, found: Found, zone: tzinfo | None) -> Found:
    """The hits after those that are shown.

    Raises:
        IndexBroken: The index is damaged.
        IndexBusy: It was locked for 5 s.
        StorageError: The disk refuses.
    """
    from transcribe import database, search  # noqa: PLC0415 (as above)

    asked = found.asked
    with contextlib.closing(database.open(archive.root)) as index:
        results = search.search(
            index,
            asked.query,
            session=asked.session or None,
            order=search.Order(found.order),
            thorough=found.order == Sorted.BEST,  # or of many hits the next would be the newest
            limit=PAGE,
            page=found.next_page,
            zone=zone,
        )
    return _found(asked, results, datetime.now(zone))


class Field(StrEnum):
    """What a search can be narrowed by; the values are the query's fields."""

    SOURCE = "source"
    YEAR = "on"
    SPEAKER = "speaker"
    TAG = "tag"
    LANGUAGE = "lang"
    KIND = "kind"

    @property
    def word(self) -> str:
        """It, as people read it."""
        return {
            Field.SOURCE: translate("Search", "Source"),
            Field.YEAR: translate("Search", "Year"),
            Field.SPEAKER: translate("Search", "Speaker"),
            Field.TAG: translate("Search", "Tag"),
            Field.LANGUAGE: translate("Search", "Language"),
            Field.KIND: translate("Search", "Kind"),
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value of a field.

    Attributes:
        count: Matches that have it.
        is_on: Whether the query asks for it.
    """

    field: Field
    value: str
    count: int
    is_on: bool


class Spreading:
    """Counts how what is found is spread; gives up for a newer question.

    `spread` is called from one thread at a time, `give_up` from any.

    Args:
        archive: Whose index.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lock = threading.Lock()
        self._opened: Database | None = None
        self._turn = 0

    def spread(self, asked: Asked, zone: tzinfo | None) -> tuple[Value, ...]:
        """The commonest values of each kind; nothing if it was given up.

        Raises:
            IndexBroken: The index is damaged.
            IndexBusy: It was locked for 5 s.
            StorageError: The disk refuses.
        """
        from transcribe import database, facets  # noqa: PLC0415 (as above)
        from transcribe.errors import Interrupted  # noqa: PLC0415 (as above)

        turn = self._turn
        with contextlib.closing(database.open(self._archive.root)) as index:
            index.give_up_when(lambda: self._turn != turn)
            with self._lock:
                self._opened = index
            try:
                found = facets.facets(
                    index, asked.query, session=asked.session or None, limit=MOST_VALUES, zone=zone
                )
            except Interrupted:
                return ()
            finally:
                with self._lock:
                    self._opened = None
        return _values(found, asked.query)

    def give_up(self) -> None:
        """Let what is being counted end at once."""
        with self._lock:
            self._turn += 1
            if self._opened is not None:
                self._opened.interrupt()


def _values(found: Facets, query: str) -> tuple[Value, ...]:
    kinds = (
        (Field.SOURCE, found.sources),
        (Field.YEAR, found.years),
        (Field.SPEAKER, found.speakers),
        (Field.TAG, found.tags),
        (Field.LANGUAGE, found.languages),
        (Field.KIND, found.kinds if _tells_kinds(found, query) else ()),
    )
    return tuple(
        Value(
            field=kind,
            value=each.value,
            count=each.count,
            is_on=_part(kind, each.value) in query,
        )
        for kind, values in kinds
        for each in values
        if each.value
    )


def _tells_kinds(found: Facets, query: str) -> bool:
    """Whether there is a choice; in most archives all was said."""
    return len(found.kinds) > 1 or any(
        _part(Field.KIND, each.value) in query for each in found.kinds
    )


def narrowed(query: str, field: Field, value: str) -> str:
    """A query with a field's value; without it, where it has it already."""
    part = _part(field, value)
    if part in query:
        return " ".join(query.replace(part, " ").split())
    return f"{query.rstrip()} {part}".strip()


def _part(field: Field, value: str) -> str:
    """``speaker:"Ada"``: whatever the value is, it is one value."""
    plain = " ".join(value.replace('"', " ").split())
    return f"{field}:{plain}" if field is Field.YEAR else f'{field}:"{plain}"'


def beginning_of(text: str) -> str:
    """The word that is being typed at the end of a query, if it may be completed; or empty."""
    found = _LAST_WORD.search(text)
    return found[0] if found else ""


def wider(query: str) -> str:
    """The same with all that begins like its last word, which may not be typed to its end yet.

    Empty where no word stands at the end.
    """
    return f"{query}*" if beginning_of(query) else ""


def _noted(found: Found) -> Found:
    """What a wider search found; a note says so."""
    if not found.hits:
        return found
    note = translate("Search", "with words that begin with “{beginning}”").format(
        beginning=beginning_of(found.question.query)
    )
    return replace(found, notes=(note, *found.notes))


def completions(archive: Archive, beginning: str, most: int = 6) -> tuple[str, ...]:
    """The commonest words of the archive that begin so; not the word itself.

    Raises:
        IndexBroken: The index is damaged.
        IndexBusy: It was locked for 5 s.
        StorageError: The disk refuses.
    """
    from transcribe import database, suggest  # noqa: PLC0415 (as above)

    if not database.path_of(archive.root).exists():
        return ()
    with contextlib.closing(database.open(archive.root)) as index:
        found = suggest.completions(index, beginning, limit=most + 1)
    return tuple(word for word in found if word != beginning.lower())[:most]


def completed(text: str, word: str) -> str:
    """A query whose last word is another one now."""
    beginning = beginning_of(text)
    return f"{text.removesuffix(beginning)}{word} "


def kept(archive: Archive) -> tuple[Saved, ...]:
    """The searches that are kept, by name.

    Raises:
        NotASearch: The file can't be read.
        StorageError: The disk refuses.
    """
    from transcribe import saved  # noqa: PLC0415 (as above)

    return tuple(saved.searches(archive.root))


def keep(archive: Archive, name: str, asked: Asked) -> None:
    """Keep a search under a name.

    Raises:
        NotASearch: The name is empty, or the file can't be read.
        StorageError: The disk refuses.
    """
    from transcribe import saved  # noqa: PLC0415 (as above)

    saved.save(
        archive.root,
        saved.Saved(
            name=name.strip(), text=asked.query, session=asked.session, order=str(asked.order)
        ),
    )


def rename(archive: Archive, name: str, new_name: str) -> None:
    """Call a kept search otherwise; one that has the new name already stays as it is.

    Raises:
        NotASearch: There is none of that name, the new one is taken or empty.
        StorageError: The disk refuses.
    """
    from transcribe import saved  # noqa: PLC0415 (as above)
    from transcribe.errors import NotASearch  # noqa: PLC0415 (as above)

    found, wanted = saved.find(archive.root, name), new_name.strip()
    others = [each for each in saved.searches(archive.root) if each != found]
    if any(each.name.casefold() == wanted.casefold() for each in others):
        raise NotASearch(
            translate("Search", "Another search is saved as '{name}' already.").format(name=wanted),
            safe=translate("Search", "Both are as they were."),
            hint=translate("Search", "Choose another name."),
        )
    saved.save(archive.root, replace(found, name=wanted))
    if wanted.casefold() != name.casefold():
        saved.remove(archive.root, name)


def forget(archive: Archive, name: str) -> None:
    """Forget a kept search.

    Raises:
        NotASearch: There is none of that name.
        StorageError: The disk refuses.
    """
    from transcribe import saved  # noqa: PLC0415 (as above)

    saved.remove(archive.root, name)


def asked_of(item: Saved) -> Asked:
    """What a kept search asks, its limits as the query's fields."""
    limits = [
        f"from:{item.from_}" if item.from_ else "",
        f"to:{item.to}" if item.to else "",
        f'source:"{item.source}"' if item.source else "",
    ]
    return Asked(
        query=" ".join(part for part in (item.text, *limits) if part),
        order=Sorted(item.order) if item.order in set(Sorted) else Sorted.BEST,
        session=item.session,
    )


def write_all(archive: Archive, asked: Asked, path: Path, zone: tzinfo | None) -> int:
    """Write every hit into a file: CSV, or JSON where its name ends so.

    Returns:
        How many there are.

    Raises:
        IndexBroken: The index is damaged.
        IndexBusy: It was locked for 5 s.
        StorageError: The disk refuses; there is no such file then.
    """
    from transcribe import database, listing, search  # noqa: PLC0415 (as above)

    wanted = listing.Wanted(
        text=asked.query,
        session=asked.session or None,
        order=search.Order(asked.order),
        zone=zone,
    )
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with (
            contextlib.closing(database.open(archive.root)) as index,
            unfinished.open("w", encoding="utf-8", newline="") as file,
        ):
            hits = listing.every(index, wanted)
            if path.suffix.lower() == ".json":
                count = listing.write_json(hits, file, asked.query)
            else:
                count = listing.write_csv(hits, file)
        unfinished.replace(path)
    except OSError as error:
        raise storage_error(error, doing=f"writing {path.name}") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count


def arranged(
    hits: Iterable[HitEntry], *, grouped: bool, after: HitEntry | None = None
) -> Iterator[Entry]:
    """Hits under the heads of their sessions, or alone.

    Sessions come in the order of their first hits, and hits in theirs.

    Args:
        hits: Of one page.
        grouped: Whether there are heads.
        after: The last hit before these; its session's head needn't be said again.
    """
    if not grouped:
        yield from hits
        return
    found = list(hits)
    order = {hit.session: place for place, hit in reversed(list(enumerate(found)))}
    if after is not None and after.session in order:
        order[after.session] = -1
    together = sorted(found, key=lambda hit: order[hit.session])
    for session, group in groupby(together, key=lambda hit: hit.session):
        of_session = list(group)
        if after is None or session != after.session:
            first = of_session[0]
            yield HeadEntry(session=session, title=first.title, when=first.day, source=first.source)
        yield from of_session


def _found(asked: Asked, results: Results, now: datetime) -> Found:
    return Found(
        asked=asked,
        hits=tuple(_entry(hit, now) for hit in results.hits),
        next_page=results.next_page,
        count=_count(results),
        order=str(results.order),
        took=_took(results.took_ms),
        notes=tuple(map(reasons.in_own_words, results.notes)),
        suggestion=results.suggestion,
    )


def _took(took_ms: float) -> str:
    if took_ms < 1:
        return translate("Search", "less than 1 ms")
    return translate("Search", "{ms:.0f} ms").format(ms=took_ms)


def _entry(hit: Hit, now: datetime) -> HitEntry:
    said_at = hit.started_at.astimezone(now.tzinfo)
    return HitEntry(
        session=SessionId(hit.session),
        start_s=hit.start_s,
        end_s=hit.end_s,
        text=hit.snippet,
        marks=hit.marks,
        speaker=hit.speaker,
        title=hit.title,
        said_at=f"{said_at:%H:%M:%S}",
        day=words.day(hit.session_started_at, now),
        source=short_source(hit.source),
        before=hit.before,
        after=hit.after,
        link=hit.link,
        kind=hit.kind or "session",
    )


def short_source(source: str) -> str:
    """A source in a word: of an address, its host; of a file, its name."""
    match = re.match(r"https?://(?:[^/@]*@)?([^/:?#]+)", source)
    if match:
        return match[1]
    return Path(source).name if "/" in source else source


def _count(results: Results) -> str:
    if not results.total:
        return translate("Search", "Nothing found.")
    if not results.exact:
        return translate("Search", "{count}+ hits").format(count=figures.number(results.total))
    return translate("Search", "%n hit(s)", n=results.total)
