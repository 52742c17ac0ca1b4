"""Where in the words that were really said the searched ones stand, and how that is shown.

The database says which passages match, not where. A page has few hits, so each is read again here,
term by term: the densest place is the hit, and what is shown around it is the segments' own text.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from recorder.types import Seconds
from transcribe import terms
from transcribe.marks import Kind
from transcribe.query import Atom, Near, Phrase

LINES_AROUND: Final = 2
"""Segments before and after a match that are told with it."""

_DENSE_TERMS = 30  # words that are shown together
_BEFORE = 60  # characters of the snippet before the match
_LENGTH = 240  # characters of the snippet
_CUT = "…"


class Line(NamedTuple):
    """A segment as the index holds it; a tuple, as a page of hits takes hundreds of them.

    Attributes:
        outside: Whether it is only there to be shown around what was found.
    """

    start_s: Seconds
    end_s: Seconds
    speaker: str
    text: str
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A match in its surroundings.

    Attributes:
        start_s: Session time of the segment in which it begins.
        end_s: Session time of the end of the segment in which it ends.
        text: These segments' text.
        snippet: About 240 characters around it. It begins with words of ``speaker``; where
            another one goes on, a dash and the name stand before.
        marks: Where in ``snippet`` the searched words stand: (start, end) in characters.
        speaker: Who speaks where it begins, or empty.
        before: The text of up to two segments before.
        after: The text of up to two segments after.
    """

    start_s: Seconds
    end_s: Seconds
    text: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    speaker: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A search result.

    Attributes:
        session: The session's ULID.
        title: The session's.
        start_s: Session time of the segment in which the match begins.
        end_s: Session time of the end of the segment in which it ends.
        kind: What was found; None where whole sessions were searched.
        text: These segments' text; the title where whole sessions were searched.
        snippet: About 240 characters around the match, as in `Found`.
        marks: Where in ``snippet`` the searched words stand: (start, end) in characters, in order.
        speaker: Who speaks there, or empty.
        language: Whisper's code; empty where whole sessions were searched.
        source: The session's first source.
        session_started_at: Wall clock of session time 0.
        before: The text of up to two segments before; of a mark, what was said before it.
        after: The text of up to two segments after; of a mark, what was said from there on.
    """

    session: str
    title: str
    kind: Kind | None
    start_s: Seconds
    end_s: Seconds
    text: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    speaker: str
    language: str
    source: str
    session_started_at: datetime
    before: str = ""
    after: str = ""

    @property
    def link(self) -> str:
        """Where it is, for 'aircheck show' and other programs: ``aircheck:ID#t=62.4``.

        The fragment is a media fragment (https://www.w3.org/TR/media-frags/), in session time.
        """
        return f"aircheck:{self.session}#t={self.start_s:.1f}"

    @property
    def started_at(self) -> datetime:
        """Wall clock of ``start_s``."""
        return self.session_started_at + timedelta(seconds=self.start_s)

    def marked(self, before: str = "«", after: str = "»") -> str:
        """The snippet with the searched words between two markers."""
        pieces, at = [], 0
        for start, end in self.marks:
            pieces += [self.snippet[at:start], before, self.snippet[start:end], after]
            at = end
        return "".join([*pieces, self.snippet[at:]])


def holds(said: Sequence[str], groups: Iterable[tuple[Atom, ...]]) -> bool:
    """Whether every group has an atom that stands in these terms."""
    places = _Places(said)
    return all(any(places.of(atom) for atom in group) for group in groups)


def find(
    lines: Sequence[Line], groups: Sequence[tuple[Atom, ...]], speakers: frozenset[str]
) -> Found:
    """Find the place in a passage where most of the groups stand together.

    Args:
        lines: The passage's segments in order, with some around it that are ``outside``; at least
            one isn't.
        groups: What is searched; may be empty.
        speakers: Whose words are preferred; may be empty.
    """
    page = _Page(lines)
    spans = page.spans(groups)
    best = page.densest(spans, speakers)
    return page.around(best, spans)


@dataclass(frozen=True, slots=True)
class _Span:
    """Terms from ``first`` up to ``end``, which an atom of ``group`` matched."""

    first: int
    end: int
    group: int


class _Places:
    """Where terms stand in a text."""

    def __init__(self, said: Sequence[str]) -> None:
        self._said = said

    def of(self, atom: Atom) -> list[tuple[int, int]]:
        """First and end of each match, in order."""
        if isinstance(atom, Phrase):
            return self._of_phrase(atom)
        found = [self._of_phrase(phrase) for phrase in atom.phrases]
        return sorted({span for spans in found for span in spans if _is_near(span, found, atom)})

    def _of_phrase(self, phrase: Phrase) -> list[tuple[int, int]]:
        wanted = phrase.terms
        if phrase.prefix and len(wanted) == 1:
            places = [place for place, term in enumerate(self._said) if term.startswith(wanted[0])]
        else:
            places = [place for place in self._places(wanted[0]) if self._goes_on(place, phrase)]
        return [(place, place + len(wanted)) for place in places]

    def _places(self, term: str) -> list[int]:
        found: list[int] = []
        with contextlib.suppress(ValueError):  # its way to say that there is no more
            while True:
                found.append(self._said.index(term, found[-1] + 1 if found else 0))
        return found

    def _goes_on(self, place: int, phrase: Phrase) -> bool:
        wanted = phrase.terms
        said = self._said[place : place + len(wanted)]
        if not phrase.prefix:
            return tuple(said) == wanted
        return (
            tuple(said[:-1]) == wanted[:-1]
            and len(said) == len(wanted)
            and (said[-1].startswith(wanted[-1]))
        )


def _is_near(span: tuple[int, int], found: Sequence[Sequence[tuple[int, int]]], atom: Near) -> bool:
    first, end = span
    return all(
        any(other[0] - end <= atom.within and first - other[1] <= atom.within for other in spans)
        for spans in found
    )


class _Page:
    """Lines as one row of terms. Where these are in the text is found for what is shown alone."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        said = terms.of_lines([line.text for line in lines])
        self._firsts = [0, *itertools.accumulate(len(line) for line in said)]  # term of each line
        self._places = _Places([term for line in said for term in line])

    def spans(self, groups: Sequence[tuple[Atom, ...]]) -> list[_Span]:
        """All matches, in order."""
        return sorted(
            (
                _Span(first, end, group)
                for group, atoms in enumerate(groups)
                for atom in atoms
                for first, end in self._places.of(atom)
            ),
            key=lambda span: (span.first, span.end),
        )

    def densest(self, spans: Sequence[_Span], speakers: frozenset[str]) -> _Span | None:
        """The match from which on most groups follow soon; the earliest of several."""
        inside = [span for span in spans if not self._line_of(span.first).outside]
        spoken = [span for span in inside if self._line_of(span.first).speaker in speakers]
        firsts = [span.first for span in spans]
        best, most = None, 0
        for span in spoken or inside:
            since = bisect.bisect_left(firsts, span.first)
            until = bisect.bisect_left(firsts, span.first + _DENSE_TERMS)
            groups = len({other.group for other in spans[since:until]})
            if groups > most:
                best, most = span, groups
        return best

    def around(self, best: _Span | None, spans: Sequence[_Span]) -> Found:
        """The match and what stands around it."""
        if best is None:  # only where SQLite takes letters for blanks that came to Unicode later
            first = last = next(i for i, line in enumerate(self._lines) if not line.outside)
        else:
            first, last = self._number_of(best.first), self._number_of(best.end - 1)
        snippet, marks = self._snippet(first, last, best, spans)
        return Found(
            start_s=self._lines[first].start_s,
            end_s=self._lines[last].end_s,
            text=self._text(first, last + 1),
            snippet=snippet,
            marks=marks,
            speaker=self._lines[first].speaker,
            before=self._text(max(first - LINES_AROUND, 0), first),
            after=self._text(last + 1, last + 1 + LINES_AROUND),
        )

    def _text(self, first: int, end: int) -> str:
        return " ".join(line.text for line in self._lines[first:end])

    def _snippet(
        self, first: int, last: int, best: _Span | None, spans: Sequence[_Span]
    ) -> tuple[str, tuple[tuple[int, int], ...]]:
        """What is shown of the lines around these, and the marks in it."""
        since, until = self._nearby(first, last)
        view = _View(
            self._lines[since:until],
            first_term=self._firsts[since],
            goes_before=since > 0,
            goes_on=until < len(self._lines),
        )
        if best is None:
            return view.cut(0, 0, ())
        return view.cut(*view.place(best), [view.place(span) for span in spans if view.has(span)])

    def _nearby(self, first: int, last: int) -> tuple[int, int]:
        """The lines that a snippet around these can reach into: the first, and the one after."""
        since, until, room = first, last + 1, _BEFORE
        speaker = self._lines[first].speaker
        while since > 0 and room > 0 and self._lines[since - 1].speaker == speaker:
            since -= 1
            room -= len(self._lines[since].text)
        room = _LENGTH
        while until < len(self._lines) and room > 0:
            room -= len(self._lines[until].text)
            until += 1
        return since, until

    def _number_of(self, term: int) -> int:
        return bisect.bisect_right(self._firsts, term) - 1

    def _line_of(self, term: int) -> Line:
        return self._lines[self._number_of(term)]


class _View:
    """A stretch of text that a snippet is cut from.

    Args:
        lines: Whose text it is.
        first_term: How many terms stand before it.
        goes_before: Whether there is text before it.
        goes_on: Whether there is text after it.
    """

    def __init__(
        self, lines: Sequence[Line], first_term: int, *, goes_before: bool, goes_on: bool
    ) -> None:
        self._text, self._places = _told(lines)
        self._first_term = first_term
        self._goes_before = goes_before
        self._goes_on = goes_on

    def has(self, span: _Span) -> bool:
        """Whether all of a match is in it."""
        first, end = span.first - self._first_term, span.end - self._first_term
        return first >= 0 and end <= len(self._places)

    def place(self, span: _Span) -> tuple[int, int]:
        """Where a match stands in the text, in characters."""
        first, last = span.first - self._first_term, span.end - self._first_term - 1
        return self._places[first][0], self._places[last][1]

    def cut(
        self, start: int, end: int, places: Sequence[tuple[int, int]]
    ) -> tuple[str, tuple[tuple[int, int], ...]]:
        """The text around a match, cut between terms, and the places that are in it."""
        first, last = self._start_before(start), self._end_after(start, end)
        before = _CUT if first > 0 or self._goes_before else ""
        after = _CUT if last < len(self._text) or self._goes_on else ""
        shift = len(before) - first
        marks: list[tuple[int, int]] = []
        for place, beyond in places:
            if place < first or beyond > last:
                continue
            if marks and place + shift <= marks[-1][1]:
                marks[-1] = (marks[-1][0], max(marks[-1][1], beyond + shift))
            else:
                marks.append((place + shift, beyond + shift))
        return f"{before}{self._text[first:last]}{after}", tuple(marks)

    def _start_before(self, start: int) -> int:
        if start <= _BEFORE:
            return 0
        return next(place for place, _ in self._places if place >= start - _BEFORE)

    def _end_after(self, start: int, end: int) -> int:
        furthest = max(start - _BEFORE + _LENGTH, end)
        if furthest >= len(self._text):
            return len(self._text)
        ends = [end for _, end in self._places if end <= furthest]
        return max(ends[-1] if ends else 0, end)


def _told(lines: Sequence[Line]) -> tuple[str, list[tuple[int, int]]]:
    """Lines as one text that says where another one speaks, and where their terms stand in it."""
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    at, speaker = 0, lines[0].speaker
    for line in lines:
        blank = " " if pieces else ""
        turn = "" if line.speaker == speaker else f"— {line.speaker}: " if line.speaker else "— "
        speaker = line.speaker
        at += len(blank) + len(turn)
        places += [(at + start, at + end) for start, end in terms.places(line.text)]
        pieces += [blank, turn, line.text]
        at += len(line.text)
    return "".join(pieces), places
