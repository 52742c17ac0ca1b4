"""Segments → captions that can be read: two lines of 42 characters, no faster than people read.

The figures are those of the BBC's and Netflix's guides (https://www.bbc.co.uk/accessibility/forproducts/guides/subtitles/,
https://partnerhelp.netflixstudios.com/hc/en-us/articles/215758617): 42 characters a line, 2 lines,
at least 5/6 s, at most 7 s, 20 characters a second, 2 frames between.

What is too short to be read is shown together with what the same speaker says next. Two speakers at
once are shown at once, as long as it takes to read them.
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from recorder.types import Seconds
from transcribe.transcript import Segment

LINE = 42
"""Characters a line; wide ones, as Chinese, count twice, and what stands on another not at all."""

LINES = 2
READING = 20.0
"""Characters a second."""

_SHORTEST_S, _LONGEST_S = 5 / 6, 7.0
_BETWEEN_S = 0.083
_APART_S = 0.25  # at least, from the beginning of a speaker's cue to that of the next
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")  # noqa: RUF001 (Chinese ones)
_CLAUSE_ENDS = (",", ";", ":", "，", "、")  # noqa: RUF001 (Chinese ones)
_WIDE_CLAUSE = re.compile(r".+?(?:[。！？，、；：]+[」』）》]*|$)")  # noqa: RUF001 (Chinese ones)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is shown at once.

    Attributes:
        lines: One or two, none empty.
        speaker: Who speaks, or empty.
    """

    start_s: Seconds
    end_s: Seconds
    lines: tuple[str, ...]
    speaker: str = ""

    @property
    def text(self) -> str:
        """Its lines, one below the other."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A word, or as much of one as fits a line.

    Attributes:
        space: What stands before it where it doesn't begin a line.
        width: Of its text, in characters.
        last: Its last sign, which may end a sentence or clause; empty for a name.
    """

    text: str
    space: str
    width: int
    last: str
    start_s: Seconds
    end_s: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """The pieces of a cue."""

    speaker: str
    pieces: Sequence[_Piece]

    @property
    def start_s(self) -> Seconds:
        return self.pieces[0].start_s

    @property
    def end_s(self) -> Seconds:
        return self.pieces[-1].end_s

    @property
    def width(self) -> int:
        return _line_width(self.pieces)


def cues(segments: Iterable[Segment], *, with_names: bool = False) -> list[Cue]:
    """Lay segments out, in order of when they are shown.

    No cue lasts into the next one of its speaker; into another speaker's only if both speak at
    once.

    Args:
        segments: In order of session time.
        with_names: Whether a speaker's name stands where it changes.
    """
    groups: list[_Group] = []
    speaker = ""
    for segment in segments:
        name = segment.speaker if with_names and segment.speaker != speaker else ""
        speaker = segment.speaker
        pieces = [*_name(name, segment.start_s), *_pieces(segment)]
        groups += (_Group(speaker=speaker, pieces=each) for each in _cut(pieces))
    laid = sorted(_apart(_readable(groups)), key=lambda cue: cue.start_s)
    shown: list[Cue] = []
    own: dict[str, Seconds] = {}
    next_s = Seconds(math.inf)
    for cue in reversed(laid):
        shown.append(_lasting(cue, next_s, own.get(cue.speaker, Seconds(math.inf))))
        next_s = own[cue.speaker] = cue.start_s
    return shown[::-1]


def width(text: str) -> int:
    """Of a line, in characters; wide ones count twice, what stands on another one not at all."""
    return sum(map(_width, text))


