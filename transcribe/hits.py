"""Where in the words that were really said the searched ones stand, and how that is shown.

The database says which passages match, not where. A page has few hits, so each is read again here,
term by term: the densest place is the hit, and what is shown around it is the segments' own text.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recorder.types import Seconds
from transcribe import terms
from transcribe.query import Atom, Near, Phrase

_DENSE_TERMS = 30  # words that are shown together
_BEFORE = 60  # characters of the snippet before the match
_LENGTH = 240  # characters of the snippet
_CUT = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A segment as the index holds it.

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
        snippet: About 240 characters around it.
        marks: Where in ``snippet`` the searched words stand: (start, end) in characters.
        speaker: Who speaks where it begins, or empty.
    """

    start_s: Seconds
    end_s: Seconds
    text: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    speaker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A search result.

    Attributes:
        session: The session's ULID.
        title: The session's.
        start_s: Session time of the segment in which the match begins.
        end_s: Session time of the end of the segment in which it ends.
        text: These segments' text; the title where whole sessions were searched.
        snippet: About 240 characters around the match.
        marks: Where in ``snippet`` the searched words stand: (start, end) in characters, in order.
        speaker: Who speaks there, or empty.
        language: Whisper's code; empty where whole sessions were searched.
        source: The session's first source.
        session_started_at: Wall clock of session time 0.
    """

    session: str
    title: str
    start_s: Seconds
    end_s: Seconds
    text: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    speaker: str
    language: str
    source: str
    session_started_at: datetime

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
        self._of: dict[str, list[int]] = defaultdict(list)
        for place, term in enumerate(said):
            self._of[term].append(place)

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
            places = [
                place for place in self._of.get(wanted[0], ()) if self._goes_on(place, phrase)
            ]
        return [(place, place + len(wanted)) for place in places]

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
    """Lines as one text, with its terms and their places."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._starts: list[int] = []  # of each line in the text
        at = 0
        for line in lines:
            self._starts.append(at)
            at += len(line.text) + 1
        self._text = " ".join(line.text for line in lines)
        self._terms = terms.located(self._text)

    def spans(self, groups: Sequence[tuple[Atom, ...]]) -> list[_Span]:
        """All matches, in order."""
        places = _Places([term.term for term in self._terms])
        return sorted(
            (
                _Span(first, end, group)
                for group, atoms in enumerate(groups)
                for atom in atoms
                for first, end in places.of(atom)
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
            until = bisect.bisect_left(firsts, span.first + _DENSE_TERMS)
            since = bisect.bisect_left(firsts, span.first)
            groups = len({other.group for other in spans[since:until]})
            if groups > most:
                best, most = span, groups
        return best

    def around(self, best: _Span | None, spans: Sequence[_Span]) -> Found:
        """The match and what stands around it."""
        if best is None:  # only where SQLite takes letters for blanks that came to Unicode later
            first = last = next(i for i, line in enumerate(self._lines) if not line.outside)
            start = self._starts[first]
            end = start + len(self._lines[first].text)
        else:
            start, end = self._terms[best.first].start, self._terms[best.end - 1].end
            first, last = self._number_of(start), self._number_of(end - 1)
        snippet_start, snippet_end = self._window(start, end)
        cut, marks = self._marked(snippet_start, snippet_end, spans)
        return Found(
            start_s=self._lines[first].start_s,
            end_s=self._lines[last].end_s,
            text=" ".join(line.text for line in self._lines[first : last + 1]),
            snippet=cut,
            marks=marks,
            speaker=self._lines[first].speaker,
        )

    def _window(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of text to show, cut between terms."""
        starts = [term.start for term in self._terms if start - _BEFORE <= term.start <= start]
        first = starts[0] if starts and start > _BEFORE else 0 if start <= _BEFORE else start
        ends = [term.end for term in self._terms if term.end <= max(first + _LENGTH, end)]
        last = ends[-1] if ends else end
        if not self._terms or last == self._terms[-1].end:
            return first, len(self._text)
        return first, max(last, end)

    def _marked(
        self, start: int, end: int, spans: Sequence[_Span]
    ) -> tuple[str, tuple[tuple[int, int], ...]]:
        before = _CUT if start > 0 else ""
        after = _CUT if end < len(self._text) else ""
        shift = len(before) - start
        marks: list[tuple[int, int]] = []
        for span in spans:
            first, last = self._terms[span.first].start, self._terms[span.end - 1].end
            if first < start or last > end:
                continue
            if marks and first + shift <= marks[-1][1]:
                marks[-1] = (marks[-1][0], max(marks[-1][1], last + shift))
            else:
                marks.append((first + shift, last + shift))
        return f"{before}{self._text[start:end]}{after}", tuple(marks)

    def _number_of(self, at: int) -> int:
        return bisect.bisect_right(self._starts, at) - 1

    def _line_of(self, term: int) -> Line:
        return self._lines[self._number_of(self._terms[term].start)]
