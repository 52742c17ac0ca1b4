"""What a person types → what is searched. Nothing that can be typed is an error.

    words                    all of them, in any order, within about a minute of talk
    "some words"             just so, one after the other; curly and low quotes do as well
    this OR that, this | that
    -word  -"some words"     not where this is said; also NOT word
    begin*                   words that begin so; at least two letters
    a NEAR b, a NEAR/5 b     at most ten, or five, words between them
    title:x source:x tag:x speaker:x lang:x     and the same with a minus
    kind:x                                      speech, marker or note; likewise; without words
                                                a marker or note is listed itself
    from:D to:D after:D before:D on:D           D: 2024-08-13, 2024-08, 2024, today, yesterday,
                                                or 2024-08-13T20:00; the reader's time zone

Operators are written in capitals, since 'or' and 'near' are words as well. ``from:`` and ``to:``
take in the day that they name, ``after:`` and ``before:`` don't. What only looks like a field is
searched as text, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from recorder.types import utc_now
from transcribe import terms
from transcribe.errors import NotADate
from transcribe.marks import Kind

NEAR_BY_DEFAULT: Final = 10
"""Words that may stand between two that are NEAR; FTS5's own default."""

FIELDS: Final = ("title", "source", "tag", "speaker", "lang", "kind")
"""Fields that choose sessions or passages by what they are."""

DATES: Final = ("from", "to", "after", "before", "on")
"""Fields that choose passages by their wall clock."""