def _width(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _name(name: str, at_s: Seconds) -> list[_Piece]:
    """A speaker's name as it stands before what is said; it takes no time."""
    words = f"{name}:".split() if name else []
    pieces = _shared([part for word in words for part in _parts(word, " ")], at_s, at_s)
    return [replace(piece, last="") for piece in pieces]


def _pieces(segment: Segment) -> list[_Piece]:
    """The segment's words with times: its own, or by their share of its length."""
    if timed := _timed(segment):
        return timed
    words = segment.text.split()
    spaces = itertools.chain([_space_before(segment.text.lstrip()[:1])], itertools.repeat(" "))
    parts = [part for word in zip(words, spaces, strict=False) for part in _parts(*word)]
    return _shared(parts, segment.start_s, segment.end_s)


def _timed(segment: Segment) -> list[_Piece]:
    """By the times of its own words; none where these don't say what its text says."""
    pieces: list[_Piece] = []
    text, place = segment.text.strip(), 0
    for word in segment.words:
        space = _space_before(text[:1]) if place == 0 else ""
        while text[place : place + 1].isspace():
            space, place = " ", place + 1
        if len(word.text.split()) != 1 or not text.startswith(word.text, place):
            return []
        pieces += _shared(_parts(word.text, space), word.start_s, word.end_s)
        place += len(word.text)
    return pieces if place == len(text) else []


def _space_before(sign: str) -> str:
    """What stands between two sentences, of which the second begins so."""
    return "" if width(sign) == 2 else " "


def _parts(word: str, space: str) -> list[tuple[str, str]]:
    """A word in parts that fit a line, each with the space before it."""
    parts = [part for clause in _WIDE_CLAUSE.findall(word) for part in _broken(clause)]
    return list(zip(parts, itertools.chain([space], itertools.repeat("")), strict=False))


def _broken(word: str) -> Iterator[str]:
    """A word in parts that fit a line, about as long as each other."""
    whole = width(word)
    wanted = math.ceil(whole / math.ceil(max(whole, 1) / LINE))
    part, wide = "", 0
    for sign in word:
        more = _width(sign)
        if part and more and (wide >= wanted or wide + more > LINE):
            yield part
            part, wide = "", 0
        part, wide = part + sign, wide + more
    yield part


def _shared(parts: Sequence[tuple[str, str]], start_s: Seconds, end_s: Seconds) -> list[_Piece]:
    """Parts that share a stretch of time by their width."""
    widths = [width(text) for text, _ in parts]
    ends = list(itertools.accumulate((wide + 1 for wide in widths), initial=0))

    def moment(place: int) -> Seconds:
        return Seconds(start_s + (end_s - start_s) * place / ends[-1])

    return [
        _Piece(
            text=text,
            space=space,
            width=wide,
            last=text[-1],
            start_s=moment(begin),
            end_s=moment(end),
        )
        for (text, space), wide, (begin, end) in zip(
            parts, widths, itertools.pairwise(ends), strict=True
        )
    ]


def _cut(pieces: Sequence[_Piece]) -> Iterator[Sequence[_Piece]]:
    """The pieces of each cue: as many as fit, cut at the end of a sentence or clause if need be."""
    rest = pieces
    while rest:
        count = _fitting(rest)
        if count < len(rest):
            count = _best_cut(rest, count)
        yield rest[:count]
        rest = rest[count:]


def _fitting(pieces: Sequence[_Piece]) -> int:
    """How many of the first pieces are one cue; at least one."""
    line, wide = 1, pieces[0].width
    for count, piece in enumerate(pieces[1:], 1):
        wide += len(piece.space) + piece.width
        if wide > LINE:
            line, wide = line + 1, piece.width
        if line > LINES or piece.end_s - pieces[0].start_s > _LONGEST_S:
            return count
    return len(pieces)


def _best_cut(pieces: Sequence[_Piece], most: int) -> int:
    """After the last sentence of the first, else the last clause, if they are half of them.

    Else as many as leave no single word over, where the rest is one cue.
    """
    for ends in (_SENTENCE_ENDS, _CLAUSE_ENDS):
        for count in range(most, most // 2, -1):
            if pieces[count - 1].last in ends:
                return count
    if _fitting(pieces[most:]) < len(pieces) - most:
        return most
    half = _line_width(pieces) / 2
    return next((n for n in range(1, most) if _line_width(pieces[:n]) >= half), most)


def _line(pieces: Sequence[_Piece]) -> str:
    return pieces[0].text + "".join(f"{piece.space}{piece.text}" for piece in pieces[1:])


def _line_width(pieces: Sequence[_Piece]) -> int:
    return sum(piece.width + len(piece.space) for piece in pieces) - len(pieces[0].space)


def _lines(pieces: Sequence[_Piece]) -> tuple[str, ...]:
    """One line, or two as alike as can be, rather cut after a clause."""
    whole = _line_width(pieces)
    if whole <= LINE:
        return (_line(pieces),)
    best, least, first = 0, math.inf, pieces[0].width
    for count, piece in enumerate(pieces[1:], 1):
        second = whole - first - len(piece.space)
        ends = pieces[count - 1].last in (*_SENTENCE_ENDS, *_CLAUSE_ENDS)
        unlikeness = abs(first - second) - (LINE / 2 if ends else 0)
        if max(first, second) <= LINE and unlikeness < least:
            best, least = count, unlikeness
        first += len(piece.space) + piece.width
    assert best, "`_fitting` took what fits"
    return _line(pieces[:best]), _line(pieces[best:])


def _readable(groups: Sequence[_Group]) -> Iterator[_Group]:
    """The groups; what can't be read until the speaker's next one comes is joined to that."""
    held: _Group | None = None
    for group in groups:
        if held is None:
            held = group
            continue
        joined = replace(held, pieces=[*held.pieces, *group.pieces])
        is_hurried = group.start_s - _BETWEEN_S < held.start_s + _reading_s(held.width)
        if (
            held.speaker == group.speaker
            and is_hurried
            and _fitting(joined.pieces) == len(joined.pieces)
        ):
            held = joined
        else:
            yield held
            held = group
    if held:
        yield held


def _reading_s(wide: int) -> float:
    return max(wide / READING, _SHORTEST_S)


def _apart(groups: Iterable[_Group]) -> Iterator[Cue]:
    """The cues of groups; those of one speaker begin one after the other."""
    before: dict[str, float] = {}
    for group in groups:
        start_s = max(group.start_s, before.get(group.speaker, -math.inf) + _APART_S)
        before[group.speaker] = start_s
        yield Cue(
            start_s=Seconds(start_s),
            end_s=Seconds(max(group.end_s, start_s)),
            lines=_lines(group.pieces),
            speaker=group.speaker,
        )


def _lasting(cue: Cue, next_s: Seconds, own_s: Seconds) -> Cue:
    """A cue that stays as long as its reading takes, if the next ones let it.

    Args:
        cue: It, as long as it is spoken.
        next_s: When the next one is shown, whoever speaks.
        own_s: When the next one of its speaker is.
    """
    read_s = cue.start_s + _reading_s(sum(map(width, cue.lines)))
    said_s = min(cue.end_s, own_s)
    is_alone = next_s >= max(said_s, cue.start_s + _APART_S)
    latest_s = max(next_s - _BETWEEN_S, said_s if is_alone else read_s)
    latest_s = min(latest_s, max(own_s - _BETWEEN_S, said_s))
    wanted_s = min(max(cue.end_s, read_s), cue.start_s + _LONGEST_S)
    return replace(cue, end_s=Seconds(max(min(wanted_s, latest_s), cue.start_s)))
