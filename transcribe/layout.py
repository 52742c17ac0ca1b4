"""Segments → captions that can be read: two lines of 42 characters, no faster than people read.

The figures are those of the BBC's and Netflix's guides (https://www.bbc.co.uk/accessibility/forproducts/guides/subtitles/,
https://partnerhelp.netflixstudios.com/hc/en-us/articles/215758617): 42 characters a line, 2 lines,
at least 5/6 s, at most 7 s, 20 characters a second, 2 frames between.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from recorder.types import Seconds
from transcribe.transcript import Segment, Word

LINE = 42
"""Characters a line; wide ones, as Chinese, count twice."""

LINES = 2
READING = 20.0
"""Characters a second."""

_SHORTEST_S, _LONGEST_S = 5 / 6, 7.0
_BETWEEN_S = 0.083
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")  # noqa: RUF001 (Chinese ones)
_CLAUSE_ENDS = (",", ";", ":", "，", "、")  # noqa: RUF001 (Chinese ones)


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


def cues(segments: Iterable[Segment]) -> list[Cue]:
    """Lay segments out, in their order; no cue overlaps the next one of its speaker's track."""
    laid = [cue for segment in segments for cue in _of_segment(segment)]
    following = itertools.chain((cue.start_s for cue in laid[1:]), (Seconds(math.inf),))
    return [_lasting(cue, until_s) for cue, until_s in zip(laid, following, strict=False)]


def width(text: str) -> int:
    """Of a line, in characters; wide ones count twice."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _of_segment(segment: Segment) -> Iterator[Cue]:
    words = _timed(segment)
    joins_with = " " if " " in segment.text.strip() or len(words) == 1 else ""
    if segment.words and joins_with == "" and len(segment.text) != sum(len(w.text) for w in words):
        joins_with = " "
    for group in _groups(words, joins_with):
        yield Cue(
            start_s=group[0].start_s,
            end_s=group[-1].end_s,
            lines=_lines([word.text for word in group], joins_with),
            speaker=segment.speaker,
        )


def _timed(segment: Segment) -> list[Word]:
    """The segment's words with times: its own, or by their share of its length."""
    said = [piece for word in segment.text.split() for piece in _broken(word)]
    if [word.text for word in segment.words] == said:
        return list(segment.words)
    lengths = [width(word) + 1 for word in said]
    ends = list(itertools.accumulate(lengths, initial=0))
    whole, lasts_s = max(ends[-1], 1), segment.end_s - segment.start_s

    def moment(place: int) -> Seconds:
        return Seconds(segment.start_s + lasts_s * place / whole)

    return [
        Word(text=word, start_s=moment(begin), end_s=moment(end))
        for word, (begin, end) in zip(said, itertools.pairwise(ends), strict=True)
    ]


def _broken(word: str) -> Iterator[str]:
    """A word in pieces that fit a line; scripts without spaces may break anywhere."""
    piece = ""
    for sign in word:
        if width(piece + sign) > LINE:
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


def _groups(words: Sequence[Word], space: str) -> Iterator[list[Word]]:
    """The words of each cue: as many as fit, cut at the end of a sentence or clause if need be."""
    rest = list(words)
    while rest:
        count = _fitting(rest, space)
        if count < len(rest):
            count = _best_cut(rest[:count])
        yield rest[:count]
        rest = rest[count:]


def _fitting(words: Sequence[Word], space: str) -> int:
    count = 1
    while count < len(words):
        more = words[: count + 1]
        if more[-1].end_s - more[0].start_s > _LONGEST_S:
            break
        if _split([word.text for word in more], space) is None:
            break
        count += 1
    return count


def _best_cut(words: Sequence[Word]) -> int:
    """After the last sentence of the words, else the last clause, if they are half of them."""
    for ends in (_SENTENCE_ENDS, _CLAUSE_ENDS):
        for count in range(len(words), len(words) // 2, -1):
            if words[count - 1].text.endswith(ends):
                return count
    return len(words)


def _lines(words: Sequence[str], space: str) -> tuple[str, ...]:
    split = _split(words, space)
    assert split is not None, "`_fitting` took what fits"
    return split


def _split(words: Sequence[str], space: str) -> tuple[str, ...] | None:
    """One line, or two as alike as can be, rather cut after a clause; None where neither fits."""
    whole = space.join(words)
    if width(whole) <= LINE:
        return (whole,)
    pairs = (
        (space.join(words[:count]), space.join(words[count:])) for count in range(1, len(words))
    )
    fitting = [pair for pair in pairs if max(map(width, pair)) <= LINE]

    def unlikeness(pair: tuple[str, str]) -> float:
        ends = pair[0].endswith((*_SENTENCE_ENDS, *_CLAUSE_ENDS))
        return abs(width(pair[0]) - width(pair[1])) - (LINE / 2 if ends else 0)

    return min(fitting, key=unlikeness) if fitting else None


def _lasting(cue: Cue, until_s: Seconds) -> Cue:
    """A cue that stays as long as its reading takes, if the next one lets it."""
    reads_s = max(sum(map(width, cue.lines)) / READING, _SHORTEST_S)
    wanted_s = min(max(cue.end_s, cue.start_s + reads_s), cue.start_s + _LONGEST_S)
    latest_s = max(until_s - _BETWEEN_S, min(cue.end_s, until_s))
    return replace(cue, end_s=Seconds(max(min(wanted_s, latest_s), cue.start_s)))