_LONGEST_TEXT = 2_000
_MOST_TERMS = 64  # FTS5 refuses expressions that nest deeper than 256
_SHORTEST_PREFIX = 2  # one letter begins so many words that finding them takes a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Terms one after the other; one is a word. With ``prefix``, the last one may go on."""

    terms: tuple[str, ...]
    prefix: bool = False

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """Itself alone: what is to be found in the text."""
        return (self,)

    def __str__(self) -> str:
        """As FTS5 takes it."""
        return _quoted(self.terms) + (" *" if self.prefix else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Phrases in any order with at most ``within`` words between them."""

    phrases: tuple[Phrase, ...]
    within: int = NEAR_BY_DEFAULT

    def __str__(self) -> str:
        """As FTS5 takes it."""
        return f"NEAR({' '.join(map(str, self.phrases))}, {self.within})"


Atom = Phrase | Near


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A field's value that is wanted, or not.

    Attributes:
        name: One of `FIELDS`.
        value: As typed.
    """

    name: str
    value: str
    wanted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is searched.

    Attributes:
        groups: Every group must be found, by any of its atoms.
        excluded: None of these may be.
        filters: All must hold.
        since: Earliest moment, or None.
        until: The moment from which on nothing is wanted any more, or None.
        notes: Sentences about what was understood otherwise than it may have been meant.
    """

    groups: tuple[tuple[Atom, ...], ...] = ()
    excluded: tuple[Atom, ...] = ()
    filters: tuple[Filter, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_limited(self) -> bool:
        """Whether it names a field."""
        return bool(self.filters or self.since or self.until)

    @property
    def lists_marks(self) -> bool:
        """Whether it has no words, and wants markers or notes."""
        return not self.groups and any(
            item.name == "kind" and item.wanted and item.value.lower() != Kind.SPEECH
            for item in self.filters
        )

    @property
    def crosses(self) -> bool:
        """Whether its words may stand on both sides of a border between passages."""
        return len(self.groups) > 1 or any(
            isinstance(atom, Near) or len(atom.terms) > 1 for group in self.groups for atom in group
        )

    @property
    def is_one_word(self) -> bool:
        """Whether there is nothing to be found but one word."""
        atoms = sum(self.groups, ())
        return len(atoms) == 1 and not self.crosses and not self.excluded

    @property
    def has_beginning(self) -> bool:
        """Whether words are wanted, or not, of which only the beginning is told."""
        atoms = sum(self.groups, self.excluded)
        return any(phrase.prefix for atom in atoms for phrase in atom.phrases)

    @property
    def wanted(self) -> str:
        """What must be found, for FTS5."""
        return " AND ".join(f"({_any(group)})" for group in self.groups)

    def wanted_across(self, longest: int) -> str:
        """What must be found where no more than so many words of a phrase may stand together."""
        groups = (
            tuple(part for atom in group for part in _parts(atom, longest)) for group in self.groups
        )
        return " AND ".join(f"({_any(group)})" for group in groups)

    def has_longer(self, longest: int) -> bool:
        """Whether a phrase has more words."""
        return any(
            len(phrase.terms) > longest
            for group in self.groups
            for atom in group
            for phrase in atom.phrases
        )

    @property
    def unwanted(self) -> str:
        """What must not be found, for FTS5; may be empty."""
        return _any(self.excluded)

    @property
    def match(self) -> str:
        """All of it, for FTS5; empty if nothing must be found."""
        if not self.groups or not self.excluded:
            return self.wanted
        return f"({self.wanted}) NOT ({self.unwanted})"


def parse(
    text: str,
    *,
    from_: str | None = None,
    to: str | None = None,
    source: str | None = None,
    zone: tzinfo | None = None,
) -> Query:
    """Understand what a person typed.

    Args:
        text: Anything.
        from_: A date as in the field ``from:``, given apart from the text.
        to: As in ``to:``.
        source: As in ``source:``.
        zone: Where a day begins; the machine's own zone if None.

    Raises:
        NotADate: ``from_`` or ``to`` is none.
    """
    reading = _Reading(zone=zone)
    if len(text) > _LONGEST_TEXT:
        reading.notes.append(f"Only the first {_LONGEST_TEXT:,} characters are searched.")
    for chunk in _chunks(text[:_LONGEST_TEXT]):
        reading.take(chunk)
    if from_:
        reading.not_before(moments(from_, zone=zone)[0])
    if to:
        reading.not_from(moments(to, zone=zone)[1])
    if source:
        reading.filters.append(Filter(name="source", value=source))
    return reading.finish()


def moments(text: str, *, zone: tzinfo | None = None) -> tuple[datetime, datetime]:
    """The beginning and the end of a year, month, day or minute.

    Args:
        text: As the fields for dates take it.
        zone: Where a day begins; the machine's own zone if None.

    Raises:
        NotADate: It is none.
    """
    try:
        first, last = _local_moments(text.strip().lower(), zone)
        return _aware(first, zone), _aware(last, zone)
    except (ValueError, OverflowError) as error:
        raise NotADate(
            f"'{text[:40]}' is not a date.",
            hint="Write 2024-08-13, 2024-08, 2024, today, yesterday or 2024-08-13T20:00.",
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    """A piece of the text, up to a blank or a quote's end."""

    minus: bool
    name: str  # before a colon
    text: str
    quoted: bool
    star: bool

    @property
    def whole(self) -> str:
        """As text, with what looked like a field's name."""
        return f"{self.name}:{self.text}" if self.name else self.text


_DOUBLE_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02", '"'))
_CHUNK = re.compile(
    r"""
    (?P<minus>(?<!\S)-)?
    (?:(?P<name>[^\W\d_]+):)?
    (?: "(?P<quoted>[^"]*)(?:"|\Z) | (?P<bare>[^\s"]+?) )
    (?P<star>\*?)
    (?(bare)(?=[\s"]|\Z))
    """,
    re.VERBOSE,
)


def _chunks(text: str) -> Iterator[_Chunk]:
    for match in _CHUNK.finditer(text.replace("\0", " ").translate(_DOUBLE_QUOTES)):
        quoted = match["quoted"]
        yield _Chunk(
            minus=bool(match["minus"]),
            name=match["name"] or "",
            text=match["bare"] if quoted is None else quoted,
            quoted=quoted is not None,
            star=bool(match["star"]) or (quoted or "").endswith("*"),
        )


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    zone: tzinfo | None
    groups: list[list[Atom]] = field(default_factory=list)
    excluded: list[Atom] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None
    notes: list[str] = field(default_factory=list)
    taken: int = 0  # terms
    operator: str = ""  # that waits for what follows it
    name: str = ""  # of a field that waits for its value
    minus: bool = False  # before that name

    def take(self, chunk: _Chunk) -> None:
        """Understand the next piece."""
        if self.name and not chunk.name:
            chunk = _Chunk(
                minus=self.minus,
                name=self.name,
                text=chunk.text,
                quoted=chunk.quoted,
                star=chunk.star,
            )
        self.name = ""
        if self._takes_name(chunk) or self._takes_operator(chunk):
            return
        if not (chunk.name and self._takes_field(chunk)):
            self._take_text(chunk)

    def _takes_name(self, chunk: _Chunk) -> bool:
        """``title: x`` with a blank: the value comes with the next chunk."""
        if chunk.name or chunk.quoted or not chunk.text.endswith(":"):
            return False
        name = chunk.text[:-1].lower()
        if name not in FIELDS + DATES:
            return False
        self.name, self.minus = name, chunk.minus
        return True

    def _takes_operator(self, chunk: _Chunk) -> bool:
        if chunk.quoted or chunk.name or chunk.minus:
            return False
        if chunk.text in ("AND", "&", "&&"):
            return True
        is_operator = chunk.text in ("OR", "|", "||", "NOT") or _NEAR.fullmatch(chunk.text)
        if not is_operator or (chunk.text != "NOT" and not self.groups):
            return False
        self.operator = chunk.text
        return True

    def _takes_field(self, chunk: _Chunk) -> bool:
        name = chunk.name.lower()
        if name in DATES:
            return self._takes_date(name, chunk)
        if name in FIELDS:
            return self._takes_filter(name, chunk)
        if not chunk.text.startswith("//"):  # an address has a colon, and isn't meant as a field
            self.notes.append(f"There is no field '{chunk.name}:', so it is searched as text.")
        return False

    def _takes_filter(self, name: str, chunk: _Chunk) -> bool:
        if name == "kind" and chunk.text.lower() not in set(Kind):
            kinds = ", ".join(Kind)
            self.notes.append(f"'kind:' is one of {kinds}, so '{chunk.text}' is searched as text.")
            return False
        if terms.terms(chunk.text):
            self.filters.append(Filter(name=name, value=chunk.text, wanted=not chunk.minus))
        else:
            self.notes.append(f"'{name}:' says nothing to look for, so it is left out.")
        return True

    def _takes_date(self, name: str, chunk: _Chunk) -> bool:
        if chunk.minus:
            self.notes.append(f"'{name}:' takes no minus, so it is searched as text.")
            return False
        try:
            first, end = moments(chunk.text, zone=self.zone)
        except NotADate:
            self.notes.append(f"'{chunk.text[:40]}' is not a date, so it is searched as text.")
            return False
        if name in ("from", "on"):
            self.not_before(first)
        if name in ("to", "on"):
            self.not_from(end)
        if name == "after":
            self.not_before(end)
        if name == "before":
            self.not_from(first)
        return True

    def not_before(self, moment: datetime) -> None:
        """Want nothing earlier."""
        self.since = max(self.since, moment) if self.since else moment

    def not_from(self, moment: datetime) -> None:
        """Want nothing from this moment on."""
        self.until = min(self.until, moment) if self.until else moment

    def _take_text(self, chunk: _Chunk) -> None:
        found = tuple(terms.terms(chunk.whole))
        operator, self.operator = self.operator, ""
        if not found:
            return
        room = _MOST_TERMS - self.taken
        if len(found) > room:
            self.notes.append(f"Only the first {_MOST_TERMS} words are searched.")
            found = found[:room]
        if not found:
            return
        self.taken += len(found)
        atom = Phrase(terms=found, prefix=self._is_prefix(chunk, found[-1]))
        if chunk.minus or operator == "NOT":
            self.excluded.append(atom)
        elif operator in ("OR", "|", "||"):
            self.groups[-1].append(atom)
        elif operator:
            self.groups[-1][-1] = _near(self.groups[-1][-1], atom, operator)
        else:
            self.groups.append([atom])

    def _is_prefix(self, chunk: _Chunk, last: str) -> bool:
        if chunk.star and len(last) < _SHORTEST_PREFIX and last.isascii():
            self.notes.append(f"'{last}*' is too short, so only the word itself is searched.")
            return False
        return chunk.star

    def finish(self) -> Query:
        """What it came to."""
        if self.name:
            self._take_text(
                _Chunk(minus=self.minus, name="", text=self.name, quoted=False, star=False)
            )
        elif self.operator:  # at the end it is a word
            word, self.operator = self.operator, ""
            self._take_text(_Chunk(minus=False, name="", text=word, quoted=False, star=False))
        if self.since and self.until and self.since >= self.until:
            self.notes.append("The dates leave no time between them.")
        return Query(
            groups=tuple(dict.fromkeys(tuple(dict.fromkeys(group)) for group in self.groups)),
            excluded=tuple(dict.fromkeys(self.excluded)),
            filters=tuple(self.filters),
            since=self.since,
            until=self.until,
            notes=tuple(dict.fromkeys(self.notes)),
        )


_NEAR = re.compile(r"NEAR(?:/(\d{1,3}))?", re.ASCII)


def _near(left: Atom, right: Phrase, operator: str) -> Near:
    match = _NEAR.fullmatch(operator)
    within = int(match[1]) if match and match[1] else NEAR_BY_DEFAULT
    return Near(phrases=(*left.phrases, right), within=within)


def _any(atoms: tuple[Atom, ...]) -> str:
    return " OR ".join(map(str, atoms))


def _parts(atom: Atom, longest: int) -> list[Atom]:
    """A phrase that is too long, as all its stretches that aren't; else the atom itself."""
    if isinstance(atom, Near) or len(atom.terms) <= longest:
        return [atom]
    lasts = range(longest, len(atom.terms) + 1)
    return [
        Phrase(
            terms=atom.terms[last - longest : last],
            prefix=atom.prefix and last == len(atom.terms),
        )
        for last in lasts
    ]


def _quoted(found: tuple[str, ...]) -> str:
    inside = " ".join(found).replace('"', '""')
    return f'"{inside}"'


_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?", re.ASCII)


def _local_moments(text: str, zone: tzinfo | None) -> tuple[datetime, datetime]:
    today = utc_now().astimezone(zone).date()
    if text in ("today", "yesterday"):
        return _day(today if text == "today" else today - timedelta(days=1))
    match = _DATE.fullmatch(text)
    if not match:
        moment = datetime.fromisoformat(text)
        return moment, moment + timedelta(minutes=1)
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if day:
        return _day(date(year, month, day))
    if month:
        following = date(year + month // 12, month % 12 + 1, 1)
        return _midnight(date(year, month, 1)), _midnight(following)
    return _midnight(date(year, 1, 1)), _midnight(date(year + 1, 1, 1))


def _day(day: date) -> tuple[datetime, datetime]:
    return _midnight(day), _midnight(day + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _aware(moment: datetime, zone: tzinfo | None) -> datetime:
    if moment.tzinfo is None and zone is not None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(utc_now().tzinfo)
